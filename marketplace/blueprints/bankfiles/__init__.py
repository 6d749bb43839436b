"""Files for a company's own bank: made, taken back, marked as paid, answered."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("bankfiles", __name__, url_prefix="/c/<company>/bank-files")
