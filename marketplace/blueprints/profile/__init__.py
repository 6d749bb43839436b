"""A talent's own profile, in short pages that each save by themselves, and how they are paid."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("profile", __name__, url_prefix="/me")
