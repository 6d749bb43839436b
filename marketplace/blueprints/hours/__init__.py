"""A person's own hours: read them, agree, or say what is wrong."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("hours", __name__, url_prefix="/me/time-cards")
