"""Keep what a talent shows: the basics of their profile, and the dates they are not free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import insert_once, lock_one
from marketplace.domain.accounts.models import User
from marketplace.domain.accounts.services.sign_up import SignUp, sign_up
from marketplace.domain.people.models import BookOut, Person
from marketplace.domain.people.rules import Work
from marketplace.domain.people.services.changes import changed
from marketplace.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class Profile:
    """What a talent shows. works: at least one; phone in E.164 or ""; zone an IANA name.

    second_name, about_second: the same in another script; is_listed: productions may find them.
    languages, department: what was written before there were lists; None keeps what is there.
    """

    stage_name: str
    works: frozenset[Work]
    city: str
    country: str
    zone: str
    languages: str | None = None
    department: str | None = None
    about: str = ""
    phone: str = ""
    second_name: str = ""
    about_second: str = ""
    pronouns: str = ""
    is_listed: bool = False


PLAIN: Final = (
    "city",
    "country",
    "zone",
    "languages",
    "department",
    "about",
    "phone",
    "second_name",
    "about_second",
    "pronouns",
    "is_listed",
)
"""What is kept as it was given."""


def sign_up_talent(
    session: Session, person: SignUp, profile: Profile, *, clock: Clock
) -> int | None:
    """Make an account with a talent profile; returns the user's id, None for a known address."""
    user_id = sign_up(session, person, clock=clock)
    if user_id is not None:
        keep_profile(session, user_id, profile, clock=clock)
    return user_id


def keep_profile(session: Session, user_id: int, profile: Profile, *, clock: Clock) -> int:
    """Make or change the profile of a user; returns the person's id."""
    user = lock_one(session, User, user_id)
    person = session.scalars(sa.select(Person).where(Person.user_id == user.id)).first()
    action = "edit_profile" if person else "open_profile"
    if person is None:
        person = Person(user_id=user.id, stage_name=profile.stage_name, created_at=clock.now())
        session.add(person)
    person.stage_name = profile.stage_name
    person.is_actor = Work.ACTOR in profile.works
    person.is_background = Work.BACKGROUND in profile.works
    person.is_crew = Work.CREW in profile.works
    for name in PLAIN:
        if getattr(profile, name) is not None:
            setattr(person, name, getattr(profile, name))
    changed(session, person, action, clock=clock)
    return person.id


def book_out(session: Session, person_id: int, on: date) -> None:
    """Keep that a person is not free on a date; saying it twice changes nothing."""
    insert_once(session, BookOut, ["person_id", "on_date"], person_id=person_id, on_date=on)


def clear_book_out(session: Session, person_id: int, on: date) -> None:
    """Keep that a person is free on a date after all."""
    away = sa.delete(BookOut).where(BookOut.person_id == person_id, BookOut.on_date == on)
    session.execute(away)
