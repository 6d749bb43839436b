"""How much rest people get before a call, from all their work in any production."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules import LONGEST_REST, BookingState
from marketplace.domain.productions.models import ShootDay
from marketplace.domain.timecards.models import TimeCard, TimeEntry
from marketplace.domain.timecards.rules import Rest, WorkBefore, rest_before


@dataclass(frozen=True, slots=True)
class Call:
    """A person is called, or signed in, at some time."""

    booking_id: int
    person_id: int
    production_id: int
    call_at: datetime
    owed: timedelta


def rests(session: Session, calls: Sequence[Call]) -> dict[int, Rest | None]:
    """Return the rest before each call, by booking id; one query for any number.

    Work in other productions counts and is never named.
    """
    if not calls:
        return {}
    work = _work(session, calls)
    return {
        call.booking_id: rest_before(
            call.call_at,
            call.owed,
            (day for booking_id, day in work[call.person_id] if booking_id != call.booking_id),
        )
        for call in calls
    }


def _work(session: Session, calls: Sequence[Call]) -> dict[int, list[tuple[int, WorkBefore]]]:
    """Return the confirmed days of these people around these calls, with their bookings."""
    last = max(call.call_at for call in calls)
    first = min(call.call_at for call in calls) - LONGEST_REST
    rows = session.execute(
        sa.select(
            Booking.id,
            Booking.person_id,
            Booking.production_id,
            Booking.call_at,
            Booking.wrap_at,
            Booking.rest_minutes,
            ShootDay.wrap_at.label("unit_wrap_at"),
            ShootDay.number,
            TimeEntry.in_at,
            TimeEntry.out_at,
        )
        .join(ShootDay, ShootDay.id == Booking.shoot_day_id)
        .outerjoin(TimeCard, TimeCard.booking_id == Booking.id)
        .outerjoin(
            TimeEntry,
            sa.and_(TimeEntry.time_card_id == TimeCard.id, TimeEntry.version == TimeCard.version),
        )
        .where(
            Booking.person_id.in_({call.person_id for call in calls}),
            Booking.state == BookingState.CONFIRMED,
            Booking.call_at.between(first, last),
        )
        .order_by(Booking.call_at, Booking.id),
    )
    own = {call.production_id for call in calls}
    found: defaultdict[int, list[tuple[int, WorkBefore]]] = defaultdict(list)
    for row in rows:
        found[row.person_id].append((row.id, _before(row, own)))
    return found


def _before(row: Any, own: set[int]) -> WorkBefore:  # noqa: ANN401 - a row of ten columns
    return WorkBefore(
        call_at=row.in_at or row.call_at,
        wrap_at=row.out_at or max(row.wrap_at, row.unit_wrap_at),
        owed=timedelta(minutes=row.rest_minutes),
        day_number=row.number if row.production_id in own else None,
    )
