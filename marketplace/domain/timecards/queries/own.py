"""A person's own time card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company
from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules.cancelling import Fee, read_fee
from marketplace.domain.casting.models import Role
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.timecards.models import TimeCard
from marketplace.domain.timecards.queries.cards import Version, versions_of
from marketplace.domain.timecards.queries.special import (
    Question,
    Upgrade,
    questions_of,
    upgrades_of,
)
from marketplace.domain.timecards.rules import WITHOUT_HOURS, CardKind, CardState
from marketplace.kernel.money import Money


@dataclass(frozen=True, slots=True)
class OwnCard:
    """One day's hours as the person who worked them sees them; versions: oldest first."""

    id: int
    public_id: str
    state: CardState
    version: int
    query: str
    agreed_at: datetime | None
    is_auto_agreed: bool
    approved_at: datetime | None
    title: str
    zone: str
    company: str
    role: str
    shoot_date: date
    day_number: int
    unit_base: str
    rate: Money
    guaranteed_minutes: int
    versions: list[Version]
    kind: CardKind
    fee: Fee | None
    upgrades: list[Upgrade]
    questions: list[Question]

    @property
    def is_fee(self) -> bool:
        """Whether the day was called off: a fee is paid, and there are no hours."""
        return self.kind in WITHOUT_HOURS

    @property
    def open_question(self) -> Question | None:
        """The question nobody has answered yet."""
        return next((one for one in self.questions if one.is_open), None)

    @property
    def can_ask(self) -> bool:
        """Whether the person can ask about one thing without holding up the rest."""
        return self.state is not CardState.PENDING and self.open_question is None

    @property
    def now(self) -> Version | None:
        """The hours as they stand; None before any were entered."""
        return self.versions[-1] if self.versions else None

    @property
    def can_agree(self) -> bool:
        """Whether the person's word is awaited."""
        return self.state in (CardState.SENT, CardState.QUERIED)

    @property
    def can_query(self) -> bool:
        """Whether the person can still say that something is wrong."""
        return self.state in (CardState.SENT, CardState.AGREED) and not self.is_fee


def own_card(session: Session, person_id: int, public_id: str) -> OwnCard | None:
    """Return a person's time card, or None when it is not theirs; four queries."""
    row = session.execute(
        sa.select(
            TimeCard.id,
            TimeCard.public_id,
            TimeCard.state,
            TimeCard.version,
            TimeCard.query,
            TimeCard.agreed_at,
            TimeCard.is_auto_agreed,
            TimeCard.approved_at,
            Production.title,
            Production.zone,
            Company.name,
            sa.func.coalesce(sa.func.nullif(Booking.upgraded_to, ""), Role.name),
            ShootDay.shoot_date,
            ShootDay.number,
            ShootDay.unit_base,
            Booking.day_rate_minor,
            Booking.currency,
            Booking.guaranteed_minutes,
            TimeCard.kind,
            Booking.fee,
            Booking.id,
        )
        .join(Booking, Booking.id == TimeCard.booking_id)
        .join(Role, Role.id == Booking.role_id)
        .join(ShootDay, ShootDay.id == TimeCard.shoot_day_id)
        .join(Production, Production.id == TimeCard.production_id)
        .join(Company, Company.id == Production.company_id)
        .where(TimeCard.public_id == public_id, TimeCard.person_id == person_id),
    ).first()
    if row is None:
        return None
    facts: list[Any] = list(row[:15])
    rest: list[Any] = list(row[15:])
    minor, currency, guaranteed, kind, fee, booking_id = rest
    facts[2] = CardState(facts[2])
    card_id = facts[0]
    versions = versions_of(session, [card_id]).get(card_id, [])
    facts += [Money(minor, currency), guaranteed, versions, CardKind(kind), read_fee(fee)]
    facts += [upgrades_of(session, booking_id), questions_of(session, card_id)]
    return OwnCard(*facts)
