"""Hours are entered by the production, then agreed or queried by the person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import insert_once, lock_one
from marketplace.domain.accounts.models import User
from marketplace.domain.audit import services as audit
from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules import BookingState
from marketplace.domain.casting.models import Role
from marketplace.domain.notices import services as notices
from marketplace.domain.notices.services import Message, Reader
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.tasks import services as tasks
from marketplace.domain.timecards.models import TimeCard, TimeEntry
from marketplace.domain.timecards.queries.cards import hours_of
from marketplace.domain.timecards.rules import (
    AUTO_AGREE_AFTER,
    PAYABLE,
    WITHOUT_HOURS,
    Action,
    CardKind,
    CardState,
    Hours,
    HoursError,
    after,
)
from marketplace.domain.timecards.services import late_wraps
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.ids import public_id
from marketplace.kernel.sentences import Sentence, say


@dataclass(frozen=True, slots=True)
class EnterHours:
    """The hours of one booking, as the production has them."""

    booking_id: int
    production_id: int
    hours: Hours
    by_id: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AgreeHours:
    """A person agrees to the version of the hours they have seen."""

    card_id: int
    person_id: int
    version: int


@dataclass(frozen=True, slots=True)
class QueryHours:
    """A person says what is wrong with the version they have seen."""

    card_id: int
    person_id: int
    version: int
    text: str


def enter(session: Session, command: EnterHours, *, clock: Clock) -> TimeCard | None:
    """Append a version of the hours and send it to the person.

    Returns None, and does nothing, when the hours are those of the latest version.
    An entry after approval needs a reason and takes both signatures away.
    """
    booking = session.get(Booking, command.booking_id)
    if booking is None or booking.production_id != command.production_id:
        raise NotFoundError(say("There is no such booking."))
    if booking.state != BookingState.CONFIRMED:
        raise HoursError("in_", say("Only a confirmed booking has a time card."))
    card = card_of(session, booking)
    before = latest(session, card)
    if before is not None and _same(before, command.hours):
        return None
    if card.state in PAYABLE and not command.reason.strip():
        raise HoursError("reason", say("Say why approved hours change; both sides sign again."))
    return _append(session, card, command, is_first=before is None, clock=clock)


def again(session: Session, card: TimeCard, *, by_id: int, reason: str, clock: Clock) -> TimeCard:
    """Send the hours of a card once more, because what they pay has changed.

    Both sides sign again. A card without hours stays as it is; raises NotAllowedError for a
    locked one.
    """
    entry = latest(session, card)
    if entry is None:
        return card
    hours = hours_of(entry)
    command = EnterHours(card.booking_id, card.production_id, hours, by_id, reason)
    return _append(session, card, command, is_first=False, clock=clock)


def send_fee(
    session: Session, booking: Booking, kind: CardKind, *, by_id: int | None, clock: Clock
) -> TimeCard:
    """Send a person the card of a day that was called off, in the place of any hours."""
    card = card_of(session, booking)
    old_state = card.state
    card.state = after(CardState(card.state), Action.OPEN)
    card.kind = kind
    card.version += 1
    unsign(card)
    session.flush()
    _record(session, card, Action.OPEN, old_state, by_id=by_id, clock=clock, why=kind)
    _ask_auto_agree(session, card, clock)
    return card


def unsign(card: TimeCard) -> None:
    """Take every signature and query off a card."""
    card.query = card.returned_reason = ""
    card.agreed_at = card.approved_at = card.payroll_approved_at = None
    card.approved_by_id = card.payroll_approved_by_id = None
    card.is_auto_agreed = False


def _append(
    session: Session, card: TimeCard, command: EnterHours, *, is_first: bool, clock: Clock
) -> TimeCard:
    old_state = card.state
    card.state = after(CardState(card.state), Action.ENTER)
    card.version += 1
    unsign(card)
    entry = _entry(card, command, clock)
    session.add(entry)
    session.flush()
    _record(session, card, Action.ENTER, old_state, by_id=command.by_id, clock=clock, entry=entry)
    _ask_auto_agree(session, card, clock)
    _tell_person(session, card, is_first=is_first, clock=clock)
    late_wraps.warn(session, session.get_one(Booking, card.booking_id), entry.out_at, clock=clock)
    return card


def _ask_auto_agree(session: Session, card: TimeCard, clock: Clock) -> None:
    key = f"auto_agree:{card.id}:{card.version}"
    tasks.ask(session, "auto_agree", key, card.id, run_at=clock.now() + AUTO_AGREE_AFTER)


def agree(session: Session, command: AgreeHours, *, clock: Clock) -> TimeCard:
    """Let a person agree to their hours; twice is once."""
    card = own_card(session, command.card_id, command.person_id, command.version)
    if card.state == CardState.AGREED:
        return card
    by_id = session.get_one(Person, command.person_id).user_id
    return _agree(session, card, by_id=by_id, clock=clock)


def auto_agree(session: Session, card_id: int, *, clock: Clock) -> bool:
    """Let the production's hours stand when the person has not answered in 72 hours; marked."""
    card = lock_one(session, TimeCard, card_id)
    sent_at = _sent_at(session, card)
    is_due = sent_at is not None and sent_at + AUTO_AGREE_AFTER <= clock.now()
    if card.state != CardState.SENT or not is_due:
        return False
    card.is_auto_agreed = True
    _agree(session, card, by_id=None, clock=clock)
    return True


def query(session: Session, command: QueryHours, *, clock: Clock) -> TimeCard:
    """Let a person say what is wrong; the production is told and the card waits for it."""
    if not command.text.strip():
        raise HoursError("text", say("Say what is wrong, for example which time."))
    card = own_card(session, command.card_id, command.person_id, command.version)
    if card.kind in WITHOUT_HOURS:
        raise HoursError("text", say("The fee follows your booking: agree, and ask your question."))
    old_state = card.state
    card.state = after(CardState(card.state), Action.QUERY)
    card.query = command.text.strip()
    card.agreed_at = None
    person = session.get_one(Person, command.person_id)
    reason = card.query
    _record(session, card, Action.QUERY, old_state, by_id=person.user_id, clock=clock, why=reason)
    _tell_production(session, card, person.stage_name, clock=clock)
    return card


def _sent_at(session: Session, card: TimeCard) -> datetime | None:
    """Return when the person was asked: with the hours, or when the day was called off."""
    if card.kind in WITHOUT_HOURS:
        return session.get_one(Booking, card.booking_id).ended_at
    entry = latest(session, card)
    return entry.entered_at if entry else None


def latest(session: Session, card: TimeCard) -> TimeEntry | None:
    """Return the version of the hours that counts."""
    wanted = (TimeEntry.time_card_id == card.id, TimeEntry.version == card.version)
    return session.scalars(sa.select(TimeEntry).where(*wanted)).one_or_none()


def card_of(session: Session, booking: Booking) -> TimeCard:
    """Return the card of a booking, locked; opened when there is none yet."""
    insert_once(
        session,
        TimeCard,
        ["booking_id"],
        public_id=public_id(),
        booking_id=booking.id,
        shoot_day_id=booking.shoot_day_id,
        production_id=booking.production_id,
        person_id=booking.person_id,
        kind=CardKind.WORK,
        state=CardState.PENDING,
        version=0,
        query="",
        is_auto_agreed=False,
        returned_reason="",
    )
    wanted = sa.select(TimeCard.id).where(TimeCard.booking_id == booking.id)
    return lock_one(session, TimeCard, session.scalars(wanted).one())


def own_card(session: Session, card_id: int, person_id: int, version: int) -> TimeCard:
    """Return a person's own card, locked, in the version they have seen."""
    card = lock_one(session, TimeCard, card_id)
    if card.person_id != person_id:
        raise NotFoundError(say("There is no such time card."))
    if card.version != version:
        raise HoursError("version", say("The hours changed meanwhile; please read them again."))
    return card


def _agree(session: Session, card: TimeCard, *, by_id: int | None, clock: Clock) -> TimeCard:
    old_state = card.state
    card.state = after(CardState(card.state), Action.AGREE)
    card.query = ""
    card.agreed_at = clock.now()
    _record(session, card, Action.AGREE, old_state, by_id=by_id, clock=clock)
    return card


def _entry(card: TimeCard, command: EnterHours, clock: Clock) -> TimeEntry:
    flat = [instant for meal in command.hours.meals for instant in meal]
    meals = [*flat, None, None, None, None]
    return TimeEntry(
        time_card_id=card.id,
        version=card.version,
        in_at=command.hours.in_at,
        out_at=command.hours.out_at,
        meal_out_at=meals[0],
        meal_in_at=meals[1],
        meal2_out_at=meals[2],
        meal2_in_at=meals[3],
        ndb_at=command.hours.ndb_at,
        adjustments=[dict(adjustment) for adjustment in command.hours.adjustments],
        reason=command.reason.strip(),
        entered_by_id=command.by_id,
        entered_at=clock.now(),
    )


def _same(entry: TimeEntry, hours: Hours) -> bool:
    return hours_of(entry) == hours


def _record(  # noqa: PLR0913 - one act has this many facts
    session: Session,
    card: TimeCard,
    action: Action,
    old_state: str,
    *,
    by_id: int | None,
    clock: Clock,
    entry: TimeEntry | None = None,
    why: str = "",
) -> None:
    after_: dict[str, Any] = {"state": str(card.state), "version": card.version}
    if entry is not None:
        after_ |= {"in": entry.in_at, "out": entry.out_at}
        why = entry.reason
    act = audit.Act(
        subject=f"time_card:{card.public_id}",
        action=action,
        before={"state": str(old_state)},
        after=after_,
        reason=why,
    )
    audit.record(session, act, actor_id=by_id, clock=clock)


def _tell_person(session: Session, card: TimeCard, *, is_first: bool, clock: Clock) -> None:
    user, day, title, role = session.execute(
        sa.select(User, ShootDay, Production.title, Role.name)
        .select_from(Booking)
        .join(Person, Person.id == Booking.person_id)
        .join(User, User.id == Person.user_id)
        .join(ShootDay, ShootDay.id == Booking.shoot_day_id)
        .join(Production, Production.id == Booking.production_id)
        .join(Role, Role.id == Booking.role_id)
        .where(Booking.id == card.booking_id),
    ).one()
    names: dict[str, object] = {"date": day.shoot_date, "title": title, "role": role}
    first = say("Please confirm your hours of %(date)s, %(title)s", **names)
    changed = say("Your hours of %(date)s changed, %(title)s", **names)
    subject: Sentence = first if is_first else changed
    message = Message(
        key=f"hours:{card.id}:{card.version}",
        kind="hours",
        subject=subject,
        lines=(say("Agree to them or say what is wrong. You see the pay they give."),),
        button=say("See my hours"),
        path=f"/me/time-cards/{card.public_id}",
    )
    notices.tell(session, Reader(user.id, user.email, user.locale), message, clock=clock)


def _tell_production(session: Session, card: TimeCard, name: str, *, clock: Clock) -> None:
    entry = latest(session, card)
    if entry is None:  # pragma: no cover - a queried card has an entry
        return
    user = session.get_one(User, entry.entered_by_id)
    production = session.get_one(Production, card.production_id)
    day = session.get_one(ShootDay, card.shoot_day_id)
    message = Message(
        key=f"query:{card.id}:{card.version}",
        kind="query",
        subject=say(
            "%(name)s queries the hours of %(date)s, %(title)s",
            name=name,
            date=day.shoot_date,
            title=production.title,
        ),
        lines=(say("“%(text)s”", text=card.query),),
        button=say("Open the time cards"),
        path=f"/p/{production.public_id}/days/{day.public_id}/time-cards",
    )
    notices.tell(session, Reader(user.id, user.email, user.locale), message, clock=clock)
