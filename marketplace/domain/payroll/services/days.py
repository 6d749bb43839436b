"""From rows to the engine: the deal, the worked day and its history, priced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules.cancelling import read_fee
from marketplace.domain.payroll.queries import load_agreement, load_allowances
from marketplace.domain.payroll.rules import pay_day
from marketplace.domain.payroll.rules.allowances import settled
from marketplace.domain.payroll.rules.fees import is_without_work
from marketplace.domain.payroll.rules.history import Shift, place
from marketplace.domain.payroll.rules.records import read_adjustment
from marketplace.domain.payroll.rules.shapes import (
    Adjustment,
    Deal,
    Earnings,
    Meal,
    PayError,
    WorkedDay,
)
from marketplace.domain.payroll.rules.terms import Agreement
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.timecards.models import TimeCard, TimeEntry
from marketplace.domain.timecards.rules import NDB_LENGTH
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say

LOOKS_BACK: Final = timedelta(days=14)
"""How far back a day asks: the work week, and the rest in the seven days before a wrap."""


class Hours(Protocol):
    """The times of one day: a stored time entry, or the values of a form."""

    @property
    def in_at(self) -> datetime:
        """When work began."""
        ...

    @property
    def out_at(self) -> datetime:
        """When work ended."""
        ...

    @property
    def meal_out_at(self) -> datetime | None:
        """When the first meal began."""
        ...

    @property
    def meal_in_at(self) -> datetime | None:
        """When the first meal ended."""
        ...

    @property
    def meal2_out_at(self) -> datetime | None:
        """When the second meal began."""
        ...

    @property
    def meal2_in_at(self) -> datetime | None:
        """When the second meal ended."""
        ...

    @property
    def ndb_at(self) -> datetime | None:
        """When a breakfast began that does not stop the clock."""
        ...

    @property
    def adjustments(self) -> Sequence[Any]:
        """Bumps and allowances: recorded objects with the fields of `Adjustment`."""
        ...


@dataclass(frozen=True, slots=True)
class NoHours:
    """The times of a day nobody worked: the call, and nothing after it."""

    in_at: datetime
    out_at: datetime
    meal_out_at: None = None
    meal_in_at: None = None
    meal2_out_at: None = None
    meal2_in_at: None = None
    ndb_at: None = None
    adjustments: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Engagement:
    """A booking with the day and the show it is for."""

    booking: Booking
    day: ShootDay
    production: Production


@dataclass(frozen=True, slots=True)
class Priced:
    """What went into the engine, and what came out."""

    deal: Deal
    day: WorkedDay
    agreement: Agreement
    earnings: Earnings


@dataclass(frozen=True, slots=True)
class Worked:
    """A day a person worked on a production."""

    engagement: Engagement
    hours: Hours


def earnings_of(session: Session, time_card_id: int) -> Earnings:
    """Return what the hours of a time card earn, as they stand.

    Raises PayError when there are no hours, or they cannot be priced.
    """
    found = earnings_of_cards(session, [time_card_id])[time_card_id]
    if isinstance(found, PayError):
        raise found
    return found


def earnings_of_cards(session: Session, card_ids: Iterable[int]) -> dict[int, Earnings | PayError]:
    """Return what each time card earns, or why it cannot be priced; three queries for any number.

    A card without hours is a PayError too.
    """
    wanted = set(card_ids)
    found = dict.fromkeys(wanted, PayError(say("No hours have been entered.")))
    rows = _worked(session, TimeCard.id.in_(wanted))
    histories = _histories(session, [work.engagement for _, work in rows])
    return found | {card_id: _attempt(work, histories) for card_id, work in rows}


def preview(session: Session, booking_id: int, hours: Hours) -> Earnings:
    """Return what hours that are not stored yet would earn.

    Raises PayError when they cannot be priced.
    """
    return price(session, engagement_of(session, booking_id), hours).earnings


def previews(session: Session, hours: Mapping[int, Hours]) -> dict[int, Earnings | PayError]:
    """Return what hours that are not stored would earn, or why not, by booking id; two queries."""
    rows = session.execute(_engaged().where(Booking.id.in_(list(hours)))).all()
    engagements = [Engagement(*row) for row in rows]
    histories = _histories(session, engagements)
    return {
        one.booking.id: _attempt(Worked(one, hours[one.booking.id]), histories)
        for one in engagements
    }


def price(session: Session, engagement: Engagement, hours: Hours) -> Priced:
    """Price the hours of one booking, with what the person's days before mean for them."""
    histories = _histories(session, [engagement])
    return _priced(Worked(engagement, hours), histories)


def price_all(session: Session, works: Sequence[Worked]) -> list[Priced | PayError]:
    """Price many days, in order, or say why one cannot be; one query for any number."""
    histories = _histories(session, [work.engagement for work in works])
    return [_try(work, histories) for work in works]


def hours_of(booking: Booking, entry: TimeEntry | None) -> Hours | None:
    """Return what a card is priced by: its hours, none where a fee alone is paid, None before."""
    if is_without_work(read_fee(booking.fee)):
        return NoHours(booking.call_at, booking.call_at)
    return entry


def engagement_of(session: Session, booking_id: int) -> Engagement:
    """Return a booking with its day and its production."""
    row = session.execute(_engaged().where(Booking.id == booking_id)).one()
    return Engagement(*row)


def _engaged() -> sa.Select[Booking, ShootDay, Production]:
    return (
        sa.select(Booking, ShootDay, Production)
        .join(ShootDay, ShootDay.id == Booking.shoot_day_id)
        .join(Production, Production.id == Booking.production_id)
    )


History = dict[tuple[int, int], list[Worked]]
"""The worked days by person and company: one employer, whatever the show."""


def _attempt(work: Worked, histories: History) -> Earnings | PayError:
    priced = _try(work, histories)
    return priced if isinstance(priced, PayError) else priced.earnings


def _try(work: Worked, histories: History) -> Priced | PayError:
    try:
        return _priced(work, histories)
    except PayError as problem:
        return problem


def _worked(session: Session, wanted: sa.ColumnElement[bool]) -> list[tuple[int, Worked]]:
    rows = session.execute(
        sa.select(TimeCard.id, Booking, ShootDay, Production, TimeEntry)
        .join(Booking, Booking.id == TimeCard.booking_id)
        .join(ShootDay, ShootDay.id == TimeCard.shoot_day_id)
        .join(Production, Production.id == TimeCard.production_id)
        .join(
            TimeEntry,
            sa.and_(TimeEntry.time_card_id == TimeCard.id, TimeEntry.version == TimeCard.version),
            isouter=True,
        )
        .where(wanted)
        .order_by(TimeEntry.in_at, TimeCard.id),
    )
    return [
        (card_id, Worked(Engagement(booking, day, production), hours))
        for card_id, booking, day, production, entry in rows
        if (hours := hours_of(booking, entry)) is not None
    ]


def _histories(session: Session, engagements: Sequence[Engagement]) -> History:
    """Return the days these people worked for these companies lately, in order of work."""
    if not engagements:
        return {}
    dates = [one.day.shoot_date for one in engagements]
    wanted = sa.and_(
        TimeCard.person_id.in_({one.booking.person_id for one in engagements}),
        Production.company_id.in_({one.production.company_id for one in engagements}),
        ShootDay.shoot_date >= min(dates) - LOOKS_BACK,
        ShootDay.shoot_date <= max(dates),
    )
    found: History = {}
    for _, work in _worked(session, wanted):
        if not isinstance(work.hours, NoHours):
            found.setdefault(_whose(work.engagement), []).append(work)
    return found


def _whose(engagement: Engagement) -> tuple[int, int]:
    return engagement.booking.person_id, engagement.production.company_id


def _priced(work: Worked, histories: History) -> Priced:
    booking = work.engagement.booking
    shift = _shift(work)
    others = [
        _shift(other)
        for other in histories.get(_whose(work.engagement), [])
        if other.engagement.booking.id != booking.id and _is_near(other, work)
    ]
    day = place(shift, others)
    return Priced(shift.deal, day, shift.agreement, pay_day(shift.deal, day, shift.agreement))


def _is_near(other: Worked, work: Worked) -> bool:
    first = work.engagement.day.shoot_date - LOOKS_BACK
    return first <= other.engagement.day.shoot_date <= work.engagement.day.shoot_date


def _shift(work: Worked) -> Shift:
    """Return a day as it stands by itself, under its own deal and agreement."""
    booking, day, hours = work.engagement.booking, work.engagement.day, work.hours
    agreement = load_agreement(booking.agreement, day.shoot_date)
    worked = WorkedDay(
        shoot_date=day.shoot_date,
        zone=work.engagement.production.zone,
        in_at=hours.in_at,
        out_at=hours.out_at,
        meals=meals_of(hours),
        adjustments=_adjustments(hours, agreement, day.shoot_date),
        is_holiday=day.is_holiday,
        fee=read_fee(booking.fee),
    )
    return Shift(day.id, _deal(booking), worked, agreement)


def _adjustments(hours: Hours, agreement: Agreement, on: date) -> tuple[Adjustment, ...]:
    """Return the extras of a day with what the catalogue says of them; bumps apart."""
    catalogue = load_allowances(on)
    found = (read_adjustment(one) for one in hours.adjustments)
    return tuple(one if one.code in agreement.bumps else settled(one, catalogue) for one in found)


def _deal(booking: Booking) -> Deal:
    return Deal(
        day_rate=Money(booking.day_rate_minor, booking.currency),
        guaranteed_minutes=booking.guaranteed_minutes,
        agreement=booking.agreement,
    )


def meals_of(hours: Hours) -> tuple[Meal, ...]:
    """Return the meals of a day in their order, a breakfast that does not stop the clock first."""
    pairs = ((hours.meal_out_at, hours.meal_in_at), (hours.meal2_out_at, hours.meal2_in_at))
    meals = [Meal(out_at, in_at) for out_at, in_at in pairs if out_at and in_at]
    if hours.ndb_at is not None:
        meals.insert(0, Meal(hours.ndb_at, hours.ndb_at + NDB_LENGTH, is_ndb=True))
    return tuple(meals)
