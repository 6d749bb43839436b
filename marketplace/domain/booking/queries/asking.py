"""Avail checks and first refusals as the production sees them: its own, and its own rank only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.booking.models import AvailCheck, Booking, FirstRefusal, Offer
from marketplace.domain.booking.queries.applicants import Place
from marketplace.domain.booking.queries.fits import Gap, gaps_of_people
from marketplace.domain.booking.rules import BookingState, OfferState, WorkWindow
from marketplace.domain.booking.rules.refusals import (
    LIVE,
    CheckState,
    Claim,
    RefusalState,
    ranks,
    rivals,
)
from marketplace.domain.casting.models import Application, Role, RoleDate
from marketplace.domain.casting.rules import ENDED
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Check:
    """A question the production asked, and the answer."""

    state: CheckState
    answer_note: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Refusal:
    """A first refusal of the production. waits_until: when whoever comes before must answer."""

    public_id: str
    state: RefusalState
    rank: int
    expires_at: datetime
    challenge_ends_at: datetime | None
    can_challenge: bool
    waits_until: datetime | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One date of the role for one person."""

    place: Place
    gap: Gap
    check: Check | None
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class AskedPerson:
    """Somebody the production asked, date by date; application: the live one, if any."""

    person_id: int
    name: str
    application: str | None
    cells: tuple[Cell, ...]

    @property
    def asked(self) -> list[Cell]:
        """The dates they were asked about."""
        return [cell for cell in self.cells if cell.check or cell.refusal]


@dataclass(frozen=True, slots=True)
class Counter:
    """Other terms somebody asked for, next to those they were offered."""

    offer: str
    old_rate: Money
    new_rate: Money
    dropped: tuple[date, ...]
    note: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class DayAsk:
    """Somebody who is asked for a shoot day, but not booked on it."""

    name: str
    role: str
    role_public_id: str
    check: CheckState | None
    refusal: RefusalState | None
    expires_at: datetime


def asked_people(session: Session, role_id: int, places: Sequence[Place]) -> list[AskedPerson]:
    """Return everyone who was asked about a date of a role, by name; six queries."""
    place_ids = [place.role_date_id for place in places]
    checks = _checks(session, place_ids)
    refusals = _refusals(session, place_ids)
    people = {person for person, _ in [*checks, *refusals]}
    if not people:
        return []
    gaps = gaps_of_people(session, people, [place.window for place in places])
    live = sa.and_(Application.role_id == role_id, Application.state.not_in(ENDED))
    rows = session.execute(
        sa.select(Person.id, Person.stage_name, Application.public_id)
        .outerjoin(Application, sa.and_(Application.person_id == Person.id, live))
        .where(Person.id.in_(people))
        .order_by(Person.stage_name, Person.id),
    )
    return [
        AskedPerson(
            row[0],
            row[1],
            row[2],
            tuple(
                Cell(
                    place,
                    gaps[row[0]][place.window.shoot_day_id],
                    checks.get((row[0], place.role_date_id)),
                    refusals.get((row[0], place.role_date_id)),
                )
                for place in places
            ),
        )
        for row in rows
    ]


def asked_of(session: Session, person_id: int, places: Sequence[Place]) -> list[Cell]:
    """Return the dates of a role one person was asked about."""
    ids = [place.role_date_id for place in places]
    checks = _checks(session, ids, [person_id])
    refusals = _refusals(session, ids, [person_id])
    if not checks and not refusals:
        return []
    gaps = gaps_of_people(session, [person_id], [place.window for place in places])[person_id]
    cells = [
        Cell(
            place,
            gaps[place.window.shoot_day_id],
            checks.get((person_id, place.role_date_id)),
            refusals.get((person_id, place.role_date_id)),
        )
        for place in places
    ]
    return [cell for cell in cells if cell.check or cell.refusal]


def asked_on_day(session: Session, production_id: int, shoot_day_id: int) -> list[DayAsk]:
    """Return who is asked for a shoot day by avail check or first refusal, by name."""
    found: list[DayAsk] = []
    for model, is_check in ((AvailCheck, True), (FirstRefusal, False)):
        rows = session.execute(
            sa.select(Person.stage_name, Role.name, Role.public_id, model.state, model.expires_at)
            .join(RoleDate, RoleDate.id == model.role_date_id)
            .join(Role, Role.id == RoleDate.role_id)
            .join(Person, Person.id == model.person_id)
            .where(
                model.production_id == production_id,
                RoleDate.shoot_day_id == shoot_day_id,
                sa.true() if is_check else model.state.in_(LIVE),
            ),
        )
        for name, role, public_id, state, expires_at in rows:
            check = CheckState(state) if is_check else None
            refusal = None if is_check else RefusalState(state)
            found.append(DayAsk(name, role, public_id, check, refusal, expires_at))
    return sorted(found, key=lambda one: (one.name, one.role, one.check is None))


def refusal_id_of(session: Session, role_id: int, public_id: str) -> int | None:
    """Return the id of a first refusal of a role, or None when the role has no such one."""
    return session.scalar(
        sa.select(FirstRefusal.id)
        .join(RoleDate, RoleDate.id == FirstRefusal.role_date_id)
        .where(RoleDate.role_id == role_id, FirstRefusal.public_id == public_id),
    )


def counters_of(session: Session, application_id: int) -> list[Counter]:
    """Return the counters of an application that wait for the production's answer."""
    rows = session.execute(
        sa.select(Offer, Booking, ShootDay.shoot_date)
        .join(Booking, Booking.offer_id == Offer.id)
        .join(ShootDay, ShootDay.id == Booking.shoot_day_id)
        .where(
            Offer.application_id == application_id,
            Offer.state == OfferState.COUNTERED,
            Booking.state == BookingState.OFFERED,
        )
        .order_by(Offer.id, Booking.call_at),
    ).all()
    by_offer: dict[int, tuple[Offer, list[tuple[Booking, date]]]] = {}
    for offer, booking, on in rows:
        by_offer.setdefault(offer.id, (offer, []))[1].append((booking, on))
    return [_counter(offer, days) for offer, days in by_offer.values()]


def _counter(offer: Offer, days: Sequence[tuple[Booking, date]]) -> Counter:
    wanted: dict[str, Any] = offer.counter or {}
    first, _ = days[0]
    return Counter(
        offer.public_id,
        Money(first.day_rate_minor, first.currency),
        Money(int(wanted["rate_minor"]), first.currency),
        tuple(on for one, on in days if one.public_id not in wanted["dates"]),
        wanted["note"],
        offer.counter_expires_at or offer.expires_at,
    )


def _checks(
    session: Session, place_ids: Sequence[int], people: Iterable[int] | None = None
) -> dict[tuple[int, int], Check]:
    only = sa.true() if people is None else AvailCheck.person_id.in_(list(people))
    rows = session.scalars(
        sa.select(AvailCheck).where(AvailCheck.role_date_id.in_(place_ids), only)
    )
    return {
        (one.person_id, one.role_date_id): Check(
            CheckState(one.state), one.answer_note, one.expires_at
        )
        for one in rows
    }


def _refusals(
    session: Session, place_ids: Sequence[int], people: Iterable[int] | None = None
) -> dict[tuple[int, int], Refusal]:
    """Return the first refusals of some dates with their ranks among everyone's."""
    only = sa.true() if people is None else FirstRefusal.person_id.in_(list(people))
    own = session.scalars(
        sa.select(FirstRefusal)
        .where(FirstRefusal.role_date_id.in_(place_ids), FirstRefusal.state.in_(LIVE), only)
        .order_by(FirstRefusal.id),
    ).all()
    lines = _lines(session, {one.person_id for one in own})
    return {(one.person_id, one.role_date_id): _refusal(one, lines[one.person_id]) for one in own}


def _lines(session: Session, people: set[int]) -> dict[int, list[tuple[FirstRefusal, Claim]]]:
    """Return everyone's first refusals on these people's time, in order, by person."""
    rows = session.execute(
        sa.select(FirstRefusal, ShootDay.call_at, ShootDay.wrap_at, Production.minimum_rest_minutes)
        .join(RoleDate, RoleDate.id == FirstRefusal.role_date_id)
        .join(ShootDay, ShootDay.id == RoleDate.shoot_day_id)
        .join(Production, Production.id == FirstRefusal.production_id)
        .where(FirstRefusal.person_id.in_(people), FirstRefusal.state.in_(LIVE))
        .order_by(FirstRefusal.id),
    )
    found: dict[int, list[tuple[FirstRefusal, Claim]]] = {person: [] for person in people}
    for one, call_at, wrap_at, rest in rows:
        window = WorkWindow(call_at, wrap_at, timedelta(minutes=rest))
        found[one.person_id].append((one, Claim(one.id, one.production_id, window)))
    return found


def _refusal(one: FirstRefusal, line: Sequence[tuple[FirstRefusal, Claim]]) -> Refusal:
    claims = [claim for _, claim in line]
    own = next(claim for claim in claims if claim.id == one.id)
    ahead_ids = {claim.id for claim in rivals(own.window, claims[: claims.index(own)])}
    ahead = [
        other
        for other, claim in line
        if claim.id in ahead_ids and claim.production_id != own.production_id
    ]
    waits = [other.challenge_ends_at for other in ahead if other.challenge_ends_at is not None]
    return Refusal(
        one.public_id,
        RefusalState(one.state),
        ranks(claims)[one.id],
        one.expires_at,
        one.challenge_ends_at,
        any(other.state == RefusalState.ACTIVE for other in ahead),
        max(waits, default=None),
    )
