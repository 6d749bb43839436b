"""States of a payout, and what to do with an answer that does not tell."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.domain.payments.rules import (
    BANK_RETURNED,
    MOVES,
    PAY_WORDS,
    SURE_AFTER,
    Attempted,
    Event,
    PayoutState,
    PayWord,
    Step,
    after,
    group_of,
    is_absent,
    next_step,
    pay_word,
    problem,
    wait_after,
)
from marketplace.domain.timecards.rules import CardState
from marketplace.kernel.errors import NotAllowedError

SENT_AT = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
PAIRS = list(itertools.product(PayoutState, Event))


@pytest.mark.parametrize(("state", "event"), sorted(MOVES))
def test_every_move_of_the_table_is_made(state: PayoutState, event: Event) -> None:
    assert after(state, event) is MOVES[state, event]


@pytest.mark.parametrize(("state", "event"), [pair for pair in PAIRS if pair not in MOVES])
def test_every_other_move_is_refused(state: PayoutState, event: Event) -> None:
    with pytest.raises(NotAllowedError, match="no longer possible"):
        after(state, event)


def test_money_that_may_have_moved_is_never_due_again() -> None:
    left = {
        MOVES[PayoutState.SENDING, event]
        for event in Event
        if (PayoutState.SENDING, event) in MOVES
    }

    assert PayoutState.DUE not in left
    assert PayoutState.HELD not in left


def test_nothing_due_is_final_and_only_a_bank_takes_a_payment_back() -> None:
    assert {event for state, event in MOVES if state is PayoutState.PAID} == {Event.RETURNED}
    assert PayoutState.NOTHING_DUE not in {state for state, _ in MOVES}


def test_what_a_bank_sent_back_says_why() -> None:
    assert str(problem(BANK_RETURNED, "no such account at that bank (R03)")) == (
        "The bank sent the payment back: no such account at that bank (R03)"
    )


@pytest.mark.parametrize(
    ("hours", "is_spent", "is_missing", "step"),
    [
        (0, False, False, Step.ASK),
        (19, False, False, Step.ASK),
        (20, False, False, Step.LOOK),
        (72, False, False, Step.LOOK),
        (0, True, False, Step.LOOK),
        (0, False, True, Step.LOOK),
    ],
)
def test_the_same_key_is_asked_only_while_it_tells_the_truth(
    hours: int, *, is_spent: bool, is_missing: bool, step: Step
) -> None:
    last = Attempted(SENT_AT, is_spent, SENT_AT if is_missing else None)

    assert next_step(last, SENT_AT + timedelta(hours=hours)) is step


@pytest.mark.parametrize(
    ("missing_for", "expected"),
    [(None, False), (timedelta(0), False), (timedelta(minutes=9), False), (SURE_AFTER, True)],
)
def test_a_transfer_is_absent_when_it_stays_unlisted(
    missing_for: timedelta | None, *, expected: bool
) -> None:
    missing_at = None if missing_for is None else SENT_AT - missing_for

    assert is_absent(Attempted(SENT_AT, missing_at=missing_at), SENT_AT) is expected


@pytest.mark.parametrize(
    ("seconds", "wait"),
    [(0, 5), (3, 5), (20, 20), (400, 400), (86_400, 600)],
)
def test_waiting_doubles_up_to_ten_minutes(seconds: int, wait: int) -> None:
    now = SENT_AT + timedelta(seconds=seconds)

    assert wait_after(SENT_AT, now) == timedelta(seconds=wait)


@pytest.mark.parametrize(
    ("card", "payout", "word"),
    [
        (CardState.PENDING, None, None),
        (CardState.SENT, None, PayWord.HOURS_SENT),
        (CardState.AGREED, None, PayWord.HOURS_SENT),
        (CardState.QUERIED, None, PayWord.HOURS_SENT),
        (CardState.APPROVED, None, PayWord.APPROVED),
        (CardState.LOCKED, None, PayWord.APPROVED),
        (CardState.LOCKED, PayoutState.DUE, PayWord.APPROVED),
        (CardState.LOCKED, PayoutState.SENDING, PayWord.ON_ITS_WAY),
        (CardState.LOCKED, PayoutState.SENT, PayWord.ON_ITS_WAY),
        (CardState.LOCKED, PayoutState.PAID, PayWord.PAID),
        (CardState.LOCKED, PayoutState.HELD, PayWord.NEEDS_YOU),
        (CardState.LOCKED, PayoutState.BLOCKED, PayWord.NEEDS_YOU),
        (CardState.LOCKED, PayoutState.NOTHING_DUE, PayWord.NOTHING_DUE),
    ],
)
def test_people_read_plain_words(
    card: CardState, payout: PayoutState | None, word: PayWord | None
) -> None:
    assert pay_word(card, payout) is word


def test_every_word_can_be_said() -> None:
    assert set(PAY_WORDS) == set(PayWord)


def test_a_problem_is_said_in_our_words_or_the_gateways() -> None:
    assert problem("", "") is None
    assert str(problem("account_closed", "x")) == "The bank account is closed."
    assert str(problem("odd", "Odd thing.")) == "The payment was refused: Odd thing."


def test_a_day_groups_its_payouts() -> None:
    assert group_of("k3m9") == "day_k3m9"
