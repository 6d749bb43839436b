"""Keep the index by which productions find people: written anew with every change of a profile."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import insert_rows
from marketplace.domain.people.models import (
    Credit,
    CrewPosition,
    Person,
    PersonGram,
    PersonListing,
    SizeCard,
    Skill,
    SpokenLanguage,
)
from marketplace.domain.people.queries.words import kept
from marketplace.domain.people.rules.words import Word, all_words, find
from marketplace.kernel.clock import Clock
from marketplace.kernel.grams import grams, leveled, tag


def may_be_found(person: Person) -> bool:
    """Say whether productions may find somebody: who said so themselves.

    The one place where people are kept out of the search; minors will be, here.
    """
    return person.is_listed


def index_person(session: Session, person: Person, *, clock: Clock) -> None:
    """Write what a person is found by; one who may not be found is in no index."""
    listed_at = session.scalar(
        sa.select(PersonListing.listed_at).where(PersonListing.person_id == person.id),
    )
    session.execute(sa.delete(PersonGram).where(PersonGram.person_id == person.id))
    session.execute(sa.delete(PersonListing).where(PersonListing.person_id == person.id))
    if not may_be_found(person):
        return
    skills = _words(session, person, Skill.word)
    positions = _words(session, person, CrewPosition.word)
    departments = _words(session, person, CrewPosition.department)
    languages = _words(session, person, SpokenLanguage.code)
    known = kept()
    heads = [group.head for group in known.departments]
    said = [person.stage_name, person.second_name, person.city, person.about, person.about_second]
    said += [person.languages, person.department]
    said += _in_both(all_words(known.skills), skills)
    said += _in_both(all_words(known.departments), positions) + _in_both(heads, departments)
    said += _words(session, person, Credit.title)
    _add_listing(session, person, languages, positions, "\n".join(said), listed_at or clock.now())
    tags = {("language", code) for code in languages} | {("skill", leveled(one)) for one in skills}
    tags |= {("position", one) for one in positions} | {("department", one) for one in departments}
    tags |= {("city", leveled(person.city))}
    entries = grams("\n".join(said)) | {tag(*one) for one in tags if one[1]}
    insert_rows(
        session, PersonGram, [{"gram": one, "person_id": person.id} for one in sorted(entries)]
    )


def _add_listing(
    session: Session,
    person: Person,
    languages: list[str],
    positions: list[str],
    said: str,
    listed_at: datetime,
) -> None:
    ages = sa.select(SizeCard.age_from, SizeCard.age_to).where(SizeCard.person_id == person.id)
    plays_from, plays_to = session.execute(ages).first() or (None, None)
    session.add(
        PersonListing(
            person_id=person.id,
            is_actor=person.is_actor,
            is_background=person.is_background,
            is_crew=person.is_crew,
            plays_from=plays_from,
            plays_to=plays_to,
            day_rate_minor=person.asked_rate_minor,
            currency=person.asked_currency or "",
            languages=languages,
            positions=positions,
            said=leveled(said),
            listed_at=listed_at,
        ),
    )
    session.flush()


def _words(
    session: Session, person: Person, column: sa.orm.InstrumentedAttribute[str]
) -> list[str]:
    """Return a column of what a person has of one kind, each value once, in their order."""
    model = column.class_
    wanted = sa.select(column).where(model.person_id == person.id)
    return list(dict.fromkeys(session.scalars(wanted.order_by(model.position, model.id))))


def _in_both(words: Iterable[Word], codes: Iterable[str]) -> list[str]:
    """Return words of a kept list in both languages; own words as they are."""
    known = list(words)
    found = [find(known, code) for code in codes]
    return [text for one in found for text in dict.fromkeys((one.en, one.zh))]
