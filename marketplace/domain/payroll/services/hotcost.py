"""The hot cost of a shoot day: what was planned, what the time cards cost as they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Final, TypeGuard

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules import BookingState
from marketplace.domain.booking.rules.cancelling import read_fee
from marketplace.domain.casting.models import Role, RoleDate
from marketplace.domain.casting.rules import RoleState
from marketplace.domain.payroll.rules import fees
from marketplace.domain.payroll.rules.fees import is_without_work
from marketplace.domain.payroll.rules.shapes import Deal, Earnings, PayError, PayLine
from marketplace.domain.payroll.services.days import earnings_of_cards
from marketplace.domain.payroll.services.estimates import on_top
from marketplace.domain.payroll.services.plans import Planned, PlannedPay, plan_of_day
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import CALLED_OFF
from marketplace.domain.timecards.models import TimeCard, TimeEntry
from marketplace.domain.timecards.rules import CardState
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say

NO_TIME: Final = timedelta(0)
FEE_CODES: Final = frozenset(fees.CODES.values())


@dataclass(frozen=True, slots=True)
class Sums:
    """Amounts of one currency.

    planned: every place the roles need, at the day's schedule; actual: time cards as they
    stand; to_come: people booked whose hours are not entered, at the plan.
    """

    planned: Money
    actual: Money
    to_come: Money
    planned_employer: Money
    actual_employer: Money

    @property
    def expected(self) -> Money:
        """What the day will cost as far as is known: actual and still to come."""
        return self.actual + self.to_come

    @property
    def difference(self) -> Money:
        """How much more than planned the day is expected to cost; below zero is less."""
        return self.expected - self.planned

    def __add__(self, other: Sums) -> Sums:
        """Add sums of the same currency."""
        return Sums(
            self.planned + other.planned,
            self.actual + other.actual,
            self.to_come + other.to_come,
            self.planned_employer + other.planned_employer,
            self.actual_employer + other.actual_employer,
        )


@dataclass(frozen=True, slots=True)
class PersonCost:
    """One person of the day: planned and actual gross, and why they differ.

    planned: None when nothing was planned for them; a fee for no work is never in the plan.
    """

    name: str
    role: str
    planned: Money | None
    actual: Money
    reasons: tuple[Sentence, ...]

    @property
    def over(self) -> Money:
        """How much more than planned."""
        return self.actual if self.planned is None else self.actual - self.planned


@dataclass(frozen=True, slots=True)
class RoleCost:
    """One role in one currency.

    people: how many places it has; entered, waiting: people with and without hours.
    problems: people whose hours cannot be priced, and why; the plan's own problem first.
    """

    public_id: str
    name: str
    kind: str
    department: str
    people: int
    entered: int
    waiting: int
    sums: Sums
    over: tuple[PersonCost, ...]
    problems: tuple[tuple[str, Sentence], ...]


@dataclass(frozen=True, slots=True)
class HotCost:
    """A shoot day against its plan."""

    roles: tuple[RoleCost, ...]

    @property
    def totals(self) -> dict[str, Sums]:
        """The whole day, by currency."""
        return totals(self.roles)

    @property
    def over(self) -> list[PersonCost]:
        """Everybody above plan, the dearest first."""
        found = [person for role in self.roles for person in role.over]
        return sorted(found, key=lambda one: (-one.over.minor, one.name))

    @property
    def waiting(self) -> int:
        """How many people have no hours yet."""
        return sum(role.waiting for role in self.roles)

    def departments(self) -> list[tuple[str, str, dict[str, Sums], list[RoleCost]]]:
        """Return each kind and department with its sums by currency and its roles."""
        key = _department
        grouped = groupby(sorted(self.roles, key=lambda one: (key(one), one.name)), key)
        parts = [(kind, name, list(roles)) for (kind, name), roles in grouped]
        return [(kind, name, totals(roles), roles) for kind, name, roles in parts]


@dataclass(frozen=True, slots=True)
class _Place:
    """How many people a role needs on the day, and what the plan pays one of them."""

    role: Role
    people: int
    pay: PlannedPay


@dataclass(frozen=True, slots=True)
class _Worker:
    """Somebody booked for the day, with what their card earns; None = no hours yet."""

    booking: Booking
    on: date
    name: str
    entry: TimeEntry | None
    earned: Earnings | PayError | None

    @property
    def is_fee(self) -> bool:
        """Whether the day was called off for them: a fee is paid for no work."""
        return is_without_work(read_fee(self.booking.fee))

    @property
    def top(self) -> Money | None:
        """What the employer pays on top of the card."""
        if not isinstance(self.earned, Earnings):
            return None
        return on_top(self.earned, self.booking.scheme, self.on)


def totals(roles: Iterable[RoleCost]) -> dict[str, Sums]:
    """Return the sums of some roles by currency: page, departments and table all ask here."""
    found: dict[str, Sums] = {}
    for role in roles:
        currency = role.sums.planned.currency
        found[currency] = found[currency] + role.sums if currency in found else role.sums
    return dict(sorted(found.items()))


def hot_cost(session: Session, production_id: int, shoot_day_id: int) -> HotCost:
    """Return what a shoot day was planned to cost and what it costs; seven queries."""
    places = _places(session, session.get_one(Production, production_id), shoot_day_id)
    workers = _workers(session, shoot_day_id)
    roles = _roles(session, {*places, *(one.booking.role_id for one in workers)})
    found: list[RoleCost] = []
    for role in roles:
        place = places.get(role.id)
        theirs = [one for one in workers if one.booking.role_id == role.id]
        currencies = {one.booking.currency for one in theirs} | (
            {role.currency} if place else set()
        )
        found += [
            _role_cost(role, code, place if code == role.currency else None, theirs)
            for code in sorted(currencies)
        ]
    return HotCost(tuple(found))


def _places(session: Session, production: Production, shoot_day_id: int) -> dict[int, _Place]:
    rows = session.execute(
        sa.select(Role, RoleDate.headcount, ShootDay)
        .join(RoleDate, RoleDate.role_id == Role.id)
        .join(ShootDay, ShootDay.id == RoleDate.shoot_day_id)
        .where(
            Role.production_id == production.id,
            Role.state != RoleState.CUT,
            ShootDay.state.not_in(CALLED_OFF),
        ),
    ).all()
    days: dict[int, list[Planned]] = {}
    for role, people, day in rows:
        days.setdefault(role.id, []).append(_planned(day, people))
    return {
        role.id: _place(role, production, days[role.id], _planned(day, people))
        for role, people, day in rows
        if day.id == shoot_day_id
    }


def _planned(day: ShootDay, people: int) -> Planned:
    return Planned(day.id, day.number, day.shoot_date, day.call_at, day.wrap_at, people)


def _place(role: Role, production: Production, days: list[Planned], day: Planned) -> _Place:
    rate = Money(role.day_rate_minor, role.currency)
    deal = Deal(rate, role.guaranteed_minutes, production.agreement)
    return _Place(
        role, day.people, plan_of_day(deal, production.zone, days, day, scheme=production.scheme)
    )


def _workers(session: Session, shoot_day_id: int) -> list[_Worker]:
    """Return who is confirmed for a day or has a card of it, whatever became of the booking."""
    is_current = sa.and_(
        TimeEntry.time_card_id == TimeCard.id, TimeEntry.version == TimeCard.version
    )
    booked = session.execute(
        sa.select(Booking, ShootDay.shoot_date, Person.stage_name, TimeCard, TimeEntry)
        .join(ShootDay, ShootDay.id == Booking.shoot_day_id)
        .join(Person, Person.id == Booking.person_id)
        .outerjoin(TimeCard, TimeCard.booking_id == Booking.id)
        .outerjoin(TimeEntry, is_current)
        .where(
            Booking.shoot_day_id == shoot_day_id,
            sa.or_(Booking.state == BookingState.CONFIRMED, TimeCard.id.is_not(None)),
        )
        .order_by(Person.stage_name, Booking.id),
    )
    rows: list[tuple[Booking, date, str, TimeCard | None, TimeEntry | None]]
    rows = [(booking, on, name, card, entry) for booking, on, name, card, entry in booked]
    cards = [card.id for _, _, _, card, _ in rows if card and card.state != CardState.PENDING]
    earned = earnings_of_cards(session, cards)
    return [
        _Worker(booking, on, name, entry, earned.get(card.id) if card else None)
        for booking, on, name, card, entry in rows
    ]


def _roles(session: Session, role_ids: set[int]) -> Sequence[Role]:
    return session.scalars(sa.select(Role).where(Role.id.in_(role_ids)).order_by(Role.id)).all()


def _role_cost(role: Role, currency: str, place: _Place | None, workers: list[_Worker]) -> RoleCost:
    ours = [one for one in workers if one.booking.currency == currency]
    earned = [(one, one.earned) for one in ours if isinstance(one.earned, Earnings)]
    waiting = [one for one in ours if one.earned is None]
    problems = [(one.name, one.earned.message) for one in ours if isinstance(one.earned, PayError)]
    if place is not None and place.pay.problem is not None:
        problems.insert(0, ("", place.pay.problem))
    people = [_person(one, pay, role, place) for one, pay in earned]
    return RoleCost(
        public_id=role.public_id,
        name=role.name,
        kind=role.kind,
        department=role.department,
        people=place.people if place else 0,
        entered=len([one for one in ours if one.earned is not None and not one.is_fee]),
        waiting=len(waiting),
        sums=_sums(currency, place, ours),
        over=tuple(one for one in people if one.over.minor > 0),
        problems=tuple(problems),
    )


def _sums(currency: str, place: _Place | None, workers: list[_Worker]) -> Sums:
    none = Money(0, currency)
    each = place.pay.each if place else None
    waiting = [one.booking.day_rate_minor for one in workers if one.earned is None]
    return Sums(
        planned=(place.pay.whole if place else None) or none,
        actual=sum((one.earned.gross for one in workers if _is_priced(one.earned)), none),
        to_come=sum((each or Money(rate, currency) for rate in waiting), none),
        planned_employer=(place.pay.employer if place else None) or none,
        actual_employer=sum((one.top for one in workers if one.top is not None), none),
    )


def _is_priced(earned: Earnings | PayError | None) -> TypeGuard[Earnings]:
    return isinstance(earned, Earnings)


def _person(worker: _Worker, pay: Earnings, role: Role, place: _Place | None) -> PersonCost:
    planned = place.pay.each if place and not worker.is_fee else None
    length = say("%(length)s of work", length=timedelta(minutes=pay.worked_minutes))
    reasons = tuple(_reasons(worker, pay, role)) or (length,)
    return PersonCost(worker.name, role.name, planned, pay.gross, reasons)


def _reasons(worker: _Worker, pay: Earnings, role: Role) -> Iterable[Sentence]:
    """Yield why somebody costs what they cost: times first, then every line beyond the hours."""
    booking, entry = worker.booking, worker.entry
    if (booking.day_rate_minor, booking.currency) != (role.day_rate_minor, role.currency):
        yield say("Booked at %(rate)s a day", rate=Money(booking.day_rate_minor, booking.currency))
    if entry is not None and entry.out_at - booking.wrap_at > NO_TIME:
        yield say("Wrapped %(length)s after plan", length=entry.out_at - booking.wrap_at)
    if entry is not None and booking.call_at - entry.in_at > NO_TIME:
        yield say("Started %(length)s before the call", length=booking.call_at - entry.in_at)
    for one in pay.lines:
        if one.kind in {"penalty", "bump", "allowance"} or _is_fee_line(one):
            yield (
                say("%(what)s: %(cause)s", what=one.label, cause=one.cause)
                if one.cause
                else (one.label)
            )


def _is_fee_line(one: PayLine) -> bool:
    return one.code in FEE_CODES and one.amount.minor > 0


def _department(role: RoleCost) -> tuple[str, str]:
    return role.kind, role.department
