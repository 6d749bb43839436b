"""Find listed people for a role: free and rested on its dates, newest first, page by page.

Who is not free is never said to be so because of whose work; other productions stay unnamed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import User
from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.queries.fits import DayWindow, fits_of_people
from marketplace.domain.booking.rules import LONGEST_REST, BookingState, Fit
from marketplace.domain.casting.models import Application, RoleInvitation
from marketplace.domain.people.models import BookOut, Person, PersonGram, PersonListing, Photo
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import DayState
from marketplace.kernel.grams import leveled, long_words, rarest_first, tag
from marketplace.kernel.money import Money

PAGE: Final = 25
LONGEST_TEXT: Final = 60
END_OF_TIME: Final = datetime(9999, 1, 1, tzinfo=UTC)
_WORKS: Final = {
    "actor": PersonListing.is_actor,
    "background": PersonListing.is_background,
    "crew": PersonListing.is_crew,
}


@dataclass(frozen=True, slots=True)
class PeopleFilters:
    """Whom a production looks for; an empty field asks for nothing.

    works: any one. languages, skills: all of them. most: a day rate asked at most, in its own
    currency; who names no rate stays in. days: the dates shown; is_free: only people who are
    free and rested on every one of them. role_id: who applied for it stays out.
    """

    text: str = ""
    works: tuple[str, ...] = ()
    city: str = ""
    languages: tuple[str, ...] = ()
    plays: tuple[int, int] | None = None
    department: str = ""
    position: str = ""
    skills: tuple[str, ...] = ()
    most: Money | None = None
    days: tuple[DayWindow, ...] = ()
    is_free: bool = False
    role_id: int | None = None


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """One person as the list shows them; fits: how each date fits, by shoot day id."""

    fits: dict[int, Fit]
    is_invited: bool
    id: int
    public_id: str
    name: str
    second_name: str
    city: str
    is_actor: bool
    is_background: bool
    is_crew: bool
    plays_from: int | None
    plays_to: int | None
    day_rate_minor: int | None
    currency: str
    languages: list[str]
    positions: list[str]
    photo: str | None

    @property
    def rate(self) -> Money | None:
        """What they ask for a day, None when they did not say."""
        return Money(self.day_rate_minor, self.currency) if self.day_rate_minor else None


@dataclass(frozen=True, slots=True)
class FoundPeople:
    """One page of people; next_after: the person after whom the next page begins, or None."""

    people: list[FoundPerson]
    next_after: str | None


_COLUMNS: tuple[Any, ...] = (
    Person.id,
    Person.public_id,
    Person.stage_name,
    Person.second_name,
    Person.city,
    PersonListing.is_actor,
    PersonListing.is_background,
    PersonListing.is_crew,
    PersonListing.plays_from,
    PersonListing.plays_to,
    PersonListing.day_rate_minor,
    PersonListing.currency,
    PersonListing.languages,
    PersonListing.positions,
    Photo.public_id,
)


def find_people(
    session: Session, filters: PeopleFilters, *, after: str = "", size: int = PAGE
) -> FoundPeople:
    """Return one page of listed people, who listed themselves last first; five queries at most.

    after: the public id of the last person of the page before; unknown ones begin at the top.
    """
    wanted = [*_wanted(filters), *_free(session, filters), *(_later(after) if after else ())]
    order = (PersonListing.listed_at.desc(), PersonListing.person_id.desc())
    ids = (
        sa.select(PersonListing.person_id)
        .join(Person, Person.id == PersonListing.person_id)
        .join(User, User.id == Person.user_id)
        .where(User.disabled_at.is_(None), *wanted)
        .order_by(*order)
        .limit(size + 1)
        .subquery()
    )
    headshot = sa.and_(Photo.person_id == Person.id, Photo.is_headshot)
    rows = session.execute(
        sa.select(*_COLUMNS)
        .join_from(ids, Person, Person.id == ids.c.person_id)
        .join(PersonListing, PersonListing.person_id == Person.id)
        .outerjoin(Photo, headshot)
        .order_by(*order),
    ).all()
    shown = rows[:size]
    people = [row[0] for row in shown]
    fits = fits_of_people(session, people, filters.days)
    invited = _invited(session, filters.role_id, people)
    found = [FoundPerson(fits[row[0]], row[0] in invited, *row) for row in shown]
    return FoundPeople(found, found[-1].public_id if len(rows) > size else None)


def _wanted(filters: PeopleFilters) -> list[sa.ColumnElement[bool]]:
    tags = [tag("language", code) for code in filters.languages]
    tags += [tag("skill", leveled(word)) for word in filters.skills]
    named = (("city", leveled(filters.city)), ("department", filters.department))
    tags += [tag(*one) for one in (*named, ("position", filters.position)) if one[1]]
    wanted = [*_text(filters.text), *(_indexed(one) for one in tags)]
    if filters.works:
        wanted.append(sa.or_(*(_WORKS[work] for work in filters.works)))
    if filters.plays is not None:
        youngest, oldest = filters.plays
        touches = sa.and_(PersonListing.plays_from <= oldest, PersonListing.plays_to >= youngest)
        wanted.append(sa.or_(PersonListing.plays_from.is_(None), touches))
    if filters.most is not None:
        asked = PersonListing.day_rate_minor <= filters.most.minor
        ours = sa.and_(PersonListing.currency == filters.most.currency, asked)
        wanted.append(sa.or_(PersonListing.day_rate_minor.is_(None), ours))
    if filters.role_id is not None:
        applied = sa.select(Application.id).where(
            Application.role_id == filters.role_id,
            Application.person_id == PersonListing.person_id,
        )
        wanted.append(~sa.exists(applied.correlate(PersonListing)))
    return wanted


def _text(text: str) -> list[sa.ColumnElement[bool]]:
    """Return that every piece of a text is in the index, and every longer Latin word in one go."""
    pieces = rarest_first(text[:LONGEST_TEXT])
    if not pieces:
        return []
    leader = sa.select(PersonGram.person_id).where(PersonGram.gram == pieces[0])
    words = [
        PersonListing.said.contains(word, autoescape=True)
        for word in long_words(text[:LONGEST_TEXT])
    ]
    others = [_indexed(gram) for gram in pieces[1:]]
    return [PersonListing.person_id.in_(leader), *others, *words]


def _indexed(entry: str) -> sa.ColumnElement[bool]:
    """Return that a person has an entry of the index."""
    mine = PersonGram.person_id == PersonListing.person_id
    return sa.exists(
        sa.select(PersonGram.id).where(PersonGram.gram == entry, mine).correlate(PersonListing)
    )


def _free(session: Session, filters: PeopleFilters) -> list[sa.ColumnElement[bool]]:
    """Return that somebody is free and rested on every date, and has not marked one as away.

    The longer of two rests is owed, so every rest that confirmed work nearby has is asked once.
    """
    if not (filters.is_free and filters.days):
        return []
    from_at = min(day.call_at for day in filters.days) - 2 * LONGEST_REST
    until_at = max(day.wrap_at for day in filters.days) + LONGEST_REST
    near = (
        Booking.state == BookingState.CONFIRMED,
        Booking.call_at > from_at,
        Booking.call_at < until_at,
    )
    rests = session.scalars(sa.select(Booking.rest_minutes).where(*near).distinct()).all()
    dates = [day.shoot_date for day in filters.days]
    away = sa.select(BookOut.id).where(
        BookOut.person_id == PersonListing.person_id, BookOut.on_date.in_(dates)
    )
    free = [~sa.exists(away.correlate(PersonListing))]
    if rests:
        too_near = sa.or_(*(_too_near(day, owed) for day in filters.days for owed in rests))
        mine = Booking.person_id == PersonListing.person_id
        work = sa.select(Booking.id).where(mine, *near, too_near)
        free.append(~sa.exists(work.correlate(PersonListing)))
    return free


def _too_near(day: DayWindow, minutes: int) -> sa.ColumnElement[bool]:
    """Return that confirmed work which owes this rest overlaps a day or leaves too little rest."""
    owed = max(day.work.rest, timedelta(minutes=minutes))
    return sa.and_(
        Booking.rest_minutes == minutes,
        Booking.call_at < day.wrap_at + owed,
        Booking.wrap_at > day.call_at - owed,
    )


def _later(after: str) -> list[sa.ColumnElement[bool]]:
    """Return what comes after a person in the order of the list."""
    last = (
        sa.select(PersonListing.listed_at, PersonListing.person_id)
        .join(Person, Person.id == PersonListing.person_id)
        .where(Person.public_id == after)
        .subquery()
    )
    end = sa.literal(END_OF_TIME, PersonListing.listed_at.type)
    listed = sa.func.coalesce(sa.select(last.c.listed_at).scalar_subquery(), end)
    number = sa.func.coalesce(sa.select(last.c.person_id).scalar_subquery(), 0)
    return [
        PersonListing.listed_at <= listed,
        sa.or_(PersonListing.listed_at < listed, PersonListing.person_id < number),
    ]


def _invited(session: Session, role_id: int | None, people: Sequence[int]) -> set[int]:
    if role_id is None or not people:
        return set()
    asked = sa.select(RoleInvitation.person_id).where(
        RoleInvitation.role_id == role_id, RoleInvitation.person_id.in_(people)
    )
    return set(session.scalars(asked))


def days_to_come(session: Session, production_id: int, now: datetime) -> dict[str, DayWindow]:
    """Return the planned shoot days of a production that are still to come, by public id."""
    rows = session.execute(
        sa.select(
            ShootDay.public_id,
            ShootDay.id,
            ShootDay.shoot_date,
            ShootDay.call_at,
            ShootDay.wrap_at,
            Production.minimum_rest_minutes,
        )
        .join(Production, Production.id == ShootDay.production_id)
        .where(
            ShootDay.production_id == production_id,
            ShootDay.state == DayState.PLANNED,
            ShootDay.call_at > now,
        )
        .order_by(ShootDay.call_at, ShootDay.id),
    )
    return {row[0]: DayWindow(*row[1:]) for row in rows}
