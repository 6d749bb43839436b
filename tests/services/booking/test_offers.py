from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.audit.models import AuditEntry
from marketplace.domain.booking import jobs, services
from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.rules import (
    BookingState,
    NotFreeError,
    OfferEndedError,
    OfferRefusedError,
    OfferState,
)
from marketplace.domain.booking.services import (
    AnswerOffer,
    DeclineOffer,
    SendOffer,
    WithdrawOffer,
)
from marketplace.domain.casting.models import Application, Role
from marketplace.domain.casting.rules import ApplicationState, RoleState
from marketplace.domain.notices.models import Mail, Notice
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.tasks.models import Task
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


@dataclass
class Show:
    """A production with two days, an open role, and somebody who applied."""

    production: Production
    days: list[ShootDay]
    role: Role
    person: Person
    application: Application

    def send(self, session: Session, clock: FixedClock, *days: ShootDay) -> Offer:
        command = SendOffer(
            role_id=self.role.id,
            person_id=self.person.id,
            application_id=self.application.id,
            shoot_day_ids=[day.id for day in days or self.days],
            expires_at=NOW + timedelta(days=1),
            note="",
            sent_by_id=self.production.created_by_id,
        )
        return services.send_offer(session, command, clock=clock)


@pytest.fixture
def show(session: Session) -> Show:
    production = a_production(session)
    days = [a_shoot_day(session, production, on) for on in ("2026-11-29", "2026-11-30")]
    role = a_role(session, production, days)
    person = a_person(session)
    application = an_application(session, role, person)
    return Show(production, days, role, person, application)


def bookings(session: Session, offer: Offer) -> list[Booking]:
    session.expire_all()
    found = sa.select(Booking).where(Booking.offer_id == offer.id).order_by(Booking.call_at)
    return list(session.scalars(found))


def states(session: Session, offer: Offer) -> list[str]:
    return [booking.state for booking in bookings(session, offer)]


def mails(session: Session, person: Person) -> list[Notice]:
    found = sa.select(Notice).where(Notice.user_id == person.user_id).order_by(Notice.id)
    return list(session.scalars(found))


def answer(session: Session, offer: Offer, *wanted: int) -> AnswerOffer:
    found = bookings(session, offer)
    ids = [found[place].id for place in wanted or range(len(found))]
    return AnswerOffer(offer.id, offer.person_id, ids)


def test_an_offer_keeps_its_terms_when_the_role_changes(
    session: Session, show: Show, clock: FixedClock
) -> None:
    offer = show.send(session, clock)
    show.role.day_rate_minor = 1
    show.production.minimum_rest_minutes = 1
    session.flush()

    services.accept(session, answer(session, offer), clock=clock)

    kept = bookings(session, offer)
    assert [booking.day_rate_minor for booking in kept] == [28_000, 28_000]
    assert [booking.rest_minutes for booking in kept] == [600, 600]
    assert kept[0].agreement == "us_film_crew_12"


def test_an_offer_moves_the_application_and_tells_the_person_once(
    session: Session, show: Show, clock: FixedClock
) -> None:
    offer = show.send(session, clock)

    assert show.application.state == ApplicationState.OFFERED
    assert show.application.viewed_at == NOW
    assert [notice.path for notice in mails(session, show.person)] == [
        f"/me/offers/{offer.public_id}",
    ]
    task = session.scalars(sa.select(Task).where(Task.kind == "expire_offer")).one()
    assert (task.subject_id, task.run_at) == (offer.id, offer.expires_at)


def test_a_second_offer_for_the_same_date_is_refused(
    session: Session, show: Show, clock: FixedClock
) -> None:
    show.send(session, clock, show.days[0])

    with pytest.raises(OfferRefusedError, match="already has an offer"):
        show.send(session, clock)


def test_a_date_of_another_role_cannot_be_offered(
    session: Session, show: Show, clock: FixedClock
) -> None:
    elsewhere = a_shoot_day(session, a_production(session))

    with pytest.raises(OfferRefusedError, match="Tick at least one"):
        show.send(session, clock, show.days[0], elsewhere)


def test_somebody_who_works_elsewhere_cannot_be_offered_the_date(
    session: Session, show: Show, clock: FixedClock
) -> None:
    other = a_production(session, title="Secret Show")
    day = a_shoot_day(session, other, "2026-11-28", call="14:00", wrap="26:00")
    a_booking(session, a_role(session, other, [day]), show.person, day)

    with pytest.raises(NotFreeError) as refusal:
        show.send(session, clock)

    assert "Secret" not in str(refusal.value.message)
    assert session.scalars(sa.select(Offer).where(Offer.role_id == show.role.id)).first() is None


def test_a_draft_role_and_a_deadline_after_the_first_call_are_refused(
    session: Session, show: Show, clock: FixedClock
) -> None:
    late = SendOffer(
        show.role.id,
        show.person.id,
        None,
        [show.days[0].id],
        show.days[0].call_at + timedelta(minutes=1),
        "",
        show.production.created_by_id,
    )
    with pytest.raises(OfferRefusedError, match="before the first call"):
        services.send_offer(session, late, clock=clock)
    show.role.state = RoleState.DRAFT
    session.flush()
    with pytest.raises(OfferRefusedError, match="not open"):
        show.send(session, clock)


def test_an_application_of_somebody_else_is_not_found(
    session: Session, show: Show, clock: FixedClock
) -> None:
    show.person = a_person(session, "Jo Okafor")

    with pytest.raises(NotFoundError):
        show.send(session, clock)


def test_accepting_books_every_date_and_counts_the_places(
    session: Session, show: Show, clock: FixedClock
) -> None:
    offer = show.send(session, clock)

    accepted = services.accept(session, answer(session, offer), clock=clock)

    assert len(accepted.confirmed) == 2
    assert accepted.standby == []
    assert offer.state == OfferState.ACCEPTED
    session.expire_all()
    assert [place.confirmed for place in role_dates(session, show.role)] == [1, 1]
    assert show.application.state == ApplicationState.BOOKED
    assert len(mails(session, show.person)) == 2


def test_dates_that_were_not_ticked_are_declined(
    session: Session, show: Show, clock: FixedClock
) -> None:
    offer = show.send(session, clock)

    services.accept(session, answer(session, offer, 1), clock=clock)

    assert states(session, offer) == [BookingState.DECLINED, BookingState.CONFIRMED]
    assert [place.confirmed for place in role_dates(session, show.role)] == [0, 1]


def test_a_double_tap_gives_the_first_result_and_no_second_message(
    session: Session, show: Show, clock: FixedClock
) -> None:
    offer = show.send(session, clock)
    first = services.accept(session, answer(session, offer), clock=clock)
    told = len(session.scalars(sa.select(Mail)).all())

    second = services.accept(session, answer(session, offer), clock=clock)

    assert [one.id for one in second.confirmed] == [one.id for one in first.confirmed]
    assert len(session.scalars(sa.select(Mail)).all()) == told
    session.expire_all()
    assert [place.confirmed for place in role_dates(session, show.role)] == [1, 1]


def test_a_full_date_makes_a_standby_with_the_next_rank(
    session: Session, show: Show, clock: FixedClock
) -> None:
    for name in ("Priya Raman", "Jo Okafor", "Wen Qiu"):
        show.person = a_person(session, name)
        show.application = an_application(session, show.role, show.person)
        offer = show.send(session, clock, show.days[0])
        services.accept(session, answer(session, offer), clock=clock)

    ranks = session.execute(
        sa.select(Booking.state, Booking.standby_rank).order_by(Booking.id),
    ).all()
    assert [tuple(row) for row in ranks] == [
        (BookingState.CONFIRMED, None),
        (BookingState.STANDBY, 1),
        (BookingState.STANDBY, 2),
    ]
    assert show.application.state == ApplicationState.OFFERED
    release = session.scalars(sa.select(Task).where(Task.kind == "release_standby")).one()
    assert release.run_at == show.days[0].call_at - timedelta(hours=12)


@pytest.mark.parametrize("seconds", [0, 1])
def test_an_answer_in_the_second_of_the_deadline_is_too_late(
    session: Session, show: Show, clock: FixedClock, seconds: int
) -> None:
    offer = show.send(session, clock)
    clock.at = offer.expires_at + timedelta(seconds=seconds)

    with pytest.raises(OfferEndedError, match="expired"):
        services.accept(session, answer(session, offer), clock=clock)
    assert states(session, offer) == [BookingState.OFFERED, BookingState.OFFERED]


def test_an_answer_in_the_second_before_the_deadline_counts(
    session: Session, show: Show, clock: FixedClock
) -> None:
    offer = show.send(session, clock)
    clock.at = offer.expires_at - timedelta(seconds=1)

    assert services.accept(session, answer(session, offer), clock=clock).confirmed


def test_other_work_refuses_the_whole_answer_and_names_the_hours_only(
    session: Session, show: Show, clock: FixedClock
) -> None:
    offer = show.send(session, clock)
    other = a_production(session, title="Secret Show")
    day = a_shoot_day(session, other, "2026-11-29", call="20:00", wrap="26:00")
    a_booking(session, a_role(session, other, [day]), show.person, day)

    with pytest.raises(NotFreeError) as refusal:
        services.accept(session, answer(session, offer), clock=clock)

    assert str(refusal.value.message) == (
        "You have other work too close to 2026-11-29: it leaves 1:00:00 of rest, 10:00:00 are owed."
    )
    assert states(session, offer) == [BookingState.OFFERED, BookingState.OFFERED]
    assert [place.confirmed for place in role_dates(session, show.role)] == [0, 0]


def test_two_dates_of_one_offer_that_leave_too_little_rest_cannot_both_be_taken(
    session: Session, clock: FixedClock
) -> None:
    production = a_production(session)
    night = a_shoot_day(session, production, "2026-11-29", call="16:00", wrap="26:00")
    day = a_shoot_day(session, production, "2026-11-30", call="07:00", wrap="17:00")
    role = a_role(session, production, [night, day])
    person = a_person(session)
    show = Show(production, [night, day], role, person, an_application(session, role, person))
    offer = show.send(session, clock)

    with pytest.raises(NotFreeError):
        services.accept(session, answer(session, offer), clock=clock)
    assert services.accept(session, answer(session, offer, 0), clock=clock).confirmed


def test_the_databases_own_guard_becomes_the_same_refusal(
    session: Session, show: Show, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = show.send(session, clock)
    other = a_production(session)
    day = a_shoot_day(session, other, "2026-11-29", call="08:00", wrap="12:00")
    a_booking(session, a_role(session, other, [day]), show.person, day)
    command = answer(session, offer)
    monkeypatch.setattr(
        "marketplace.domain.booking.services.places.windows_of", lambda *_: []
    )  # a service that forgot to look

    with pytest.raises(NotFreeError, match="nothing was booked"):
        services.accept(session, command, clock=clock)


def test_nobody_answers_an_offer_of_somebody_else(
    session: Session, show: Show, clock: FixedClock
) -> None:
    offer = show.send(session, clock)
    stranger = a_person(session, "Jo Okafor")
    command = AnswerOffer(offer.id, stranger.id, answer(session, offer).booking_ids)

    with pytest.raises(NotFoundError):
        services.accept(session, command, clock=clock)
    with pytest.raises(NotFoundError):
        services.decline(session, DeclineOffer(offer.id, stranger.id), clock=clock)


def test_accepting_without_a_tick_is_refused(
    session: Session, show: Show, clock: FixedClock
) -> None:
    offer = show.send(session, clock)

    with pytest.raises(OfferRefusedError, match="Tick at least one"):
        services.accept(session, AnswerOffer(offer.id, show.person.id, []), clock=clock)


def test_declining_gives_the_application_back_to_the_shortlist_and_tells_casting(
    session: Session, show: Show, clock: FixedClock
) -> None:
    offer = show.send(session, clock)
    command = DeclineOffer(offer.id, show.person.id, "Visa")

    services.decline(session, command, clock=clock)
    services.decline(session, command, clock=clock)

    assert states(session, offer) == [BookingState.DECLINED, BookingState.DECLINED]
    assert show.application.state == ApplicationState.SHORTLISTED
    told = sa.select(Notice).where(Notice.user_id == show.production.created_by_id)
    assert len(session.scalars(told).all()) == 1
    with pytest.raises(OfferEndedError, match="declined"):
        services.accept(session, answer(session, offer), clock=clock)


def test_declining_a_second_offer_leaves_the_first_booking(
    session: Session, show: Show, clock: FixedClock
) -> None:
    first = show.send(session, clock, show.days[0])
    services.accept(session, answer(session, first), clock=clock)
    second = show.send(session, clock, show.days[1])

    services.decline(session, DeclineOffer(second.id, show.person.id), clock=clock)

    assert show.application.state == ApplicationState.BOOKED


def test_a_withdrawn_offer_cannot_be_accepted(
    session: Session, show: Show, clock: FixedClock
) -> None:
    offer = show.send(session, clock)
    command = WithdrawOffer(offer.id, show.production.id, show.production.created_by_id)

    services.withdraw_offer(session, command, clock=clock)
    services.withdraw_offer(session, command, clock=clock)

    with pytest.raises(OfferEndedError, match="withdrawn"):
        services.accept(session, answer(session, offer), clock=clock)
    assert len(mails(session, show.person)) == 2
    with pytest.raises(NotFoundError):
        services.withdraw_offer(
            session,
            WithdrawOffer(offer.id, a_production(session).id, 1),
            clock=clock,
        )


def test_an_answered_offer_cannot_be_withdrawn(
    session: Session, show: Show, clock: FixedClock
) -> None:
    offer = show.send(session, clock)
    services.accept(session, answer(session, offer), clock=clock)

    with pytest.raises(OfferEndedError):
        services.withdraw_offer(
            session,
            WithdrawOffer(offer.id, show.production.id, show.production.created_by_id),
            clock=clock,
        )


def test_an_offer_expires_once_and_both_sides_are_told_once(
    session: Session, show: Show, clock: FixedClock
) -> None:
    offer = show.send(session, clock)
    assert not jobs.expire_offer(session, offer.id, clock=clock)
    clock.at = offer.expires_at

    assert jobs.expire_offer(session, offer.id, clock=clock)
    assert not jobs.expire_offer(session, offer.id, clock=clock)

    assert states(session, offer) == [BookingState.EXPIRED, BookingState.EXPIRED]
    assert show.application.state == ApplicationState.SHORTLISTED
    assert len(mails(session, show.person)) == 2


def test_an_accepted_offer_does_not_expire(session: Session, show: Show, clock: FixedClock) -> None:
    offer = show.send(session, clock)
    services.accept(session, answer(session, offer), clock=clock)
    clock.at = offer.expires_at

    assert not jobs.expire_offer(session, offer.id, clock=clock)
    assert states(session, offer) == [BookingState.CONFIRMED, BookingState.CONFIRMED]


def test_a_cut_role_and_a_withdrawn_application_end_the_offer(
    session: Session, show: Show, clock: FixedClock
) -> None:
    offer = show.send(session, clock)
    show.application.state = ApplicationState.WITHDRAWN
    session.flush()
    with pytest.raises(OfferEndedError, match="application has ended"):
        services.accept(session, answer(session, offer), clock=clock)
    show.application.state = ApplicationState.OFFERED
    show.role.state = RoleState.CUT
    session.flush()
    with pytest.raises(OfferEndedError, match="no longer needed"):
        services.accept(session, answer(session, offer), clock=clock)


def test_every_move_of_a_booking_is_in_the_log_with_its_actor(
    session: Session, show: Show, clock: FixedClock
) -> None:
    offer = show.send(session, clock)
    services.accept(session, answer(session, offer, 0), clock=clock)

    taken, declined = bookings(session, offer)
    found = session.scalars(
        sa.select(AuditEntry).where(
            AuditEntry.subject.in_([f"booking:{one.public_id}" for one in (taken, declined)]),
        ),
    ).all()
    assert sorted(one.after["state"] for one in found) == ["confirmed", "declined"]
    assert {one.actor_id for one in found} == {show.person.user_id}


def test_withdrawing_an_application_declines_its_open_offers(
    session: Session, show: Show, clock: FixedClock
) -> None:
    first = show.send(session, clock, show.days[0])
    second = show.send(session, clock, show.days[1])
    services.accept(session, answer(session, first), clock=clock)

    declined = services.decline_all(session, show.application.id, "Withdrew", clock=clock)

    assert declined == 1
    assert states(session, first) == [BookingState.CONFIRMED]
    assert states(session, second) == [BookingState.DECLINED]
