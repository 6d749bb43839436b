"""Every line explains itself: how much of what, at which rate, by which rule, and why."""

from __future__ import annotations

import re
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.domain.payroll import queries
from marketplace.domain.payroll.rules import (
    Adjustment,
    Deal,
    Earnings,
    Meal,
    Payee,
    PayLine,
    Payment,
    WorkedDay,
    pay_day,
    withhold,
)
from marketplace.domain.payroll.rules.extras import commission_lines
from marketplace.domain.payroll.rules.lines import exact, total
from marketplace.domain.payroll.rules.reversals import negated
from marketplace.domain.payroll.rules.shapes import Certificate
from marketplace.domain.payroll.rules.terms import Agreement
from marketplace.kernel.money import Money, half_up
from marketplace.kernel.zones import at

IN_FORCE = date(2026, 6, 10)
ZONES = {"USD": "America/Los_Angeles", "GBP": "Europe/London", "CNY": "Asia/Shanghai"}
AGREEMENTS = [one for one in queries.agreements().values() if one.is_in_force(IN_FORCE)]
A_RULE = re.compile(r"\w+@\d{4}-\d{2}-\d{2} \S+")
PAYEES = {
    "us_contractor": Payee("w9", is_backup_withholding=True),
    "us_nra_services": Payee("w8ben"),
    "us_ca_nonresident_592": Payee("w9", is_state_nonresident=True),
    "us_ca_w2": Payee("w4", certificate=Certificate()),
    "us_ca_contractors": Payee("w8ben", is_state_nonresident=True),
    "cn_labor_per_payment": Payee("cn_resident"),
    "cn_labor_platform_cumulative": Payee("cn_resident"),
    "cn_labor_nonresident": Payee("cn_nonresident"),
    "cn_royalty_flat20": Payee("cn_resident"),
    "uk_self_employed_gross": Payee("uk_self_employed"),
}


@st.composite
def days(draw: st.DrawFn) -> tuple[Deal, WorkedDay, Agreement]:
    """Draw a deal and a day of any agreement: late meals, short rests, long days, extras."""
    agreement = draw(st.sampled_from(AGREEMENTS))
    rate = Money(draw(st.integers(10_000, 500_000)), agreement.currency)
    own = rate if not agreement.bands else None
    guarantee = draw(st.integers(4, 16)) * 60
    deal = Deal(rate, guarantee, agreement.id, overtime_rate=own, commission_pct=Fraction(1, 10))
    call = at(IN_FORCE, draw(st.integers(0, 23 * 60)), ZONES[agreement.currency])
    length = draw(st.integers(61, 20 * 60))
    out = draw(st.integers(1, length - 60))
    meal = Meal(call + timedelta(minutes=out), call + timedelta(minutes=out + 45))
    rest = draw(st.one_of(st.none(), st.integers(1, 60 * 60)))
    extra = Adjustment("parking", Money(1_500, agreement.currency), is_reimbursement=True)
    day = WorkedDay(
        IN_FORCE,
        ZONES[agreement.currency],
        call,
        call + timedelta(minutes=length),
        (meal,),
        adjustments=draw(st.sampled_from([(), (extra,)])),
        previous_wrap_at=None if rest is None else call - timedelta(minutes=rest),
        day_number=draw(st.integers(1, 7)),
        previous_multiplier=Fraction(2),
        straight_before=Fraction(draw(st.integers(0, 40))),
    )
    return deal, day, agreement


def of_day(drawn: tuple[Deal, WorkedDay, Agreement]) -> Earnings:
    return pay_day(*drawn)


def is_hour_of_guarantee(line: PayLine, deal: Deal, earnings: Earnings) -> bool:
    """Say whether a line may carry the odd cent that makes the day rate exact."""
    is_short = earnings.paid_hours * 60 <= deal.guaranteed_minutes
    return is_short and line.kind == "earning" and line.unit == "hour"


@given(days())
@settings(max_examples=300, deadline=None)
def test_quantity_times_rate_times_multiple_is_the_amount(
    drawn: tuple[Deal, WorkedDay, Agreement],
) -> None:
    deal, _, agreement = drawn
    earnings = of_day(drawn)

    for line in (*earnings.lines, *commission_lines(deal, earnings, agreement)):
        odd = len(earnings.lines) if is_hour_of_guarantee(line, deal, earnings) else 0
        assert abs(half_up(exact(line)) - line.amount.minor) <= odd


@given(days())
@settings(max_examples=300, deadline=None)
def test_every_line_names_its_rule_and_every_penalty_its_cause(
    drawn: tuple[Deal, WorkedDay, Agreement],
) -> None:
    for line in of_day(drawn).lines:
        assert line.label.text
        assert A_RULE.match(line.rule), line.rule
        assert line.kind not in {"penalty", "memo"} or line.cause is not None


@given(days())
@settings(max_examples=100, deadline=None)
def test_taken_back_a_day_pays_nothing(drawn: tuple[Deal, WorkedDay, Agreement]) -> None:
    earnings = of_day(drawn)
    back = [negated(line) for line in earnings.lines]

    assert total([*earnings.lines, *back], earnings.gross.currency).minor == 0
    assert all(half_up(abs(exact(line))) >= 0 for line in back)


@pytest.mark.parametrize("name", PAYEES)
@given(gross=st.integers(min_value=0, max_value=50_000_000))
@settings(max_examples=40, deadline=None)
def test_what_is_withheld_explains_itself_and_never_exceeds_the_pay(name: str, gross: int) -> None:
    scheme = queries.load_scheme(name, IN_FORCE)
    amount = Money(gross, scheme.currency)
    payment = Payment(IN_FORCE, "show", amount, PAYEES[name], performed_in="US", scheme=name)

    found = withhold(payment, scheme)

    for line in found:
        assert half_up(exact(line)) == line.amount.minor
        assert A_RULE.match(line.rule), line.rule
        assert line.cause is not None
    assert 0 <= total(found, scheme.currency).minor <= gross
