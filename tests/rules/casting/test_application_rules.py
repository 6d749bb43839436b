"""How an application moves: every pair of a state and an action."""

from __future__ import annotations

from itertools import product

import pytest

from marketplace.domain.casting.rules import ENDED, MOVES, Action, ApplicationState, after
from marketplace.kernel.errors import NotAllowedError

PAIRS = list(product(ApplicationState, Action))


@pytest.mark.parametrize(("state", "action"), PAIRS)
def test_an_application_moves_as_its_table_says_and_no_other_way(
    state: ApplicationState, action: Action
) -> None:
    if (state, action) in MOVES:
        assert after(state, action) is MOVES[state, action]
        return
    with pytest.raises(NotAllowedError, match="moved on meanwhile"):
        after(state, action)


def test_an_application_that_has_ended_moves_no_more() -> None:
    assert not [pair for pair in MOVES if pair[0] in ENDED]


@pytest.mark.parametrize("state", [one for one in ApplicationState if one not in ENDED])
def test_every_other_application_can_come_to_an_end(state: ApplicationState) -> None:
    reached, found = {state}, {state}
    while found:
        found = {to for (start, _), to in MOVES.items() if start in found} - reached
        reached |= found

    assert reached & set(ENDED)
