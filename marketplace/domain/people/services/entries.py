"""Keep the lists of a profile: reels, credits, kit and certificates, each in its own order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock_one
from marketplace.domain.people.models import Credit, CrewCertificate, KitItem, Person, Reel
from marketplace.domain.people.rules.profiles import MOST_ENTRIES, ProfileError, reel_problem
from marketplace.domain.people.services.changes import changed
from marketplace.domain.tasks import services as tasks
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say
from marketplace.kernel.zones import at

WARNING: Final = timedelta(days=30)
"""How long before it expires somebody is reminded of a certificate."""

MORNING: Final = 9 * 60

Row = Reel | Credit | KitItem | CrewCertificate


@dataclass(frozen=True, slots=True)
class KeepReel:
    """A link to moving pictures."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class KeepCredit:
    """Something a person worked on."""

    title: str
    role: str
    year: int | None
    company: str


@dataclass(frozen=True, slots=True)
class KeepKit:
    """Gear for rent by the day."""

    name: str
    rate: Money
    note: str


@dataclass(frozen=True, slots=True)
class KeepCertificate:
    """A certificate; last4: all that is kept of its number."""

    kind: str
    last4: str
    expires_on: date | None


Entry = KeepReel | KeepCredit | KeepKit | KeepCertificate

MODELS: Final[Mapping[str, type[Row]]] = {
    "reels": Reel,
    "credits": Credit,
    "kit": KitItem,
    "certificates": CrewCertificate,
}
"""The lists, by their names in addresses."""

KINDS: Final[Mapping[type[Entry], str]] = {
    KeepReel: "reels",
    KeepCredit: "credits",
    KeepKit: "kit",
    KeepCertificate: "certificates",
}


def add_entry(session: Session, person_id: int, entry: Entry, *, clock: Clock) -> str:
    """Put something at the end of its list; returns its public id.

    Raises ProfileError when the list is full, or for the address of a reel that is none.
    """
    kind = KINDS[type(entry)]
    person, rows = _list(session, person_id, kind)
    if len(rows) >= MOST_ENTRIES:
        raise ProfileError(say("This list is full: it holds %(most)s.", most=MOST_ENTRIES))
    row = MODELS[kind](person_id=person.id, position=len(rows), **_columns(entry))
    session.add(row)
    _done(session, person, row, f"add_{kind}", clock)
    return row.public_id


def change_entry(
    session: Session, person_id: int, public_id: str, entry: Entry, *, clock: Clock
) -> None:
    """Change something of a list. Raises NotFoundError, and ProfileError as `add_entry` does."""
    kind = KINDS[type(entry)]
    person, rows = _list(session, person_id, kind)
    row = _one(rows, public_id)
    for name, value in _columns(entry).items():
        setattr(row, name, value)
    _done(session, person, row, f"edit_{kind}", clock)


def remove_entry(
    session: Session, person_id: int, kind: str, public_id: str, *, clock: Clock
) -> None:
    """Take something off its list."""
    person, rows = _list(session, person_id, kind)
    row = _one(rows, public_id)
    session.delete(row)
    _number([one for one in rows if one is not row])
    changed(session, person, f"remove_{kind}", clock=clock)


@dataclass(frozen=True, slots=True)
class MoveEntry:
    """Which thing of which list goes how many places up (below zero) or down."""

    kind: str
    public_id: str
    steps: int


def move_entry(session: Session, person_id: int, move: MoveEntry, *, clock: Clock) -> None:
    """Move something within its list; at an end it stays where it is."""
    person, rows = _list(session, person_id, move.kind)
    row = _one(rows, move.public_id)
    before = rows.index(row)
    to = min(max(before + move.steps, 0), len(rows) - 1)
    if to == before:
        return
    rows.remove(row)
    rows.insert(to, row)
    _number(rows)
    changed(session, person, f"order_{move.kind}", clock=clock)


def _list(session: Session, person_id: int, kind: str) -> tuple[Person, list[Row]]:
    """Return a person, locked, and one of their lists."""
    person = lock_one(session, Person, person_id)
    model: Any = MODELS[kind]
    wanted = sa.select(model).where(model.person_id == person.id)
    return person, list(session.scalars(wanted.order_by(model.position, model.id)))


def _one(rows: Sequence[Row], public_id: str) -> Row:
    found = [row for row in rows if row.public_id == public_id]
    if not found:
        raise NotFoundError(say("This is not on your profile any more."))
    return found[0]


def _columns(entry: Entry) -> dict[str, Any]:
    """Return the columns of what was entered."""
    match entry:
        case KeepReel():
            problem = reel_problem(entry.url)
            if problem is not None:
                raise ProfileError(problem)
            return {"title": entry.title, "url": entry.url}
        case KeepCredit():
            names = ("title", "role", "year", "company")
            return {name: getattr(entry, name) for name in names}
        case KeepKit():
            rate = entry.rate
            money = {"day_rate_minor": rate.minor, "currency": rate.currency}
            return {"name": entry.name, "note": entry.note, **money}
        case KeepCertificate():
            return {"kind": entry.kind, "last4": entry.last4, "expires_on": entry.expires_on}


def _done(session: Session, person: Person, row: Row, action: str, clock: Clock) -> None:
    changed(session, person, action, clock=clock)
    if not isinstance(row, CrewCertificate) or row.expires_on is None:
        return
    remind_at = at(row.expires_on - WARNING, MORNING, person.zone)
    if remind_at > clock.now():
        # a date that changes later leaves its reminder behind; the job sees that it is stale
        key = f"remind_certificate:{row.id}:{row.expires_on}"
        tasks.ask(session, "remind_certificate", key, row.id, run_at=remind_at)


def _number(rows: Sequence[Row]) -> None:
    for position, row in enumerate(rows):
        row.position = position
