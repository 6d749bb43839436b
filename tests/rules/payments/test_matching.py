"""A statement against our rows: each kind of difference, and what is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.domain.payments.rules import PayoutState
from marketplace.domain.payments.rules.matching import (
    LEFT,
    WORDS,
    Difference,
    Kind,
    Ours,
    Theirs,
    compare,
    differing_sums,
    seen_twice,
    total,
)
from marketplace.kernel.money import Money

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SINCE = NOW - timedelta(days=40)
PAID = Ours("pay1", 7, PayoutState.PAID, "tr_1", "day_1", Money(28_000, "USD"), NOW)
LISTED = Theirs("tr_1", "pay1", "day_1", Money(28_000, "USD"), Money(0, "USD"))
NOT_LEFT = [state for state in PayoutState if state not in LEFT]


def kinds(ours: list[Ours], theirs: list[Theirs]) -> list[Kind]:
    return [one.kind for one in compare(ours, theirs, SINCE)]


@pytest.mark.parametrize("state", sorted(LEFT))
def test_the_same_on_both_sides_is_no_difference(state: PayoutState) -> None:
    assert kinds([replace(PAID, state=state)], [LISTED]) == []


@pytest.mark.parametrize(
    ("theirs", "kind"),
    [
        ([], Kind.MISSING_THERE),
        ([LISTED, replace(LISTED, ref="tr_2")], Kind.PAID_TWICE),
        ([replace(LISTED, ref="tr_2")], Kind.OTHER_PAYMENT),
        ([replace(LISTED, amount=Money(1, "USD"))], Kind.OTHER_AMOUNT),
        ([replace(LISTED, amount=Money(28_000, "EUR"), taken_back=Money(0, "EUR"))],
         Kind.OTHER_AMOUNT),
        ([replace(LISTED, taken_back=Money(1, "USD"))], Kind.TAKEN_BACK),
    ],
)  # fmt: skip
def test_each_difference_has_its_name(theirs: list[Theirs], kind: Kind) -> None:
    (found,) = compare([PAID], theirs, SINCE)

    assert (found.kind, found.subject, found.company_id) == (kind, "pay1", 7)


def test_a_transfer_that_names_nothing_of_ours_is_unknown_here() -> None:
    found = compare([PAID], [LISTED, replace(LISTED, ref="tr_2", payout_id="")], SINCE)

    assert [(one.kind, one.subject, one.company_id) for one in found] == [
        (Kind.UNKNOWN_HERE, "tr_2", None)
    ]


@pytest.mark.parametrize("state", NOT_LEFT)
def test_money_that_left_there_and_not_here(state: PayoutState) -> None:
    payout = replace(PAID, state=state, ref=None, sent_at=None)
    expected = [] if state is PayoutState.SENDING else [Kind.UNKNOWN_HERE]

    assert kinds([payout], [LISTED]) == expected
    assert kinds([payout], []) == []
    assert kinds([payout], [LISTED, replace(LISTED, ref="tr_2")]) == [Kind.PAID_TWICE]


def test_what_left_before_the_time_looked_at_may_be_listed_no_more() -> None:
    assert kinds([replace(PAID, sent_at=SINCE - timedelta(seconds=1))], []) == []
    assert kinds([replace(PAID, sent_at=SINCE)], []) == [Kind.MISSING_THERE]


def test_sums_differ_by_currency() -> None:
    found = differing_sums({"USD": -5, "EUR": -1}, {"USD": -5, "GBP": 3})

    assert [(one.subject, one.ours, one.theirs) for one in found] == [
        ("EUR", Money(-1, "EUR"), Money(0, "EUR")),
        ("GBP", Money(0, "GBP"), Money(3, "GBP")),
    ]


def test_only_what_two_looks_agree_on_counts() -> None:
    one, other = Difference(Kind.BALANCE, "USD"), Difference(Kind.BALANCE, "EUR")

    assert seen_twice([one], [other, one]) == [one]


def test_several_currencies_have_no_sum() -> None:
    assert total([LISTED, LISTED]) == Money(56_000, "USD")
    assert total([LISTED, replace(LISTED, amount=Money(1, "EUR"))]) is None


def test_every_kind_is_said_in_words() -> None:
    assert WORDS.keys() == set(Kind)
