"""A day moves: everybody is asked once more, nobody loses a place or a fee on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.booking import services
from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.rules import (
    BookingState,
    NotFreeError,
    OfferEndedError,
    OfferRefusedError,
    OfferState,
)
from marketplace.domain.booking.rules.cancelling import Reason
from marketplace.domain.booking.rules.moving import (
    MoveFit,
    MoveRefusedError,
    PreviewChangedError,
)
from marketplace.domain.booking.services import AnswerOffer, CancelBooking
from marketplace.domain.booking.services.moving import CalledOff
from marketplace.domain.booking.services.reconfirming import AnswerMove, reconfirm
from marketplace.domain.casting.models import ApplicationDate
from marketplace.domain.notices.models import Mail
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import DayState
from marketplace.domain.tasks.models import Task
from marketplace.domain.timecards import jobs
from marketplace.domain.timecards import services as timecards
from marketplace.domain.timecards.models import TimeCard
from marketplace.domain.timecards.rules import CardKind
from marketplace.domain.timecards.services import called_off
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import NotAllowedError, NotFoundError
from tests.support.builders import (
    NOW,
    a_booking,
    a_person,
    a_production,
    a_role,
    a_shoot_day,
    a_time_card,
    an_application,
    role_dates,
)
from tests.support.moving import HALF, a_call_off, a_move, follower, shown, terms

ANSWER_BY = NOW + timedelta(hours=4)
LATER = terms("2026-12-01")


class Rain:
    """A day on 29 November with two booked people, one on standby and one who was asked."""

    def __init__(self, session: Session, clock: FixedClock) -> None:
        self.session, self.clock = session, clock
        self.show: Production = a_production(session)
        self.day: ShootDay = a_shoot_day(session, self.show, "2026-11-29")
        self.role = a_role(session, self.show, [self.day], headcount=3)
        self.mei = self.booked("Mei")
        self.marcus = self.booked("Marcus")

    def booked(self, name: str, state: BookingState = BookingState.CONFIRMED) -> Booking:
        person = a_person(self.session, name)
        made = a_booking(self.session, self.role, person, self.day, state=state)
        made.cancellation_policy = HALF
        self.session.flush()
        return made

    def on_standby(self, name: str) -> Booking:
        made = self.booked(name, BookingState.OFFERED)
        made.state, made.standby_rank = BookingState.STANDBY, 1
        self.session.get_one(Offer, made.offer_id).state = OfferState.ACCEPTED
        self.session.flush()
        return made

    def moved(self) -> CalledOff:
        command = a_move(self.session, self.day, LATER, ANSWER_BY, clock=self.clock)
        return called_off.move_day(self.session, command, clock=self.clock)

    def answer(self, booking: Booking) -> AnswerMove:
        return AnswerMove(follower(self.session, booking).id, booking.person_id)


@pytest.fixture
def rain(session: Session, clock: FixedClock) -> Rain:
    return Rain(session, clock)


def mails(session: Session, person: Booking) -> list[str]:
    return list(
        session.scalars(
            sa.select(Mail.key).where(Mail.key.contains(person.public_id)).order_by(Mail.id)
        )
    )


def test_everybody_booked_is_asked_again_and_keeps_the_place_meanwhile(rain: Rain) -> None:
    done = rain.moved()

    assert done.target is not None
    assert done.asked == 2
    assert (rain.day.state, rain.day.moved_to_id) == (DayState.MOVED, done.target.id)
    new = follower(rain.session, rain.mei)
    assert (rain.mei.state, new.state) == (BookingState.MOVED, BookingState.RECONFIRM)
    assert (new.call_at, new.answer_by_at) == (done.target.call_at, ANSWER_BY)
    assert new.day_rate_minor == rain.mei.day_rate_minor
    old_place, new_place = role_dates(rain.session, rain.role)
    assert (old_place.confirmed, new_place.confirmed, new_place.headcount) == (0, 2, 3)


def test_moving_twice_with_one_tap_moves_once_and_tells_once(rain: Rain) -> None:
    command = a_move(rain.session, rain.day, LATER, ANSWER_BY, clock=rain.clock)
    first = called_off.move_day(rain.session, command, clock=rain.clock)

    again = called_off.move_day(rain.session, command, clock=rain.clock)

    assert again.target is first.target
    new = follower(rain.session, rain.mei)
    assert len(mails(rain.session, new)) == 1


def test_a_yes_books_the_new_day_and_drops_the_fee(rain: Rain) -> None:
    rain.moved()

    booking = reconfirm(rain.session, rain.answer(rain.mei), clock=rain.clock)
    again = reconfirm(rain.session, rain.answer(rain.mei), clock=rain.clock)

    assert booking is again
    assert (booking.state, booking.fee_minor) == (BookingState.CONFIRMED, None)
    assert role_dates(rain.session, rain.role)[1].confirmed == 2
    assert len(mails(rain.session, booking)) == 2


def test_a_no_frees_the_place_and_pays_the_old_date_by_its_policy(rain: Rain) -> None:
    rain.moved()

    paid = called_off.refuse_move(rain.session, rain.answer(rain.mei), clock=rain.clock)
    again = called_off.refuse_move(rain.session, rain.answer(rain.mei), clock=rain.clock)

    assert paid is again is rain.mei
    assert (paid.state, paid.fee_minor) == (BookingState.MOVED, 14_000)
    new = follower(rain.session, rain.mei)
    assert (new.state, new.fee_minor) == (BookingState.RELEASED, None)
    assert role_dates(rain.session, rain.role)[1].confirmed == 1
    card = rain.session.query(TimeCard).filter_by(booking_id=rain.mei.id).one()
    assert card.kind == CardKind.CANCELLED


def test_silence_until_the_deadline_frees_the_place_with_the_fee(rain: Rain) -> None:
    rain.moved()
    new = follower(rain.session, rain.mei)
    before = jobs.expire_reconfirm(rain.session, new.id, clock=rain.clock)
    at_deadline = FixedClock(ANSWER_BY)

    ended = jobs.expire_reconfirm(rain.session, new.id, clock=at_deadline)
    twice = jobs.expire_reconfirm(rain.session, new.id, clock=at_deadline)

    assert (before, ended, twice) == (False, True, False)
    assert (new.state, rain.mei.fee_minor) == (BookingState.EXPIRED, 14_000)
    with pytest.raises(OfferEndedError):
        reconfirm(rain.session, rain.answer(rain.mei), clock=at_deadline)


def test_an_answer_in_the_second_of_the_deadline_is_too_late(rain: Rain) -> None:
    rain.moved()

    with pytest.raises(OfferEndedError, match="time to answer has passed"):
        reconfirm(rain.session, rain.answer(rain.mei), clock=FixedClock(ANSWER_BY))


def test_a_stranger_cannot_answer(rain: Rain) -> None:
    rain.moved()
    command = replace(rain.answer(rain.mei), person_id=rain.marcus.person_id)

    with pytest.raises(NotFoundError):
        reconfirm(rain.session, command, clock=rain.clock)


def test_an_old_booking_is_nothing_to_answer(rain: Rain) -> None:
    with pytest.raises(NotFoundError):
        reconfirm(rain.session, AnswerMove(rain.mei.id, rain.mei.person_id), clock=rain.clock)


def test_the_event_keeps_its_name_with_a_higher_sequence(rain: Rain) -> None:
    before = rain.mei.calendar_sequence

    rain.moved()

    new = follower(rain.session, rain.mei)
    assert (new.calendar_uid, new.calendar_sequence) == (rain.mei.public_id, before + 1)


def test_the_work_of_the_day_moves_with_it(rain: Rain, session: Session) -> None:
    session.add(
        Task(
            kind="close_day",
            key=f"close_day:{rain.day.id}",
            subject_id=rain.day.id,
            run_at=rain.day.wrap_at,
            lease_until=rain.day.wrap_at,
        ),
    )
    session.flush()

    done = rain.moved()

    assert done.target is not None
    old, new = (
        session.query(Task).filter_by(key=f"close_day:{day.id}").one()
        for day in (rain.day, done.target)
    )
    assert old.done_at is not None
    assert (new.done_at, new.run_at) == (None, done.target.wrap_at)


def test_standbys_and_open_offers_follow_as_offers_with_a_new_deadline(rain: Rain) -> None:
    waiting = rain.on_standby("Nora")
    asked = rain.booked("Theo", BookingState.OFFERED)

    rain.moved()

    for old in (waiting, asked):
        new = follower(rain.session, old)
        offer = rain.session.get_one(Offer, new.offer_id)
        assert (old.state, new.state) == (BookingState.MOVED, BookingState.OFFERED)
        assert offer.state == OfferState.SENT
        assert offer.expires_at >= ANSWER_BY
        assert len(mails(rain.session, new)) == 1


def test_a_tick_on_an_old_page_never_accepts_the_new_date(rain: Rain) -> None:
    asked = rain.booked("Theo", BookingState.OFFERED)
    rain.moved()

    with pytest.raises(NotAllowedError, match="moved on meanwhile"):
        services.accept(
            rain.session,
            AnswerOffer(asked.offer_id, asked.person_id, [asked.id]),
            clock=rain.clock,
        )
    accepted = services.accept(
        rain.session,
        AnswerOffer(asked.offer_id, asked.person_id, [follower(rain.session, asked).id]),
        clock=rain.clock,
    )

    assert len(accepted.confirmed) == 1


def test_a_place_somebody_is_asked_to_keep_goes_to_nobody_else(rain: Rain) -> None:
    role_dates(rain.session, rain.role)[0].headcount = 2
    asked = rain.booked("Theo", BookingState.OFFERED)
    rain.moved()
    command = AnswerOffer(asked.offer_id, asked.person_id, [follower(rain.session, asked).id])

    accepted = services.accept(rain.session, command, clock=rain.clock)
    called_off.refuse_move(rain.session, rain.answer(rain.mei), clock=rain.clock)

    assert accepted.confirmed == []
    (promoted,) = accepted.standby
    assert promoted.state == BookingState.CONFIRMED


def test_whoever_works_for_us_at_that_time_already_is_let_go_with_the_fee(rain: Rain) -> None:
    other = a_shoot_day(rain.session, rain.show, "2026-12-01")
    role = a_role(rain.session, rain.show, [other], name="Bo")
    mei = rain.session.get_one(Booking, rain.mei.id)
    person = rain.session.get_one(type(a_person(rain.session)), mei.person_id)
    a_booking(rain.session, role, person, other)

    done = rain.moved()

    assert done.ended == [rain.mei]
    assert (rain.mei.state, rain.mei.fee_minor) == (BookingState.CANCELLED_BY_PRODUCTION, 14_000)
    assert rain.session.query(TimeCard).filter_by(booking_id=rain.mei.id).count() == 1


def test_other_work_and_short_rest_are_shown_and_refused_when_they_say_yes(rain: Rain) -> None:
    session = rain.session
    elsewhere = a_production(session, title="Elsewhere")
    late = a_shoot_day(session, elsewhere, "2026-11-30", call="14:00", wrap="25:00")
    role = a_role(session, elsewhere, [late])
    person = session.get_one(type(a_person(session)), rain.mei.person_id)
    a_booking(session, role, person, late)

    seen = shown(session, rain.day, LATER, Reason.PRODUCTION, rain.clock)
    rain.moved()

    (mei, marcus) = seen.people
    assert mei.follows is not None
    assert marcus.follows is not None
    assert (mei.follows.fit, mei.follows.rest) == (MoveFit.SHORT_REST, timedelta(hours=6))
    assert marcus.follows.fit is MoveFit.FREE
    assert seen.gaps[0].is_short
    with pytest.raises(NotFreeError, match="too close"):
        reconfirm(session, rain.answer(rain.mei), clock=rain.clock)


def test_moving_back_asks_once_more_and_keeps_the_fee_of_what_was_agreed(rain: Rain) -> None:
    first = rain.moved()
    assert first.target is not None
    reconfirm(rain.session, rain.answer(rain.marcus), clock=rain.clock)
    hour = FixedClock(NOW + timedelta(hours=1))
    back = a_move(rain.session, first.target, terms("2026-11-29"), ANSWER_BY, clock=hour)

    second = called_off.move_day(rain.session, back, clock=hour)
    paid = called_off.refuse_move(rain.session, rain.answer(rain.mei), clock=hour)

    assert second.target is not None
    assert second.target.shoot_date == rain.day.shoot_date
    assert paid is rain.mei
    assert paid.fee_minor == 14_000
    marcus = follower(rain.session, rain.marcus)
    assert marcus.state == BookingState.RECONFIRM
    assert marcus.moved_from_id != rain.marcus.id


def test_cancelling_somebody_who_was_asked_again_pays_the_date_they_agreed_to(
    rain: Rain,
) -> None:
    rain.moved()
    new = follower(rain.session, rain.mei)
    command = CancelBooking(new.id, rain.show.id, rain.show.created_by_id, "No more scene")

    paid = timecards.cancel(rain.session, command, clock=rain.clock)

    assert paid is rain.mei
    assert (paid.fee_minor, new.state) == (14_000, BookingState.CANCELLED_BY_PRODUCTION)


def test_anything_that_changed_after_the_preview_stops_the_move(rain: Rain) -> None:
    command = a_move(rain.session, rain.day, LATER, ANSWER_BY, clock=rain.clock)
    rain.booked("Nora")

    with pytest.raises(PreviewChangedError):
        called_off.move_day(rain.session, command, clock=rain.clock)

    assert rain.day.state == DayState.PLANNED


def test_a_second_user_with_another_date_sees_the_new_preview(rain: Rain) -> None:
    command = a_move(rain.session, rain.day, terms("2026-12-03"), ANSWER_BY, clock=rain.clock)
    rain.moved()

    with pytest.raises(PreviewChangedError):
        called_off.move_day(rain.session, command, clock=rain.clock)


def test_a_fee_limit_that_passes_after_the_preview_stops_the_move(
    rain: Rain, session: Session
) -> None:
    rain.mei.cancellation_policy = {
        **HALF,
        "rows": [{"reason": "production", "percent": 50, "under_hours": 150}],
    }
    session.flush()
    early = FixedClock(rain.mei.call_at - timedelta(hours=150))
    command = a_move(session, rain.day, LATER, early.now() + timedelta(hours=4), clock=early)

    with pytest.raises(PreviewChangedError):
        called_off.move_day(session, command, clock=FixedClock(early.now() + timedelta(minutes=1)))


def test_a_day_with_hours_stays(rain: Rain) -> None:
    a_time_card(rain.session, rain.mei)

    with pytest.raises(MoveRefusedError, match="hours"):
        rain.moved()
    with pytest.raises(MoveRefusedError, match="hours"):
        called_off.call_off_day(
            rain.session, a_call_off(rain.session, rain.day, clock=rain.clock), clock=rain.clock
        )


def test_a_day_that_has_begun_is_closed_or_has_no_reason_stays(rain: Rain) -> None:
    begun = FixedClock(rain.day.call_at)
    command = a_move(rain.session, rain.day, LATER, ANSWER_BY, clock=rain.clock)
    with pytest.raises(MoveRefusedError, match="first call has passed"):
        called_off.move_day(rain.session, command, clock=begun)
    with pytest.raises(MoveRefusedError, match="Say why"):
        called_off.move_day(rain.session, replace(command, reason=" "), clock=rain.clock)
    with pytest.raises(NotFoundError):
        called_off.move_day(rain.session, replace(command, production_id=0), clock=rain.clock)
    rain.day.state = DayState.CLOSED
    with pytest.raises(MoveRefusedError, match="closed"):
        called_off.move_day(rain.session, command, clock=rain.clock)


def test_a_day_cannot_move_to_where_it_is(rain: Rain) -> None:
    same = terms("2026-11-29")
    command = a_move(rain.session, rain.day, same, ANSWER_BY, clock=rain.clock)

    with pytest.raises(MoveRefusedError, match="already"):
        called_off.move_day(rain.session, command, clock=rain.clock)


@pytest.mark.parametrize("hours", [0, 24 * 30])
def test_the_deadline_lies_between_now_and_the_new_call(rain: Rain, hours: int) -> None:
    command = a_move(rain.session, rain.day, LATER, NOW + timedelta(hours=hours), clock=rain.clock)

    with pytest.raises(OfferRefusedError):
        called_off.move_day(rain.session, command, clock=rain.clock)


def test_applicants_who_ticked_the_day_have_ticked_the_new_one(rain: Rain) -> None:
    application = an_application(rain.session, rain.role, a_person(rain.session, "Nora"))

    rain.moved()

    ticks = rain.session.query(ApplicationDate).filter_by(application_id=application.id)
    assert {tick.role_date_id for tick in ticks} == {
        place.id for place in role_dates(rain.session, rain.role)
    }


def test_calling_a_day_off_tells_everybody_once_and_pays_by_reason(rain: Rain) -> None:
    waiting = rain.on_standby("Nora")
    asked = rain.booked("Theo", BookingState.OFFERED)
    command = a_call_off(rain.session, rain.day, clock=rain.clock, kind=Reason.WEATHER)

    called_off.call_off_day(rain.session, command, clock=rain.clock)
    called_off.call_off_day(rain.session, command, clock=rain.clock)

    assert rain.day.state == DayState.CANCELLED
    assert (rain.mei.state, rain.mei.fee_minor) == (BookingState.CANCELLED_BY_PRODUCTION, 7_000)
    assert (waiting.state, asked.state) == (BookingState.RELEASED, BookingState.WITHDRAWN)
    assert rain.session.get_one(Offer, asked.offer_id).state == OfferState.WITHDRAWN
    assert [len(mails(rain.session, one)) for one in (rain.mei, waiting, asked)] == [1, 1, 1]
    assert role_dates(rain.session, rain.role)[0].confirmed == 0
    assert rain.session.query(TimeCard).filter_by(booking_id=rain.mei.id).count() == 1


def test_days_that_are_called_off_are_numbered_last(rain: Rain) -> None:
    later = a_shoot_day(rain.session, rain.show, "2026-12-05")

    done = rain.moved()

    assert done.target is not None
    assert (done.target.number, later.number, rain.day.number) == (1, 2, 3)
