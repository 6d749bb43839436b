"""Our books against the gateways' own: the company's part, and the whole for operators."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("reconciliations", __name__)
