"""Apply, and withdraw: only dates that fit, once, and with everything that hangs on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.rules import BookingState, NotFreeError, OfferState
from marketplace.domain.booking.services import applying
from marketplace.domain.casting.models import Application, ApplicationDate, Role
from marketplace.domain.casting.queries import applications as queries
from marketplace.domain.casting.rules import ApplicationState, RoleState
from marketplace.domain.casting.services import applications
from marketplace.domain.casting.services.applications import ApplicationError, Apply, Withdraw
from marketplace.domain.notices.models import Notice
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import NotFoundError
from tests.support.builders import (
    NOW,
    a_booking,
    a_person,
    a_production,
    a_role,
    a_shoot_day,
    an_application,
    role_dates,
)

CLOCK = FixedClock(NOW)
LATER = FixedClock(NOW + timedelta(days=3))


def wish(session: Session, role: Role, person: Person) -> Apply:
    """Return an application for every date of a role."""
    return Apply(role.public_id, person.id, [one.id for one in role_dates(session, role)])


def notices_of(session: Session, user_id: int) -> list[str]:
    found = session.scalars(sa.select(Notice).where(Notice.user_id == user_id))
    return [str(notice.key) for notice in found]


def test_an_application_keeps_its_dates_and_starts_as_submitted(session: Session) -> None:
    show = a_production(session)
    role = a_role(
        session, show, [a_shoot_day(session, show), a_shoot_day(session, show, "2026-11-30")]
    )
    person = a_person(session)

    made = applying.apply(
        session, replace(wish(session, role, person), note=" Off book. "), clock=CLOCK
    )

    assert (made.state, made.note, made.submitted_at) == (
        ApplicationState.SUBMITTED,
        "Off book.",
        NOW,
    )
    assert queries.ticked(session, made.id) == {one.id for one in role_dates(session, role)}
    assert queries.live_for(session, person.id, role.id) == made.public_id


def test_a_date_that_clashes_is_refused_without_saying_whose_work_it_is(session: Session) -> None:
    other = a_production(session, title="Secret Show")
    busy = a_shoot_day(session, other, call="12:00", wrap="22:00")
    person = a_person(session)
    a_booking(session, a_role(session, other, [busy]), person, busy)
    show = a_production(session)
    role = a_role(session, show, [a_shoot_day(session, show)])

    with pytest.raises(NotFreeError) as refused:
        applying.apply(session, wish(session, role, person), clock=CLOCK)

    assert "Secret Show" not in str(refused.value.message)
    assert session.scalar(sa.select(sa.func.count(Application.id))) == 0


def test_a_date_too_close_to_other_work_is_refused(session: Session) -> None:
    other = a_production(session)
    night = a_shoot_day(session, other, "2026-11-28", call="16:00", wrap="26:00")
    person = a_person(session)
    a_booking(session, a_role(session, other, [night]), person, night)
    show = a_production(session)
    role = a_role(session, show, [a_shoot_day(session, show, call="07:00")])

    with pytest.raises(NotFreeError):
        applying.apply(session, wish(session, role, person), clock=CLOCK)


def test_nobody_applies_twice_while_the_first_application_lives(session: Session) -> None:
    show = a_production(session)
    role = a_role(session, show, [a_shoot_day(session, show)])
    person = a_person(session)
    applying.apply(session, wish(session, role, person), clock=CLOCK)

    with pytest.raises(ApplicationError, match="already"):
        applying.apply(session, wish(session, role, person), clock=CLOCK)

    assert session.scalar(sa.select(sa.func.count(ApplicationDate.id))) == 1


def test_somebody_who_withdrew_may_apply_again(session: Session) -> None:
    show = a_production(session)
    role = a_role(session, show, [a_shoot_day(session, show)])
    person = a_person(session)
    an_application(session, role, person, state=ApplicationState.WITHDRAWN)

    made = applying.apply(session, wish(session, role, person), clock=CLOCK)

    assert made.state == ApplicationState.SUBMITTED


@pytest.mark.parametrize("state", [RoleState.CLOSED, RoleState.CUT])
def test_a_role_that_is_not_open_takes_no_applications(session: Session, state: RoleState) -> None:
    show = a_production(session)
    role = a_role(session, show, [a_shoot_day(session, show)])
    role.state = state

    with pytest.raises(ApplicationError, match="no more"):
        applying.apply(session, wish(session, role, a_person(session)), clock=CLOCK)


def test_a_draft_role_is_not_there(session: Session) -> None:
    show = a_production(session)
    role = a_role(session, show, [a_shoot_day(session, show)])
    role.state, role.published_at = RoleState.DRAFT, None

    with pytest.raises(NotFoundError):
        applying.apply(session, wish(session, role, a_person(session)), clock=CLOCK)


def test_the_apply_by_time_is_the_first_moment_that_is_too_late(session: Session) -> None:
    show = a_production(session)
    role = a_role(session, show, [a_shoot_day(session, show)])

    with pytest.raises(ApplicationError, match="passed"):
        applying.apply(
            session, wish(session, role, a_person(session)), clock=FixedClock(role.apply_by_at)
        )


def test_at_least_one_date_is_needed_and_only_the_roles_own(session: Session) -> None:
    show = a_production(session)
    role = a_role(session, show, [a_shoot_day(session, show)])
    other = a_role(session, show, [a_shoot_day(session, show, "2026-12-05")])
    person = a_person(session)

    with pytest.raises(ApplicationError, match="at least one"):
        applications.apply(
            session, replace(wish(session, role, person), role_date_ids=[]), clock=CLOCK
        )
    foreign = [one.id for one in role_dates(session, other)]
    with pytest.raises(ApplicationError, match="choose again"):
        applications.apply(
            session, replace(wish(session, role, person), role_date_ids=foreign), clock=CLOCK
        )


def test_disclosures_need_consent_which_is_kept(session: Session) -> None:
    show = a_production(session)
    role = a_role(session, show, [a_shoot_day(session, show)])
    role.disclosures = ["nudity"]
    person = a_person(session)

    with pytest.raises(ApplicationError, match="involves"):
        applying.apply(session, wish(session, role, person), clock=CLOCK)
    made = applying.apply(
        session, replace(wish(session, role, person), has_consented=True), clock=CLOCK
    )

    assert made.has_consented


def test_withdrawing_twice_is_the_same_and_casting_is_told_once(session: Session) -> None:
    show = a_production(session)
    role = a_role(session, show, [a_shoot_day(session, show)])
    person = a_person(session)
    made = an_application(session, role, person, state=ApplicationState.SHORTLISTED)
    command = Withdraw(made.public_id, person.id)

    applying.withdraw(session, command, clock=CLOCK)
    again = applying.withdraw(session, command, clock=LATER)

    assert (again.state, again.changed_at) == (ApplicationState.WITHDRAWN, NOW)
    told = notices_of(session, session.get_one(Production, show.id).created_by_id)
    assert (
        len([key for key in told if key.startswith(f"application:{made.public_id}:withdraw")]) == 1
    )


def test_withdrawing_declines_the_offer_that_waits(session: Session) -> None:
    show = a_production(session)
    day = a_shoot_day(session, show)
    role = a_role(session, show, [day])
    person = a_person(session)
    made = an_application(session, role, person, state=ApplicationState.OFFERED)
    booking = a_booking(session, role, person, day, state=BookingState.OFFERED)
    offer = session.get_one(Offer, booking.offer_id)
    offer.application_id = made.id
    session.flush()

    applying.withdraw(session, Withdraw(made.public_id, person.id), clock=CLOCK)

    assert made.state == ApplicationState.WITHDRAWN
    assert offer.state == OfferState.DECLINED
    assert session.get_one(Booking, booking.id).state == BookingState.DECLINED


def test_a_booked_application_is_not_withdrawn(session: Session) -> None:
    show = a_production(session)
    role = a_role(session, show, [a_shoot_day(session, show)])
    person = a_person(session)
    made = an_application(session, role, person, state=ApplicationState.BOOKED)

    with pytest.raises(ApplicationError, match="booked"):
        applying.withdraw(session, Withdraw(made.public_id, person.id), clock=CLOCK)


def test_an_application_of_somebody_else_is_not_there(session: Session) -> None:
    show = a_production(session)
    role = a_role(session, show, [a_shoot_day(session, show)])
    made = an_application(session, role, a_person(session))
    stranger = a_person(session, "Wen Qiu")

    with pytest.raises(NotFoundError):
        applying.withdraw(session, Withdraw(made.public_id, stranger.id), clock=CLOCK)

    assert queries.one(session, stranger.id, made.public_id) is None
    assert queries.mine(session, stranger.id) == []
