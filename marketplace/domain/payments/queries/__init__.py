"""Reads about money on its way: of payouts, and of bank files."""

from __future__ import annotations

from marketplace.domain.payments.queries.paydays import Payday, Scope, payday
from marketplace.domain.payments.queries.payouts import (
    WAITING,
    AttemptRow,
    PayStatus,
    WaitingRow,
    attempts,
    statuses_of_cards,
    statuses_of_slips,
    waiting,
)

__all__ = [
    "WAITING",
    "AttemptRow",
    "PayStatus",
    "Payday",
    "Scope",
    "WaitingRow",
    "attempts",
    "payday",
    "statuses_of_cards",
    "statuses_of_slips",
    "waiting",
]
