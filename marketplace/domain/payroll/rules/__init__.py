"""The pay engine: pure functions from a deal, a worked day and a table to printed lines."""

from __future__ import annotations

from marketplace.domain.payroll.rules.day import pay_day, price_day
from marketplace.domain.payroll.rules.shapes import (
    Adjustment,
    Deal,
    Earnings,
    Meal,
    PaidBefore,
    Payee,
    PayeeYear,
    PayError,
    PayLine,
    Payment,
    WorkedDay,
)
from marketplace.domain.payroll.rules.withholding import withhold

__all__ = [
    "Adjustment",
    "Deal",
    "Earnings",
    "Meal",
    "PaidBefore",
    "PayError",
    "PayLine",
    "Payee",
    "PayeeYear",
    "Payment",
    "WorkedDay",
    "pay_day",
    "price_day",
    "withhold",
]
