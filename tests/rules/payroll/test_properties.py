"""What holds for every deal and every day, not only for the examples."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.domain.payroll import queries
from marketplace.domain.payroll.rules import (
    Deal,
    PaidBefore,
    Payee,
    PayeeYear,
    Payment,
    WorkedDay,
    pay_day,
    price_day,
    withhold,
)
from marketplace.domain.payroll.rules.lines import total
from marketplace.domain.payroll.rules.terms import Agreement
from marketplace.domain.payroll.rules.withheld import major
from marketplace.kernel.money import Money
from marketplace.kernel.zones import at

IN_FORCE = date(2026, 6, 10)
AGREEMENTS = [
    agreement
    for agreement in queries.agreements().values()
    if agreement.is_in_force(IN_FORCE) and not agreement.cards
]
ZONES = {"USD": "America/Los_Angeles", "GBP": "Europe/London", "CNY": "Asia/Shanghai"}
agreements = st.sampled_from(AGREEMENTS)
rates = st.integers(min_value=10_000, max_value=500_000)
minutes = st.integers(min_value=1, max_value=20 * 60)
guarantees = st.integers(min_value=4, max_value=16)


def a_deal(agreement: Agreement, rate: int, hours: int) -> Deal:
    """Return a deal that prices its own overtime where the agreement leaves it open."""
    own = Money(rate, agreement.currency) if not agreement.bands else None
    return Deal(Money(rate, agreement.currency), hours * 60, agreement.id, overtime_rate=own)


def worked(agreement: Agreement, start: datetime, length: int) -> WorkedDay:
    zone = ZONES[agreement.currency]
    return WorkedDay(IN_FORCE, zone, start, start + timedelta(minutes=length))


@given(agreements, rates, guarantees, minutes)
def test_the_printed_lines_sum_to_the_gross(
    agreement: Agreement, rate: int, hours: int, length: int
) -> None:
    start = at(IN_FORCE, 7 * 60, ZONES[agreement.currency])

    earned = pay_day(a_deal(agreement, rate, hours), worked(agreement, start, length), agreement)

    assert total(earned.lines, agreement.currency) == earned.gross
    assert all(line.amount.minor >= 0 for line in earned.lines)
    assert 0 <= earned.premium.minor <= earned.gross.minor


@given(agreements, rates, guarantees, minutes, st.integers(min_value=1, max_value=300))
def test_more_work_never_pays_less(
    agreement: Agreement, rate: int, hours: int, length: int, longer: int
) -> None:
    deal = a_deal(agreement, rate, hours)

    less, more = (price_day(deal, agreement, minutes) for minutes in (length, length + longer))

    assert more.gross.minor >= less.gross.minor


@given(agreements, rates, guarantees, st.data())
def test_a_day_within_the_guarantee_pays_exactly_the_day_rate(
    agreement: Agreement, rate: int, hours: int, data: st.DataObject
) -> None:
    length = data.draw(st.integers(min_value=1, max_value=hours * 60))

    assert price_day(a_deal(agreement, rate, hours), agreement, length).gross.minor == rate


@given(agreements, rates, minutes, st.integers(min_value=0, max_value=23))
def test_the_hour_of_the_call_changes_nothing_but_penalties_and_night(
    agreement: Agreement, rate: int, length: int, hour: int
) -> None:
    deal = a_deal(agreement, rate, 10)
    zone = ZONES[agreement.currency]
    morning, later = (
        pay_day(deal, worked(agreement, at(IN_FORCE, call * 60, zone), length), agreement)
        for call in (0, hour)
    )

    def hours_only(code: str) -> bool:
        return not code.startswith("night")

    assert [line for line in morning.lines if hours_only(line.code) and line.kind == "earning"] == [
        line for line in later.lines if hours_only(line.code) and line.kind == "earning"
    ]


@given(rates, st.sampled_from([date(2026, 3, 7), date(2026, 10, 31), date(2026, 6, 10)]))
def test_a_night_when_the_clocks_change_pays_the_hours_that_passed(rate: int, night: date) -> None:
    agreement = queries.agreements()["us_film_crew_12"]
    zone = ZONES["USD"]
    deal = a_deal(agreement, rate, 8)
    start, end = at(night, 20 * 60, zone), at(night, 30 * 60, zone)
    real = (end - start) // timedelta(minutes=1)

    earned = pay_day(deal, WorkedDay(night, zone, start, end), agreement)

    assert earned.worked_minutes == real
    assert [line for line in earned.lines if line.kind == "earning"] == list(
        price_day(deal, agreement, real).lines
    )


months = st.lists(
    st.one_of(st.none(), st.integers(min_value=1, max_value=20_000_000)), min_size=1, max_size=12
)


@given(months)
@settings(max_examples=50)
def test_cumulative_withholding_is_never_negative_and_never_more_than_the_pay(
    year: list[int | None],
) -> None:
    before: tuple[PaidBefore, ...] = ()
    for month, gross in enumerate(year, start=1):
        if gross is None:
            continue
        day, amount = date(2026, month, 15), Money(gross, "CNY")
        payment = Payment(day, "show", amount, Payee("cn_resident"), PayeeYear(before))
        scheme = queries.load_scheme("cn_labor_platform_cumulative", day)

        tax = total(withhold(payment, scheme), "CNY")

        assert 0 <= tax.minor <= gross
        before += (PaidBefore(day, "show", amount, tax),)


@given(st.lists(st.integers(min_value=1, max_value=10_000_000), min_size=1, max_size=6))
def test_payments_of_one_month_are_taxed_as_one(grosses: list[int]) -> None:
    day = date(2026, 11, 20)
    scheme = queries.load_scheme("cn_labor_per_payment", day)
    before: tuple[PaidBefore, ...] = ()
    for gross in grosses:
        amount = Money(gross, "CNY")
        payment = Payment(day, "show", amount, Payee("cn_resident"), PayeeYear(before))
        tax = total(withhold(payment, scheme), "CNY")
        before += (PaidBefore(day, "show", amount, tax),)
    at_once = Payment(day, "show", Money(sum(grosses), "CNY"), Payee("cn_resident"))

    parts = sum((major(paid.withheld) for paid in before), Fraction(0))

    assert abs(parts - major(total(withhold(at_once, scheme), "CNY"))) <= Fraction(1, 100)
