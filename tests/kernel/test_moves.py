"""A move that is not in the table is refused in words."""

from __future__ import annotations

from enum import StrEnum

import pytest

from marketplace.kernel.errors import NotAllowedError
from marketplace.kernel.moves import moved
from marketplace.kernel.sentences import say


class Door(StrEnum):
    """A door."""

    OPEN = "open"
    SHUT = "shut"


class Push(StrEnum):
    """What is done to it."""

    CLOSE = "close"


TABLE = {(Door.OPEN, Push.CLOSE): Door.SHUT}


def test_a_move_of_the_table_leads_where_it_says() -> None:
    assert moved(TABLE, Door.OPEN, Push.CLOSE, say("No.")) is Door.SHUT


def test_a_move_that_is_not_there_is_refused_with_its_sentence() -> None:
    with pytest.raises(NotAllowedError, match="It is shut"):
        moved(TABLE, Door.SHUT, Push.CLOSE, say("It is shut."))
