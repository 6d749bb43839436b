"""What is due, what is stuck."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.tasks.models import Heartbeat, Task

PAGE: Final = 100


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


@dataclass(frozen=True, slots=True)
class KindRow:
    """The open work of one kind.

    due: nobody has it in hand; later: not due yet; tried: of all, what failed before; parked:
    given up.
    """

    kind: str
    due: int
    oldest_due_at: datetime | None
    in_hand: int
    later: int
    tried: int
    parked: int


def kinds(session: Session, now: datetime) -> list[KindRow]:
    """Return all open work by kind."""
    waits = Task.parked_at.is_(None)
    is_due = sa.and_(waits, Task.run_at <= now)
    free, held = Task.lease_until <= now, Task.lease_until > now
    rows = session.execute(
        sa.select(
            Task.kind,
            _count(sa.and_(is_due, free)),
            sa.func.min(sa.case((sa.and_(is_due, free), Task.run_at))),
            _count(sa.and_(is_due, held)),
            _count(sa.and_(waits, Task.run_at > now)),
            _count(sa.and_(waits, Task.problem != "")),
            _count(Task.parked_at.is_not(None)),
        )
        .where(Task.done_at.is_(None))
        .group_by(Task.kind)
        .order_by(Task.kind),
    )
    return [KindRow(*row) for row in rows]


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.count(sa.case((condition, 1)))


@dataclass(frozen=True, slots=True)
class OpenRow:
    """One piece of work that is not done."""

    id: int
    kind: str
    subject_id: int
    attempts: int
    run_at: datetime
    parked_at: datetime | None
    problem: str


def open_work(
    session: Session, kind: str = "", *, is_parked: bool = False, after: int = 0
) -> list[OpenRow]:
    """Return work that is not done, or that was given up, in order; one more than a page."""
    found = (
        sa.select(
            Task.id,
            Task.kind,
            Task.subject_id,
            Task.attempts,
            Task.run_at,
            Task.parked_at,
            Task.problem,
        )
        .where(Task.done_at.is_(None), Task.id > after)
        .order_by(Task.id)
        .limit(PAGE + 1)
    )
    if kind:
        found = found.where(Task.kind == kind)
    if is_parked:
        found = found.where(Task.parked_at.is_not(None))
    return [OpenRow(*row) for row in session.execute(found)]


def last_beat(session: Session, name: str) -> datetime | None:
    """Return when a process last said that it lives."""
    return session.scalar(sa.select(Heartbeat.at).where(Heartbeat.name == name))
