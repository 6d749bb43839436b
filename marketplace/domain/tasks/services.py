"""Ask for work, take it, finish it, put it off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import insert_once, lock_next
from marketplace.domain.tasks.models import Task
from marketplace.kernel.ids import secret_token

LEASE: Final = timedelta(seconds=60)
MOST_ATTEMPTS: Final = 12
LONGEST_WAIT: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Claim:
    """A piece of work in hand; only the holder of the token may finish it."""

    task_id: int
    kind: str
    subject_id: int
    attempts: int
    token: str


def ask(session: Session, kind: str, key: str, subject_id: int, *, run_at: datetime) -> None:
    """Ask for work once; asking again with the same key changes nothing."""
    insert_once(
        session,
        Task,
        ["key"],
        kind=kind,
        key=key,
        subject_id=subject_id,
        run_at=run_at,
        attempts=0,
        lease_until=run_at,
        lease_token="",
        problem="",
    )


def move(session: Session, key: str, *, run_at: datetime) -> None:
    """Change when asked-for work is due; finished work stays finished."""
    session.execute(
        sa.update(Task)
        .where(Task.key == key, Task.done_at.is_(None))
        .values(run_at=run_at, lease_until=run_at, parked_at=None, attempts=0),
    )


def revive(session: Session, task_id: int, *, now: datetime) -> bool:
    """Let parked work be tried again from the start; False when it is not parked."""
    revived = session.execute(
        sa.update(Task)
        .where(Task.id == task_id, Task.done_at.is_(None), Task.parked_at.is_not(None))
        .values(run_at=now, lease_until=now, parked_at=None, attempts=0)
        .returning(Task.id),
    )
    return revived.first() is not None


def drop(session: Session, key: str, *, now: datetime) -> None:
    """Mark work as no longer needed."""
    session.execute(
        sa.update(Task).where(Task.key == key, Task.done_at.is_(None)).values(done_at=now),
    )


def claim(session: Session, now: datetime) -> Claim | None:
    """Take the oldest due work that nobody holds, or None; commit before working on it."""
    due = (
        sa.select(Task)
        .where(
            Task.done_at.is_(None),
            Task.parked_at.is_(None),
            Task.run_at <= now,
            Task.lease_until <= now,
        )
        .order_by(Task.run_at, Task.id)
    )
    task = lock_next(session, due)
    if task is None:
        return None
    task.lease_until = now + LEASE
    task.lease_token = secret_token()
    task.attempts += 1
    session.flush()
    return Claim(task.id, task.kind, task.subject_id, task.attempts, task.lease_token)


def finish(session: Session, claim: Claim, now: datetime) -> bool:
    """Mark work done; False when another holder took it over meanwhile."""
    return _settle(session, claim, done_at=now)


def put_off(session: Session, claim: Claim, problem: str, *, now: datetime) -> bool:
    """Try again later, each time later; after many attempts park it for a person.

    Returns False when another holder took it over meanwhile.
    """
    wait = min(LONGEST_WAIT, timedelta(seconds=2**claim.attempts))
    parked = now if claim.attempts >= MOST_ATTEMPTS else None
    return _settle(
        session,
        claim,
        run_at=now + wait,
        lease_until=now,
        parked_at=parked,
        problem=problem[:500],
    )


def park(session: Session, claim: Claim, problem: str, *, now: datetime) -> bool:
    """Give work up at once; a person must look."""
    return _settle(session, claim, lease_until=now, parked_at=now, problem=problem[:500])


def extend(session: Session, claim: Claim, *, now: datetime) -> bool:
    """Hold work longer; False when another holder took it over meanwhile."""
    return _settle(session, claim, lease_until=now + LEASE)


def later(session: Session, claim: Claim, run_at: datetime) -> bool:
    """Give work back until a known time; this is not a failed attempt."""
    return _settle(session, claim, run_at=run_at, lease_until=run_at, attempts=0)


def _settle(session: Session, claim: Claim, **values: object) -> bool:
    mine = sa.and_(
        Task.id == claim.task_id,
        Task.lease_token == claim.token,
        Task.done_at.is_(None),
    )
    settled = session.execute(sa.update(Task).where(mine).values(**values).returning(Task.id))
    return settled.first() is not None
