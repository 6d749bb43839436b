"""Papers of an accountant: register, journal, taxes, year-end, remittances, chart of accounts."""

from __future__ import annotations

from typing import Final

from flask import Blueprint

bp = Blueprint("papers", __name__, url_prefix="/c/<company>")

NAMES: Final = 'any(register,journal,taxes,"year-end","payee-year",remittance)'
"""The papers of the address: a converter of routes."""
