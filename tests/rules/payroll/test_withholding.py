"""What is withheld, from whom, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from marketplace.domain.payroll import queries
from marketplace.domain.payroll.rules import (
    PaidBefore,
    Payee,
    PayeeYear,
    PayError,
    PayLine,
    Payment,
    withhold,
)
from marketplace.domain.payroll.rules.shapes import Certificate
from marketplace.domain.payroll.rules.tables import EmployerLevies, Levy, StateInsurance
from marketplace.domain.payroll.rules.wages import period_of
from marketplace.kernel.money import Money, from_major
from marketplace.kernel.sentences import say

RESIDENT = Payee("cn_resident")
A_DAY = date(2026, 11, 20)
AWAY = Payee("w9", is_state_nonresident=True)
W4 = Payee("w4", certificate=Certificate())


def a_payment(gross: str, payee: Payee, currency: str = "USD", on: date = A_DAY) -> Payment:
    return Payment(on, "show", from_major(gross, currency), payee)


def before(on: date, gross: str, withheld: str, item: str = "show") -> PaidBefore:
    return PaidBefore(on, item, from_major(gross, "CNY"), from_major(withheld, "CNY"))


def lines(payment: Payment, scheme: str) -> tuple[PayLine, ...]:
    return withhold(payment, queries.load_scheme(scheme, payment.pay_date))


def tax(payment: Payment, scheme: str) -> str:
    (line,) = lines(payment, scheme)
    return str(line.amount.decimal)


@pytest.mark.parametrize(
    ("gross", "owed"),
    [
        ("800", "0.00"),
        ("800.01", "0.00"),
        ("3000", "440.00"),
        ("4000", "640.00"),
        ("4000.01", "640.00"),
        ("25000", "4000.00"),
        ("62500", "13000.00"),
        ("100000", "25000.00"),
    ],
)
def test_one_payment_in_china_is_taxed_by_the_table(gross: str, owed: str) -> None:
    assert tax(a_payment(gross, RESIDENT, "CNY"), "cn_labor_per_payment") == owed


def test_two_payments_for_one_show_in_a_month_are_one_time() -> None:
    earlier = (before(date(2026, 11, 3), "3000", "440"),)
    second = replace(a_payment("3000", RESIDENT, "CNY"), year=PayeeYear(earlier))

    assert tax(second, "cn_labor_per_payment") == "520.00"


@pytest.mark.parametrize(
    "other",
    [
        before(date(2026, 10, 31), "3000", "440"),
        before(date(2026, 11, 3), "3000", "440", item="another show"),
        before(date(2025, 11, 3), "3000", "440"),
    ],
)
def test_another_month_or_show_is_another_time(other: PaidBefore) -> None:
    second = replace(a_payment("3000", RESIDENT, "CNY"), year=PayeeYear((other,)))

    assert tax(second, "cn_labor_per_payment") == "440.00"


def test_a_withholding_says_what_it_was_worked_out_from() -> None:
    (line,) = lines(a_payment("12000", RESIDENT, "CNY"), "cn_labor_per_payment")

    assert (line.kind, line.code, line.amount) == (
        "withholding",
        "income_tax",
        Money(192000, "CNY"),
    )
    assert line.rule == "cn_labor_per_payment@2019-01-01 brackets[0]"
    assert "prepayment" in str(line.cause)


def test_nothing_withheld_is_a_memo_that_says_why() -> None:
    (line,) = lines(a_payment("119", RESIDENT, "CNY"), "cn_labor_per_payment")

    assert (line.kind, line.amount.minor) == ("memo", 0)


def test_a_foreigner_in_china_pays_the_final_monthly_table() -> None:
    foreigner = a_payment("100000", Payee("cn_nonresident"), "CNY")

    assert tax(foreigner, "cn_labor_nonresident") == "20840.00"
    (line,) = lines(foreigner, "cn_labor_nonresident")
    assert "Final" in str(line.cause)


def test_a_royalty_is_taxed_on_its_own_each_time() -> None:
    earlier = (before(date(2026, 11, 3), "3000", "440"),)
    royalty = replace(a_payment("30000", RESIDENT, "CNY"), year=PayeeYear(earlier))

    assert tax(royalty, "cn_royalty_flat20") == "4800.00"


def test_a_platform_withholds_on_the_months_in_a_row() -> None:
    paid = (
        before(date(2026, 7, 1), "90000", "9000"),
        before(date(2026, 9, 1), "0", "0"),
        before(date(2026, 10, 5), "7200", "22.80"),
        before(date(2026, 11, 1), "800", "0"),
    )
    third = replace(a_payment("5200", RESIDENT, "CNY"), year=PayeeYear(paid))

    assert tax(third, "cn_labor_platform_cumulative") == "0.00"


def test_a_platform_counts_nothing_from_before_the_method() -> None:
    paid = (before(date(2025, 9, 5), "90000", "0"), before(date(2024, 10, 5), "90000", "0"))
    first = replace(a_payment("7200", RESIDENT, "CNY", on=date(2025, 10, 9)), year=PayeeYear(paid))

    assert tax(first, "cn_labor_platform_cumulative") == "22.80"


def test_a_contractor_with_a_w9_is_paid_in_full() -> None:
    (line,) = lines(a_payment("280", Payee("w9")), "us_contractor")

    assert (line.kind, line.code) == ("memo", "nothing")


def test_backup_withholding_takes_24_per_cent() -> None:
    assert (
        tax(a_payment("280", Payee(None, is_backup_withholding=True)), "us_contractor") == "67.20"
    )


def test_no_form_no_payment() -> None:
    with pytest.raises(PayError, match="W-9"):
        lines(a_payment("280", Payee(None)), "us_contractor")


@pytest.mark.parametrize(
    ("form", "place", "owed"),
    [("w8ben", "US", "168.00"), ("w8ben", "CN", "0.00"), ("8233", "US", "0.00")],
)
def test_a_foreign_person_pays_for_work_in_the_us(form: str, place: str, owed: str) -> None:
    payment = replace(a_payment("560", Payee(form)), performed_in=place)

    assert tax(payment, "us_nra_services") == owed


def test_where_the_work_was_done_must_be_known() -> None:
    with pytest.raises(PayError, match="which country"):
        lines(a_payment("560", Payee("w8ben")), "us_nra_services")


@pytest.mark.parametrize(
    ("expected", "owed"), [(None, "0.00"), ("1500", "0.00"), ("1500.01", "70.00")]
)
def test_a_non_resident_of_california_pays_above_the_years_threshold(
    expected: str | None, owed: str
) -> None:
    year = None if expected is None else from_major(expected, "USD")
    payment = replace(a_payment("1000", AWAY), expected_year=year)

    assert tax(payment, "us_ca_nonresident_592") == owed


def test_a_year_that_passed_the_threshold_is_withheld_from() -> None:
    paid = (PaidBefore(A_DAY, "show", Money(60000, "USD"), Money(0, "USD")),)
    payment = replace(a_payment("1000", AWAY), year=PayeeYear(paid))

    assert tax(payment, "us_ca_nonresident_592") == "70.00"


def test_somebody_who_lives_in_california_pays_no_tax_of_non_residents() -> None:
    payment = replace(
        a_payment("1000", Payee("w9", is_state_nonresident=False)),
        expected_year=Money(500_000, "USD"),
    )

    (line,) = lines(payment, "us_ca_nonresident_592")

    assert (line.code, str(line.cause)) == ("nothing", "Lives in California.")


def test_nobody_guesses_whether_somebody_lives_in_california() -> None:
    with pytest.raises(PayError, match="whether this person lives in California"):
        lines(a_payment("1000", Payee("w9")), "us_ca_nonresident_592")


def printed(payment: Payment, scheme: str) -> list[tuple[str, str]]:
    return [(line.code, str(line.amount.decimal)) for line in lines(payment, scheme)]


def test_wages_in_california_bear_four_taxes_each_by_its_own_rule() -> None:
    found = lines(a_payment("280", W4), "us_ca_w2")

    assert [(line.code, str(line.amount.decimal)) for line in found if line.kind != "memo"] == [
        ("social_security", "17.36"),
        ("medicare", "4.06"),
        ("federal_income_tax", "27.64"),
        ("state_income_tax", "11.65"),
        ("state_disability", "3.64"),
    ]
    assert {line.rule.split("@")[0] for line in found} == {
        "us_fica",
        "us_fit_pub15t",
        "us_ca_pit_methodb",
        "us_ca_sdi",
        "us_ca_employer",
    }
    assert [(line.code, str(line.amount.decimal)) for line in found if line.kind == "memo"] == [
        ("social_security_employer", "17.36"),
        ("medicare_employer", "4.06"),
        ("futa_employer", "1.68"),
        ("ca_ui_employer", "9.52"),
        ("ca_ett_employer", "0.28"),
    ]


@pytest.mark.parametrize(("paid", "memos"), [("6900", ["0.60", "3.40", "0.10"]), ("7000", [])])
def test_an_employer_pays_on_the_first_wages_of_the_year(paid: str, memos: list[str]) -> None:
    year = PayeeYear((wages_before(date(2026, 1, 9), paid),))
    found = lines(replace(a_payment("280", W4), year=year, scheme="us_ca_w2"), "us_ca_employer")

    assert [str(line.amount.decimal) for line in found] == memos
    words = say("Wages up to %(base)s a year.", base=Money(700_000, "USD"))
    assert all(line.cause == words for line in found)


def test_a_levy_without_a_base_is_on_all_wages() -> None:
    levy = Levy("ca_ett_employer", Fraction(1, 1000), None, "levies[0]")
    scheme = replace(queries.load_scheme("us_ca_employer", A_DAY), table=EmployerLevies((levy,)))

    (line,) = withhold(a_payment("10000", W4), scheme)

    assert (line.kind, str(line.amount.decimal), str(line.cause)) == ("memo", "10.00", "All wages.")


def test_insurance_with_a_base_stops_there() -> None:
    scheme = queries.load_scheme("us_ca_sdi", A_DAY)
    scheme = replace(scheme, table=StateInsurance(Fraction(1, 100), Fraction(7000)))
    before = PayeeYear((wages_before(date(2026, 1, 9), "6900"),))

    (part,) = withhold(replace(a_payment("280", W4), year=before, scheme="us_ca_w2"), scheme)
    over = PayeeYear((wages_before(date(2026, 1, 9), "7000"),))
    (none,) = withhold(replace(a_payment("280", W4), year=over, scheme="us_ca_w2"), scheme)

    assert (part.kind, str(part.amount.decimal)) == ("withholding", "1.00")
    assert (none.kind, none.code) == ("memo", "nothing")


@pytest.mark.parametrize(
    ("payee", "found"),
    [
        (Payee("w9", is_state_nonresident=False), [("nothing", "0.00")]),
        (AWAY, [("nothing", "0.00"), ("state_nonresident_tax", "140.00")]),
        (
            Payee("w8ben", is_state_nonresident=True),
            [("nonresident_tax", "600.00"), ("state_nonresident_tax", "140.00")],
        ),
        (Payee("8233", is_state_nonresident=False), [("nothing", "0.00")]),
    ],
)
def test_contractors_in_california_are_taxed_by_their_own_form(
    payee: Payee, found: list[tuple[str, str]]
) -> None:
    payment = replace(a_payment("2000", payee), performed_in="US")

    assert printed(payment, "us_ca_contractors") == found


def test_a_contractor_who_never_said_where_they_live_is_refused() -> None:
    with pytest.raises(PayError, match="lives in California"):
        lines(a_payment("2000", Payee("w9")), "us_ca_contractors")


@pytest.mark.parametrize(
    ("agreed", "has_one_employer", "period"),
    [
        ("daily", True, "daily"),
        ("weekly", True, "weekly"),
        ("weekly", False, "daily"),
    ],
)
def test_the_weekly_table_needs_the_statement(
    agreed: str, *, has_one_employer: bool, period: str
) -> None:
    assert period_of(agreed, has_one_employer=has_one_employer) == period


WEEKLY = Payee("w4", certificate=Certificate(period="weekly"))


def wages_before(on: date, gross: str, scheme: str = "us_ca_w2") -> PaidBefore:
    return PaidBefore(on, "show", from_major(gross, "USD"), Money(0, "USD"), scheme)


@pytest.mark.parametrize("scheme", ["us_fit_pub15t", "us_ca_pit_methodb"])
def test_the_days_of_a_week_together_bear_the_tax_on_the_week(scheme: str) -> None:
    sunday, saturday = date(2026, 11, 15), date(2026, 11, 21)
    first = replace(a_payment("900", WEEKLY, on=sunday), scheme="us_ca_w2")
    year = PayeeYear((wages_before(sunday, "900"),))
    second = replace(a_payment("900", WEEKLY, on=saturday), scheme="us_ca_w2", year=year)
    whole = a_payment("1800", WEEKLY, on=saturday)

    parts = sum(
        (line.amount.minor for one in (first, second) for line in lines(one, scheme)),
    )

    assert abs(parts - lines(whole, scheme)[0].amount.minor) <= 1
    assert lines(second, scheme)[0].amount.minor > lines(first, scheme)[0].amount.minor


@pytest.mark.parametrize(
    "other",
    [
        wages_before(date(2026, 11, 14), "900"),
        wages_before(date(2026, 11, 16), "900", "us_contractor"),
    ],
)
def test_another_week_and_other_income_change_nothing(other: PaidBefore) -> None:
    alone = replace(a_payment("900", WEEKLY), scheme="us_ca_w2")
    after = replace(alone, year=PayeeYear((other,)))

    assert lines(after, "us_fit_pub15t") == lines(alone, "us_fit_pub15t")


def test_days_on_the_daily_table_are_taxed_one_by_one() -> None:
    year = PayeeYear((wages_before(A_DAY, "280"),))
    again = replace(a_payment("280", W4), year=year, scheme="us_ca_w2")

    assert tax(again, "us_fit_pub15t") == "27.64"


def test_what_somebody_earned_as_a_contractor_is_no_wage() -> None:
    year = PayeeYear((wages_before(A_DAY, "184500", "us_contractor"),))
    payment = replace(a_payment("100", W4), year=year, scheme="us_ca_w2")

    assert printed(payment, "us_fica")[0] == ("social_security", "6.20")


def test_a_self_employed_person_in_britain_is_paid_gross() -> None:
    paid = a_payment("300", Payee("uk_self_employed"), "GBP")

    assert tax(paid, "uk_self_employed_gross") == "0.00"


def test_wages_pay_social_security_and_the_employers_share_is_a_memo() -> None:
    printed = lines(a_payment("250000", W4), "us_fica")

    assert [(line.kind, line.code, str(line.amount.decimal)) for line in printed] == [
        ("withholding", "social_security", "11439.00"),
        ("withholding", "medicare", "3625.00"),
        ("withholding", "additional_medicare", "450.00"),
        ("memo", "social_security_employer", "11439.00"),
        ("memo", "medicare_employer", "3625.00"),
    ]


def test_social_security_stops_at_the_wage_base() -> None:
    paid = (PaidBefore(date(2026, 1, 2), "show", Money(19000000, "USD"), Money(0, "USD")),)
    payment = replace(a_payment("280", W4), year=PayeeYear(paid))

    assert [line.code for line in lines(payment, "us_fica")] == ["medicare", "medicare_employer"]


@pytest.mark.parametrize(
    ("scheme", "owed"),
    [("us_fit_pub15t", "27.64"), ("us_ca_pit_methodb", "11.65"), ("us_ca_sdi", "3.64")],
)
def test_a_single_day_of_wages_in_los_angeles(scheme: str, owed: str) -> None:
    assert tax(a_payment("280", W4), scheme) == owed


@pytest.mark.parametrize(
    ("form", "owed"),
    [
        (Certificate(filing_status="mfj"), "16.83"),
        (Certificate(is_step2=True), "45.53"),
        (Certificate(credits=Money(2000000, "USD"), extra=Money(2000, "USD")), "20.00"),
        (Certificate(other_income=Money(260000, "USD")), "29.84"),
        (Certificate(deductions=Money(260000, "USD")), "25.44"),
    ],
)
def test_a_w4_changes_federal_tax(form: Certificate, owed: str) -> None:
    assert tax(a_payment("280", Payee("w4", certificate=form)), "us_fit_pub15t") == owed


@pytest.mark.parametrize(
    "form",
    [Certificate(period="hourly"), Certificate(filing_status="widow")],
)
def test_a_status_or_period_without_a_table_is_refused(form: Certificate) -> None:
    with pytest.raises(PayError, match="does not carry"):
        lines(a_payment("280", Payee("w4", certificate=form)), "us_fit_pub15t")
    with pytest.raises(PayError, match="does not carry"):
        lines(
            a_payment("280", Payee("w4", certificate=replace(form, state_status="widow"))),
            "us_ca_pit_methodb",
        )


@pytest.mark.parametrize(
    ("form", "wages", "owed"),
    [
        (Certificate(), "73", "0.00"),
        (Certificate(state_status="married"), "280", "5.96"),
        (Certificate(state_status="married", regular_allowances=2), "280", "3.71"),
        (Certificate(state_status="head_household"), "280", "5.01"),
        (Certificate(state_status="single", regular_allowances=11), "280", "4.50"),
    ],
)
def test_a_de4_changes_state_tax(form: Certificate, wages: str, owed: str) -> None:
    assert tax(a_payment(wages, Payee("w4", certificate=form)), "us_ca_pit_methodb") == owed


@pytest.mark.parametrize(
    ("scheme", "payee", "currency"),
    [
        ("cn_labor_per_payment", Payee("cn_nonresident"), "CNY"),
        ("cn_labor_platform_cumulative", Payee(None), "CNY"),
        ("us_contractor", Payee("w8ben"), "USD"),
        ("us_nra_services", Payee("w9"), "USD"),
        ("uk_self_employed_gross", Payee(None), "GBP"),
        ("us_fica", Payee("w9"), "USD"),
        ("us_fit_pub15t", Payee("w4"), "USD"),
    ],
)
def test_a_form_of_another_scheme_is_refused(scheme: str, payee: Payee, currency: str) -> None:
    with pytest.raises(PayError, match="tax form does not fit"):
        lines(a_payment("280", payee, currency), scheme)


def test_a_year_without_a_table_is_refused() -> None:
    with pytest.raises(PayError, match="no table for payments on 2027-01-01"):
        lines(a_payment("280", Payee("w9"), on=date(2027, 1, 1)), "us_contractor")


def test_a_version_is_not_used_outside_its_dates() -> None:
    version = queries.load_scheme("us_contractor", A_DAY)

    with pytest.raises(PayError, match="no table"):
        withhold(a_payment("280", Payee("w9"), on=date(2025, 1, 1)), version)


@pytest.mark.parametrize(("gross", "currency"), [("280", "CNY"), ("-1", "USD")])
def test_other_currencies_and_negative_pay_are_refused(gross: str, currency: str) -> None:
    with pytest.raises(PayError, match="payments in USD"):
        lines(a_payment(gross, Payee("w9"), currency), "us_contractor")


def test_a_threshold_is_no_withholding() -> None:
    with pytest.raises(PayError, match="withholds nothing"):
        lines(a_payment("280", RESIDENT, "CNY"), "cn_vat_individual")
