"""What a slip adds up to, how it is numbered, and what stands on the paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from marketplace.domain.documents.rules import Party, SlipDocument, fingerprint
from marketplace.domain.payroll.rules.basis import hours_at_rates
from marketplace.domain.payroll.rules.lines import Quantity, Wording, line
from marketplace.domain.payroll.rules.paper import Facts, basis, slip_document
from marketplace.domain.payroll.rules.records import read_adjustment, read_line, record
from marketplace.domain.payroll.rules.shapes import (
    Adjustment,
    Earnings,
    Meal,
    PayError,
    PayLine,
    WorkedDay,
)
from marketplace.domain.payroll.rules.slips import (
    Totals,
    agent_key,
    day_number,
    document_owner,
    legal_name_owner,
    slip_number,
    totals,
    week_start,
)
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say

USD = "USD"
CALL = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
DAY = WorkedDay(
    shoot_date=date(2026, 11, 21),
    zone="America/Los_Angeles",
    in_at=CALL,
    out_at=CALL + timedelta(hours=19),
    meals=(Meal(CALL + timedelta(hours=6), CALL + timedelta(hours=6, minutes=30)),),
)


def write(said: object, *, locale: str | None = None, zone: str = "UTC") -> str:
    """Write plainly; "Chinese" is marked, and amounts look alike in both languages."""
    assert isinstance(said, Sentence)
    values = {name: plain_value(value) for name, value in said.values.items()}
    text = said.text % values
    is_amount = said.text.startswith("%(")
    return f"[{zone}] {text}" if locale == "zh_Hans" and not is_amount else text


def plain_value(value: object) -> str:
    return f"${value.decimal:,.2f}" if isinstance(value, Money) else str(value)


def a_line(
    kind: str = "earning",
    code: str = "straight",
    quantity: Quantity | None = None,
    *,
    cause: Sentence | None = None,
) -> PayLine:
    words = Wording(kind, code, say("Straight time"), "us_film_crew_12@2024-08-01 bands[0]", cause)
    how_much = quantity or Quantity(Fraction(12), "hour", Fraction(7_000, 3))
    return line(words, how_much, USD)


def some_earnings(minor: int = 28_000) -> Earnings:
    zero = Money(0, USD)
    return Earnings((a_line(),), Money(minor, USD), 690, Fraction(12), zero, zero)


def facts(**changes: object) -> Facts:
    earned = Totals(Money(28_000, USD), Money(5_600, USD), Money(0, USD))
    whole = Facts(
        number="2026-00001",
        issued_at=CALL + timedelta(days=1),
        pay_date=date(2026, 11, 22),
        employer=Party(name="Redwood Vertical LLC"),
        country="US",
        legal_name="Lin Yuting",
        stage_name="Ava Lin",
        tax_id_last4="6789",
        account_last4="6411",
        address=("1 Olive Street",),
        production="Divorced at Dawn",
        production_second="",
        registration_number="",
        role="Claire Hart",
        day_number=3,
        day=DAY,
        worked_minutes=690,
        agreement="us_film_crew_12@2024-08-01",
        scheme="us_contractor@2026-01-01",
        lines=(a_line(), a_line("withholding", "backup_withholding", cause=say("No number."))),
        totals=earned,
        year=earned,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]  # replace() takes any field


def a_document(**changes: object) -> SlipDocument:
    return slip_document(facts(**changes), write)


def test_a_slip_is_gross_less_what_is_withheld_and_deducted() -> None:
    taken = line(
        Wording("withholding", "x", say("x"), "r"), Quantity(Fraction(1), "unit", Fraction(50)), USD
    )
    memo = replace(taken, kind="memo")

    found = totals(some_earnings(), [taken, memo], [replace(taken, kind="deduction")])

    assert (found.withheld, found.deducted, found.net) == (
        Money(50, USD),
        Money(50, USD),
        Money(27_900, USD),
    )


def test_more_than_was_earned_cannot_be_taken() -> None:
    taken = a_line("withholding")

    with pytest.raises(PayError, match="more is taken"):
        totals(some_earnings(1), [taken], [])


def test_the_platform_withholds_for_all_and_a_company_for_its_own() -> None:
    assert agent_key("platform", 7) == "platform"
    assert agent_key("production", 7) == "company:7"


def test_numbers_have_their_year() -> None:
    assert slip_number(2026, 1187) == "2026-01187"


def test_secrets_of_a_slip_belong_to_the_slip() -> None:
    assert document_owner("k3") == "slip:k3"
    assert legal_name_owner("k3") == "slip:k3|legal_name"


@pytest.mark.parametrize(
    ("day", "start"),
    [("2026-11-22", "2026-11-22"), ("2026-11-23", "2026-11-22"), ("2026-11-28", "2026-11-22")],
)
def test_the_work_week_begins_on_sunday(day: str, start: str) -> None:
    assert week_start(date.fromisoformat(day)) == date.fromisoformat(start)


def test_dates_of_the_week_are_counted_once() -> None:
    worked = [date(2026, 11, day) for day in (21, 22, 23, 23, 26)]

    assert day_number(date(2026, 11, 25), worked) == 3


def test_lines_and_extras_are_read_back_as_they_were() -> None:
    one = a_line(cause=say("Meal due by %(due)s.", due=CALL))
    extra = Adjustment("wet", Money(1_400, USD), 2)

    assert read_line(record(one)) == one
    assert read_adjustment(record(extra)) == extra
    assert record({"year": (Money(1, USD),)}) == {"year": [{"$money": [1, "USD"]}]}


def test_a_paper_says_the_facts_in_both_languages() -> None:
    paper = a_document()

    earning, withheld = paper.lines
    assert (earning.label, earning.label_second) == (
        "Straight time",
        "[America/Los_Angeles] Straight time",
    )
    assert (earning.detail, earning.amount) == ("12 h × 23.3333", "$280.00")
    assert withheld.amount == "$-280.00"
    assert withheld.cause == "No number. · [America/Los_Angeles] No number."
    assert (paper.call, paper.wrap, paper.meals) == ("07:00", "02:00 next day", "13:00–13:30")
    assert (paper.net, paper.withheld, paper.deductions) == ("$224.00", "$-56.00", "$0.00")
    assert paper.payee.payee_id == "••6789"
    assert paper.shoot_day_label == "Day 3 · [America/Los_Angeles] Day 3"
    assert paper.paper == "Letter"


def test_a_paper_carries_its_own_fingerprint() -> None:
    paper = a_document()

    assert paper.data_digest == fingerprint(paper)
    assert paper.data_digest != a_document(number="2026-00002").data_digest


def test_what_is_not_there_is_not_printed() -> None:
    paper = a_document(country="CN", stage_name="Lin Yuting", tax_id_last4="", account_last4="")

    assert paper.paper == "A4"
    assert (paper.payee.stage_name, paper.payee.payee_id, paper.payment_method) == ("", "", "")


def test_a_wrap_of_the_same_date_is_a_plain_time() -> None:
    assert a_document(day=replace(DAY, out_at=CALL + timedelta(hours=12))).wrap == "19:00"


def test_a_slip_that_corrects_or_reverses_another_names_it() -> None:
    corrected = a_document(kind="correction", corrects="2026-00007")
    reversed_ = a_document(kind="reversal", corrects="2026-00007")

    assert corrected.status.startswith("Correction of 2026-00007")
    assert reversed_.status.startswith("Reversal of 2026-00007")
    assert a_document().status == "original"


def test_the_year_of_a_code_stands_behind_its_first_line() -> None:
    twice = (a_line(), a_line(), a_line("withholding", "backup"))
    year = {
        ("earning", "straight"): Money(99_000, USD),
        ("withholding", "backup"): Money(1_000, USD),
    }

    paper = a_document(lines=twice, year_lines=year)

    assert [line.ytd for line in paper.lines] == ["$990.00", "", "$-10.00"]


def test_repaid_expenses_are_marked_and_kept_out_of_what_is_taxed() -> None:
    parking = Adjustment("parking", Money(1_250, USD), is_reimbursement=True)
    lines = (a_line(), a_line("allowance", "parking"), a_line("bump", "smoke"))

    paper = a_document(
        day=replace(DAY, adjustments=(parking,)),
        lines=lines,
        taxed=Money(26_750, USD),
    )

    marks = [line.mark.partition(" · ")[0] for line in paper.lines]
    assert marks == ["", "Not taxed", "Taxed"]
    assert (paper.taxed_on, paper.untaxed) == ("$267.50", "$12.50")
    assert a_document(taxed=Money(28_000, USD)).untaxed == ""


def test_a_ladder_of_penalties_is_explained_by_its_cause_alone() -> None:
    steps = Quantity(Fraction(2), "unit", Fraction(875))

    assert basis(a_line("penalty", "meal_penalty", steps)) == ""
    assert basis(a_line("bump", "smoke", steps)) == "2 × 8.75"


def test_a_reversal_carries_the_minus_of_the_paper() -> None:
    hours = Quantity(Fraction(-5, 2), "hour", Fraction(2_000), Fraction(3, 2))

    assert basis(a_line(quantity=hours)) == "\N{MINUS SIGN}2.5 h × 20.0000 × 1.5"
    assert hours_at_rates([a_line(quantity=hours)]) == ("\N{MINUS SIGN}2.5 h × 30.0000",)


def test_hours_at_each_rate_leave_out_hours_nobody_worked() -> None:
    rate = Fraction(32_500, 7)
    lines = (
        a_line(quantity=Quantity(Fraction(8), "hour", rate)),
        a_line(quantity=Quantity(Fraction(2), "hour", rate, Fraction(3, 2))),
        a_line(quantity=Quantity(Fraction(1, 2), "hour", rate * Fraction(3, 2))),
        a_line(code="guaranteed", quantity=Quantity(Fraction(2), "hour", rate)),
        a_line("penalty", "meal_penalty", Quantity(Fraction(1), "hour", rate)),
        a_line(code="day", quantity=Quantity(Fraction(1), "day", rate)),
    )

    assert hours_at_rates(lines) == ("8 h × 46.4286", "2.5 h × 69.6429")


def test_the_overtime_premium_is_a_figure_of_its_own_in_dollars_alone() -> None:
    assert a_document(premium=Money(4_643, USD)).premium == "$46.43"
    assert a_document(premium=Money(0, USD)).premium == ""
    assert a_document(premium=Money(4_643, "CNY")).premium == ""


def test_a_day_without_hours_prints_none_and_says_why() -> None:
    paper = a_document(
        day=None,
        shoot_date=date(2026, 11, 20),
        zone="Asia/Shanghai",
        card_kind="cancelled",
        worked_minutes=0,
    )

    assert (paper.call, paper.wrap, paper.meals) == ("", "", "")
    assert (paper.shoot_date, paper.zone) == ("2026-11-20", "Asia/Shanghai")
    assert paper.notes[0].startswith("The day was cancelled")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("nothing", "withholding"),
        ("federal_income_tax", "withholding"),
        ("medicare_employer", "memo"),
        ("holiday_accrual", "memo"),
        ("weekly_rest_short", "penalty"),
    ],
)
def test_a_memo_stands_with_its_like(code: str, kind: str) -> None:
    (line,) = a_document(lines=(a_line("memo", code),)).lines

    assert line.kind == kind


@pytest.mark.parametrize(
    ("scheme", "words"),
    [
        ("cn_labor_platform_cumulative@2025-10-01", "annual settlement runs from 1 March to 30"),
        ("cn_labor_nonresident@2019-01-01", "final for this payment"),
        ("us_contractor@2026-01-01", "counts towards your tax return"),
    ],
)
def test_withheld_tax_is_called_a_prepayment_where_it_is_one(scheme: str, words: str) -> None:
    assert words in " ".join(a_document(scheme=scheme).notes)
    assert "tax withheld" not in " ".join(a_document(scheme=scheme, lines=(a_line(),)).notes)


def test_a_slip_says_who_to_ask_and_until_when_and_what_kind_of_work_it_pays() -> None:
    paper = a_document(engagement="employee", payroll_period="weekly", run=7, is_auto_agreed=True)

    assert (paper.contact, paper.dispute_by) == ("Redwood Vertical LLC", "2026-12-22")
    assert a_document(contact="pay@redwood.test").contact == "pay@redwood.test"
    assert paper.run == "7"
    assert paper.engagement.startswith("Employee")
    assert paper.cycle.startswith("Payroll period: one week")
    contractor = a_document(engagement="contractor", payroll_period="weekly")
    assert contractor.cycle.startswith("Paid by the shoot day")
    assert a_document(engagement="employee").cycle.startswith("Paid by the shoot day")
    assert paper.period == "2026-11-21 – 2026-11-21"
    assert paper.notes[0].startswith("The hours were agreed automatically")


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (
            Quantity(Fraction(5, 2), "hour", Fraction(7_000, 3), Fraction(3, 2)),
            "2.5 h × 23.3333 × 1.5",
        ),
        (Quantity(Fraction(8), "hour", Fraction(8_125)), "8 h × 81.2500"),
        (Quantity(Fraction(1), "day", Fraction(28_000)), "1 d × 280.00"),
        (Quantity(Fraction(10), "percent", Fraction(280)), "10% × 280.00"),
        (Quantity(Fraction(1), "unit", Fraction(1_400)), ""),
        (Quantity(Fraction(3), "unit", Fraction(1_400)), "3 × 14.00"),
        (Quantity(Fraction(11), "unit", Fraction(13_000, 11)), ""),
    ],
)
def test_the_basis_shows_how_a_line_was_worked_out(quantity: Quantity, text: str) -> None:
    assert basis(a_line(quantity=quantity)) == text
