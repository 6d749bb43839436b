"""What a handler is given for one piece of work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from marketplace.db import UnitOfWork
from marketplace.outside import Outside


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of work: the row it is about, a way to open transactions, the world outside."""

    unit: UnitOfWork
    subject_id: int
    outside: Outside


Handler = Callable[[Work], object]
"""Does one kind of work; safe to run again at any moment, whatever was done before."""
