"""Whether people can follow a day that moves, until when they answer, and what was shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.domain.booking.rules import OfferRefusedError, WorkWindow
from marketplace.domain.booking.rules.moving import (
    Follows,
    MoveFit,
    OtherWork,
    PreviewChangedError,
    digest_of,
    follows,
    refuse_deadline,
    shifted,
    usual_answer_by,
)

ZONE = "America/Los_Angeles"
TEN = timedelta(hours=10)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def work(day: int, call: int, wrap: int, *, is_ours: bool = False) -> OtherWork:
    return OtherWork(WorkWindow(at(day, call), at(day, wrap), TEN), is_ours)


NEW = WorkWindow(at(20, 12), at(20, 22), TEN)


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([], Follows(MoveFit.FREE)),
        ([work(18, 8, 20)], Follows(MoveFit.FREE)),
        ([work(20, 0, 2)], Follows(MoveFit.FREE)),
        ([work(20, 0, 3)], Follows(MoveFit.SHORT_REST, timedelta(hours=9))),
        ([work(20, 0, 12)], Follows(MoveFit.SHORT_REST, timedelta(0))),
        (
            [work(20, 0, 3), work(21, 4, 9)],
            Follows(MoveFit.SHORT_REST, timedelta(hours=6)),
        ),
        ([work(20, 0, 13)], Follows(MoveFit.CLASHES)),
        ([work(20, 0, 13, is_ours=True)], Follows(MoveFit.WITH_US)),
        (
            [work(20, 0, 13), work(20, 14, 20, is_ours=True)],
            Follows(MoveFit.WITH_US),
        ),
        ([work(20, 0, 3, is_ours=True)], Follows(MoveFit.SHORT_REST, timedelta(hours=9))),
    ],
)
def test_the_worst_of_all_other_work_counts(others: list[OtherWork], expected: Follows) -> None:
    assert follows(NEW, others, is_away=False) == expected


def test_a_marked_date_counts_only_where_no_work_is_in_the_way() -> None:
    assert follows(NEW, [], is_away=True) == Follows(MoveFit.BOOKED_OUT)
    assert follows(NEW, [work(20, 0, 13)], is_away=True).fit is MoveFit.CLASHES


@pytest.mark.parametrize(
    ("now", "first_call", "expected"),
    [
        (at(18, 23, 20), at(22, 15), at(19, 4)),  # 15:20 on the set: tonight at 20:00
        (at(19, 3), at(22, 15), at(19, 4)),  # 19:00: an hour is enough
        (at(19, 3, 1), at(22, 15), at(19, 7, 1)),  # 19:01: four hours
        (at(19, 3, 1), at(19, 5), at(19, 5)),  # never after the call
    ],
)
def test_people_answer_by_tonight_or_in_four_hours(
    now: datetime, first_call: datetime, expected: datetime
) -> None:
    assert usual_answer_by(now, first_call, ZONE) == expected


def test_a_deadline_lies_between_now_and_the_call() -> None:
    refuse_deadline(at(18, 1), at(18, 2), at(18, 2))
    with pytest.raises(OfferRefusedError):
        refuse_deadline(at(18, 1), at(18, 1), at(18, 2))
    with pytest.raises(OfferRefusedError):
        refuse_deadline(at(18, 1), at(18, 3), at(18, 2))


def test_an_own_call_keeps_its_distance_from_the_units() -> None:
    old, new = (at(18, 7), at(18, 19)), (at(20, 10), at(20, 18))
    assert shifted((at(18, 5), at(18, 20)), old, new) == (at(20, 8), at(20, 19))
    assert shifted((at(18, 16), at(18, 17)), old, (at(20, 10), at(20, 11))) == (
        at(20, 10),
        at(20, 11),
    )


def test_the_same_things_shown_have_the_same_name() -> None:
    assert digest_of([1, at(18, 1)]) == digest_of([1, at(18, 1)])
    assert digest_of([1, at(18, 1)]) != digest_of([1, at(18, 2)])


def test_a_changed_preview_asks_to_look_again() -> None:
    assert "look again" in str(PreviewChangedError().message)
