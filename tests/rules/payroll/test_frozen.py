"""What a slip was worked out from can be stored and worked out again, byte for byte."""

from __future__ import annotations

import json
from datetime import timedelta
from fractions import Fraction

from marketplace.domain.payroll import queries
from marketplace.domain.payroll.rules import (
    Adjustment,
    Deal,
    Earnings,
    PaidBefore,
    Payee,
    PayeeYear,
    PayLine,
    Payment,
    WorkedDay,
    withhold,
)
from marketplace.domain.payroll.rules.frozen import from_json, text_of, to_json
from marketplace.domain.payroll.rules.shapes import Certificate
from marketplace.kernel.money import Money
from tests.rules.payroll.days import A_FRIDAY, a_day, a_deal, a_meal, paid

DEAL = a_deal(rate="650", commission_pct=Fraction(1, 10))
DAY = a_day(
    "08:00",
    "21:30",
    a_meal("14:30", "15:00"),
    adjustments=(Adjustment("parking", Money(1250, "USD"), is_reimbursement=True),),
    previous_wrap_at=a_meal("01:00", "02:00").in_at,
)


def test_a_stored_day_is_paid_the_same_again() -> None:
    stored = json.loads(text_of((DEAL, DAY)))

    again = paid(from_json(Deal, stored[0]), from_json(WorkedDay, stored[1]))

    assert text_of(again) == text_of(paid(DEAL, DAY))
    assert timedelta(minutes=30) in [
        value for line in again.lines if line.cause for value in line.cause.values.values()
    ]


def test_earnings_read_back_as_they_were() -> None:
    earned = paid(DEAL, DAY)

    assert from_json(Earnings, json.loads(text_of(earned))) == earned


def test_a_payment_is_taxed_the_same_again() -> None:
    before = PaidBefore(A_FRIDAY, "show", Money(300000, "CNY"), Money(44000, "CNY"))
    payee = Payee("cn_resident", certificate=Certificate(extra=Money(1, "CNY")))
    payment = Payment(A_FRIDAY, "show", Money(300000, "CNY"), payee, PayeeYear((before,)))
    scheme = queries.load_scheme("cn_labor_per_payment", A_FRIDAY)

    again = from_json(Payment, json.loads(text_of(payment)))

    assert again == payment
    assert text_of(withhold(again, scheme)) == text_of(withhold(payment, scheme))


def test_one_line_reads_back_alone() -> None:
    line = paid(DEAL, DAY).lines[0]

    assert from_json(PayLine, to_json(line)) == line


def test_a_field_added_later_takes_its_default() -> None:
    stored = to_json(DEAL)
    del stored["card"]

    assert from_json(Deal, stored) == DEAL
