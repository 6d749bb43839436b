"""What is due, what is stuck."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.tasks.models import Task


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much work is due and since when, and how much has been given up."""

    due: int
    oldest_due_at: datetime | None
    parked: int


def backlog(session: Session, now: datetime) -> Backlog:
    """Return the state of the work at `now`."""
    is_open = Task.done_at.is_(None)
    waiting = sa.and_(is_open, Task.parked_at.is_(None), Task.run_at <= now)
    due, oldest = session.execute(
        sa.select(sa.func.count(), sa.func.min(Task.run_at)).where(
            waiting,
            Task.lease_until <= now,
        ),
    ).one()
    parked = session.scalar(sa.select(sa.func.count()).where(is_open, Task.parked_at.is_not(None)))
    return Backlog(due, oldest, parked or 0)


@dataclass(frozen=True, slots=True)
class ParkedRow:
    """Work that was given up, and why."""

    id: int
    kind: str
    subject_id: int
    attempts: int
    parked_at: datetime | None
    problem: str


def parked(session: Session, limit: int = 100) -> list[ParkedRow]:
    """Return work that was given up and waits for a person, oldest first."""
    found = session.execute(
        sa.select(
            Task.id,
            Task.kind,
            Task.subject_id,
            Task.attempts,
            Task.parked_at,
            Task.problem,
        )
        .where(Task.done_at.is_(None), Task.parked_at.is_not(None))
        .order_by(Task.id)
        .limit(limit),
    )
    return [ParkedRow(*row) for row in found]
