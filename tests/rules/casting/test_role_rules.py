from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from marketplace.domain.casting.rules import (
    ROLE_MOVES,
    RoleAction,
    RoleKind,
    RoleState,
    ages_problem,
    ages_touch,
    next_digest_at,
    role_after,
    why_not_open,
    works_of,
)
from marketplace.kernel.errors import NotAllowedError

NOW = datetime(2026, 11, 22, 20, tzinfo=UTC)
LATER = NOW + timedelta(days=7)


@pytest.mark.parametrize(("state", "action"), list(product(RoleState, RoleAction)))
def test_a_role_moves_as_its_table_says_and_no_other_way(
    state: RoleState, action: RoleAction
) -> None:
    if (state, action) in ROLE_MOVES:
        assert role_after(state, action) is ROLE_MOVES[state, action]
        return
    with pytest.raises(NotAllowedError, match="moved on meanwhile"):
        role_after(state, action)


def test_a_cut_role_never_comes_back() -> None:
    assert not [move for move in ROLE_MOVES if move[0] is RoleState.CUT]


def test_a_role_without_days_is_not_published() -> None:
    reason = why_not_open(apply_by_at=LATER, wraps=[], now=NOW)

    assert "at least one shoot day" in str(reason)


def test_a_role_whose_days_are_over_is_not_published() -> None:
    reason = why_not_open(apply_by_at=LATER, wraps=[NOW], now=NOW)

    assert "is over" in str(reason)


def test_a_role_whose_apply_by_has_passed_is_not_published() -> None:
    reason = why_not_open(apply_by_at=NOW, wraps=[LATER], now=NOW)

    assert "has passed" in str(reason)


def test_nobody_may_apply_after_the_last_day() -> None:
    reason = why_not_open(apply_by_at=LATER, wraps=[LATER], now=NOW)

    assert "after the role's last day" in str(reason)


def test_a_complete_role_may_be_published() -> None:
    assert why_not_open(apply_by_at=NOW + timedelta(days=1), wraps=[LATER], now=NOW) is None


@pytest.mark.parametrize("ages", [(None, None), (0, 120), (24, 24), (18, 30)])
def test_a_playing_age_has_both_ends_in_order_or_none(ages: tuple[int | None, int | None]) -> None:
    assert ages_problem(*ages) is None


@pytest.mark.parametrize(
    ("ages", "problem"),
    [
        ((24, None), "or neither"),
        ((None, 24), "or neither"),
        ((30, 24), "from the younger"),
        ((-1, 24), "from the younger"),
        ((24, 121), "from the younger"),
    ],
)
def test_a_playing_age_that_makes_no_sense_says_why(
    ages: tuple[int | None, int | None], problem: str
) -> None:
    assert problem in str(ages_problem(*ages))


@pytest.mark.parametrize(
    ("one", "other", "touches"),
    [
        ((18, 24), (24, 30), True),
        ((18, 23), (24, 30), False),
        ((40, 50), (24, 30), False),
        (None, (24, 30), True),
        ((24, 30), None, True),
    ],
)
def test_playing_ages_touch_when_they_share_a_year(
    one: tuple[int, int] | None, other: tuple[int, int] | None, *, touches: bool
) -> None:
    assert ages_touch(one, other) is touches


@pytest.mark.parametrize("kind", list(RoleKind))
def test_every_kind_of_role_is_somebodys_work(kind: RoleKind) -> None:
    assert works_of(kind) <= {"actor", "background", "crew"}
    assert ("crew" in works_of(kind)) is (kind is RoleKind.CREW)


@pytest.mark.parametrize(
    ("now", "zone", "wanted"),
    [
        ("2026-11-22T20:00", "America/Los_Angeles", "2026-11-23T17:00"),
        ("2026-11-22T16:59", "America/Los_Angeles", "2026-11-22T17:00"),
        ("2026-11-22T17:00", "America/Los_Angeles", "2026-11-23T17:00"),
        ("2026-11-22T20:00", "Asia/Shanghai", "2026-11-23T01:00"),
        ("2026-10-31T16:30", "America/Los_Angeles", "2026-11-01T17:00"),
    ],
)
def test_a_digest_comes_at_nine_on_the_readers_own_clock(now: str, zone: str, wanted: str) -> None:
    at, due = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (now, wanted))

    assert next_digest_at(at, zone) == due
