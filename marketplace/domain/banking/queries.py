"""The table of bank holidays, read once."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from importlib.resources import files

from marketplace.domain.banking.rules.calendar import BankDays


@cache
def bank_days(currency: str) -> BankDays:
    """Return on which days banks carry out payments in a currency."""
    text = (files("marketplace.domain.banking") / "data" / "holidays.json").read_text("utf-8")
    raw = json.loads(text)[currency]
    return BankDays(
        zone=raw["zone"],
        holidays={
            int(year): frozenset(map(date.fromisoformat, days))
            for year, days in raw["years"].items()
        },
    )
