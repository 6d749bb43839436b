"""Read productions and their shoot days, shaped for the producer's pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import CALLED_OFF, DayState, ProductionState
from marketplace.kernel.money import Money
from marketplace.kernel.zones import clock_minutes


@dataclass(frozen=True, slots=True)
class ProductionFacts:
    """Everything a production says about itself."""

    id: int
    public_id: str
    title: str
    second_title: str
    format: str
    episodes: int | None
    currency: str
    zone: str
    city: str
    country: str
    agreement: str
    scheme: str
    withholding_agent: str
    engagement: str | None
    payroll_period: str
    minimum_rest_minutes: int
    registration_number: str
    budget_minor: int | None
    cancellation_policy: dict[str, Any] | None
    needs_payroll_approval: bool
    state: str

    @property
    def is_draft(self) -> bool:
        """Whether nothing of it can be seen yet."""
        return self.state == ProductionState.DRAFT

    @property
    def budget(self) -> Money | None:
        """What may be spent on day rates."""
        return None if self.budget_minor is None else Money(self.budget_minor, self.currency)


@dataclass(frozen=True, slots=True)
class DayRow:
    """One shoot day."""

    id: int
    public_id: str
    number: int
    shoot_date: date
    call_at: datetime
    wrap_at: datetime
    unit_base: str
    address: str
    is_holiday: bool
    state: str
    called_off_reason: str

    @property
    def is_planned(self) -> bool:
        """Whether the day may still be changed."""
        return self.state == DayState.PLANNED

    def minutes(self, zone: str) -> tuple[int, int]:
        """Return call and wrap as minutes after 00:00 of the shoot date."""
        return (
            clock_minutes(self.call_at, self.shoot_date, zone),
            clock_minutes(self.wrap_at, self.shoot_date, zone),
        )


_FACTS = [getattr(Production, name) for name in ProductionFacts.__annotations__]
_DAY = [getattr(ShootDay, name) for name in DayRow.__annotations__]


def facts(session: Session, production_id: int) -> ProductionFacts:
    """Return a production; raises NoResultFound when it is not there."""
    found = session.execute(sa.select(*_FACTS).where(Production.id == production_id)).one()
    return ProductionFacts(*found)


def country_of(session: Session, company_id: int) -> str:
    """Return the country of a company, where its next production most likely is."""
    return session.scalars(sa.select(Company.country).where(Company.id == company_id)).one()


def days(session: Session, production_id: int) -> list[DayRow]:
    """Return the shoot days of a production in their order."""
    found = session.execute(
        sa.select(*_DAY)
        .where(ShootDay.production_id == production_id, ShootDay.state.not_in(CALLED_OFF))
        .order_by(ShootDay.number),
    )
    return [DayRow(*day) for day in found]


def called_off(session: Session, production_id: int) -> list[DayRow]:
    """Return the days of a production that moved or were cancelled, in the order of dates."""
    found = session.execute(
        sa.select(*_DAY)
        .where(ShootDay.production_id == production_id, ShootDay.state.in_(CALLED_OFF))
        .order_by(ShootDay.shoot_date, ShootDay.id),
    )
    return [DayRow(*day) for day in found]


def day(session: Session, production_id: int, public_id: str) -> DayRow | None:
    """Return one shoot day of a production, or None when it has no such day."""
    found = session.execute(
        sa.select(*_DAY).where(
            ShootDay.production_id == production_id,
            ShootDay.public_id == public_id,
        ),
    ).first()
    return DayRow(*found) if found else None
