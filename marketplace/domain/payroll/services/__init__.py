"""Price days and issue pay slips."""

from __future__ import annotations

from marketplace.domain.payroll.services.days import (
    Hours,
    earnings_of,
    earnings_of_cards,
    preview,
    previews,
)
from marketplace.domain.payroll.services.slips import issue_slip

__all__ = [
    "Hours",
    "earnings_of",
    "earnings_of_cards",
    "issue_slip",
    "preview",
    "previews",
]
