"""Read how full the days of a production are and what they cost, for its boards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.rules import BookingState, OfferState
from marketplace.domain.casting.models import Role
from marketplace.domain.people.models import Person
from marketplace.kernel.money import Money

PENDING = (
    BookingState.OFFERED,
    BookingState.STANDBY,
    BookingState.CONFIRMED,
    BookingState.RECONFIRM,
)
ASKED = (*PENDING, BookingState.NO_SHOW)


@dataclass(frozen=True, slots=True)
class Fill:
    """How many people are offered, on standby and confirmed for a role on one shoot day."""

    offered: int = 0
    standby: int = 0
    confirmed: int = 0


@dataclass(frozen=True, slots=True)
class OpenOffer:
    """An offer that waits for its answer."""

    public_id: str
    person: str
    role: str
    role_public_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Staffing:
    """Who is asked for and agreed on the days of one production.

    fills: by role date id; costs: confirmed day rates by shoot day id, one per currency.
    """

    fills: dict[int, Fill]
    costs: dict[int, tuple[Money, ...]]

    @property
    def committed(self) -> tuple[Money, ...]:
        """The day rates of every confirmed booking, one sum per currency."""
        totals: dict[str, Money] = {}
        for costs in self.costs.values():
            for cost in costs:
                sum_before = totals.get(cost.currency, Money(0, cost.currency))
                totals[cost.currency] = sum_before + cost
        return tuple(totals[currency] for currency in sorted(totals))


def staffing(session: Session, production_id: int) -> Staffing:
    """Return how full and how expensive the days of a production are; one query."""
    counts: dict[int, dict[str, int]] = {}
    costs: dict[int, dict[str, int]] = {}
    rows = session.execute(
        sa.select(
            Booking.role_date_id,
            Booking.shoot_day_id,
            Booking.state,
            Booking.currency,
            sa.func.count(),
            sa.func.sum(Booking.day_rate_minor),
        )
        .where(Booking.production_id == production_id, Booking.state.in_(PENDING))
        .group_by(Booking.role_date_id, Booking.shoot_day_id, Booking.state, Booking.currency),
    )
    for role_date_id, day_id, state, currency, people, minor in rows:
        by_state = counts.setdefault(role_date_id, {})
        word = BookingState.OFFERED if state == BookingState.RECONFIRM else state
        by_state[word] = by_state.get(word, 0) + people
        if state == BookingState.CONFIRMED:
            by_currency = costs.setdefault(day_id, {})
            by_currency[currency] = by_currency.get(currency, 0) + int(minor)
    return Staffing(
        {role_date_id: Fill(**by_state) for role_date_id, by_state in counts.items()},
        {
            day_id: tuple(Money(minor, code) for code, minor in sorted(by_currency.items()))
            for day_id, by_currency in costs.items()
        },
    )


def open_offers(session: Session, production_id: int, limit: int = 20) -> list[OpenOffer]:
    """Return the offers of a production that wait for an answer, the first to expire first."""
    found = session.execute(
        sa.select(
            Offer.public_id,
            Person.stage_name,
            Role.name,
            Role.public_id,
            Offer.expires_at,
        )
        .join(Role, Role.id == Offer.role_id)
        .join(Person, Person.id == Offer.person_id)
        .where(Role.production_id == production_id, Offer.state == OfferState.SENT)
        .order_by(Offer.expires_at, Offer.id)
        .limit(limit),
    )
    return [OpenOffer(*offer) for offer in found]


def is_engaged(session: Session, shoot_day_id: int) -> bool:
    """Say whether anybody was asked for or booked on a shoot day and has not said no."""
    found = sa.select(Booking.id).where(
        Booking.shoot_day_id == shoot_day_id,
        Booking.state.in_(ASKED),
    )
    return session.scalar(found.limit(1)) is not None
