"""A person's own pay."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("pay", __name__, url_prefix="/me/pay")
