"""States of a time card and what hours make sense."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from marketplace.kernel.errors import NotAllowedError
from marketplace.kernel.sentences import say


class CardState(StrEnum):
    """Where a time card is."""

    PENDING = "pending"
    SENT = "sent"
    AGREED = "agreed"
    QUERIED = "queried"
    APPROVED = "approved"
    LOCKED = "locked"


class Action(StrEnum):
    """What somebody does to a time card."""

    ENTER = "enter"
    AGREE = "agree"
    QUERY = "query"
    APPROVE = "approve"
    LOCK = "lock"


_S = CardState

MOVES: Final[dict[tuple[CardState, Action], CardState]] = {
    **{
        (state, Action.ENTER): _S.SENT
        for state in (_S.PENDING, _S.SENT, _S.AGREED, _S.QUERIED, _S.APPROVED)
    },
    (_S.SENT, Action.AGREE): _S.AGREED,
    (_S.QUERIED, Action.AGREE): _S.AGREED,
    (_S.SENT, Action.QUERY): _S.QUERIED,
    (_S.AGREED, Action.QUERY): _S.QUERIED,
    (_S.SENT, Action.APPROVE): _S.APPROVED,
    (_S.AGREED, Action.APPROVE): _S.APPROVED,
    (_S.APPROVED, Action.LOCK): _S.LOCKED,
}


def after(state: CardState, action: Action) -> CardState:
    """Return the state an action leads to.

    Raises NotAllowedError for every pair that is not in the table.
    """
    moved = MOVES.get((state, action))
    if moved is None:
        raise NotAllowedError(
            say(
                "This time card is %(state)s, so that is no longer possible.",
                state=state.value,
            ),
        )
    return moved
