"""Read a whole profile: everything of one person that a page or a comp card shows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.people.models import (
    Credit,
    CrewCertificate,
    CrewPosition,
    KitItem,
    Person,
    Photo,
    Reel,
    SizeCard,
    Skill,
    SpokenLanguage,
)
from marketplace.domain.people.queries.profiles import works_of
from marketplace.domain.people.rules import Level, Work
from marketplace.domain.people.rules.profiles import host_of
from marketplace.domain.people.rules.sizes import Sizes
from marketplace.kernel.money import Money

_Listed = Credit | CrewCertificate | CrewPosition | KitItem | Reel | Skill


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """A photo: its place in an address, and what it shows."""

    public_id: str
    digest: str
    alt: str
    is_headshot: bool
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ReelRow:
    """A link to moving pictures."""

    public_id: str
    title: str
    url: str

    @property
    def host(self) -> str:
        """Where it leads, in a word."""
        return host_of(self.url)


@dataclass(frozen=True, slots=True)
class CreditRow:
    """Something a person worked on."""

    public_id: str
    title: str
    role: str
    year: int | None
    company: str


@dataclass(frozen=True, slots=True)
class KitRow:
    """Gear for rent by the day."""

    public_id: str
    name: str
    rate: Money
    note: str


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """A certificate; last4 is for its owner alone."""

    public_id: str
    kind: str
    last4: str
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class WholeProfile:
    """One person. languages: (code, level); skills: (word, whether it is their own)."""

    id: int
    public_id: str
    stage_name: str
    second_name: str
    works: list[Work]
    city: str
    country: str
    zone: str
    pronouns: str
    about: str
    about_second: str
    is_listed: bool
    languages_before: str
    department_before: str
    rate: Money | None
    minutes: int | None
    sizes: Sizes
    languages: list[tuple[str, Level]]
    skills: list[tuple[str, bool]]
    positions: list[str]
    photos: list[PhotoRow]
    reels: list[ReelRow]
    credits: list[CreditRow]
    kit: list[KitRow]
    certificates: list[CertificateRow]

    @property
    def headshot(self) -> PhotoRow | None:
        """The photo that stands for them."""
        return next((photo for photo in self.photos if photo.is_headshot), None)


def whole(session: Session, person_id: int) -> WholeProfile:
    """Return everything of a person that others may be shown, and their own last fours."""
    person = session.get_one(Person, person_id)
    is_priced = person.asked_rate_minor is not None and person.asked_currency is not None
    return WholeProfile(
        id=person.id,
        public_id=person.public_id,
        stage_name=person.stage_name,
        second_name=person.second_name,
        works=works_of(person),
        city=person.city,
        country=person.country,
        zone=person.zone,
        pronouns=person.pronouns,
        about=person.about,
        about_second=person.about_second,
        is_listed=person.is_listed,
        languages_before=person.languages,
        department_before=person.department,
        rate=Money(person.asked_rate_minor or 0, person.asked_currency or "")
        if is_priced
        else None,
        minutes=person.asked_minutes,
        sizes=_sizes(session, person.id),
        languages=languages(session, person.id),
        skills=[(row[0], row[1]) for row in _rows(session, person, Skill, "word", "is_own")],
        positions=[row[0] for row in _rows(session, person, CrewPosition, "word")],
        photos=photos(session, person.id),
        reels=[ReelRow(*row) for row in _rows(session, person, Reel, "public_id", "title", "url")],
        credits=[CreditRow(*row) for row in _rows(session, person, Credit, *_names(CreditRow))],
        kit=[
            KitRow(row.public_id, row.name, Money(row.day_rate_minor, row.currency), row.note)
            for row in _rows(
                session, person, KitItem, "public_id", "name", "day_rate_minor", "currency", "note"
            )
        ],
        certificates=[
            CertificateRow(*row)
            for row in _rows(session, person, CrewCertificate, *_names(CertificateRow))
        ],
    )


def languages(session: Session, person_id: int) -> list[tuple[str, Level]]:
    """Return the languages of a person and how well each is spoken, in their order."""
    columns = sa.select(SpokenLanguage.code, SpokenLanguage.level)
    wanted = columns.where(SpokenLanguage.person_id == person_id)
    rows = session.execute(wanted.order_by(SpokenLanguage.position, SpokenLanguage.id))
    return [(code, Level(level)) for code, level in rows]


def photos(session: Session, person_id: int) -> list[PhotoRow]:
    """Return the photos of a person, in their order."""
    columns = [getattr(Photo, name) for name in _names(PhotoRow)]
    wanted = sa.select(*columns).where(Photo.person_id == person_id)
    return [PhotoRow(*row) for row in session.execute(wanted.order_by(Photo.position, Photo.id))]


@dataclass(frozen=True, slots=True)
class Face:
    """How somebody is shown in a list: where their profile is, their headshot if they have one."""

    person: str
    second_name: str
    photo: str | None


def faces(session: Session, person_ids: Collection[int]) -> dict[int, Face]:
    """Return how people are shown in a list, by their ids; one question for all of them."""
    shown = sa.and_(Photo.person_id == Person.id, Photo.is_headshot)
    rows = session.execute(
        sa.select(Person.id, Person.public_id, Person.second_name, Photo.public_id)
        .outerjoin(Photo, shown)
        .where(Person.id.in_(person_ids)),
    )
    return {row[0]: Face(*row[1:]) for row in rows}


@dataclass(frozen=True, slots=True)
class PhotoPlace:
    """Whose photo it is, and by which content it is stored."""

    person_id: int
    person: str
    digest: str


def photo_place(session: Session, public_id: str) -> PhotoPlace | None:
    """Return where a photo is stored, or None when there is no such photo."""
    row = session.execute(
        sa.select(Person.id, Person.public_id, Photo.digest)
        .join(Person, Person.id == Photo.person_id)
        .where(Photo.public_id == public_id),
    ).first()
    return PhotoPlace(*row) if row else None


def _sizes(session: Session, person_id: int) -> Sizes:
    columns = [getattr(SizeCard, name) for name in _names(Sizes)]
    row = session.execute(sa.select(*columns).where(SizeCard.person_id == person_id)).first()
    return Sizes(*row) if row else Sizes()


def _rows(session: Session, person: Person, model: type[_Listed], *names: str) -> list[Any]:
    """Return columns of what a person has of one kind, in their order."""
    wanted = sa.select(*[getattr(model, name) for name in names])
    wanted = wanted.where(model.person_id == person.id).order_by(model.position, model.id)
    return list(session.execute(wanted))


def _names(row: type[Any]) -> list[str]:
    return [one.name for one in fields(row)]
