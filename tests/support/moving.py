"""A shoot day with booked people that is about to move, for tests of every layer."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules.cancelling import Reason
from marketplace.domain.booking.services import previews
from marketplace.domain.booking.services.moving import CallOffDay, MoveDay, move_day, target_of
from marketplace.domain.booking.services.previews import Preview
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.services import DayTerms
from marketplace.kernel import zones
from marketplace.kernel.clock import Clock
from tests.support.builders import a_booking, a_role, a_shoot_day

HALF = {
    "id": "half",
    "title": "Half",
    "version": "1",
    "rows": [{"reason": "production", "percent": 50}, {"reason": "weather", "percent": 25}],
}
"""Half of the day rate when the production calls a day off, a quarter for weather."""


def terms(on: str, *, call: str = "07:00", wrap: str = "19:00") -> DayTerms:
    """Return a day as the set writes it."""
    return DayTerms(
        date.fromisoformat(on), zones.parse_clock(call), zones.parse_clock(wrap), "Hotel Alder", ""
    )


def shown(
    session: Session, day: ShootDay, to: DayTerms | None, kind: Reason, clock: Clock
) -> Preview:
    """Return the preview a page would show."""
    target = None if to is None else target_of(session, day.production_id, to)
    return previews.preview(session, day, target, kind, clock.now())


def a_move(
    session: Session,
    day: ShootDay,
    to: DayTerms,
    answer_by: datetime,
    *,
    clock: Clock,
    kind: Reason = Reason.PRODUCTION,
) -> MoveDay:
    """Return the move of a day exactly as it was shown."""
    seen = shown(session, day, to, kind, clock).digest
    by_id = session.get_one(Production, day.production_id).created_by_id
    return MoveDay(day.id, day.production_id, to, kind, "Rain", answer_by, seen, by_id)


def a_call_off(
    session: Session, day: ShootDay, *, clock: Clock, kind: Reason = Reason.PRODUCTION
) -> CallOffDay:
    """Return the end of a day exactly as it was shown."""
    seen = shown(session, day, None, kind, clock).digest
    by_id = session.get_one(Production, day.production_id).created_by_id
    return CallOffDay(day.id, day.production_id, kind, "Rain", seen, by_id)


def follower(session: Session, booking: Booking) -> Booking:
    """Return the booking on the new day that stands for one of the old."""
    uid = booking.calendar_uid or booking.public_id
    found = session.query(Booking).filter(Booking.calendar_uid == uid, Booking.id > booking.id)
    return found.order_by(Booking.id.desc()).first() or booking


def a_moved_day(session: Session, production: Production, person: Person, clock: Clock) -> str:
    """Book a person on a far day of a production that moves; returns what they are asked about."""
    first, later = (clock.now() + timedelta(days=days) for days in (60, 63))
    day = a_shoot_day(session, production, f"{first:%Y-%m-%d}")
    role = a_role(session, production, [day], name="Far away")
    booking = a_booking(session, role, person, day)
    move = a_move(
        session, day, terms(f"{later:%Y-%m-%d}"), clock.now() + timedelta(days=2), clock=clock
    )
    move_day(session, move, clock=clock)
    return follower(session, booking).public_id
