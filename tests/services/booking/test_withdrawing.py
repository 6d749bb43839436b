"""A person takes an application back: no offer waits for them, and no line."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.booking import services
from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.rules import BookingState, OfferState
from marketplace.domain.booking.services import AnswerOffer, SendOffer, applying
from marketplace.domain.casting.models import Application
from marketplace.domain.casting.rules import ApplicationState
from marketplace.domain.casting.services.applications import Withdraw
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.kernel.clock import FixedClock
from tests.support.builders import (
    a_booking,
    a_person,
    a_production,
    a_role,
    a_shoot_day,
    an_application,
    role_dates,
)


def offered(
    session: Session, application: Application, day: ShootDay, clock: FixedClock
) -> tuple[Offer, Booking]:
    production = session.get_one(Production, day.production_id)
    command = SendOffer(
        application.role_id,
        application.person_id,
        application.id,
        [day.id],
        day.call_at,
        "",
        production.created_by_id,
    )
    offer = services.send_offer(session, command, clock=clock)
    return offer, session.scalars(sa.select(Booking).where(Booking.offer_id == offer.id)).one()


def test_whoever_withdraws_is_in_no_line_and_has_no_offer(
    session: Session, clock: FixedClock
) -> None:
    production = a_production(session)
    first = a_shoot_day(session, production, "2026-11-28")
    second = a_shoot_day(session, production, "2026-11-29")
    role = a_role(session, production, [first, second])
    a_booking(session, role, a_person(session, "Marcus Bell"), first)
    application = an_application(session, role, a_person(session))
    offer, standby = offered(session, application, first, clock)
    answer = AnswerOffer(offer.id, application.person_id, [standby.id])
    assert services.accept(session, answer, clock=clock).standby == [standby]
    waiting, _ = offered(session, application, second, clock)

    mine = Withdraw(application.public_id, application.person_id)
    withdrawn = applying.withdraw(session, mine, clock=clock)

    assert withdrawn.state == ApplicationState.WITHDRAWN
    assert waiting.state == OfferState.DECLINED
    assert standby.state == BookingState.CANCELLED_BY_TALENT
    assert [place.confirmed for place in role_dates(session, role)] == [1, 0]
