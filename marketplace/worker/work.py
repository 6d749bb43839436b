"""What a handler is given for one piece of work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from marketplace.db import UnitOfWork
from marketplace.kernel.errors import DomainError
from marketplace.outside import Outside


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of work: the row it is about, a way to open transactions, the world outside."""

    unit: UnitOfWork
    subject_id: int
    outside: Outside


Handler = Callable[[Work], object]
"""Does one kind of work; safe to run again at any moment, whatever was done before."""


@dataclass(frozen=True, slots=True)
class Works:
    """What a handler is given for many pieces of one kind of work, to be done together."""

    unit: UnitOfWork
    subject_ids: Sequence[int]
    outside: Outside


Left = Mapping[int, datetime | DomainError]
"""What is not done, by subject: when to go on, or why it failed. What is not named is done."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Does up to `most` pieces of one kind of work together, as safely as one by one."""

    most: int
    handle: Callable[[Works], Left]
