from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from marketplace.domain.casting.rules import (
    ROLE_MOVES,
    RoleAction,
    RoleState,
    role_after,
    why_not_open,
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
