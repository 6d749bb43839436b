"""Read profiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import User
from marketplace.domain.notices.services import Reader
from marketplace.domain.people.models import Person
from marketplace.domain.people.rules import Work
from marketplace.kernel.sentences import Sentence, say

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
    """A talent's own profile, as its form has it."""

    stage_name: str
    works: list[str]
    city: str
    country: str
    zone: str
    languages: str
    department: str
    about: str
    phone: str

    @property
    def gaps(self) -> list[Sentence]:
        """Return what a casting person would miss."""
        wanted = {
            "city": say("City"),
            "languages": say("Languages"),
            "about": say("About you"),
            "phone": say("Telephone"),
        }
        if Work.CREW in self.works:
            wanted["department"] = say("Department")
        return [words for name, words in wanted.items() if not getattr(self, name)]

    @property
    def done(self) -> int:
        """Return how many of the parts are there."""
        return self.total - len(self.gaps)

    @property
    def total(self) -> int:
        """Return how many parts a profile has: name, work and the ones that may be missing."""
        return 7 if Work.CREW in self.works else 6


def profile(session: Session, user_id: int) -> ProfileRow | None:
    """Return a user's profile, or None when they have none."""
    person = session.scalars(sa.select(Person).where(Person.user_id == user_id)).first()
    if person is None:
        return None
    ticked = {
        Work.ACTOR: person.is_actor,
        Work.BACKGROUND: person.is_background,
        Work.CREW: person.is_crew,
    }
    return ProfileRow(
        stage_name=person.stage_name,
        works=[work.value for work, is_ticked in ticked.items() if is_ticked],
        city=person.city,
        country=person.country,
        zone=person.zone,
        languages=person.languages,
        department=person.department,
        about=person.about,
        phone=person.phone,
    )


def zone_of(session: Session, user_id: int) -> str:
    """Return the zone a user reads times in: of their profile, else UTC."""
    return session.scalar(sa.select(Person.zone).where(Person.user_id == user_id)) or "UTC"
