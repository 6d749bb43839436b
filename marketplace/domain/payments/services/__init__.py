"""Pay time cards, send the money, keep the books checked."""

from __future__ import annotations

from marketplace.domain.payments.services.books import Finding, check_books
from marketplace.domain.payments.services.correction_notices import tell_uncorrected
from marketplace.domain.payments.services.corrections import (
    approve_adjustment,
    approve_adjustment_for_payroll,
    issue_voucher,
    refuse_uncorrectable,
)
from marketplace.domain.payments.services.overpayments import (
    AnswerOverpayment,
    answer_overpayment,
)
from marketplace.domain.payments.services.payday import pay_card, pay_cards
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
    "AnswerOverpayment",
    "Finding",
    "Leaving",
    "RetryPayout",
    "answer_overpayment",
    "approve_adjustment",
    "approve_adjustment_for_payroll",
    "arrive",
    "check_books",
    "issue_voucher",
    "keep_payee",
    "pay_card",
    "pay_cards",
    "payee_is_ready",
    "record_answer",
    "record_search",
    "refuse_uncorrectable",
    "retry_payout",
    "start_payout",
    "tell_uncorrected",
    "tell_unpaid",
]
