"""Keep sizes, skills and languages of a profile, and the crew side: positions and rate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock_one
from marketplace.domain.people.models import CrewPosition, Person, SizeCard, Skill, SpokenLanguage
from marketplace.domain.people.rules import Level
from marketplace.domain.people.rules.profiles import (
    MOST_LANGUAGES,
    MOST_POSITIONS,
    MOST_SKILLS,
    ProfileError,
)
from marketplace.domain.people.rules.sizes import Sizes
from marketplace.domain.people.services.changes import changed
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say


@dataclass(frozen=True, slots=True)
class Looks:
    """Sizes, skills of the kept list, skills in own words, languages by code and level."""

    sizes: Sizes
    skills: Sequence[str]
    own_skills: Sequence[str]
    languages: Mapping[str, Level]


@dataclass(frozen=True, slots=True)
class CrewSide:
    """Positions (word → department) and the day rate asked, with the hours it holds."""

    positions: Mapping[str, str]
    rate: Money | None = None
    minutes: int | None = None


def keep_looks(session: Session, person_id: int, looks: Looks, *, clock: Clock) -> None:
    """Keep sizes, skills and languages; what was there before gives way.

    Raises ProfileError for more skills or languages than a profile holds.
    """
    skills = _skills(looks)
    _refuse_more(len(skills), MOST_SKILLS)
    _refuse_more(len(looks.languages), MOST_LANGUAGES)
    person = lock_one(session, Person, person_id)
    card = session.scalars(sa.select(SizeCard).where(SizeCard.person_id == person.id)).first()
    if card is None:
        card = SizeCard(person_id=person.id)
        session.add(card)
    for name, value in asdict(looks.sizes).items():
        setattr(card, name, value)
    languages = [{"code": code, "level": str(level)} for code, level in looks.languages.items()]
    _replace(session, Skill, person, skills)
    _replace(session, SpokenLanguage, person, languages)
    changed(session, person, "edit_looks", clock=clock)


def keep_crew(session: Session, person_id: int, side: CrewSide, *, clock: Clock) -> None:
    """Keep positions and the rate asked. Raises ProfileError for too many positions."""
    _refuse_more(len(side.positions), MOST_POSITIONS)
    person = lock_one(session, Person, person_id)
    person.asked_rate_minor = side.rate.minor if side.rate else None
    person.asked_currency = side.rate.currency if side.rate else None
    person.asked_minutes = side.minutes if side.rate else None
    positions = [
        {"word": word, "department": department} for word, department in side.positions.items()
    ]
    _replace(session, CrewPosition, person, positions)
    changed(session, person, "edit_crew", clock=clock)


def _skills(looks: Looks) -> list[dict[str, Any]]:
    """Return the rows of all skills; a word that is there twice counts once."""
    words = dict.fromkeys(looks.skills, False) | {
        word: True for word in looks.own_skills if word not in looks.skills
    }
    return [{"word": word, "is_own": is_own} for word, is_own in words.items()]


def _refuse_more(count: int, most: int) -> None:
    if count > most:
        raise ProfileError(say("That is too many: a profile holds %(most)s of them.", most=most))


def _replace(
    session: Session,
    model: type[Skill | SpokenLanguage | CrewPosition],
    person: Person,
    rows: Iterable[dict[str, Any]],
) -> None:
    """Put rows in the place of those a person had."""
    session.execute(sa.delete(model).where(model.person_id == person.id))
    for position, row in enumerate(rows):
        session.add(model(person_id=person.id, position=position, **row))
