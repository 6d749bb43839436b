"""Upgrades on the day, questions that do not hold up pay, and one person of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import User
from marketplace.domain.booking.models import Booking, BookingAmendment
from marketplace.domain.casting.models import Role
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import ShootDay
from marketplace.domain.timecards.models import CardQuery, TimeCard
from marketplace.domain.timecards.rules import CardKind, CardState, QueryAnswer, QueryPart
from marketplace.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Upgrade:
    """One upgrade on the day: old and new words, rate and hours, with who, when and why."""

    old_role: str
    new_role: str
    old_rate: Money
    new_rate: Money
    old_minutes: int
    new_minutes: int
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """One question about an agreed card, and its answer when there is one."""

    id: int
    public_id: str
    part: QueryPart
    text: str
    asked_at: datetime
    answer: QueryAnswer
    answer_text: str
    answered_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered."""
        return self.answer is QueryAnswer.OPEN


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the production reads it: who asks about which day."""

    question: Question
    name: str
    role: str
    shoot_date: date
    day_number: int
    day_public_id: str
    card_public_id: str
    card_state: CardState
    card_kind: CardKind


@dataclass(frozen=True, slots=True)
class PersonOfDay:
    """One person of a shoot day, with the terms in force and what can still be changed."""

    booking_id: int
    booking_public_id: str
    name: str
    role: str
    rate: Money
    guaranteed_minutes: int
    call_at: datetime
    booking_state: str
    card_state: CardState
    card_kind: CardKind
    version: int
    cancellation_policy: dict[str, Any] | None
    upgrades: list[Upgrade]


def upgrades_of(session: Session, booking_id: int) -> list[Upgrade]:
    """Return the upgrades of a booking, oldest first; one query."""
    rows = session.execute(
        sa.select(BookingAmendment, User.display_name)
        .join(User, User.id == BookingAmendment.made_by_id)
        .where(BookingAmendment.booking_id == booking_id)
        .order_by(BookingAmendment.id),
    )
    return [
        Upgrade(
            old_role=made.old_role,
            new_role=made.new_role,
            old_rate=Money(made.old_day_rate_minor, made.currency),
            new_rate=Money(made.new_day_rate_minor, made.currency),
            old_minutes=made.old_guaranteed_minutes,
            new_minutes=made.new_guaranteed_minutes,
            reason=made.reason,
            by=name,
            at=made.made_at,
        )
        for made, name in rows
    ]


def questions_of(session: Session, card_id: int) -> list[Question]:
    """Return the questions about a card, oldest first; one query."""
    wanted = sa.select(CardQuery).where(CardQuery.time_card_id == card_id)
    return [_question(one) for one in session.scalars(wanted.order_by(CardQuery.id))]


def open_questions(session: Session, production_id: int) -> list[Asked]:
    """Return the questions of a production that nobody has answered, oldest first; one query."""
    rows = session.execute(
        sa.select(
            CardQuery,
            Person.stage_name,
            _role_words(),
            ShootDay.shoot_date,
            ShootDay.number,
            ShootDay.public_id,
            TimeCard.public_id,
            TimeCard.state,
            TimeCard.kind,
        )
        .join(TimeCard, TimeCard.id == CardQuery.time_card_id)
        .join(Booking, Booking.id == TimeCard.booking_id)
        .join(Role, Role.id == Booking.role_id)
        .join(Person, Person.id == TimeCard.person_id)
        .join(ShootDay, ShootDay.id == TimeCard.shoot_day_id)
        .where(
            TimeCard.production_id == production_id,
            CardQuery.answer == QueryAnswer.OPEN,
        )
        .order_by(CardQuery.id),
    )
    return [
        Asked(_question(row[0]), *row[1:7], CardState(row[7]), CardKind(row[8])) for row in rows
    ]


def count_open_questions(session: Session, production_id: int) -> int:
    """Return how many questions of a production wait for an answer."""
    wanted = (
        sa.select(sa.func.count(CardQuery.id))
        .join(TimeCard, TimeCard.id == CardQuery.time_card_id)
        .where(
            TimeCard.production_id == production_id,
            CardQuery.answer == QueryAnswer.OPEN,
        )
    )
    return session.scalars(wanted).one()


def question_id_of(session: Session, production_id: int, public_id: str) -> int | None:
    """Return the id of a question of a production, or None."""
    wanted = (
        sa.select(CardQuery.id)
        .join(TimeCard, TimeCard.id == CardQuery.time_card_id)
        .where(TimeCard.production_id == production_id, CardQuery.public_id == public_id)
    )
    return session.scalar(wanted)


def person_of_day(
    session: Session, production_id: int, shoot_day_id: int, booking: str
) -> PersonOfDay | None:
    """Return one booked person of a day, or None; two queries."""
    row = session.execute(
        sa.select(
            Booking.id,
            Booking.public_id,
            Person.stage_name,
            _role_words(),
            Booking.day_rate_minor,
            Booking.currency,
            Booking.guaranteed_minutes,
            Booking.call_at,
            Booking.state,
            TimeCard.state,
            TimeCard.kind,
            TimeCard.version,
            Booking.cancellation_policy,
        )
        .join(Person, Person.id == Booking.person_id)
        .join(Role, Role.id == Booking.role_id)
        .outerjoin(TimeCard, TimeCard.booking_id == Booking.id)
        .where(
            Booking.production_id == production_id,
            Booking.shoot_day_id == shoot_day_id,
            Booking.public_id == booking,
        ),
    ).first()
    if row is None:
        return None
    facts: list[Any] = list(row)
    facts[4:6] = [Money(row[4], row[5])]
    facts[8] = CardState(row[9] or CardState.PENDING)
    facts[9] = CardKind(row[10] or CardKind.WORK)
    facts[10] = row[11] or 0
    facts.append(upgrades_of(session, row[0]))
    return PersonOfDay(*facts)


def _role_words() -> sa.ColumnElement[str]:
    """Return what a person works as: the words of an upgrade, else of the role."""
    return sa.func.coalesce(sa.func.nullif(Booking.upgraded_to, ""), Role.name)


def _question(row: CardQuery) -> Question:
    return Question(
        id=row.id,
        public_id=row.public_id,
        part=QueryPart(row.part),
        text=row.text,
        asked_at=row.asked_at,
        answer=QueryAnswer(row.answer),
        answer_text=row.answer_text,
        answered_at=row.answered_at,
    )
