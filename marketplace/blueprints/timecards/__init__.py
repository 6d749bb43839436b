"""Time cards of a production: enter hours, approve them."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("timecards", __name__, url_prefix="/p/<production>")
