"""Rest between two shoot days of one person, and what is said when there is too little."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.booking.rules import (
    MOVES,
    Action,
    BookingState,
    Fit,
    WorkWindow,
    after,
    earliest_call,
    fit,
    is_open_at,
    is_possible,
    is_standby_over,
    refusal,
    rest_shortfall,
    standby_ends_at,
    with_book_out,
)
from marketplace.kernel.errors import NotAllowedError

MIDNIGHT = datetime(2026, 11, 29, tzinfo=UTC)
ON = date(2026, 11, 29)


def a_window(call: int, hours: int, rest: int = 10) -> WorkWindow:
    call_at = MIDNIGHT + timedelta(hours=call)
    return WorkWindow(call_at, call_at + timedelta(hours=hours), timedelta(hours=rest))


windows = st.builds(
    a_window,
    call=st.integers(-72, 72),
    hours=st.integers(1, 20),
    rest=st.integers(0, 14),
)


@pytest.mark.parametrize("state", BookingState)
@pytest.mark.parametrize("action", Action)
def test_every_move_that_is_not_in_the_table_is_refused(
    state: BookingState, action: Action
) -> None:
    if (state, action) in MOVES:
        assert after(state, action) is MOVES[state, action]
    else:
        with pytest.raises(NotAllowedError, match="no longer possible"):
            after(state, action)


@given(one=windows, other=windows)
def test_rest_is_the_same_question_from_both_sides(one: WorkWindow, other: WorkWindow) -> None:
    assert rest_shortfall(one, other) == rest_shortfall(other, one)
    assert fit(one, [other]) is fit(other, [one])


@given(one=windows, other=windows)
def test_a_free_day_leaves_the_longer_rest_and_a_clash_overlaps(
    one: WorkWindow, other: WorkWindow
) -> None:
    found = fit(one, [other])
    owed = max(one.rest, other.rest)
    overlaps = one.call_at < other.wrap_at and other.call_at < one.wrap_at
    too_close = one.call_at < other.wrap_at + owed and other.call_at < one.wrap_at + owed

    assert (found is Fit.CLASHES) == overlaps
    assert (found is Fit.FREE) == (not too_close)
    assert (refusal(ON, one, [other]) is None) == (found is Fit.FREE)


def test_back_to_back_days_do_not_overlap_and_exactly_the_rest_owed_is_enough() -> None:
    first = a_window(7, 12)

    assert fit(first, [a_window(19, 4)]) is Fit.SHORT_REST
    assert fit(first, [a_window(28, 4)]) is Fit.SHORT_REST
    assert fit(first, [a_window(29, 4)]) is Fit.FREE
    assert earliest_call(first.wrap_at, first.rest) == MIDNIGHT + timedelta(hours=29)


def test_the_refusal_names_the_shortest_rest_and_the_longer_floor() -> None:
    said = refusal(ON, a_window(7, 10, 12), [a_window(-8, 10, 8), a_window(20, 2, 10)])

    assert said is not None
    assert said.values == {"date": ON, "rest": timedelta(hours=3), "owed": timedelta(hours=12)}


def test_an_overlap_is_said_as_work_at_the_same_time() -> None:
    assert "at the same time" in str(refusal(ON, a_window(7, 10), [a_window(12, 2)]))


@pytest.mark.parametrize(
    ("found", "is_booked_out", "wanted"),
    [
        (Fit.FREE, False, Fit.FREE),
        (Fit.FREE, True, Fit.BOOKED_OUT),
        (Fit.SHORT_REST, True, Fit.SHORT_REST),
        (Fit.CLASHES, True, Fit.CLASHES),
    ],
)
def test_other_work_weighs_more_than_a_book_out(
    found: Fit,
    is_booked_out: bool,  # noqa: FBT001 - a column of the table
    wanted: Fit,
) -> None:
    assert with_book_out(found, is_booked_out=is_booked_out) is wanted


def test_a_person_may_overrule_their_own_book_out_only() -> None:
    assert [found for found in Fit if is_possible(found)] == [Fit.FREE, Fit.BOOKED_OUT]


def test_an_offer_is_open_until_its_deadline_and_not_in_it() -> None:
    assert is_open_at(MIDNIGHT - timedelta(seconds=1), MIDNIGHT)
    assert not is_open_at(MIDNIGHT, MIDNIGHT)


def test_standbys_wait_until_twelve_hours_before_the_call_or_until_it() -> None:
    early = MIDNIGHT - timedelta(hours=12)

    assert standby_ends_at(MIDNIGHT, early - timedelta(seconds=1)) == early
    assert standby_ends_at(MIDNIGHT, early) == MIDNIGHT
    assert is_standby_over(MIDNIGHT, early)
    assert not is_standby_over(MIDNIGHT, early - timedelta(seconds=1))
