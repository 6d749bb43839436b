"""Why work may be given back without having failed, or given up at once."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from marketplace.kernel.errors import DomainError
from marketplace.kernel.sentences import say


class NotYetError(DomainError):
    """Work that is early: it is given back until `run_at`, and this is no failed attempt."""

    def __init__(self, run_at: datetime) -> None:
        """Keep when to try again."""
        super().__init__(say("This can be done from %(time)s.", time=run_at))
        self.run_at = run_at


class HopelessError(DomainError):
    """Work that no further attempt can do: it is parked at once, for a person to look at."""


_PLACE: Final = re.compile(r"\w+ at (elsewhere|[\w/]+\.py:\d+)")


def public_problem(text: str) -> str:
    """Return what of a problem everybody may read: a kind of error and its place in the code.

    A refusal in words may name people, addresses or amounts: of it nothing is left.
    """
    return text if _PLACE.fullmatch(text) else ""
