"""Why work may be given back without having failed, or given up at once."""

from __future__ import annotations

from datetime import datetime

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
