"""Adjustments of paid hours: proposed by a production, answered by the person, signed, issued."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("corrections", __name__)
