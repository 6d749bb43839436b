"""Pay time cards, send the money, keep the books checked."""

from __future__ import annotations

from marketplace.domain.payments.services.books import Finding, check_books
from marketplace.domain.payments.services.payday import pay_card
from marketplace.domain.payments.services.payees import keep_payee
from marketplace.domain.payments.services.payouts import (
    Leaving,
    RetryPayout,
    arrive,
    payee_is_ready,
    record_answer,
    record_search,
    retry_payout,
    start_payout,
)
from marketplace.domain.payments.services.telling import tell_unpaid

__all__ = [
    "Finding",
    "Leaving",
    "RetryPayout",
    "arrive",
    "check_books",
    "keep_payee",
    "pay_card",
    "payee_is_ready",
    "record_answer",
    "record_search",
    "retry_payout",
    "start_payout",
    "tell_unpaid",
]
