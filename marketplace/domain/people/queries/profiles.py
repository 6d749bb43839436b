"""Read profiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import User
from marketplace.domain.notices.services import Reader
from marketplace.domain.people.models import CrewPosition, Person, Photo, SizeCard, SpokenLanguage
from marketplace.domain.people.rules import Work
from marketplace.domain.people.rules.profiles import Gap, Holds, gaps_of

_PERSON_OF: Final = sa.select(Person.id).where(Person.user_id == sa.bindparam("user"))
"""Written once: every page of everybody who is signed in asks it."""


def person_of(session: Session, user_id: int) -> int | None:
    """Return the id of a user's talent profile, or None when they have none."""
    return session.connection().scalar(_PERSON_OF, {"user": user_id})


def reader_of(session: Session, person_id: int) -> Reader:
    """Return a person as they are written to."""
    row = session.execute(
        sa.select(User.id, User.email, User.locale)
        .join(Person, Person.user_id == User.id)
        .where(Person.id == person_id),
    ).one()
    return Reader(*row)


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """The basics of a talent's own profile, as its form has them, and what is missing of it all."""

    id: int
    public_id: str
    stage_name: str
    second_name: str
    works: list[str]
    city: str
    country: str
    zone: str
    phone: str
    pronouns: str
    about: str
    about_second: str
    is_listed: bool
    gaps: list[Gap]


def profile(session: Session, user_id: int) -> ProfileRow | None:
    """Return a user's profile, or None when they have none."""
    person = session.scalars(sa.select(Person).where(Person.user_id == user_id)).first()
    if person is None:
        return None
    works = works_of(person)
    return ProfileRow(
        id=person.id,
        public_id=person.public_id,
        stage_name=person.stage_name,
        second_name=person.second_name,
        works=[work.value for work in works],
        city=person.city,
        country=person.country,
        zone=person.zone,
        phone=person.phone,
        pronouns=person.pronouns,
        about=person.about,
        about_second=person.about_second,
        is_listed=person.is_listed,
        gaps=gaps_of(_holds(session, person, works)),
    )


def works_of(person: Person) -> list[Work]:
    """Return the kinds of work a person ticked."""
    ticked = {
        Work.ACTOR: person.is_actor,
        Work.BACKGROUND: person.is_background,
        Work.CREW: person.is_crew,
    }
    return [work for work, is_ticked in ticked.items() if is_ticked]


def _holds(session: Session, person: Person, works: list[Work]) -> Holds:
    """Return what a profile has, by one question."""
    there: list[sa.ColumnElement[bool]] = [
        sa.exists().where(Photo.person_id == person.id, Photo.is_headshot),
        sa.exists().where(SpokenLanguage.person_id == person.id),
        sa.exists().where(SizeCard.person_id == person.id, SizeCard.height.is_not(None)),
        sa.exists().where(CrewPosition.person_id == person.id),
    ]
    found: tuple[bool, ...] = tuple(session.execute(sa.select(*there)).one())
    has_headshot, has_languages, has_sizes, has_positions = found
    return Holds(
        works=frozenset(works),
        has_headshot=has_headshot,
        has_city=bool(person.city),
        has_about=bool(person.about or person.about_second),
        has_phone=bool(person.phone),
        has_languages=has_languages or bool(person.languages),
        has_sizes=has_sizes,
        has_positions=has_positions or bool(person.department),
    )


def zone_of(session: Session, user_id: int) -> str:
    """Return the zone a user reads times in: of their profile, else UTC."""
    return session.scalar(sa.select(Person.zone).where(Person.user_id == user_id)) or "UTC"
