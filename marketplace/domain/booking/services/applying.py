"""Apply for dates that fit between one's other work; withdraw together with an open offer."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock
from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.queries.agenda import diary
from marketplace.domain.booking.rules import (
    UNANSWERED,
    BookingState,
    NotFreeError,
    OfferState,
    WorkWindow,
    refusal,
)
from marketplace.domain.booking.services import endings, offers
from marketplace.domain.booking.services.endings import GiveBack
from marketplace.domain.casting.models import Application, RoleDate
from marketplace.domain.casting.rules import ApplicationState
from marketplace.domain.casting.services import applications
from marketplace.domain.casting.services.applications import Apply, Withdraw
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.kernel.clock import Clock


def apply(session: Session, command: Apply, *, clock: Clock) -> Application:
    """Send an application for dates the person can work.

    Flushes, never commits. Raises NotFreeError, naming the date and never whose work is in the
    way, and whatever `casting.services.applications.apply` refuses.
    """
    mine = diary(session, command.person_id, clock.now())
    days = session.execute(
        sa.select(
            ShootDay.shoot_date,
            ShootDay.call_at,
            ShootDay.wrap_at,
            Production.minimum_rest_minutes,
        )
        .join(RoleDate, RoleDate.shoot_day_id == ShootDay.id)
        .join(Production, Production.id == ShootDay.production_id)
        .where(RoleDate.id.in_(command.role_date_ids))
        .order_by(ShootDay.call_at),
    )
    for on, call_at, wrap_at, minutes in days:
        window = WorkWindow(call_at, wrap_at, timedelta(minutes=minutes))
        why = refusal(on, window, mine.work)
        if why is not None:
            raise NotFreeError(why)
    return applications.apply(session, command, clock=clock)


def withdraw(session: Session, command: Withdraw, *, clock: Clock) -> Application:
    """Take an application back, decline an offer that waits, and leave every line of standbys.

    Flushes, never commits. Doing it twice changes nothing. Everything is locked first, in the
    order that `offers` says.
    """
    application = applications.own(session, command)
    waiting = sa.select(Offer.id).where(
        Offer.application_id == application.id,
        Offer.state.in_(UNANSWERED),
    )
    held = lock(session, Offer, session.scalars(waiting).all())
    standbys = _standbys(session, application)
    lock(session, RoleDate, [booking.role_date_id for booking in standbys])
    lock(session, Person, [command.person_id])
    actor_id = session.get_one(Person, command.person_id).user_id
    for offer in held:
        if offer.state in UNANSWERED:
            offers.end(session, offer, OfferState.DECLINED, actor_id, clock=clock)
    for booking in standbys:
        endings.give_back(session, GiveBack(booking.id, application.person_id), clock=clock)
    return applications.withdraw(session, command, clock=clock)


def _standbys(session: Session, application: Application) -> list[Booking]:
    """Return the lines this application waits in: nobody is booked after they withdrew."""
    if application.state == ApplicationState.BOOKED:
        return []
    standby = (
        sa.select(Booking)
        .join(Offer, Offer.id == Booking.offer_id)
        .where(
            Offer.application_id == application.id,
            Booking.state == BookingState.STANDBY,
        )
        .order_by(Booking.id)
    )
    return list(session.scalars(standby))
