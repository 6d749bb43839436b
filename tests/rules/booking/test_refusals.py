"""Avail checks, first refusals and counters: every pair of state and act; ranks of rivals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.booking.rules import OfferState, WorkWindow, rest_between
from marketplace.domain.booking.rules.refusals import (
    CHECK_MOVES,
    LIVE,
    MOVES,
    OFFER_MOVES,
    CheckAction,
    CheckState,
    Claim,
    OfferAction,
    RefusalAction,
    RefusalState,
    are_rivals,
    challenge_ends_at,
    check_after,
    counter_ends_at,
    offer_after,
    ranks,
    refusal_after,
)
from marketplace.kernel.errors import NotAllowedError

NOW = datetime(2026, 5, 11, 18, tzinfo=UTC)
TEN_HOURS = timedelta(hours=10)

CHECK_PAIRS: dict[tuple[str, str], str] = {
    **{
        (state.value, action): new
        for state in CheckState
        for action, new in (
            ("say_yes", "available"),
            ("say_yes_with_note", "available_with_note"),
            ("say_no", "unavailable"),
        )
    },
    ("asked", "expire"): "no_answer",
    ("no_answer", "ask_again"): "asked",
}
REFUSAL_PAIRS = {
    ("active", "challenge"): "challenged",
    ("active", "offer"): "offered",
    ("active", "confirm"): "confirmed",
    ("active", "release"): "released",
    ("active", "expire"): "expired",
    ("challenged", "drop_challenge"): "active",
    ("challenged", "offer"): "offered",
    ("challenged", "confirm"): "confirmed",
    ("challenged", "release"): "released",
    ("challenged", "expire"): "expired",
    ("offered", "confirm"): "confirmed",
    ("offered", "release"): "released",
    ("offered", "expire"): "expired",
}
OFFER_PAIRS = {
    ("sent", "accept"): "accepted",
    ("sent", "decline"): "declined",
    ("sent", "counter"): "countered",
    ("sent", "expire"): "expired",
    ("sent", "withdraw"): "withdrawn",
    ("countered", "agree"): "replaced",
    ("countered", "keep_terms"): "sent",
    ("countered", "decline"): "declined",
    ("countered", "expire"): "expired",
    ("countered", "withdraw"): "withdrawn",
}


@pytest.mark.parametrize(("state", "action"), list(product(CheckState, CheckAction)))
def test_every_pair_of_an_avail_check(state: CheckState, action: CheckAction) -> None:
    if (state, action) in CHECK_PAIRS:
        assert check_after(state, action) == CHECK_PAIRS[state, action]
        return
    with pytest.raises(NotAllowedError):
        check_after(state, action)


@pytest.mark.parametrize(("state", "action"), list(product(RefusalState, RefusalAction)))
def test_every_pair_of_a_first_refusal(state: RefusalState, action: RefusalAction) -> None:
    if (state, action) in REFUSAL_PAIRS:
        assert refusal_after(state, action) == REFUSAL_PAIRS[state, action]
        return
    with pytest.raises(NotAllowedError):
        refusal_after(state, action)


@pytest.mark.parametrize(("state", "action"), list(product(OfferState, OfferAction)))
def test_every_pair_of_an_offer(state: OfferState, action: OfferAction) -> None:
    if (state, action) in OFFER_PAIRS:
        assert offer_after(state, action) == OFFER_PAIRS[state, action]
        return
    with pytest.raises(NotAllowedError):
        offer_after(state, action)


def test_the_tables_hold_no_other_pairs() -> None:
    assert len(CHECK_MOVES) == len(CHECK_PAIRS)
    assert len(MOVES) == len(REFUSAL_PAIRS)
    assert len(OFFER_MOVES) == len(OFFER_PAIRS)


def test_nothing_leaves_a_first_refusal_that_has_ended() -> None:
    assert {state for state, _ in MOVES} == set(LIVE)


def window(call_h: int, wrap_h: int, rest: timedelta = TEN_HOURS) -> WorkWindow:
    return WorkWindow(NOW + timedelta(hours=call_h), NOW + timedelta(hours=wrap_h), rest)


windows = st.builds(
    lambda call, length, rest: window(call, call + length, timedelta(hours=rest)),
    st.integers(0, 120),
    st.integers(1, 20),
    st.integers(0, 14),
)
lines = st.lists(windows, max_size=12).map(
    lambda found: [Claim(place + 1, place, one) for place, one in enumerate(found)],
)


@given(lines)
def test_no_two_rivals_ever_have_the_same_rank(line: list[Claim]) -> None:
    found = ranks(line)

    for one, other in combinations(line, 2):
        if are_rivals(one.window, other.window):
            assert found[one.id] < found[other.id]


@given(lines)
def test_every_rank_but_the_first_has_a_rival_right_before_it(line: list[Claim]) -> None:
    found = ranks(line)

    for place, claim in enumerate(line):
        before = [one for one in line[:place] if are_rivals(one.window, claim.window)]
        assert found[claim.id] == (1 + max(found[one.id] for one in before) if before else 1)


@given(lines, st.data())
def test_nobody_moves_down_when_somebody_leaves(line: list[Claim], data: st.DataObject) -> None:
    if not line:
        return
    gone = data.draw(st.sampled_from(line))
    before = ranks(line)

    after = ranks([claim for claim in line if claim is not gone])

    assert all(rank <= before[claim] for claim, rank in after.items())


@given(windows, windows)
def test_rivals_are_those_between_whom_the_longer_rest_does_not_fit(
    one: WorkWindow, other: WorkWindow
) -> None:
    owed = max(one.rest, other.rest)

    assert are_rivals(one, other) == (rest_between(one, other) < owed)
    assert are_rivals(one, other) == are_rivals(other, one)


def test_rest_is_half_open_a_gap_of_exactly_the_rest_is_enough() -> None:
    assert not are_rivals(window(6, 14), window(24, 32))
    assert are_rivals(window(6, 14), window(23, 32))


def test_a_challenge_lasts_a_day_or_until_the_expiry() -> None:
    day = NOW + timedelta(hours=24)

    assert challenge_ends_at(NOW, NOW + timedelta(hours=2)) == NOW + timedelta(hours=2)
    assert challenge_ends_at(NOW, NOW + timedelta(days=2)) == day
    assert challenge_ends_at(NOW, day) == day


def test_a_counter_waits_a_day_or_as_long_as_the_offer_and_never_past_the_call() -> None:
    soon, late = NOW + timedelta(hours=2), NOW + timedelta(days=3)

    assert counter_ends_at(NOW, soon, late) == NOW + timedelta(hours=24)
    assert counter_ends_at(NOW, NOW + timedelta(days=2), late) == NOW + timedelta(days=2)
    assert counter_ends_at(NOW, soon, soon + timedelta(hours=1)) == soon + timedelta(hours=1)
