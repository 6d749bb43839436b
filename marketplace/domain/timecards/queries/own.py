"""A person's own time card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company
from marketplace.domain.booking.models import Booking
from marketplace.domain.casting.models import Role
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.timecards.models import TimeCard
from marketplace.domain.timecards.queries.cards import Version, versions_of
from marketplace.domain.timecards.rules import CardState
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
        return self.state in (CardState.SENT, CardState.AGREED)


def own_card(session: Session, person_id: int, public_id: str) -> OwnCard | None:
    """Return a person's time card, or None when it is not theirs; two queries."""
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
            Role.name,
            ShootDay.shoot_date,
            ShootDay.number,
            ShootDay.unit_base,
            Booking.day_rate_minor,
            Booking.currency,
            Booking.guaranteed_minutes,
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
    facts: list[Any] = list(row)
    card_id, guaranteed = facts[0], facts.pop()
    currency, minor = facts.pop(), facts.pop()
    facts[2] = CardState(facts[2])
    versions = versions_of(session, [card_id]).get(card_id, [])
    facts += [Money(minor, currency), guaranteed, versions]
    return OwnCard(*facts)
