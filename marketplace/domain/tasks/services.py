"""Ask for work, take it, finish it, put it off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import insert_missing, insert_once, lock_next, lock_some
from marketplace.domain.tasks.models import Heartbeat, Task
from marketplace.kernel.clock import Clock
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


@dataclass(frozen=True, slots=True)
class Only:
    """One kind of work, about some subjects (a query of their ids) or about all."""

    kind: str
    subjects: sa.Select[int] | None = None


def is_due(now: datetime, only: Only | None = None) -> sa.ColumnElement[bool]:
    """Return the condition of work that is due, whoever holds it."""
    due = [Task.done_at.is_(None), Task.parked_at.is_(None), Task.run_at <= now]
    if only is not None:
        due.append(Task.kind == only.kind)
        if only.subjects is not None:
            due.append(Task.subject_id.in_(only.subjects))
    return sa.and_(*due)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Work to be asked for: `key` names it, so that asking twice is asking once."""

    kind: str
    key: str
    subject_id: int
    run_at: datetime


def ask(session: Session, kind: str, key: str, subject_id: int, *, run_at: datetime) -> None:
    """Ask for work once; asking again with the same key changes nothing."""
    insert_once(session, Task, ["key"], **_row(Wanted(kind, key, subject_id, run_at)))


def ask_all(session: Session, wanted: Iterable[Wanted]) -> None:
    """Ask for much work in one statement; what was asked for before stays as it is."""
    insert_missing(session, Task, ["key"], [_row(one) for one in wanted])


def _row(wanted: Wanted) -> dict[str, object]:
    return {
        "kind": wanted.kind,
        "key": wanted.key,
        "subject_id": wanted.subject_id,
        "run_at": wanted.run_at,
        "attempts": 0,
        "lease_until": wanted.run_at,
        "lease_token": "",
        "problem": "",
    }


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


def move_due(session: Session, kind: str, *, now: datetime, run_at: datetime) -> None:
    """Let all due work of one kind wait, whoever would have done it."""
    due = sa.and_(Task.kind == kind, Task.done_at.is_(None), Task.run_at <= now)
    session.execute(sa.update(Task).where(due).values(run_at=run_at))


def hurry(session: Session, kind: str, *, now: datetime) -> None:
    """Let work of one kind that waits be tried now; what somebody has in hand stays with them."""
    is_free = sa.or_(Task.lease_until <= now, Task.lease_until == Task.run_at)
    waits = sa.and_(Task.done_at.is_(None), Task.parked_at.is_(None), Task.run_at > now)
    session.execute(
        sa.update(Task)
        .where(Task.kind == kind, waits, is_free)
        .values(run_at=now, lease_until=now),
    )


def drop(session: Session, key: str, *, now: datetime) -> None:
    """Mark work as no longer needed."""
    session.execute(
        sa.update(Task).where(Task.key == key, Task.done_at.is_(None)).values(done_at=now),
    )


def claim(session: Session, now: datetime) -> Claim | None:
    """Take the oldest due work that nobody holds, or None; commit before working on it."""
    return next(iter(claim_some(session, now, {})), None)


def claim_some(
    session: Session,
    now: datetime,
    most: Mapping[str, int],
    only: Only | None = None,
) -> list[Claim]:
    """Take the oldest due work that nobody holds, and more of its kind, as much as `most` says.

    All of it is held under one token. Empty when nothing is due; commit before working on it.
    """
    due = (
        sa.select(Task)
        .where(is_due(now, only), Task.lease_until <= now)
        .order_by(Task.run_at, Task.id)
    )
    first = lock_next(session, due)
    if first is None:
        return []
    taken = [first]
    more = most.get(first.kind, 1) - 1
    if more:
        alike = due.where(Task.kind == first.kind, Task.id != first.id)
        taken += lock_some(session, alike, more)
    token = secret_token()
    for task in taken:
        task.lease_until = now + LEASE
        task.lease_token = token
        task.attempts += 1
    session.flush()
    return [Claim(one.id, one.kind, one.subject_id, one.attempts, token) for one in taken]


def finish(session: Session, claim: Claim, now: datetime) -> bool:
    """Mark work done; False when another holder took it over meanwhile."""
    return _settle(session, claim, done_at=now)


def finish_all(session: Session, claims: Sequence[Claim], now: datetime) -> None:
    """Mark work done that was taken together; what another holder took over stays theirs."""
    _settle_all(session, claims, done_at=now)


def extend_all(session: Session, claims: Sequence[Claim], *, now: datetime) -> bool:
    """Hold work longer that was taken together; False when nothing of it is ours any more."""
    return _settle_all(session, claims, lease_until=now + LEASE)


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


def later(session: Session, claim: Claim, run_at: datetime) -> bool:
    """Give work back until a known time; this is not a failed attempt."""
    return _settle(session, claim, run_at=run_at, lease_until=run_at, attempts=0)


def _settle(session: Session, claim: Claim, **values: object) -> bool:
    return _settle_all(session, [claim], **values)


def _settle_all(session: Session, claims: Sequence[Claim], **values: object) -> bool:
    mine = sa.and_(
        Task.id.in_([claim.task_id for claim in claims]),
        Task.lease_token.in_({claim.token for claim in claims}),
        Task.done_at.is_(None),
    )
    settled = session.execute(
        sa.update(Task)
        .where(mine)
        .values(**values)
        .returning(Task.id)
        .execution_options(synchronize_session=False),
    )
    return settled.first() is not None


def beat(session: Session, name: str, *, machine: Clock) -> None:
    """Write down that a process lives, by the machine's own clock."""
    beating = sa.update(Heartbeat).where(Heartbeat.name == name).values(at=machine.now())
    if session.execute(beating.returning(Heartbeat.id)).first() is None:
        insert_once(session, Heartbeat, ["name"], name=name, at=machine.now())
