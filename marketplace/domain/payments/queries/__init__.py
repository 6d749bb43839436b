"""Reads about money on its way: of payouts, and of bank files."""

from __future__ import annotations

from marketplace.domain.payments.queries.bank_files import (
    BankReference,
    bank_reference_of_slip,
    bank_references,
)
from marketplace.domain.payments.queries.paydays import Payday, Scope, payday
from marketplace.domain.payments.queries.payouts import (
    WAITING,
    AttemptRow,
    LastWay,
    PayStatus,
    WaitingRow,
    attempts,
    last_way_of_slip,
    statuses_of_cards,
    statuses_of_slips,
    waiting,
)

__all__ = [
    "WAITING",
    "AttemptRow",
    "BankReference",
    "LastWay",
    "PayStatus",
    "Payday",
    "Scope",
    "WaitingRow",
    "attempts",
    "bank_reference_of_slip",
    "bank_references",
    "last_way_of_slip",
    "payday",
    "statuses_of_cards",
    "statuses_of_slips",
    "waiting",
]
