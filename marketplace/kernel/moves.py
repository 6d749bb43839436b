"""States are a table of moves: what is not in it is refused, nothing is swallowed."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from marketplace.kernel.errors import NotAllowedError
from marketplace.kernel.sentences import Sentence

State = TypeVar("State", bound=StrEnum)
Action = TypeVar("Action", bound=StrEnum)


def moved(
    table: Mapping[tuple[State, Action], State],
    state: State,
    action: Action,
    refusal: Sentence,
) -> State:
    """Return the state an action leads to.

    refusal: what the person reads when there is no such move.
    Raises NotAllowedError for every pair that is not in the table.
    """
    found = table.get((state, action))
    if found is None:
        raise NotAllowedError(refusal)
    return found
