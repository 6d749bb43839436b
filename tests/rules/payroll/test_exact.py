"""Edges of the rules: the very amount, day and row at which something changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from marketplace.domain.payroll import queries
from marketplace.domain.payroll.rules import (
    Adjustment,
    Deal,
    PaidBefore,
    Payee,
    PayeeYear,
    PayLine,
    Payment,
    pay_day,
    withhold,
)
from marketplace.domain.payroll.rules.china import is_vat_exempt
from marketplace.domain.payroll.rules.extras import commission_lines
from marketplace.domain.payroll.rules.rates import bonus_rate, fee_on, weighted_rate
from marketplace.domain.payroll.rules.shapes import Certificate
from marketplace.domain.payroll.rules.tables import StateTables, VatThreshold
from marketplace.domain.payroll.rules.wages import state_tax
from marketplace.kernel.money import Money, from_major
from tests.rules.payroll.days import a_day, a_deal, a_meal, an_agreement, paid

CUMULATIVE = "cn_labor_platform_cumulative"
W4 = Payee("w4", certificate=Certificate())


def row_of(line: PayLine) -> str:
    return line.rule.split(" ", 1)[1]


def yuan(day: date, gross: str, withheld: str = "0") -> PaidBefore:
    return PaidBefore(day, "show", from_major(gross, "CNY"), from_major(withheld, "CNY"))


def cumulative(on: date, gross: str, *before: PaidBefore) -> str:
    payment = Payment(on, "show", from_major(gross, "CNY"), Payee("cn_resident"), PayeeYear(before))
    (line,) = withhold(payment, queries.load_scheme(CUMULATIVE, on))
    return str(line.amount.decimal)


JUNE = date(2026, 6, 15)


@pytest.mark.parametrize(
    ("before", "owed"),
    [
        ((), "90.00"),
        ((yuan(date(2026, 5, 15), "10000"),), "180.00"),
        ((yuan(date(2026, 5, 15), "10000"), yuan(date(2026, 4, 15), "10000")), "270.00"),
        ((yuan(date(2026, 5, 15), "10000"), yuan(date(2026, 3, 15), "10000")), "180.00"),
        ((yuan(date(2026, 4, 15), "10000"),), "90.00"),
        ((yuan(date(2026, 5, 15), "10000"), yuan(date(2026, 5, 20), "-10000")), "90.00"),
        ((yuan(date(2026, 5, 15), "10000"), yuan(date(2026, 5, 20), "-9999.99")), "0.00"),
        ((yuan(date(2025, 5, 15), "10000"),), "90.00"),
    ],
)
def test_consecutive_months_run_back_to_the_first_gap(
    before: tuple[PaidBefore, ...], owed: str
) -> None:
    assert cumulative(JUNE, "10000", *before) == owed


@pytest.mark.parametrize(("day", "owed"), [(1, "570.00"), (30, "90.00")])
def test_what_was_paid_before_the_method_existed_does_not_count(day: int, owed: str) -> None:
    month = 10 if day == 1 else 9
    before = yuan(date(2025, month, day), "20000")

    assert cumulative(date(2025, 10, 20), "10000", before) == owed


@pytest.mark.parametrize(("sales", "is_exempt"), [("999.99", True), ("1000", False)])
def test_the_day_that_reaches_the_vat_threshold_is_over_it(sales: str, *, is_exempt: bool) -> None:
    table = queries.load_scheme("cn_vat_individual", JUNE).table
    assert isinstance(table, VatThreshold)

    assert is_vat_exempt(Fraction(sales), table) is is_exempt


def test_a_rate_card_prints_its_row_its_units_and_its_amounts() -> None:
    agreement = next(one for one in queries.agreements().values() if one.cards)
    code, card = next(iter(agreement.cards.items()))
    deal = Deal(Money(1, "GBP"), 60, agreement.id, card=code, hourly=Money(99, "GBP"))
    long = a_day("06:00", "20:00", on=date(2022, 6, 1), zone="Europe/London")

    lines = pay_day(deal, long, agreement).lines[:3]

    assert [(line.kind, line.code, line.unit) for line in lines] == [
        ("earning", "day", "day"),
        ("earning", "holiday_pay", "day"),
        ("earning", "overtime", "unit"),
    ]
    assert {row_of(line) for line in lines} == {f"rate_card[{code}]"}
    assert lines[0].amount == card.daily
    assert all(line.label.text for line in lines)


@pytest.mark.parametrize(
    ("credit", "owed"), [("2600", "17.64"), ("0.01", "27.64"), ("7500", "0.00")]
)
def test_a_credit_is_spread_over_the_periods_of_the_year(credit: str, owed: str) -> None:
    form = Certificate(credits=from_major(credit, "USD"))
    payment = Payment(
        date(2026, 11, 20), "show", Money(28_000, "USD"), Payee("w4", certificate=form)
    )

    (line,) = withhold(payment, queries.load_scheme("us_fit_pub15t", payment.pay_date))

    assert str(line.amount.decimal) == owed


def test_low_income_in_california_is_named_and_taxed_nothing() -> None:
    table = queries.load_scheme("us_ca_pit_methodb", date(2026, 11, 20)).table
    assert isinstance(table, StateTables)
    edge = table.low_income["daily"]["single_dual"]

    low, above = (state_tax(edge + more, Certificate(), table) for more in (0, Fraction(1, 100)))

    assert low.is_low_income is True
    assert low.taxable == low.computed == low.tax == 0
    assert above.is_low_income is False
    assert above.taxable > 0


def test_a_married_person_with_one_allowance_is_still_in_the_lower_group() -> None:
    table = queries.load_scheme("us_ca_pit_methodb", date(2026, 11, 20)).table
    assert isinstance(table, StateTables)
    taxable = [
        state_tax(
            Fraction(280), Certificate(state_status="married", regular_allowances=count), table
        ).taxable
        for count in (0, 1, 2)
    ]

    assert taxable[0] == taxable[1] > taxable[2]


def test_each_line_of_wages_names_its_row() -> None:
    payment = Payment(date(2026, 11, 20), "show", Money(28_000_000, "USD"), W4, scheme="us_ca_w2")

    found = withhold(payment, queries.load_scheme("us_ca_w2", payment.pay_date))

    assert [
        (line.code, row_of(line), str(line.quantity)) for line in found if line.unit == "percent"
    ] == [
        ("social_security", "ss_rate_ee", "31/5"),
        ("medicare", "medicare_ee", "29/20"),
        ("additional_medicare", "addl_medicare_ee", "9/10"),
        ("social_security_employer", "ss_rate_er", "31/5"),
        ("medicare_employer", "medicare_er", "29/20"),
        ("state_disability", "rate_ee", "13/10"),
        ("futa_employer", "levies[0]", "3/5"),
        ("ca_ui_employer", "levies[1]", "17/5"),
        ("ca_ett_employer", "levies[2]", "1/10"),
    ]


@pytest.mark.parametrize(
    ("payee", "scheme", "row"),
    [
        (Payee("w9", is_backup_withholding=True), "us_contractor", "backup_rate"),
        (Payee("w9"), "us_contractor", "rules.w9_valid"),
        (Payee("w8ben"), "us_nra_services", "rate"),
        (Payee("8233"), "us_nra_services", "rules.treaty"),
        (Payee("w9", is_state_nonresident=True), "us_ca_nonresident_592", "rate"),
        (Payee("w9", is_state_nonresident=False), "us_ca_nonresident_592", "kind"),
    ],
)
def test_each_withholding_names_its_row(payee: Payee, scheme: str, row: str) -> None:
    payment = Payment(date(2026, 11, 20), "show", Money(200_000, "USD"), payee, performed_in="US")

    (line,) = withhold(payment, queries.load_scheme(scheme, payment.pay_date))

    assert row_of(line) == row


@pytest.mark.parametrize(
    ("agreement", "deal_pct", "row", "amount"),
    [
        ("us_film_crew_12", Fraction(1, 10), "deal", "28.00"),
        ("cn_hengdian_extra_2024_11", Fraction(0), "commission", "13.50"),
        ("cn_hengdian_extra_2024_11", Fraction(1, 5), "deal", "27.00"),
    ],
)
def test_commission_is_a_share_of_wages_and_says_whose(
    agreement: str, deal_pct: Fraction, row: str, amount: str
) -> None:
    terms = an_agreement(agreement)
    rate, hours = ("280", 12) if terms.currency == "USD" else ("135", 10)
    deal = replace(a_deal(agreement, rate, hours), commission_pct=deal_pct)
    receipt = Adjustment("receipts", Money(5_000, terms.currency), is_reimbursement=True)
    day = a_day("08:00", "18:00", a_meal("12:00", "13:00"), adjustments=(receipt,))

    (line,) = commission_lines(deal, paid(deal, day), terms)

    assert (line.kind, line.code, line.unit) == ("deduction", "commission", "percent")
    assert (row_of(line), str(line.amount.decimal)) == (row, amount)


def test_a_short_rest_is_coded_and_counted_from_its_row() -> None:
    day = a_day("07:00", "15:00", previous_wrap_at=a_day("02:00", "03:00").in_at)

    lines = [line for line in paid(a_deal(), day).lines if line.code == "rest_penalty"]

    assert [row_of(line) for line in lines] == ["rest.penalty"]


def test_a_fee_of_the_agreement_holds_on_its_first_and_last_day() -> None:
    terms = an_agreement("cn_hengdian_extra_2024_03")
    (fee,) = terms.fees
    assert fee.ends is not None

    assert fee_on(terms, fee.starts) == fee_on(terms, fee.ends) == fee


def test_an_hour_is_enough_for_a_regular_rate() -> None:
    assert weighted_rate([(Fraction(1, 2), Fraction(40))]) == 40
    assert bonus_rate(Fraction(10), "production", Fraction(1, 2), Fraction(0)) == 20
