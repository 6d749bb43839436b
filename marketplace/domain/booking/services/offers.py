"""Send an offer, take it back, let it expire.

Whoever locks more than one of these rows locks them in this order, each kind by id, so that
nobody waits in a circle: production, role, offer, shoot days, dates of roles, people,
bookings, application.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock, lock_one
from marketplace.domain.audit import services as audit
from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.queries import DayWindow, fits
from marketplace.domain.booking.rules import (
    HAS_PLACE,
    UNANSWERED,
    Action,
    BookingState,
    NotFreeError,
    OfferEndedError,
    OfferRefusedError,
    OfferState,
    WithdrewError,
    is_open_at,
    is_possible,
)
from marketplace.domain.booking.rules.refusals import OfferAction, RefusalAction, offer_after
from marketplace.domain.booking.services import places, standing, telling
from marketplace.domain.booking.services.telling import News
from marketplace.domain.casting.models import Application, Role, RoleDate
from marketplace.domain.casting.rules import Action as Selection
from marketplace.domain.casting.rules import ApplicationState, RoleState
from marketplace.domain.casting.services import selects
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import CALLED_OFF, ProductionState
from marketplace.domain.tasks import services as tasks
from marketplace.kernel import zones
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say

_HAS_IT = (BookingState.OFFERED, BookingState.STANDBY, *HAS_PLACE)


@dataclass(frozen=True, slots=True)
class SendOffer:
    """Ask one person to work some dates of a role, until `expires_at` (exclusive).

    day_rate: other than the role's, because the person asked for it in answer to the offer
    `replaces_id`.
    """

    role_id: int
    person_id: int
    application_id: int | None
    shoot_day_ids: Sequence[int]
    expires_at: datetime
    note: str
    sent_by_id: int
    day_rate: Money | None = None
    replaces_id: int | None = None


@dataclass(frozen=True, slots=True)
class WithdrawOffer:
    """Take back an offer of a production that was not answered yet."""

    offer_id: int
    production_id: int
    by_id: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    """One date asked for: the place and its shoot day, both locked."""

    place: RoleDate
    day: ShootDay


def send_offer(session: Session, command: SendOffer, *, clock: Clock) -> Offer:
    """Offer one person some dates of a role, on the role's and the production's terms of now.

    Flushes, never commits. Raises OfferRefusedError when the role, the dates or the deadline do
    not allow an offer, and NotFreeError when the person cannot work a date.
    """
    role = lock_one(session, Role, command.role_id)
    production = session.get_one(Production, role.production_id)
    asked = _asked(session, command)
    lock(session, Person, [command.person_id])
    _refuse_closed(role, production)
    _refuse_late(asked, command.expires_at, clock.now())
    _refuse_taken(session, command.person_id, asked)
    _refuse_busy(session, command.person_id, production, asked)
    _move_application(session, command, clock=clock)
    offer = Offer(
        role_id=role.id,
        person_id=command.person_id,
        application_id=command.application_id,
        note=command.note,
        expires_at=command.expires_at,
        sent_by_id=command.sent_by_id,
        sent_at=clock.now(),
        replaces_id=command.replaces_id,
    )
    session.add(offer)
    session.flush()
    rate = command.day_rate or Money(role.day_rate_minor, role.currency)
    bookings = [_offered(offer, (role, rate), production, one) for one in asked]
    session.add_all(bookings)
    session.flush()
    key = f"expire_offer:{offer.id}"
    tasks.ask(session, "expire_offer", key, offer.id, run_at=offer.expires_at)
    places_asked = [one.place.id for one in asked]
    by = command.sent_by_id
    standing.offered(session, command.person_id, places_asked, actor_id=by, clock=clock)
    telling.tell_sent(session, offer, bookings, clock=clock)
    return offer


def withdraw_offer(session: Session, command: WithdrawOffer, *, clock: Clock) -> Offer:
    """Take back an offer that was not answered; taking it back twice changes nothing.

    Raises OfferEndedError when the person was faster.
    """
    offer = lock_one(session, Offer, command.offer_id)
    role = session.get_one(Role, offer.role_id)
    if role.production_id != command.production_id:
        raise NotFoundError(say("There is no such offer."))
    if offer.state == OfferState.WITHDRAWN:
        return offer
    if offer.state not in UNANSWERED:
        raise OfferEndedError(say("This offer was answered or has expired meanwhile."))
    end(session, offer, OfferState.WITHDRAWN, command.by_id, reason=command.reason, clock=clock)
    facts = telling.facts_of(session, offer.id)
    subject = say("The offer for %(role)s in %(title)s was withdrawn", **facts.names)
    lines = (say("You need not do anything. The dates are free again."),)
    news = News(f"offer:{offer.public_id}:withdrawn", subject, lines)
    telling.tell_talent(session, facts, news, clock=clock)
    return offer


def expire(session: Session, offer_id: int, *, clock: Clock) -> bool:
    """End an offer whose deadline has come; False when there was nothing to end."""
    offer = lock_one(session, Offer, offer_id)
    if offer.state != OfferState.SENT or is_open_at(clock.now(), offer.expires_at):
        return False
    end(session, offer, OfferState.EXPIRED, None, clock=clock)
    facts = telling.facts_of(session, offer.id)
    key = f"offer:{offer.public_id}:expired"
    ended = say("The offer for %(role)s in %(title)s has expired", **facts.names)
    talent = (say("The deadline has passed without an answer. The dates are free again."),)
    telling.tell_talent(session, facts, News(f"{key}:talent", ended, talent), clock=clock)
    silent = say("%(name)s did not answer the offer for %(role)s in time", **facts.names)
    casting = (say("You can offer the dates to somebody else, or ask again."),)
    telling.tell_casting(session, facts, News(f"{key}:casting", silent, casting), clock=clock)
    return True


_ENDS = {
    OfferState.WITHDRAWN: Action.WITHDRAW,
    OfferState.EXPIRED: Action.EXPIRE,
    OfferState.DECLINED: Action.DECLINE,
}
_STEPS = {
    OfferState.ACCEPTED: OfferAction.ACCEPT,
    OfferState.DECLINED: OfferAction.DECLINE,
    OfferState.EXPIRED: OfferAction.EXPIRE,
    OfferState.WITHDRAWN: OfferAction.WITHDRAW,
    OfferState.REPLACED: OfferAction.AGREE,
}


def end(
    session: Session,
    offer: Offer,
    state: OfferState,
    actor_id: int | None,
    *,
    reason: str = "",
    clock: Clock,
) -> None:
    """End a locked offer without a booking, and everything that hung on it."""
    lock(session, Person, [offer.person_id])
    bookings = bookings_of(session, offer)
    over = RefusalAction.EXPIRE if state is OfferState.EXPIRED else RefusalAction.RELEASE
    dates = [booking.role_date_id for booking in bookings]
    standing.offer_ended(session, offer, dates, over, actor_id=actor_id, clock=clock)
    for booking in bookings:
        if booking.state != BookingState.OFFERED:
            continue
        places.move(
            session,
            booking,
            _ENDS[state],
            actor_id=actor_id,
            reason=reason,
            clock=clock,
        )
    record(session, offer, state, actor_id, reason=reason, clock=clock)
    tasks.drop(session, f"expire_offer:{offer.id}", now=clock.now())
    places.settle_application(session, offer.id, actor_id=actor_id, clock=clock)


def record(
    session: Session,
    offer: Offer,
    state: OfferState,
    actor_id: int | None,
    *,
    reason: str = "",
    clock: Clock,
) -> None:
    """Give a locked offer its last state, and write the log."""
    facts = telling.facts_of(session, offer.id)
    offer_after(OfferState(offer.state), _STEPS[state])
    act = audit.Act(
        f"offer:{offer.public_id}",
        state,
        {"state": offer.state},
        {"state": state.value},
        reason,
        facts.company_id,
    )
    offer.state = state
    offer.answered_at = clock.now()
    audit.record(session, act, actor_id=actor_id, clock=clock)
    session.flush()


def bookings_of(session: Session, offer: Offer) -> list[Booking]:
    """Return the dates of an offer in the order of their calls, as they are now."""
    found = sa.select(Booking).where(Booking.offer_id == offer.id).order_by(Booking.call_at)
    return list(session.scalars(found.execution_options(populate_existing=True)))


def _asked(session: Session, command: SendOffer) -> list[_Asked]:
    """Return the dates asked for in the order of their calls, on the times of now.

    The shoot days are locked, so that nobody moves a call while it is copied into the offer.
    """
    found = session.execute(
        sa.select(RoleDate.id, RoleDate.shoot_day_id)
        .join(ShootDay, ShootDay.id == RoleDate.shoot_day_id)
        .where(
            RoleDate.role_id == command.role_id,
            RoleDate.shoot_day_id.in_(command.shoot_day_ids),
            ShootDay.state.not_in(CALLED_OFF),
        ),
    ).all()
    if not found or len(found) != len(set(command.shoot_day_ids)):
        raise OfferRefusedError(say("Tick at least one of the dates of this role."))
    days = {day.id: day for day in lock(session, ShootDay, [day_id for _, day_id in found])}
    wanted = lock(session, RoleDate, [place_id for place_id, _ in found])
    asked = [_Asked(place, days[place.shoot_day_id]) for place in wanted]
    return sorted(asked, key=lambda one: one.day.call_at)


def _refuse_closed(role: Role, production: Production) -> None:
    if role.state not in {RoleState.OPEN, RoleState.CLOSED}:
        raise OfferRefusedError(say("This role is not open, so it cannot be offered."))
    if production.state != ProductionState.LIVE:
        raise OfferRefusedError(say("This production is not live, so nothing can be offered."))
    _engagement(production)


def _engagement(production: Production) -> str:
    """Return how the production engages people; raises OfferRefusedError while nobody chose."""
    if production.engagement is None:
        raise OfferRefusedError(
            say("Say on the production how people are engaged, then make offers."),
        )
    return production.engagement


def _refuse_late(asked: Sequence[_Asked], expires_at: datetime, now: datetime) -> None:
    if not is_open_at(now, expires_at):
        raise OfferRefusedError(say("The deadline of an offer must be in the future."))
    if expires_at > asked[0].day.call_at:
        raise OfferRefusedError(
            say(
                "The deadline must be before the first call, on %(date)s.",
                date=asked[0].day.shoot_date,
            ),
        )


def _refuse_taken(session: Session, person_id: int, asked: Sequence[_Asked]) -> None:
    taken = session.scalars(
        sa.select(ShootDay.shoot_date)
        .join(Booking, Booking.shoot_day_id == ShootDay.id)
        .where(
            Booking.person_id == person_id,
            Booking.role_date_id.in_([one.place.id for one in asked]),
            Booking.state.in_(_HAS_IT),
        )
        .order_by(ShootDay.shoot_date),
    ).first()
    if taken is not None:
        raise OfferRefusedError(
            say("This person already has an offer or a booking for %(date)s.", date=taken),
        )


def _refuse_busy(
    session: Session,
    person_id: int,
    production: Production,
    asked: Sequence[_Asked],
) -> None:
    rest = production.minimum_rest_minutes
    days = [
        DayWindow(one.day.id, one.day.shoot_date, one.day.call_at, one.day.wrap_at, rest)
        for one in asked
    ]
    found = fits(session, person_id, days)
    for day in days:
        if not is_possible(found[day.shoot_day_id]):
            raise NotFreeError(
                say("This person cannot work on %(date)s.", date=day.shoot_date),
            )


def _move_application(session: Session, command: SendOffer, *, clock: Clock) -> None:
    if command.application_id is None:
        return
    application = lock_one(session, Application, command.application_id)
    if (application.role_id, application.person_id) != (command.role_id, command.person_id):
        raise NotFoundError(say("There is no such application."))
    if application.state in {ApplicationState.OFFERED, ApplicationState.BOOKED}:
        return
    if application.state == ApplicationState.WITHDRAWN:
        raise WithdrewError(_withdrew(session, application))
    actor = command.sent_by_id
    selects.move(session, application, Selection.OFFER, actor_id=actor, clock=clock)


def _withdrew(session: Session, application: Application) -> Sentence:
    role = session.get_one(Role, application.role_id)
    zone = session.get_one(Production, role.production_id).zone
    there = zones.local(application.changed_at, zone)
    return say(
        "%(name)s withdrew at %(time)s, %(date)s: the offer was not sent.",
        name=session.get_one(Person, application.person_id).stage_name,
        time=f"{there:%H:%M}",
        date=there.date(),
    )


def _offered(
    offer: Offer, terms: tuple[Role, Money], production: Production, asked: _Asked
) -> Booking:
    role, rate = terms
    return Booking(
        offer_id=offer.id,
        role_id=role.id,
        role_date_id=asked.place.id,
        shoot_day_id=asked.day.id,
        production_id=production.id,
        person_id=offer.person_id,
        call_at=asked.day.call_at,
        wrap_at=asked.day.wrap_at,
        rest_minutes=production.minimum_rest_minutes,
        day_rate_minor=rate.minor,
        guaranteed_minutes=role.guaranteed_minutes,
        currency=rate.currency,
        agreement=production.agreement,
        scheme=production.scheme,
        withholding_agent=production.withholding_agent,
        cancellation_policy=production.cancellation_policy,
        standby_percent=role.standby_percent,
        engagement=_engagement(production),
        payroll_period=production.payroll_period,
    )
