"""Ask for the first refusal of people's dates, one or many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock, lock_one
from marketplace.domain.audit import services as audit
from marketplace.domain.booking.models import Booking, FirstRefusal
from marketplace.domain.booking.queries.fits import DayWindow, fits
from marketplace.domain.booking.rules import BookingState, is_open_at, is_possible
from marketplace.domain.booking.rules.refusals import RefusalError, rivals
from marketplace.domain.booking.services import asking, standing
from marketplace.domain.casting.models import Role, RoleDate
from marketplace.domain.casting.rules import RoleState
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import ProductionState
from marketplace.domain.tasks import services as tasks
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import DomainError, NotFoundError
from marketplace.kernel.sentences import say

_HAS_IT = (BookingState.OFFERED, BookingState.STANDBY, BookingState.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Reserve:
    """A production wants the first word about some dates of some people, until `expires_at`."""

    role_id: int
    production_id: int
    person_ids: Sequence[int]
    shoot_day_ids: Sequence[int]
    expires_at: datetime
    by_id: int


@dataclass(frozen=True, slots=True)
class Reserved:
    """The first refusals that were had, and how many dates could not be."""

    made: list[FirstRefusal]
    left: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """One date of a role that somebody is asked about: its place, its day, the rest it owes."""

    place: RoleDate
    day: ShootDay
    rest_minutes: int

    @property
    def window(self) -> DayWindow:
        """The date with its hours."""
        day = self.day
        return DayWindow(day.id, day.shoot_date, day.call_at, day.wrap_at, self.rest_minutes)


def reserve(session: Session, command: Reserve, *, clock: Clock) -> Reserved:
    """Have first refusals; a date somebody cannot work or is asked for here already is left.

    Each person is told once, with their rank for nobody but themselves. Flushes, never commits.
    Raises RefusalError for a role, dates or an expiry that do not allow it, and the reason of
    the last date that was left when nothing could be had.
    """
    dates = wanted(session, command.role_id, command.production_id, command.shoot_day_ids)
    _refuse_late(dates, command.expires_at, clock.now())
    people = lock(session, Person, list(command.person_ids))
    made: list[FirstRefusal] = []
    why: DomainError = RefusalError(say("Tick at least one person."))
    left = 0
    for person in people:
        own: list[FirstRefusal] = []
        for one in dates:
            try:
                own.append(_have(session, command, person, one, clock=clock))
            except RefusalError as refusal:
                why, left = refusal, left + 1
        _tell_had(session, own, clock=clock)
        made += own
    if not made:
        raise why
    return Reserved(made, left)


def wanted(
    session: Session, role_id: int, production_id: int, shoot_day_ids: Sequence[int]
) -> list[Wanted]:
    """Lock a role and the dates of it that people are asked about; in the order of the calls.

    Raises RefusalError when the role or the production is over, or without any date.
    """
    role = lock_one(session, Role, role_id)
    if role.production_id != production_id:
        raise NotFoundError(say("There is no such role."))
    production = session.get_one(Production, production_id)
    if role.state not in {RoleState.OPEN, RoleState.CLOSED}:
        raise RefusalError(say("This role is not open, so nobody can be asked for it."))
    if production.state != ProductionState.LIVE:
        raise RefusalError(say("This production is not live, so nobody can be asked."))
    places = session.scalars(
        sa.select(RoleDate).where(
            RoleDate.role_id == role_id,
            RoleDate.shoot_day_id.in_(shoot_day_ids),
        ),
    ).all()
    if not places or len(places) != len(set(shoot_day_ids)):
        raise RefusalError(say("Tick at least one of the dates of this role."))
    days = {day.id: day for day in lock(session, ShootDay, [one.shoot_day_id for one in places])}
    rest = production.minimum_rest_minutes
    found = [Wanted(place, days[place.shoot_day_id], rest) for place in places]
    return sorted(found, key=lambda one: one.day.call_at)


def _refuse_late(dates: Sequence[Wanted], expires_at: datetime, now: datetime) -> None:
    if not is_open_at(now, expires_at):
        raise RefusalError(say("The time until when it stands must be in the future."))
    first = dates[0].day
    if expires_at > first.call_at:
        raise RefusalError(
            say("It must end before the first call, on %(date)s.", date=first.shoot_date),
        )


def _have(
    session: Session, command: Reserve, person: Person, one: Wanted, *, clock: Clock
) -> FirstRefusal:
    _refuse_taken(session, command, person, one)
    refusal = FirstRefusal(
        role_date_id=one.place.id,
        production_id=command.production_id,
        person_id=person.id,
        expires_at=command.expires_at,
        asked_by_id=command.by_id,
        asked_at=clock.now(),
    )
    session.add(refusal)
    session.flush()
    run_at = refusal.expires_at
    key = f"expire_first_refusal:{refusal.id}"
    tasks.ask(session, "expire_first_refusal", key, refusal.id, run_at=run_at)
    act = audit.Act(
        f"first_refusal:{refusal.public_id}",
        "have",
        after={"state": refusal.state, "expires_at": refusal.expires_at},
        company_id=session.get_one(Production, command.production_id).company_id,
    )
    audit.record(session, act, actor_id=command.by_id, clock=clock)
    return refusal


def _refuse_taken(session: Session, command: Reserve, person: Person, one: Wanted) -> None:
    """Refuse a date the person has here already, or cannot work; never says whose work it is."""
    names: dict[str, object] = {"name": person.stage_name, "date": one.day.shoot_date}
    fit = fits(session, person.id, [one.window])[one.day.id]
    if not is_possible(fit):
        raise RefusalError(say("%(name)s cannot work on %(date)s.", **names))
    has_it = sa.select(Booking.id).where(
        Booking.person_id == person.id,
        Booking.role_date_id == one.place.id,
        Booking.state.in_(_HAS_IT),
    )
    if session.scalars(has_it).first() is not None:
        raise RefusalError(
            say("%(name)s has an offer or a booking for %(date)s already.", **names),
        )
    claims = [held.claim for held in standing.live_of(session, person.id)]
    ours = [claim for claim in claims if claim.production_id == command.production_id]
    if rivals(one.window.work, ours):
        raise RefusalError(
            say("You have first refusal on %(name)s for that time already.", **names),
        )


def _tell_had(session: Session, made: Sequence[FirstRefusal], *, clock: Clock) -> None:
    """Tell a person once which of their dates a production wants the first word about."""
    if not made:
        return
    first = made[0]
    facts = asking.facts_of(session, first)
    ranks = standing.ranks_of(standing.live_of(session, first.person_id))
    lines = [
        say(
            "%(date)s: number %(rank)s in line.",
            date=asking.facts_of(session, refusal).on,
            rank=ranks[refusal.id],
        )
        for refusal in made
    ]
    lines.append(
        say(
            "It stands until %(until_time)s, %(until_date)s. It is unpaid and no booking, and you "
            "can take it back at any time.",
            **asking.until(first.expires_at, facts.zone),
        ),
    )
    subject = say("%(title)s asks for first refusal: %(role)s", **facts.names)
    key = f"refusal:{first.public_id}:had"
    asking.tell_talent(session, facts, key, subject, lines, clock=clock)
