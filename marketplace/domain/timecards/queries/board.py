"""The day board: who is called when, how they have rested, and how far the day is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import User
from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules import BookingState
from marketplace.domain.casting.models import Role
from marketplace.domain.casting.rules import RoleKind
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import ShootDay
from marketplace.domain.productions.queries import DayRow
from marketplace.domain.timecards.models import TimeCard
from marketplace.domain.timecards.queries.rest import Call, rests
from marketplace.domain.timecards.rules import CardState, Rest
from marketplace.kernel.money import Money

GROUPS = (
    ("cast", (RoleKind.PRINCIPAL, RoleKind.FEATURED)),
    ("background", (RoleKind.BACKGROUND,)),
    ("crew", (RoleKind.CREW,)),
)
WAITING = (BookingState.OFFERED, BookingState.STANDBY, BookingState.RECONFIRM)
SHOWN = (
    BookingState.CONFIRMED,
    BookingState.NO_SHOW,
    *WAITING,
    BookingState.DECLINED,
    BookingState.CANCELLED_BY_TALENT,
)
EXPECTED = (BookingState.CONFIRMED, *WAITING)


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One person on the day."""

    booking_id: int
    person_id: int
    name: str
    role: str
    kind: str
    state: str
    call_at: datetime
    wrap_at: datetime
    rest_minutes: int
    rate: Money
    card_state: str | None
    rest: Rest | None

    @property
    def is_short(self) -> bool:
        """Whether the person is expected and called before they have rested."""
        return self.rest is not None and self.rest.is_short

    @property
    def is_confirmed(self) -> bool:
        """Whether the person has said yes."""
        return self.state == BookingState.CONFIRMED


@dataclass(frozen=True, slots=True)
class DayBoard:
    """Everything about one shoot day.

    short_rest_reason, short_rest_by: why calls inside the rest were kept, and who said so.
    """

    day: DayRow
    rows: list[BoardRow]
    short_rest_reason: str
    short_rest_by: str

    @property
    def groups(self) -> list[tuple[str, list[BoardRow]]]:
        """The people as cast, background and crew; groups without anybody are left out."""
        by_kind = [
            (name, [row for row in self.rows if row.kind in kinds]) for name, kinds in GROUPS
        ]
        return [(name, rows) for name, rows in by_kind if rows]

    @property
    def short(self) -> list[BoardRow]:
        """People with a confirmed booking who get too little rest."""
        return [row for row in self.rows if row.is_confirmed and row.is_short]

    @property
    def shortest_rest(self) -> timedelta | None:
        """The shortest rest of those who get too little."""
        return min((row.rest.length for row in self.short if row.rest), default=None)

    @property
    def first_call(self) -> datetime | None:
        """The first call that gives everyone their rest; None when everyone has it."""
        return max((row.rest.first_call for row in self.short if row.rest), default=None)

    @property
    def confirmed(self) -> list[BoardRow]:
        """The people who are booked."""
        return [row for row in self.rows if row.is_confirmed]

    @property
    def waiting(self) -> int:
        """How many people have not answered or stand by."""
        return sum(row.state in WAITING for row in self.rows)

    @property
    def declined(self) -> int:
        """How many people said no, or gave the day back."""
        refused = (BookingState.DECLINED, BookingState.CANCELLED_BY_TALENT)
        return sum(row.state in refused for row in self.rows)

    @property
    def costs(self) -> tuple[Money, ...]:
        """The day rates of the people who are booked, one sum per currency."""
        sums: Counter[str] = Counter()
        for row in self.confirmed:
            sums[row.rate.currency] += row.rate.minor
        return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()))

    def cards(self, *states: str) -> int:
        """Count the booked people whose time card is in one of these states."""
        return sum(row.card_state in states for row in self.confirmed)

    @property
    def entered(self) -> int:
        """How many time cards have hours."""
        return sum(row.card_state not in (None, CardState.PENDING) for row in self.confirmed)


def day_board(session: Session, production_id: int, day: DayRow) -> DayBoard:
    """Return the board of a shoot day; three queries, however many people it has."""
    kept = session.execute(
        sa.select(ShootDay.short_rest_reason, User.display_name)
        .outerjoin(User, User.id == ShootDay.short_rest_by_id)
        .where(ShootDay.id == day.id, ShootDay.production_id == production_id),
    ).one()
    return DayBoard(day, _rows(session, production_id, day), kept[0], kept[1] or "")


def _rows(session: Session, production_id: int, day: DayRow) -> list[BoardRow]:
    found = session.execute(
        sa.select(
            Booking.id,
            Booking.person_id,
            Person.stage_name,
            Role.name,
            Role.kind,
            Booking.state,
            Booking.call_at,
            Booking.wrap_at,
            Booking.rest_minutes,
            Booking.day_rate_minor,
            Booking.currency,
            TimeCard.state,
        )
        .join(Person, Person.id == Booking.person_id)
        .join(Role, Role.id == Booking.role_id)
        .outerjoin(TimeCard, TimeCard.booking_id == Booking.id)
        .where(
            Booking.shoot_day_id == day.id,
            Booking.production_id == production_id,
            Booking.state.in_(SHOWN),
        )
        .order_by(Booking.call_at, Role.name, Person.stage_name, Booking.id),
    ).all()
    calls = [
        Call(row[0], row[1], production_id, row[6], timedelta(minutes=row[8]))
        for row in found
        if row[5] in EXPECTED
    ]
    rested = rests(session, calls)
    return [
        BoardRow(*row[:9], Money(row[9], row[10]), row[11], rested.get(row[0])) for row in found
    ]
