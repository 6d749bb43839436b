"""Move a shoot day, or call it off: previewed, then one act for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock, lock_one
from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.rules import (
    HAS_PLACE,
    Action,
    BookingState,
    OfferState,
)
from marketplace.domain.booking.rules.cancelling import Reason
from marketplace.domain.booking.rules.moving import (
    MoveFit,
    MoveRefusedError,
    PreviewChangedError,
    refuse_deadline,
)
from marketplace.domain.booking.services import fees, move_notices, offers, places, previews
from marketplace.domain.booking.services.previews import Affected, Preview, Target
from marketplace.domain.casting.models import ApplicationDate, Role, RoleDate
from marketplace.domain.people.models import Person
from marketplace.domain.productions import rules as days
from marketplace.domain.productions import services as productions
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import CALLED_OFF, DayState
from marketplace.domain.productions.services import DayTerms
from marketplace.domain.tasks import services as tasks
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.ids import public_id
from marketplace.kernel.sentences import say

SAME_TERMS: Final = (
    "offer_id",
    "role_id",
    "production_id",
    "person_id",
    "rest_minutes",
    "day_rate_minor",
    "guaranteed_minutes",
    "currency",
    "agreement",
    "scheme",
    "withholding_agent",
    "engagement",
    "payroll_period",
    "cancellation_policy",
    "standby_percent",
    "upgraded_to",
    "gateway",
)
"""What a booking takes along to the new day: everything that was agreed but the times."""


@dataclass(frozen=True, slots=True)
class MoveDay:
    """A production moves a day. answer_by: for everybody asked; seen: digest of the preview."""

    shoot_day_id: int
    production_id: int
    terms: DayTerms
    kind: Reason
    reason: str
    answer_by: datetime
    seen: str
    by_id: int


@dataclass(frozen=True, slots=True)
class CallOffDay:
    """A production calls a whole day off. seen: digest of the preview."""

    shoot_day_id: int
    production_id: int
    kind: Reason
    reason: str
    seen: str
    by_id: int


@dataclass(frozen=True, slots=True)
class CalledOff:
    """What became of a day. ended: bookings that may pay a fee now; target: the new day."""

    target: ShootDay | None
    ended: list[Booking]
    asked: int = 0


def target_of(session: Session, production_id: int, terms: DayTerms) -> Target:
    """Return where a day would move to; raises ShootDayError for impossible times."""
    zone = session.get_one(Production, production_id).zone
    return Target(terms.shoot_date, *days.window(terms.shoot_date, terms.call, terms.wrap, zone))


def move_day(session: Session, command: MoveDay, *, clock: Clock) -> CalledOff:
    """Put a day on another date or time and ask everybody again, in one transaction.

    Flushes, never commits. Doing it twice changes nothing. Raises PreviewChangedError when
    anything differs from what was shown, MoveRefusedError once work has begun, OfferRefusedError
    for an impossible deadline.
    """
    day = _locked(session, command.shoot_day_id, command.production_id)
    target = target_of(session, command.production_id, command.terms)
    if day.moved_to_id is not None:
        return _moved_before(session, day, target)
    _refuse(session, day, command.reason, clock=clock)
    seen = previews.preview(session, day, target, command.kind, clock.now())
    _refuse_other(seen, command.seen)
    calls = [one.call_at for one in seen.people if one.call_at]
    refuse_deadline(clock.now(), command.answer_by, min([target.call_at, *calls]))
    if (target.shoot_date, target.call_at, target.wrap_at) == _times(day):
        raise MoveRefusedError(say("That is when the day is already."))
    by = (command.by_id, command.reason)
    new = productions.move_day(session, day, command.terms, by, clock=clock)
    new_places = _copy_places(session, day, new)
    move = _Move(session, day, new, new_places, command, clock)
    ended = [move.one(one) for one in seen.people]
    _carry_ticks(session, new_places)
    session.flush()
    return CalledOff(new, [one for one in ended if one is not None], move.asked)


def call_off_day(session: Session, command: CallOffDay, *, clock: Clock) -> CalledOff:
    """Cancel a whole day: everybody is told once, with their fee; offers for it are taken back.

    Flushes, never commits. Doing it twice changes nothing. Raises what `move_day` raises.
    """
    day = _locked(session, command.shoot_day_id, command.production_id)
    if day.state == DayState.CANCELLED:
        return CalledOff(None, [])
    _refuse(session, day, command.reason, clock=clock)
    seen = previews.preview(session, day, None, command.kind, clock.now())
    _refuse_other(seen, command.seen)
    by = (command.by_id, command.reason)
    productions.call_off_day(session, day, DayState.CANCELLED, by, clock=clock)
    ended = []
    for one in seen.people:
        booking = session.get_one(Booking, one.booking_id)
        ended.append(end_for_good(session, booking, one, command, clock=clock))
    for place in _places(session, day):
        place.confirmed = 0
    session.flush()
    return CalledOff(None, ended)


def end_for_good(
    session: Session,
    booking: Booking,
    one: Affected,
    command: MoveDay | CallOffDay,
    *,
    clock: Clock,
) -> Booking:
    """End what somebody had on a day that goes without them; returns what the fee is on."""
    act = _ENDS.get(BookingState(booking.state), Action.CANCEL)
    places.move(session, booking, act, actor_id=command.by_id, reason=command.reason, clock=clock)
    booking.calendar_sequence += 1
    if act is Action.CANCEL:
        fees.keep(booking, one.fee, command.by_id)
    session.flush()
    _close_offer(session, booking, command.by_id, clock=clock)
    places.settle_application(session, booking.offer_id, actor_id=command.by_id, clock=clock)
    paid = bearer(session, booking)
    move_notices.tell_ended(session, booking, paid, command.reason, clock=clock)
    return paid


_ENDS: Final = {
    BookingState.STANDBY: Action.RELEASE,
    BookingState.OFFERED: Action.WITHDRAW,
}


def bearer(session: Session, booking: Booking) -> Booking:
    """Return the booking that pays the fee: of a new day nobody agreed to, the one before it.

    A deadline that is still there says that the person never said yes to the new day.
    """
    if booking.moved_from_id is None or booking.answer_by_at is None:
        return booking
    agreed = session.get_one(Booking, booking.moved_from_id)
    if booking.fee is not None:
        agreed.fee, agreed.fee_minor = booking.fee, booking.fee_minor
        agreed.ended_by_id = booking.ended_by_id
        booking.fee = booking.fee_minor = None
        session.flush()
    return agreed


def _locked(session: Session, shoot_day_id: int, production_id: int) -> ShootDay:
    """Lock a day and everything on it, in the order that `offers` says."""
    found = session.get(ShootDay, shoot_day_id)
    if found is None or found.production_id != production_id:
        raise NotFoundError(say("There is no such shoot day."))
    lock_one(session, Production, production_id)
    live = previews.bookings_of_day(session, shoot_day_id)
    lock(session, Role, [booking.role_id for booking in live])
    lock(session, Offer, [booking.offer_id for booking in live])
    day = lock_one(session, ShootDay, shoot_day_id)
    wanted = sa.select(RoleDate.id).where(RoleDate.shoot_day_id == shoot_day_id)
    lock(session, RoleDate, session.scalars(wanted).all())
    lock(session, Person, [booking.person_id for booking in live])
    lock(session, Booking, [booking.id for booking in live])
    return day


def _moved_before(session: Session, day: ShootDay, target: Target) -> CalledOff:
    new = session.get_one(ShootDay, day.moved_to_id)
    if (target.shoot_date, target.call_at, target.wrap_at) != _times(new):
        raise PreviewChangedError
    return CalledOff(new, [])


def _times(day: ShootDay) -> tuple[object, ...]:
    return day.shoot_date, day.call_at, day.wrap_at


def _refuse(session: Session, day: ShootDay, reason: str, *, clock: Clock) -> None:
    if day.state in CALLED_OFF:
        raise PreviewChangedError
    if day.state != DayState.PLANNED:
        raise MoveRefusedError(say("%(day)s is closed, so it stays as it is.", day=day.shoot_date))
    if not reason.strip():
        raise MoveRefusedError(say("Say why; everybody who is told reads it."))
    first = sa.select(sa.func.min(Booking.call_at)).where(
        Booking.shoot_day_id == day.id, Booking.state.in_(HAS_PLACE)
    )
    begun = min([day.call_at, *(at for at in [session.scalar(first)] if at)])
    if begun <= clock.now():
        raise MoveRefusedError(say("The first call has passed, so this day has begun."))


def _refuse_other(seen: Preview, digest: str) -> None:
    if seen.digest != digest:
        raise PreviewChangedError


def _places(session: Session, day: ShootDay) -> list[RoleDate]:
    wanted = sa.select(RoleDate).where(RoleDate.shoot_day_id == day.id).order_by(RoleDate.id)
    return list(session.scalars(wanted))


def _copy_places(session: Session, day: ShootDay, new: ShootDay) -> dict[int, RoleDate]:
    """Give the new day the places of the old one, empty; returns them by the old one's id."""
    found = {}
    for old in _places(session, day):
        made = RoleDate(role_id=old.role_id, shoot_day_id=new.id, headcount=old.headcount)
        old.confirmed = 0
        session.add(made)
        found[old.id] = made
    session.flush()
    return found


def _carry_ticks(session: Session, new_places: Mapping[int, RoleDate]) -> None:
    """Keep the dates people applied for: whoever ticked the old day is asked about the new."""
    ticked = session.scalars(
        sa.select(ApplicationDate).where(ApplicationDate.role_date_id.in_(new_places)),
    )
    session.add_all(
        ApplicationDate(
            application_id=tick.application_id, role_date_id=new_places[tick.role_date_id].id
        )
        for tick in ticked.all()
    )


def _close_offer(session: Session, booking: Booking, by_id: int, *, clock: Clock) -> None:
    """End an offer of which no date is left to answer."""
    offer = session.get_one(Offer, booking.offer_id)
    left = sa.select(Booking.id).where(
        Booking.offer_id == offer.id, Booking.state == BookingState.OFFERED
    )
    if offer.state == OfferState.SENT and session.scalar(left.limit(1)) is None:
        offers.record(session, offer, OfferState.WITHDRAWN, by_id, clock=clock)
        tasks.drop(session, f"expire_offer:{offer.id}", now=clock.now())


@dataclass(slots=True)
class _Move:
    """One day on its way to another: what each person of it gets."""

    session: Session
    day: ShootDay
    new: ShootDay
    places: Mapping[int, RoleDate]
    command: MoveDay
    clock: Clock
    asked: int = 0

    def one(self, one: Affected) -> Booking | None:
        """Take one person along; returns a booking that may pay a fee now, or None."""
        booking = self.session.get_one(Booking, one.booking_id)
        if one.follows is not None and one.follows.fit is MoveFit.WITH_US:
            return end_for_good(self.session, booking, one, self.command, clock=self.clock)
        state = BookingState(booking.state)
        self._move(booking)
        self.asked += 1
        if state in HAS_PLACE:
            self._ask(booking, one, state)
        else:
            self._offer(booking, one, state)
        return None

    def _move(self, booking: Booking) -> None:
        places.move(
            self.session,
            booking,
            Action.MOVE,
            actor_id=self.command.by_id,
            reason=self.command.reason,
            clock=self.clock,
        )
        self.session.flush()

    def _ask(self, booking: Booking, one: Affected, state: BookingState) -> None:
        """Keep a booked person's place on the new day until they answer."""
        is_agreed = state is BookingState.CONFIRMED
        fees.keep(booking, one.fee, self.command.by_id)
        made = self._again(booking, one, BookingState.RECONFIRM)
        made.moved_from_id = booking.id if is_agreed else booking.moved_from_id
        made.answer_by_at = self.command.answer_by
        made.confirmed_at = booking.confirmed_at
        made.fee, made.fee_minor = booking.fee, booking.fee_minor
        made.ended_by_id = self.command.by_id
        booking.fee = booking.fee_minor = None
        self.session.add(made)
        self.session.flush()
        self.places[booking.role_date_id].confirmed += 1
        key = f"expire_reconfirm:{made.id}"
        tasks.ask(self.session, "expire_reconfirm", key, made.id, run_at=self.command.answer_by)
        move_notices.tell_asked(self.session, booking, made, self.command.reason, clock=self.clock)

    def _offer(self, booking: Booking, one: Affected, state: BookingState) -> None:
        """Offer the new day to whoever had an offer for the old one, or waited for a place."""
        offer = self.session.get_one(Offer, booking.offer_id)
        if state is BookingState.STANDBY:
            offer = self._new_offer(offer)
        made = self._again(booking, one, BookingState.OFFERED)
        made.offer_id = offer.id
        self.session.add(made)
        self.session.flush()
        if offer.state == OfferState.SENT:
            self._extend(offer)
        places.settle_application(
            self.session, offer.id, actor_id=self.command.by_id, clock=self.clock
        )
        move_notices.tell_offered(self.session, offer, made, self.command.reason, clock=self.clock)

    def _new_offer(self, old: Offer) -> Offer:
        made = Offer(
            role_id=old.role_id,
            person_id=old.person_id,
            application_id=old.application_id,
            expires_at=self.command.answer_by,
            sent_by_id=self.command.by_id,
            sent_at=self.clock.now(),
        )
        self.session.add(made)
        self.session.flush()
        key = f"expire_offer:{made.id}"
        tasks.ask(self.session, "expire_offer", key, made.id, run_at=made.expires_at)
        return made

    def _extend(self, offer: Offer) -> None:
        """Give an offer the new deadline, or keep a later one; never after its first call."""
        first = self.session.scalars(
            sa.select(sa.func.min(Booking.call_at)).where(
                Booking.offer_id == offer.id, Booking.state == BookingState.OFFERED
            ),
        ).one()
        offer.expires_at = min(max(offer.expires_at, self.command.answer_by), first)
        tasks.move(self.session, f"expire_offer:{offer.id}", run_at=offer.expires_at)

    def _again(self, booking: Booking, one: Affected, state: BookingState) -> Booking:
        """Return the same terms on the new day."""
        return Booking(
            **{name: getattr(booking, name) for name in SAME_TERMS},
            public_id=public_id(),
            role_date_id=self.places[booking.role_date_id].id,
            shoot_day_id=self.new.id,
            state=state,
            call_at=one.call_at or self.new.call_at,
            wrap_at=one.wrap_at or self.new.wrap_at,
            calendar_sequence=booking.calendar_sequence + 1,
            calendar_uid=booking.calendar_uid or booking.public_id,
        )
