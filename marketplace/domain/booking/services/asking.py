"""Who and what a question about one date is about, and telling either side of it once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from marketplace.domain.accounts.models import User
from marketplace.domain.casting.models import Role, RoleDate
from marketplace.domain.notices import services as notices
from marketplace.domain.notices.services import Message, Reader
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.kernel import zones
from marketplace.kernel.clock import Clock
from marketplace.kernel.sentences import Sentence, say


class Asked(Protocol):
    """A row that says who asks whom for which date of a role."""

    role_date_id: int
    person_id: int
    asked_by_id: int


@dataclass(frozen=True, slots=True)
class DateFacts:
    """One person, one date of a role, and whoever asks, in the words of their messages."""

    role: str
    title: str
    name: str
    on: date
    zone: str
    company_id: int
    page: str
    talent: Reader
    casting: Reader

    @property
    def names(self) -> dict[str, object]:
        """The names that stand in the sentences."""
        return {"role": self.role, "title": self.title, "name": self.name, "date": self.on}


def facts_of(session: Session, asked: Asked) -> DateFacts:
    """Return who and what a question about a date is about."""
    talent, casting = aliased(User), aliased(User)
    row = session.execute(
        sa.select(
            Role.name,
            Production.title,
            Person.stage_name,
            ShootDay.shoot_date,
            Production.zone,
            Production.company_id,
            Production.public_id,
            Role.public_id,
            talent.id,
            talent.email,
            talent.locale,
            casting.id,
            casting.email,
            casting.locale,
        )
        .select_from(RoleDate)
        .join(Role, Role.id == RoleDate.role_id)
        .join(ShootDay, ShootDay.id == RoleDate.shoot_day_id)
        .join(Production, Production.id == Role.production_id)
        .join(Person, Person.id == asked.person_id)
        .join(talent, talent.id == Person.user_id)
        .join(casting, casting.id == asked.asked_by_id)
        .where(RoleDate.id == asked.role_date_id),
    ).one()
    page = f"/p/{row[6]}/roles/{row[7]}/availability"
    readers = Reader(row[8], row[9], row[10]), Reader(row[11], row[12], row[13])
    return DateFacts(*row[:6], page, *readers)


def until(at: datetime, zone: str) -> dict[str, object]:
    """Return a date and a time on the clock of the set, as the sentences name them."""
    there = zones.local(at, zone)
    return {"until_date": there.date(), "until_time": f"{there:%H:%M}"}


def tell_talent(
    session: Session,
    facts: DateFacts,
    key: str,
    subject: Sentence,
    lines: Iterable[Sentence] = (),
    *,
    clock: Clock,
) -> None:
    """Tell the person; the button opens what they were asked."""
    message = Message(
        key=f"{key}:talent",
        kind="availability",
        subject=subject,
        lines=tuple(lines),
        button=say("See who asks for your dates"),
        path="/me/availability",
    )
    notices.tell(session, facts.talent, message, clock=clock)


def tell_casting(
    session: Session,
    facts: DateFacts,
    key: str,
    subject: Sentence,
    lines: Iterable[Sentence] = (),
    *,
    clock: Clock,
) -> None:
    """Tell whoever asked; the button opens the dates of the role."""
    tell_page(session, facts.casting, facts.page, (f"{key}:casting", subject, lines), clock=clock)


def tell_page(
    session: Session,
    reader: Reader,
    page: str,
    news: tuple[str, Sentence, Iterable[Sentence]],
    *,
    clock: Clock,
) -> None:
    """Tell one person of a production under a key; the button opens the dates of a role."""
    key, subject, lines = news
    message = Message(
        key=key,
        kind="availability",
        subject=subject,
        lines=tuple(lines),
        button=say("See the dates of the role"),
        path=page,
    )
    notices.tell(session, reader, message, clock=clock)
