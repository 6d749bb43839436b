"""Shoot days: the list, the form, and the board of one day."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("days", __name__, url_prefix="/p/<production>/days")
