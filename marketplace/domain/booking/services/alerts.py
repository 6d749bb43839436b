"""Tell people of new roles that their saved searches find: once each, and only what they can play.

A row says that a person was told of a role; it is written in the transaction of the message, so
that work which is killed and done again tells nobody twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import insert_once
from marketplace.domain.accounts.models import User
from marketplace.domain.booking.queries import agenda
from marketplace.domain.booking.queries.agenda import Diary
from marketplace.domain.booking.queries.fits import DayWindow
from marketplace.domain.booking.rules import is_possible
from marketplace.domain.casting.models import Application, Role, RoleAlert, SavedSearch
from marketplace.domain.casting.queries import browse, postings
from marketplace.domain.casting.queries.searches import opened
from marketplace.domain.casting.rules import Cadence, RoleKind, ages_touch, works_of
from marketplace.domain.casting.services.searches import ask_digest, stop_token
from marketplace.domain.notices import services as notices
from marketplace.domain.notices.services import Message, Reader
from marketplace.domain.people.models import Person, SizeCard
from marketplace.domain.people.ports import Vault
from marketplace.domain.productions.models import Production
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say

CHUNK: Final = 100
"""How many saved searches are looked through in one transaction."""

MOST: Final = 200
"""How many new roles of one search are looked at; those beyond are still new the day after."""

SHOWN: Final = 10
"""How many roles a mail names; the others are counted."""


@dataclass(frozen=True, slots=True)
class Seeker:
    """Whoever looks for work: what they can play, and when they work already."""

    person_id: int
    public_id: str
    zone: str
    works: frozenset[str]
    plays: tuple[int, int] | None
    reader: Reader
    diary: Diary


def announce(
    session: Session, role_id: int, after: int, *, vault: Vault, clock: Clock
) -> int | None:
    """Tell of one role whoever wants to know at once, a chunk of searches after another.

    after: the last search of the chunk before, 0 to begin. Returns the last one of this chunk,
    or None when there are no more.
    """
    searches = session.scalars(
        sa.select(SavedSearch)
        .where(SavedSearch.cadence == Cadence.AT_ONCE, SavedSearch.id > after)
        .order_by(SavedSearch.id)
        .limit(CHUNK),
    ).all()
    for search in searches:
        seeker = _seeker(session, search.person_id, clock=clock)
        if seeker is not None:
            found = _found(session, [search], seeker, Role.id == role_id, clock=clock)
            _tell(session, seeker, found, vault=vault, clock=clock)
    return searches[-1].id if searches else None


def digest(session: Session, person_id: int, *, vault: Vault, clock: Clock) -> None:
    """Tell a person of the roles that are new since they were last told, and ask for tomorrow.

    Whoever wants no daily mail any more is told nothing, and nothing is asked for.
    """
    daily = (SavedSearch.person_id == person_id, SavedSearch.cadence == Cadence.DAILY)
    searches = session.scalars(sa.select(SavedSearch).where(*daily)).all()
    seeker = _seeker(session, person_id, clock=clock) if searches else None
    if seeker is None:
        return
    found = _found(session, searches, seeker, sa.true(), clock=clock)
    _tell(session, seeker, found, vault=vault, clock=clock)
    ask_digest(session, person_id, now=clock.now(), zone=seeker.zone)


def _seeker(session: Session, person_id: int, *, clock: Clock) -> Seeker | None:
    """Return somebody who looks for work, or None when their account is closed."""
    row = session.execute(
        sa.select(Person, User, SizeCard.age_from, SizeCard.age_to)
        .join(User, User.id == Person.user_id)
        .outerjoin(SizeCard, SizeCard.person_id == Person.id)
        .where(Person.id == person_id, User.disabled_at.is_(None)),
    ).first()
    if row is None:
        return None
    person, user, plays_from, plays_to = row
    ticked = {
        "actor": person.is_actor,
        "background": person.is_background,
        "crew": person.is_crew,
    }
    return Seeker(
        person_id,
        person.public_id,
        person.zone,
        frozenset(work for work, is_ticked in ticked.items() if is_ticked),
        _ages(plays_from, plays_to),
        Reader(user.id, user.email, user.locale),
        agenda.diary(session, person_id, clock.now()),
    )


def _found(
    session: Session,
    searches: Iterable[SavedSearch],
    seeker: Seeker,
    within: sa.ColumnElement[bool],
    *,
    clock: Clock,
) -> list[int]:
    """Return the roles that some searches find, that are news to a person and theirs to play."""
    found: dict[int, None] = {}
    for search in searches:
        kept = opened(search.filters)
        filters = kept.filters
        if kept.is_free:
            filters = replace(filters, free=agenda.free_days(session, seeker.diary))
        new = sa.and_(within, Role.published_at >= search.since_at, _is_news(seeker.person_id))
        found |= dict.fromkeys(browse.matching(session, filters, new, now=clock.now(), most=MOST))
    return _playable(session, seeker, list(found), clock=clock)


def _is_news(person_id: int) -> sa.ColumnElement[bool]:
    """Return the condition on Role that a person was not told of it and never applied."""
    told = sa.select(RoleAlert.id).where(
        RoleAlert.person_id == person_id, RoleAlert.role_id == Role.id
    )
    applied = sa.select(Application.id).where(
        Application.person_id == person_id, Application.role_id == Role.id
    )
    return sa.and_(~sa.exists(told.correlate(Role)), ~sa.exists(applied.correlate(Role)))


def _playable(
    session: Session, seeker: Seeker, role_ids: Sequence[int], *, clock: Clock
) -> list[int]:
    """Return those of some roles a person can play: their work, their age, a date they can work."""
    if not role_ids:
        return []
    dates = postings.dates_of(session, role_ids, now=clock.now())
    rows = session.execute(
        sa.select(
            Role.id,
            Role.kind,
            Role.plays_from,
            Role.plays_to,
            Production.minimum_rest_minutes,
        )
        .join(Production, Production.id == Role.production_id)
        .where(Role.id.in_(role_ids))
        .order_by(Role.published_at.desc(), Role.id.desc()),
    )
    return [
        row.id
        for row in rows
        if works_of(RoleKind(row.kind)) & seeker.works
        and ages_touch(_ages(row.plays_from, row.plays_to), seeker.plays)
        and any(
            is_possible(seeker.diary.fit(_window(one, row.minimum_rest_minutes)))
            for one in dates.get(row.id, ())
        )
    ]


def _ages(plays_from: int | None, plays_to: int | None) -> tuple[int, int] | None:
    return None if plays_from is None or plays_to is None else (plays_from, plays_to)


def _window(one: postings.DateRow, rest_minutes: int) -> DayWindow:
    return DayWindow(one.shoot_day_id, one.shoot_date, one.call_at, one.wrap_at, rest_minutes)


def _tell(
    session: Session, seeker: Seeker, role_ids: Sequence[int], *, vault: Vault, clock: Clock
) -> None:
    """Write down that a person is told of some roles, and tell them in one message."""
    new = [one for one in role_ids if _is_first(session, seeker.person_id, one, clock=clock)]
    if not new:
        return
    rows = session.execute(
        sa.select(
            Role.id, Role.public_id, Role.name, Role.day_rate_minor, Role.currency, Production.title
        )
        .join(Production, Production.id == Role.production_id)
        .where(Role.id.in_(new))
        .order_by(Role.published_at.desc(), Role.id.desc()),
    ).all()
    message = Message(
        key=f"new_roles:{rows[0].public_id}",
        kind="new_roles",
        subject=_subject(rows),
        lines=_lines(rows),
        button=say("See the role") if len(rows) == 1 else say("See new roles"),
        path=f"/roles/{rows[0].public_id}" if len(rows) == 1 else "/me/searches",
        stop_path=f"/alerts/{stop_token(seeker.public_id, vault)}",
    )
    notices.tell(session, seeker.reader, message, clock=clock)


def _is_first(session: Session, person_id: int, role_id: int, *, clock: Clock) -> bool:
    """Write down that a person is told of a role; False when somebody did before."""
    pair = {"person_id": person_id, "role_id": role_id}
    return insert_once(session, RoleAlert, list(pair), **pair, told_at=clock.now()) is not None


def _subject(rows: Sequence[sa.Row[*tuple[Any, ...]]]) -> Sentence:
    if len(rows) == 1:
        return say("New role: %(role)s in %(title)s", role=rows[0].name, title=rows[0].title)
    return say("New roles for you: %(count)s", count=len(rows))


def _lines(rows: Sequence[sa.Row[*tuple[Any, ...]]]) -> tuple[Sentence, ...]:
    lines = [
        say(
            "%(role)s in %(title)s: %(rate)s per day.",
            role=row.name,
            title=row.title,
            rate=Money(row.day_rate_minor, row.currency),
        )
        for row in rows[:SHOWN]
    ]
    if len(rows) > SHOWN:
        lines.append(say("And %(count)s more.", count=len(rows) - SHOWN))
    return (*lines, say("Newest first; nothing can be bought. Applying is free."))
