"""Words and rules of profiles and of how people are paid."""

from __future__ import annotations

from marketplace.domain.people.rules.payees import (
    FILING_WORDS,
    STATE_WORDS,
    TAX_FORM_WORDS,
    Certificate,
    TaxForm,
    account_problem,
    is_chinese_id,
    last_four,
    tax_number_problem,
    tidy_number,
)
from marketplace.domain.people.rules.profiles import LEVEL_WORDS, WORK_WORDS, Level, Work

__all__ = [
    "FILING_WORDS",
    "LEVEL_WORDS",
    "STATE_WORDS",
    "TAX_FORM_WORDS",
    "WORK_WORDS",
    "Certificate",
    "Level",
    "TaxForm",
    "Work",
    "account_problem",
    "is_chinese_id",
    "last_four",
    "tax_number_problem",
    "tidy_number",
]
