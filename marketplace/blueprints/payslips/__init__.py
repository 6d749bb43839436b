"""Pay slips, registers and exports of a company."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("payslips", __name__, url_prefix="/c/<company>")
