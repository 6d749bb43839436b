"""The time cards of a day: every confirmed booking with its hours as they stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company, User
from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules import BookingState
from marketplace.domain.casting.models import Role
from marketplace.domain.people.models import Payee, Person
from marketplace.domain.timecards.models import TimeCard, TimeEntry, VoucherEntry
from marketplace.domain.timecards.queries.rest import Call, rests
from marketplace.domain.timecards.rules import WITHOUT_HOURS, CardKind, CardState, Hours, Rest


@dataclass(frozen=True, slots=True)
class CardRow:
    """One confirmed booking, and its time card when there is one; or the card of a fee.

    returned_reason: why the accountant sent it back; upgraded_to: the role words of an upgrade.
    has_payee: whether a slip can be issued: legal name and tax form are there.
    """

    booking_id: int
    booking_public_id: str
    person_id: int
    user_id: int
    name: str
    role: str
    kind: str
    call_at: datetime
    wrap_at: datetime
    rest_minutes: int
    currency: str
    agreement: str
    has_payee: bool
    card_id: int | None
    card_public_id: str | None
    state: CardState
    version: int
    query: str
    is_auto_agreed: bool
    agreed_at: datetime | None
    card_kind: CardKind
    returned_reason: str
    upgraded_to: str
    hours: Hours | None
    rest: Rest | None

    @property
    def is_fee(self) -> bool:
        """Whether the day was called off: a fee is paid, and there are no hours."""
        return self.card_kind in WITHOUT_HOURS

    @property
    def has_agreed(self) -> bool:
        """Whether the person has agreed, or 72 hours have passed."""
        return self.agreed_at is not None

    @property
    def floor(self) -> timedelta:
        """The rest the booking's production owes."""
        return timedelta(minutes=self.rest_minutes)

    @property
    def is_locked(self) -> bool:
        """Whether the pay slip is issued."""
        return self.state is CardState.LOCKED


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a card's hours, with who entered it and why."""

    number: int
    hours: Hours
    by: str
    at: datetime
    reason: str


def cards_of_day(session: Session, production_id: int, shoot_day_id: int) -> list[CardRow]:
    """Return every confirmed booking of a day with its card, and cards of fees; two queries."""
    rows = session.execute(
        sa.select(
            Booking.id,
            Booking.public_id,
            Person.id,
            Person.user_id,
            Person.stage_name,
            Role.name,
            Role.kind,
            Booking.call_at,
            Booking.wrap_at,
            Booking.rest_minutes,
            Booking.currency,
            Booking.agreement,
            sa.func.coalesce(_has_payee(), sa.false()),
            TimeCard.id,
            TimeCard.public_id,
            TimeCard.state,
            TimeCard.version,
            TimeCard.query,
            TimeCard.is_auto_agreed,
            TimeCard.agreed_at,
            TimeCard.kind,
            TimeCard.returned_reason,
            Booking.upgraded_to,
            TimeEntry,
        )
        .join(Person, Person.id == Booking.person_id)
        .join(Role, Role.id == Booking.role_id)
        .outerjoin(Payee, Payee.person_id == Person.id)
        .outerjoin(TimeCard, TimeCard.booking_id == Booking.id)
        .outerjoin(TimeEntry, _current())
        .where(
            Booking.shoot_day_id == shoot_day_id,
            Booking.production_id == production_id,
            is_owed(),
        )
        .order_by(Role.name, Person.stage_name, Booking.id),
    ).all()
    calls = [
        Call(row[0], row[2], production_id, _begin(row), timedelta(minutes=row[9])) for row in rows
    ]
    rested = rests(session, calls)
    return [_row(row, rested.get(row[0])) for row in rows]


def versions_of(session: Session, card_ids: Iterable[int]) -> dict[int, list[Version]]:
    """Return every version of some cards, oldest first; one query."""
    rows = session.execute(
        sa.select(TimeEntry, User.display_name)
        .join(User, User.id == TimeEntry.entered_by_id)
        .where(TimeEntry.time_card_id.in_(list(card_ids)))
        .order_by(TimeEntry.time_card_id, TimeEntry.version),
    )
    found: defaultdict[int, list[Version]] = defaultdict(list)
    for entry, name in rows:
        version = Version(entry.version, hours_of(entry), name, entry.entered_at, entry.reason)
        found[entry.time_card_id].append(version)
    return dict(found)


def typed_total_limit(session: Session, company_id: int) -> int:
    """Return the minor units above which a company wants the total typed before it approves."""
    return session.scalars(
        sa.select(Company.typed_total_limit_minor).where(Company.id == company_id),
    ).one()


def hours_of(entry: TimeEntry | VoucherEntry) -> Hours:
    """Return an entry as a value."""
    pairs = (
        (entry.meal_out_at, entry.meal_in_at),
        (entry.meal2_out_at, entry.meal2_in_at),
    )
    meals = tuple((away, back) for away, back in pairs if away and back)
    return Hours(entry.in_at, entry.out_at, meals, tuple(entry.adjustments), entry.ndb_at)


def is_owed() -> sa.ColumnElement[bool]:
    """Say of a booking and its card that something is paid for the day, if only a fee."""
    return sa.or_(
        Booking.state == BookingState.CONFIRMED,
        TimeCard.kind.in_(WITHOUT_HOURS),
    )


def _has_payee() -> sa.ColumnElement[bool]:
    return sa.and_(Payee.legal_name_sealed.is_not(None), Payee.tax_form.is_not(None))


def _current() -> sa.ColumnElement[bool]:
    return sa.and_(TimeEntry.time_card_id == TimeCard.id, TimeEntry.version == TimeCard.version)


def _begin(row: Any) -> datetime:  # noqa: ANN401 - a row of many columns
    entry: TimeEntry | None = row.TimeEntry
    call_at: datetime = row.call_at
    return call_at if entry is None else entry.in_at


def _row(row: Any, rest: Rest | None) -> CardRow:  # noqa: ANN401 - as above
    state, version, query, is_auto, agreed_at, kind, returned, upgraded_to, entry = row[15:]
    standing = (CardState(state or CardState.PENDING), version or 0, query or "", bool(is_auto))
    special = (agreed_at, CardKind(kind or CardKind.WORK), returned or "", upgraded_to)
    hours = None if entry is None else hours_of(entry)
    facts: list[Any] = [*row[:15], *standing, *special, hours, rest]
    return CardRow(*facts)
