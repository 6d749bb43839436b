"""Price days and issue pay slips."""

from __future__ import annotations

from marketplace.domain.payroll.services.days import (
    Hours,
    earnings_of,
    earnings_of_cards,
    preview,
    previews,
)
from marketplace.domain.payroll.services.slips import (
    SlipWork,
    Taxed,
    issue_slip,
    issue_slips,
)

__all__ = [
    "Hours",
    "SlipWork",
    "Taxed",
    "earnings_of",
    "earnings_of_cards",
    "issue_slip",
    "issue_slips",
    "preview",
    "previews",
]
