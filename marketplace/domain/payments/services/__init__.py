"""Pay time cards, send the money, keep the books checked."""

from __future__ import annotations

from marketplace.domain.payments.services.answers import (
    Answer,
    record_answer,
    record_answers,
    record_search,
)
from marketplace.domain.payments.services.books import check_books
from marketplace.domain.payments.services.correction_notices import tell_uncorrected
from marketplace.domain.payments.services.corrections import (
    approve_adjustment,
    approve_adjustment_for_payroll,
    issue_voucher,
    refuse_uncorrectable,
)
from marketplace.domain.payments.services.findings import Finding
from marketplace.domain.payments.services.overpayments import (
    AnswerOverpayment,
    answer_overpayment,
)
from marketplace.domain.payments.services.payday import pay_card, pay_cards
from marketplace.domain.payments.services.payees import keep_payee
from marketplace.domain.payments.services.payouts import (
    RetryPayout,
    arrive,
    arrive_all,
    payee_is_ready,
    retry_payout,
)
from marketplace.domain.payments.services.sending import (
    Leaving,
    UnderWay,
    start_payout,
    start_payouts,
    under_way,
)
from marketplace.domain.payments.services.telling import tell_unpaid

__all__ = [
    "Answer",
    "AnswerOverpayment",
    "Finding",
    "Leaving",
    "RetryPayout",
    "UnderWay",
    "answer_overpayment",
    "approve_adjustment",
    "approve_adjustment_for_payroll",
    "arrive",
    "arrive_all",
    "check_books",
    "issue_voucher",
    "keep_payee",
    "pay_card",
    "pay_cards",
    "payee_is_ready",
    "record_answer",
    "record_answers",
    "record_search",
    "refuse_uncorrectable",
    "retry_payout",
    "start_payout",
    "start_payouts",
    "tell_uncorrected",
    "tell_unpaid",
    "under_way",
]
