"""A slip taken back line by line, and what a later slip keeps of what was paid before."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from marketplace.domain.payroll.rules.basis import basis
from marketplace.domain.payroll.rules.lines import exact
from marketplace.domain.payroll.rules.reversals import (
    ALREADY_PAID,
    OVERPAYMENT,
    already_paid_line,
    is_repriced,
    negated,
    negated_earnings,
    negated_totals,
    overpayment_line,
)
from marketplace.domain.payroll.rules.shapes import PayLine
from marketplace.domain.payroll.rules.slips import Totals
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say


def dollars(minor: int) -> Money:
    return Money(minor, "USD")


def a_line(kind: str, unit: str, quantity: int, rate: int, code: str = "x") -> PayLine:
    many = Fraction(quantity)
    each = Fraction(rate)
    amount = dollars(int(many * each))
    return PayLine(kind, code, say("Line"), many, unit, each, Fraction(1), amount, "rule")


def test_a_rate_finer_than_a_cent_is_written_out() -> None:
    third = replace(a_line("earning", "day", 2, 0), rate=Fraction(12_345, 2))

    assert basis(third) == "2 d × 61.725"


@pytest.mark.parametrize("unit", ["hour", "day", "unit", "percent"])
def test_a_negated_line_still_works_out(unit: str) -> None:
    line = a_line("earning", unit, 3, 2_000)

    back = negated(line)

    assert back.amount == dollars(-6_000)
    assert exact(back) == -6_000
    assert negated(back) == line


def test_hours_of_a_reversal_are_below_zero_so_that_sums_are_right() -> None:
    assert negated(a_line("earning", "hour", 3, 2_000)).quantity == -3


def test_a_plain_amount_stays_a_plain_amount() -> None:
    assert basis(negated(a_line("deduction", "unit", 1, 500))) == ""


def test_a_reversal_earns_what_the_slip_earned_below_zero() -> None:
    lines = [a_line("earning", "hour", 3, 2_000), a_line("withholding", "percent", 10, 60)]

    earned = negated_earnings(lines, Totals(dollars(6_000), dollars(600), dollars(0)), 180)

    assert (earned.gross, earned.worked_minutes, earned.paid_hours) == (
        dollars(-6_000),
        -180,
        Fraction(-3),
    )
    assert [one.kind for one in earned.lines] == ["earning"]


def test_the_totals_of_a_slip_and_its_reversal_are_nothing() -> None:
    totals = Totals(dollars(6_000), dollars(600), dollars(100))

    assert totals.net + negated_totals(totals).net == dollars(0)


@pytest.mark.parametrize(("paid", "net", "kept"), [(500, 800, 500), (800, 500, 500)])
def test_never_more_than_the_net_is_kept(paid: int, net: int, kept: int) -> None:
    for line, code in (
        (already_paid_line(dollars(paid), dollars(net), "2026-00001"), ALREADY_PAID),
        (overpayment_line(dollars(paid), dollars(net), "2026-00001"), OVERPAYMENT),
    ):
        assert line is not None
        assert (line.kind, line.code, line.amount) == ("deduction", code, dollars(kept))
        assert line.label.values["number"] == "2026-00001"


@pytest.mark.parametrize(("paid", "net"), [(0, 500), (500, 0), (-5, 500)])
def test_nothing_to_keep_is_no_line(paid: int, net: int) -> None:
    assert already_paid_line(dollars(paid), dollars(net), "2026-00001") is None


def test_a_day_is_repriced_by_its_earnings_alone() -> None:
    old = [a_line("earning", "hour", 3, 2_000), a_line("withholding", "percent", 10, 60)]

    assert not is_repriced(old, [old[0], a_line("memo", "unit", 1, 9)])
    assert is_repriced(old, [a_line("earning", "hour", 4, 2_000)])
    assert is_repriced(old, [*old, a_line("penalty", "unit", 1, 9)])
