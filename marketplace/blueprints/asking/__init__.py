"""What a production asks of people before it offers: are they free, and who has the first word."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("asking", __name__, url_prefix="/p/<production>/roles/<role>/availability")
