"""How far the time cards of each shoot day are."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.booking.models import Booking
from marketplace.domain.timecards.models import TimeCard
from marketplace.domain.timecards.queries.cards import is_owed
from marketplace.domain.timecards.rules import SIGNED, CardState

ENTERED = tuple(state for state in CardState if state is not CardState.PENDING)


@dataclass(frozen=True, slots=True)
class DayCounts:
    """People owed for a day, and how many of their cards got how far.

    for_payroll: approved by the production, not by an accountant.
    """

    booked: int = 0
    entered: int = 0
    sent: int = 0
    agreed: int = 0
    queried: int = 0
    approved: int = 0
    for_payroll: int = 0
    locked: int = 0

    @property
    def to_approve(self) -> int:
        """How many cards can be approved now."""
        return self.sent + self.agreed


def counts_of(session: Session, production_id: int) -> dict[int, DayCounts]:
    """Return the counts of every day with booked people, by shoot day id; one query."""
    rows = session.execute(
        sa.select(Booking.shoot_day_id, TimeCard.state, sa.func.count())
        .outerjoin(TimeCard, TimeCard.booking_id == Booking.id)
        .where(
            Booking.production_id == production_id,
            is_owed(),
        )
        .group_by(Booking.shoot_day_id, TimeCard.state),
    )
    days: defaultdict[int, Counter[str | None]] = defaultdict(Counter)
    for day_id, state, people in rows:
        days[day_id][state] += people
    return {day_id: _counts(states) for day_id, states in days.items()}


def _counts(states: Counter[str | None]) -> DayCounts:
    return DayCounts(
        booked=states.total(),
        entered=sum(states[state] for state in ENTERED),
        sent=states[CardState.SENT],
        agreed=states[CardState.AGREED],
        queried=states[CardState.QUERIED],
        approved=sum(states[state] for state in SIGNED),
        for_payroll=states[CardState.APPROVED],
        locked=states[CardState.LOCKED],
    )
