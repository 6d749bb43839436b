"""Create and change productions and their shoot days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock_one
from marketplace.domain.audit import services as audit
from marketplace.domain.audit.services import Act
from marketplace.domain.productions import rules
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.ports import IsEngaged
from marketplace.domain.productions.rules import (
    CALLED_OFF,
    DayState,
    PayrollPeriod,
    ProductionError,
    ProductionState,
    ShootDayError,
)
from marketplace.domain.tasks import services as tasks
from marketplace.kernel import zones
from marketplace.kernel.clock import Clock
from marketplace.kernel.sentences import say

WORKING: Final = {ProductionState.DRAFT, ProductionState.LIVE}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a production says about itself; agreement and scheme are ids of data files.

    engagement: employee | contractor | labour_service, None while nobody has chosen.
    """

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
    minimum_rest_minutes: int
    registration_number: str
    budget_minor: int | None
    engagement: str | None
    payroll_period: str = PayrollPeriod.DAILY
    cancellation_policy: dict[str, Any] | None = None
    needs_payroll_approval: bool = False


@dataclass(frozen=True, slots=True)
class CreateProduction:
    """Somebody of a company starts a production."""

    company_id: int
    by_id: int
    terms: Terms


@dataclass(frozen=True, slots=True)
class EditProduction:
    """Somebody changes a production."""

    production_id: int
    by_id: int
    terms: Terms


@dataclass(frozen=True, slots=True)
class DayTerms:
    """A shoot day as the set writes it; call and wrap in minutes after 00:00 of the date."""

    shoot_date: date
    call: int
    wrap: int
    unit_base: str
    address: str
    is_holiday: bool = False


@dataclass(frozen=True, slots=True)
class AddDays:
    """Add `count` days from the first date on, all with the same times."""

    production_id: int
    by_id: int
    first: DayTerms
    count: int


@dataclass(frozen=True, slots=True)
class EditDay:
    """Change one shoot day."""

    shoot_day_id: int
    by_id: int
    terms: DayTerms


@dataclass(frozen=True, slots=True)
class RemoveDay:
    """Take a shoot day away that nobody needs."""

    shoot_day_id: int
    by_id: int


def create(session: Session, command: CreateProduction, *, clock: Clock) -> Production:
    """Start a production as a draft."""
    production = Production(
        company_id=command.company_id,
        created_by_id=command.by_id,
        created_at=clock.now(),
        engagement_by_id=command.by_id if command.terms.engagement else None,
        **asdict(command.terms),
    )
    session.add(production)
    session.flush()
    act = _act(production, "create", after=asdict(command.terms))
    audit.record(session, act, actor_id=command.by_id, clock=clock)
    return production


def edit(session: Session, command: EditProduction, *, clock: Clock) -> Production:
    """Change a production; shoot days keep their wall-clock times when a draft's zone changes.

    Raises ProductionError for another currency or zone once it is published.
    """
    production = lock_one(session, Production, command.production_id)
    new = asdict(command.terms)
    before = {name: getattr(production, name) for name in new}
    rules.refuse_locked(
        is_draft=production.state == ProductionState.DRAFT,
        old=(production.currency, production.zone),
        new=(command.terms.currency, command.terms.zone),
    )
    if production.zone != command.terms.zone:
        _move_zone(session, production, command.terms.zone)
    if production.engagement != command.terms.engagement:
        production.engagement_by_id = command.by_id
    for name, value in new.items():
        setattr(production, name, value)
    changed = [name for name in new if before[name] != new[name]]
    if changed:
        act = _act(production, "edit", before=_only(before, changed), after=_only(new, changed))
        audit.record(session, act, actor_id=command.by_id, clock=clock)
    session.flush()
    return production


def go_live(session: Session, production: Production, by_id: int, *, clock: Clock) -> None:
    """Make a locked draft visible; the caller opens its roles in the same transaction.

    Raises ProductionError when something is missing or it is no draft.
    """
    if production.state != ProductionState.DRAFT:
        raise ProductionError(say("This production is already published."))
    days = session.scalar(
        sa.select(sa.func.count(ShootDay.id)).where(ShootDay.production_id == production.id),
    )
    missing = rules.why_not_live(
        days=days or 0,
        country=production.country,
        registration_number=production.registration_number,
        engagement=production.engagement,
    )
    if missing:
        raise ProductionError(missing)
    production.state = ProductionState.LIVE
    production.published_at = clock.now()
    act = _act(production, "publish", before={"state": "draft"}, after={"state": "live"})
    audit.record(session, act, actor_id=by_id, clock=clock)


def add_days(session: Session, command: AddDays, *, clock: Clock) -> list[ShootDay]:
    """Add shoot days on consecutive dates; every day's number follows its date.

    Raises ShootDayError for impossible times and for a day that is already over.
    """
    production = _working(session, command.production_id)
    added = [
        _new_day(production, command.first, timedelta(days=step), clock)
        for step in range(rules.count_days(command.count))
    ]
    highest = max((day.number for day in _days(session, production.id)), default=0)
    for number, day in enumerate(added, highest + 1):
        day.number = number
    session.add_all(added)
    session.flush()
    _renumber(session, production.id)
    for day in added:
        tasks.ask(session, "close_day", f"close_day:{day.id}", day.id, run_at=day.wrap_at)
        act = _act(production, "add", day=day, after=_times(day))
        audit.record(session, act, actor_id=command.by_id, clock=clock)
    return added


def edit_day(
    session: Session, command: EditDay, *, is_engaged: IsEngaged, clock: Clock
) -> ShootDay:
    """Change a shoot day; bookings keep the times that were agreed with each person.

    Raises ShootDayError for another date once people were asked for this one.
    """
    found = session.get_one(ShootDay, command.shoot_day_id)
    production = _working(session, found.production_id)
    day = lock_one(session, ShootDay, command.shoot_day_id)
    _refuse_past(day)
    terms = command.terms
    if terms.shoot_date != day.shoot_date and is_engaged(session, day.id):
        raise ShootDayError(
            say(
                "People were offered or booked for %(day)s, so the date stays. "
                "Add another day and make new offers.",
                day=day.shoot_date,
            ),
        )
    before = _times(day)
    day.shoot_date, day.unit_base, day.address = terms.shoot_date, terms.unit_base, terms.address
    day.is_holiday = terms.is_holiday
    day.call_at, day.wrap_at = _times_of(terms, production.zone, clock)
    session.flush()
    _renumber(session, production.id)
    tasks.move(session, f"close_day:{day.id}", run_at=day.wrap_at)
    act = _act(production, "edit", day=day, before=before, after=_times(day))
    audit.record(session, act, actor_id=command.by_id, clock=clock)
    return day


def move_day(
    session: Session, day: ShootDay, terms: DayTerms, by: tuple[int, str], *, clock: Clock
) -> ShootDay:
    """Put another day in the place of a locked one, which stays on record as moved.

    by: who, and why. The caller has locked the production. Raises ShootDayError.
    """
    production = _working(session, day.production_id)
    _refuse_past(day)
    target = _new_day(production, terms, timedelta(0), clock)
    target.number = 1 + max(one.number for one in _days(session, production.id))
    session.add(target)
    session.flush()
    tasks.ask(session, "close_day", f"close_day:{target.id}", target.id, run_at=target.wrap_at)
    day.moved_to_id = target.id
    call_off_day(session, day, DayState.MOVED, by, clock=clock)
    return target


def call_off_day(
    session: Session, day: ShootDay, state: DayState, by: tuple[int, str], *, clock: Clock
) -> None:
    """End a locked planned day on which nobody works; by: who, and why."""
    production = _working(session, day.production_id)
    _refuse_past(day)
    before = {"state": day.state, **_times(day)}
    day.state, day.called_off_reason = state, by[1]
    session.flush()
    _renumber(session, production.id)
    tasks.drop(session, f"close_day:{day.id}", now=clock.now())
    act = _act(production, state, day=day, before=before, after={"to": day.moved_to_id})
    audit.record(session, replace(act, reason=by[1]), actor_id=by[0], clock=clock)


def remove_day(session: Session, command: RemoveDay, *, clock: Clock) -> None:
    """Take a shoot day away; the numbers of later days move up.

    Raises ShootDayError when a role still needs it.
    """
    found = session.get_one(ShootDay, command.shoot_day_id)
    production = _working(session, found.production_id)
    day = lock_one(session, ShootDay, command.shoot_day_id)
    _refuse_past(day)
    act = _act(production, "remove", day=day, before=_times(day))
    audit.record(session, act, actor_id=command.by_id, clock=clock)
    session.flush()
    try:
        with session.begin_nested():
            session.delete(day)
            session.flush()
    except sa.exc.IntegrityError as refused:
        raise ShootDayError(
            say(
                "A role needs people on %(day)s; take the day out of the role first.",
                day=act.before["shoot_date"],
            ),
        ) from refused
    tasks.drop(session, f"close_day:{command.shoot_day_id}", now=clock.now())
    _renumber(session, production.id)


def _working(session: Session, production_id: int) -> Production:
    """Lock a production whose days may change; one lock keeps the numbers of days in order."""
    production = lock_one(session, Production, production_id)
    if production.state not in WORKING:
        raise ProductionError(say("This production is over, so its shoot days stay as they are."))
    return production


def _new_day(production: Production, first: DayTerms, later: timedelta, clock: Clock) -> ShootDay:
    on = first.shoot_date + later
    terms = replace(first, shoot_date=on)
    call_at, wrap_at = _times_of(terms, production.zone, clock)
    return ShootDay(
        production_id=production.id,
        number=0,
        shoot_date=on,
        call_at=call_at,
        wrap_at=wrap_at,
        unit_base=first.unit_base,
        address=first.address,
        is_holiday=first.is_holiday,
    )


def _times_of(terms: DayTerms, zone: str, clock: Clock) -> tuple[datetime, datetime]:
    call_at, wrap_at = rules.window(terms.shoot_date, terms.call, terms.wrap, zone)
    if wrap_at <= clock.now():
        raise ShootDayError(
            say("%(day)s is already over; enter a date that is to come.", day=terms.shoot_date),
        )
    return call_at, wrap_at


def _refuse_past(day: ShootDay) -> None:
    if day.state != DayState.PLANNED:
        raise ShootDayError(say("%(day)s is closed, so it stays as it is.", day=day.shoot_date))


def _days(session: Session, production_id: int) -> Sequence[ShootDay]:
    return session.scalars(
        sa.select(ShootDay).where(ShootDay.production_id == production_id).order_by(ShootDay.id),
    ).all()


def _renumber(session: Session, production_id: int) -> None:
    """Give days the numbers of their order, called-off ones last; first numbers nobody has."""
    days = {day.id: day for day in _days(session, production_id)}
    order = rules.in_order((day.id, day.shoot_date, day.call_at) for day in days.values())
    order.sort(key=lambda day_id: days[day_id].state in CALLED_OFF)
    moved = [
        (days[day_id], number)
        for number, day_id in enumerate(order, 1)
        if days[day_id].number != number
    ]
    free = max((day.number for day in days.values()), default=0) + len(days)
    for day, number in moved:
        day.number = free + number
    session.flush()
    for day, number in moved:
        day.number = number
    session.flush()


def _move_zone(session: Session, production: Production, zone: str) -> None:
    for day in _days(session, production.id):
        call, wrap = (
            zones.clock_minutes(instant, day.shoot_date, production.zone)
            for instant in (day.call_at, day.wrap_at)
        )
        day.call_at, day.wrap_at = rules.window(day.shoot_date, call, wrap, zone)
        tasks.move(session, f"close_day:{day.id}", run_at=day.wrap_at)


def _times(day: ShootDay) -> dict[str, Any]:
    return {
        "shoot_date": day.shoot_date,
        "call_at": day.call_at,
        "wrap_at": day.wrap_at,
        "unit_base": day.unit_base,
        "address": day.address,
        "is_holiday": day.is_holiday,
    }


def _only(values: dict[str, Any], names: list[str]) -> dict[str, Any]:
    return {name: values[name] for name in names}


def _act(
    production: Production,
    action: str,
    *,
    day: ShootDay | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> Act:
    subject = f"shoot_day:{day.public_id}" if day else f"production:{production.public_id}"
    return Act(subject, action, before or {}, after or {}, company_id=production.company_id)
