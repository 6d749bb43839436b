"""An offer as the person reads it who is asked, and bookings they may give back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company
from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.queries.fits import DayWindow, fits
from marketplace.domain.booking.rules import (
    HAS_PLACE,
    BookingState,
    Fit,
    OfferState,
    is_open_at,
    is_possible,
)
from marketplace.domain.booking.rules.cancelling import (
    NO_POLICY,
    Policy,
    deal_words,
    read_policy,
)
from marketplace.domain.casting.models import Role
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence

_FACTS = (
    Offer.id,
    Offer.public_id,
    Offer.state,
    Offer.note,
    Offer.expires_at,
    Offer.counter,
    Offer.countered_at,
    Offer.counter_expires_at,
    Role.name.label("role"),
    Role.public_id.label("role_public_id"),
    Role.description,
    Role.disclosures,
    Production.title,
    Production.public_id.label("production"),
    Company.name.label("company"),
    Company.pays_by,
    Production.zone,
    Production.city,
    Person.zone.label("person_zone"),
    Person.country.label("person_country"),
)


@dataclass(frozen=True, slots=True)
class OfferDay:
    """One date of an offer, on the terms it was made with. rank: place in the line of standbys.

    fee: what a day that was called off pays. gateway: who carries the money, once it was chosen.
    """

    id: int
    public_id: str
    shoot_date: date
    call_at: datetime
    wrap_at: datetime
    unit_base: str
    address: str
    state: BookingState
    rate: Money
    guaranteed_minutes: int
    fit: Fit
    rank: int | None = None
    policy: Policy = NO_POLICY
    standby_percent: int = 0
    fee: Money | None = None
    gateway: str = ""

    @property
    def can_accept(self) -> bool:
        """Whether the date fits between the person's other work."""
        return is_possible(self.fit)


@dataclass(frozen=True, slots=True)
class OfferPage:
    """Everything a person needs to answer an offer."""

    id: int
    public_id: str
    state: OfferState
    note: str
    expires_at: datetime
    role: str
    role_public_id: str
    description: str
    disclosures: list[str]
    title: str
    production: str
    company: str
    pays_by: str
    zone: str
    city: str
    person_zone: str
    person_country: str
    days: tuple[OfferDay, ...]
    counter: dict[str, Any] | None = None
    countered_at: datetime | None = None
    counter_expires_at: datetime | None = None
    replaced_by: str | None = None

    def is_open(self, now: datetime) -> bool:
        """Say whether it can still be answered."""
        return self.state is OfferState.SENT and is_open_at(now, self.expires_at)

    def can_be_countered(self, now: datetime) -> bool:
        """Say whether other terms can be asked for: once, while it can be answered."""
        return self.is_open(now) and self.countered_at is None

    @property
    def asked_rate(self) -> Money | None:
        """The day rate the person asked for, or None when they asked for nothing."""
        if self.counter is None:
            return None
        return Money(int(self.counter["rate_minor"]), self.days[0].rate.currency)

    @property
    def asked_days(self) -> list[OfferDay]:
        """The dates the person kept when they asked for other terms."""
        wanted = self.counter["dates"] if self.counter else ()
        return [day for day in self.days if day.public_id in wanted]

    def of(self, *states: str) -> list[OfferDay]:
        """Return the dates in one of the states."""
        return [day for day in self.days if day.state in states]

    @property
    def called_off(self) -> tuple[Sentence, ...]:
        """What is paid when a date is called off, or for waiting on standby."""
        return deal_words(self.days[0].policy, self.days[0].standby_percent)

    @property
    def total(self) -> Money:
        """What all dates pay together, before tax and overtime."""
        return self._sum(self.days)

    @property
    def booked_total(self) -> Money:
        """What the booked dates pay together, before tax and overtime."""
        return self._sum(self.of(BookingState.CONFIRMED))

    def _sum(self, days: Iterable[OfferDay]) -> Money:
        return Money(sum(day.rate.minor for day in days), self.days[0].rate.currency)


def offer_page(session: Session, person_id: int, public_id: str) -> OfferPage | None:
    """Return an offer of this person, or None when they have no such offer."""
    offer = session.execute(
        sa.select(*_FACTS)
        .select_from(Offer)
        .join(Role, Role.id == Offer.role_id)
        .join(Production, Production.id == Role.production_id)
        .join(Company, Company.id == Production.company_id)
        .join(Person, Person.id == Offer.person_id)
        .where(Offer.public_id == public_id, Offer.person_id == person_id),
    ).first()
    if offer is None:
        return None
    days = tuple(_days(session, person_id, Booking.offer_id == offer.id))
    newer = session.scalar(sa.select(Offer.public_id).where(Offer.replaces_id == offer.id))
    known = {"state": OfferState(offer.state), "days": days, "replaced_by": newer}
    return OfferPage(**{**offer._asdict(), **known})


def booked_day(session: Session, person_id: int, public_id: str) -> tuple[str, OfferDay] | None:
    """Return one booking of this person with the public id of its offer, or None."""
    days = _days(session, person_id, Booking.public_id == public_id)
    offer = sa.select(Offer.public_id).join(Booking, Booking.offer_id == Offer.id)
    found = session.scalar(offer.where(Booking.public_id == public_id))
    return (found, days[0]) if days and found else None


def _days(session: Session, person_id: int, where: sa.ColumnElement[bool]) -> list[OfferDay]:
    rows = session.execute(
        sa.select(Booking, ShootDay.shoot_date, ShootDay.unit_base, ShootDay.address)
        .join(ShootDay, ShootDay.id == Booking.shoot_day_id)
        .where(where, Booking.person_id == person_id)
        .order_by(Booking.call_at),
    ).all()
    windows = [_window(row.Booking, row.shoot_date) for row in rows]
    found = fits(session, person_id, windows)
    ranks = _ranks(session, [row.Booking for row in rows])
    return [
        OfferDay(
            row.Booking.id,
            row.Booking.public_id,
            row.shoot_date,
            row.Booking.call_at,
            row.Booking.wrap_at,
            row.unit_base,
            row.address,
            BookingState(row.Booking.state),
            Money(row.Booking.day_rate_minor, row.Booking.currency),
            row.Booking.guaranteed_minutes,
            found[row.Booking.shoot_day_id],
            ranks.get(row.Booking.id),
            read_policy(row.Booking.cancellation_policy),
            row.Booking.standby_percent,
            _fee(row.Booking),
            row.Booking.gateway,
        )
        for row in rows
    ]


def _fee(booking: Booking) -> Money | None:
    """Return what a day that was called off pays, or None."""
    if booking.fee_minor is None or booking.state in HAS_PLACE:
        return None
    return Money(booking.fee_minor, booking.currency)


def _window(booking: Booking, on: date) -> DayWindow:
    return DayWindow(
        booking.shoot_day_id,
        on,
        booking.call_at,
        booking.wrap_at,
        booking.rest_minutes,
    )


def _ranks(session: Session, bookings: list[Booking]) -> dict[int, int]:
    """Return each standby's place in its line, 1 for the next."""
    waiting = [one.role_date_id for one in bookings if one.state == BookingState.STANDBY]
    if not waiting:
        return {}
    place = sa.func.row_number().over(
        partition_by=Booking.role_date_id,
        order_by=Booking.standby_rank,
    )
    rows = session.execute(
        sa.select(Booking.id, place).where(
            Booking.role_date_id.in_(waiting),
            Booking.state == BookingState.STANDBY,
        ),
    )
    return {row[0]: row[1] for row in rows}
