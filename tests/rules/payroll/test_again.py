"""A stored slip is worked out again from what was stored, and the first difference is found."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from marketplace.domain.payroll import queries
from marketplace.domain.payroll.rules import Payee, PayError, PayLine, Payment, withhold
from marketplace.domain.payroll.rules.again import (
    REVERSAL,
    Books,
    Stored,
    document_again,
    first_difference,
    lines_again,
    totals_again,
)
from marketplace.domain.payroll.rules.extras import commission_lines
from marketplace.domain.payroll.rules.frozen import text_of
from marketplace.domain.payroll.rules.paper import Pen
from marketplace.domain.payroll.rules.reversals import already_paid_line, negated
from marketplace.domain.payroll.rules.slips import Totals
from marketplace.domain.payroll.rules.terms import Agreement
from marketplace.kernel.money import Money
from marketplace.web.presentation import sentence
from tests.rules.payroll.days import A_FRIDAY, LOS_ANGELES, a_day, a_deal, a_meal, paid
from tests.rules.payroll.days import an_agreement as agreement_named
from tests.support.slips import a_slip

DEAL = a_deal(rate="650", commission_pct=Fraction(1, 10))
DAY = a_day("08:00", "21:30", a_meal("14:30", "15:00"))
BOOKS = Books(queries.agreements(), queries.schemes())
PEN = Pen(sentence, LOS_ANGELES)


def version(agreement: Agreement) -> str:
    return agreement.row("").strip()


def a_slips_lines() -> tuple[tuple[PayLine, ...], dict[str, Any]]:
    """Return the lines of a slip that keeps what was paid before, and what they came from."""
    earned, agreement = paid(DEAL, DAY), agreement_named(DEAL.agreement)
    payment = Payment(A_FRIDAY, "show", earned.gross, Payee("w8ben"), performed_in="US")
    scheme = queries.load_scheme("us_nra_services", A_FRIDAY)
    kept = already_paid_line(Money(100, "USD"), earned.gross, "2026-00001")
    assert kept is not None
    inputs = {
        "deal": json.loads(text_of(DEAL)),
        "day": json.loads(text_of(DAY)),
        "payment": json.loads(text_of(payment)),
        "agreement": version(agreement),
        "scheme": f"us_nra_services@{scheme.effective_from.isoformat()}",
    }
    deducted = commission_lines(DEAL, earned, agreement)
    return (*earned.lines, *withhold(payment, scheme), *deducted, kept), inputs


LINES, INPUTS = a_slips_lines()


def test_a_slip_comes_out_the_same_with_what_was_kept_back() -> None:
    again = lines_again(Stored("correction", INPUTS, LINES), BOOKS)

    assert first_difference(LINES, again) is None
    assert {one.kind for one in again} >= {"earning", "withholding", "deduction"}
    assert again[-1].code == "already_paid"


def test_a_reversal_is_the_reversed_slip_with_the_other_sign() -> None:
    taken_back = tuple(negated(one) for one in LINES)

    again = lines_again(Stored(REVERSAL, {}, taken_back, LINES), BOOKS)

    assert again == taken_back
    both = totals_again((*LINES, *again), "USD")
    assert both == Totals(*[Money(0, "USD")] * 3)


@pytest.mark.parametrize(
    ("name", "gone"),
    [
        ("agreement", "us_film_crew_12@1999-01-01"),
        ("agreement", "no_such_agreement@2024-08-01"),
        ("scheme", "us_nra_services@1999-01-01"),
        ("scheme", "no_such_scheme@2026-01-01"),
    ],
)
def test_a_version_that_is_gone_is_named(name: str, gone: str) -> None:
    stored = Stored("original", {**INPUTS, name: gone}, LINES)

    with pytest.raises(PayError, match=f"{gone} is not here any more"):
        lines_again(stored, BOOKS)


def test_totals_are_what_is_earned_withheld_and_deducted_without_memos() -> None:
    memo = replace(LINES[0], kind="memo")

    found = totals_again((*LINES, memo), "USD")

    assert found == totals_again(LINES, "USD")
    assert found.gross == paid(DEAL, DAY).gross
    assert found.withheld.minor == -(-found.gross.minor * 3 // 10)
    assert found.deducted.minor > 100


def test_the_first_line_that_differs_is_counted_from_one() -> None:
    other = replace(LINES[1], amount=LINES[1].amount + Money(1, "USD"))

    assert first_difference(LINES, (LINES[0], other, *LINES[2:])) == (2, LINES[1], other)


def test_a_line_too_few_or_too_many_differs_from_nothing() -> None:
    assert first_difference(LINES, LINES[:-1]) == (len(LINES), LINES[-1], None)
    assert first_difference(LINES[:-1], LINES) == (len(LINES), None, LINES[-1])


def test_a_paper_gets_anew_what_is_worked_out_and_keeps_its_chinese() -> None:
    line = replace(a_slip().lines[0], label="Wrong", label_second="别动", amount="$0.01")
    old = replace(a_slip(), lines=(line,), gross="$0.01", withheld="", deductions="", net="")
    totals = Totals(Money(65_000, "USD"), Money(0, "USD"), Money(6_500, "USD"))

    again = document_again(old, LINES[:1], totals, PEN)

    (printed,) = again.lines
    assert (printed.label, printed.label_second) == (PEN.english(LINES[0].label), "别动")
    assert printed.amount == PEN.amount(LINES[0].amount)
    assert (again.gross, again.withheld) == ("$650.00", "$0.00")
    assert (again.deductions, again.net) == (PEN.amount(Money(-6_500, "USD")), "$585.00")
    assert again.payee == old.payee


def test_a_paper_with_other_lines_shows_them_all() -> None:
    old = replace(a_slip(), lines=a_slip().lines[:1])

    again = document_again(old, LINES[:2], totals_again(LINES, "USD"), PEN)

    assert [one.label for one in again.lines] == [PEN.english(one.label) for one in LINES[:2]]
    assert again.gross == old.gross
