"""Somebody is replaced from a day on; a place is filled in a rush."""

from __future__ import annotations

from dataclasses import replace as changed
from datetime import date, timedelta

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
from marketplace.domain.booking.rules.moving import PreviewChangedError
from marketplace.domain.booking.services import AnswerOffer, DeclineOffer, replacing, rush
from marketplace.domain.booking.services.replacing import NextPerson, ReplacePerson
from marketplace.domain.booking.services.rush import RushCall
from marketplace.domain.casting.rules import ApplicationState
from marketplace.domain.notices.models import Mail
from marketplace.domain.people.models import Person
from marketplace.domain.timecards.models import TimeCard
from marketplace.domain.timecards.services import called_off
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
from tests.support.moving import HALF


class Lead:
    """A lead booked for three days; another actor has applied."""

    def __init__(self, session: Session, clock: FixedClock) -> None:
        self.session, self.clock = session, clock
        self.show = a_production(session)
        self.days = [a_shoot_day(session, self.show, f"2026-11-2{n}") for n in (7, 8, 9)]
        self.role = a_role(session, self.show, self.days)
        self.old, self.new = a_person(session, "Ava"), a_person(session, "Nora")
        self.bookings = [a_booking(session, self.role, self.old, day) for day in self.days]
        for booking in self.bookings:
            booking.cancellation_policy = HALF
        self.application = an_application(session, self.role, self.new)

    def command(self, *, has_next: bool = True) -> ReplacePerson:
        first = self.days[1].shoot_date
        seen = replacing.remaining(self.session, self.role.id, self.old.id, first, self.clock.now())
        after = NextPerson(self.new.id, self.application.id, NOW + timedelta(hours=4))
        return ReplacePerson(
            self.show.id,
            self.role.id,
            self.old.id,
            first,
            "Another look",
            replacing.digest(seen),
            self.show.created_by_id,
            after if has_next else None,
        )


@pytest.fixture
def lead(session: Session, clock: FixedClock) -> Lead:
    return Lead(session, clock)


def states(bookings: list[Booking]) -> list[str]:
    return [booking.state for booking in bookings]


def test_dates_from_the_day_on_end_with_their_fee_and_earlier_ones_stay(lead: Lead) -> None:
    done = called_off.replace_person(lead.session, lead.command(), clock=lead.clock)

    replaced = BookingState.REPLACED
    assert states(lead.bookings) == [BookingState.CONFIRMED, replaced, replaced]
    assert [one.fee_minor for one in done.paid] == [14_000, 14_000]
    assert [one.confirmed for one in role_dates(lead.session, lead.role)] == [1, 0, 0]
    cards = lead.session.query(TimeCard).filter(TimeCard.person_id == lead.old.id)
    assert cards.count() == 2


def test_the_next_person_is_offered_the_places_and_linked(lead: Lead) -> None:
    done = called_off.replace_person(lead.session, lead.command(), clock=lead.clock)

    assert done.offer is not None
    assert {one.replaced_by_id for one in lead.bookings[1:]} == {done.offer.id}
    told = lead.session.scalars(sa.select(Mail.key)).all()
    assert sum("replaced" in key for key in told) == 1
    assert sum(f"offer:{done.offer.public_id}:sent" in key for key in told) == 1
    entry = sa.select(AuditEntry).where(AuditEntry.action == "recast")
    assert lead.session.scalars(entry).one().reason == "Another look"


def test_when_the_next_person_declines_the_old_one_stays_released(lead: Lead) -> None:
    done = called_off.replace_person(lead.session, lead.command(), clock=lead.clock)
    assert done.offer is not None

    services.decline(lead.session, DeclineOffer(done.offer.id, lead.new.id), clock=lead.clock)

    assert lead.bookings[1].state == BookingState.REPLACED
    assert role_dates(lead.session, lead.role)[1].confirmed == 0


def test_without_a_next_person_standbys_move_up(lead: Lead) -> None:
    waiting = a_booking(lead.session, lead.role, lead.new, lead.days[1], state=BookingState.OFFERED)
    waiting.state, waiting.standby_rank = BookingState.STANDBY, 1
    lead.session.flush()

    done = called_off.replace_person(lead.session, lead.command(has_next=False), clock=lead.clock)

    assert done.offer is None
    assert waiting.state == BookingState.CONFIRMED


def test_an_offer_that_cannot_be_made_replaces_nobody(lead: Lead) -> None:
    after = NextPerson(lead.new.id, lead.application.id, NOW)

    with pytest.raises(OfferRefusedError), lead.session.begin_nested():
        called_off.replace_person(
            lead.session, changed(lead.command(), next_person=after), clock=lead.clock
        )

    assert states(lead.bookings) == [BookingState.CONFIRMED] * 3


def test_what_is_not_as_it_was_shown_is_refused(lead: Lead) -> None:
    command = lead.command()
    same = NextPerson(lead.old.id, None, NOW + timedelta(hours=1))
    for wrong, error in (
        (changed(command, seen="old"), PreviewChangedError),
        (changed(command, from_date=date(2027, 1, 1)), PreviewChangedError),
        (changed(command, reason=" "), OfferRefusedError),
        (changed(command, production_id=0), NotFoundError),
        (changed(command, next_person=same), OfferRefusedError),
    ):
        with pytest.raises(error), lead.session.begin_nested():
            replacing.replace(lead.session, wrong, clock=lead.clock)


class Gap:
    """A day with one open place and three people who applied for it."""

    def __init__(self, session: Session, clock: FixedClock) -> None:
        self.session, self.clock = session, clock
        self.show = a_production(session)
        self.day = a_shoot_day(session, self.show, "2026-11-23")
        self.role = a_role(session, self.show, [self.day])
        self.people = [self._applied(name) for name in ("Ann", "Bea", "Cy")]

    def _applied(self, name: str) -> Person:
        person = a_person(self.session, name)
        state = ApplicationState.SHORTLISTED if name == "Bea" else ApplicationState.SUBMITTED
        an_application(self.session, self.role, person, state=state)
        return person

    def call(self, people: list[Person], minutes: int = 30) -> list[Offer]:
        ids = tuple(person.id for person in people)
        by_id = self.show.created_by_id
        command = RushCall(self.show.id, self.role.id, self.day.id, ids, minutes, by_id)
        return rush.call(self.session, command, clock=self.clock)

    def answer(self, offer: Offer) -> services.Accepted:
        (booking,) = self.session.query(Booking).filter_by(offer_id=offer.id)
        command = AnswerOffer(offer.id, offer.person_id, [booking.id])
        return services.accept(self.session, command, clock=self.clock)


@pytest.fixture
def gap(session: Session, clock: FixedClock) -> Gap:
    return Gap(session, clock)


def test_who_stood_by_comes_first_then_the_shortlist_then_who_applied_first(gap: Gap) -> None:
    gone = a_booking(gap.session, gap.role, gap.people[2], gap.day, state=BookingState.OFFERED)
    gone.state = BookingState.RELEASED
    gap.session.flush()

    found = rush.candidates(gap.session, gap.role.id, gap.day.id)

    assert [one.name for one in found] == ["Cy", "Bea", "Ann"]
    assert (found[0].has_waited, found[1].is_shortlisted) == (True, True)


def test_whoever_has_other_work_or_the_date_already_is_left_out(gap: Gap) -> None:
    other = a_production(gap.session, title="Elsewhere")
    late = a_shoot_day(gap.session, other, "2026-11-23", call="15:00", wrap="23:00")
    role = a_role(gap.session, other, [late])
    a_booking(gap.session, role, gap.people[0], late)
    gap.call([gap.people[1]])

    found = rush.candidates(gap.session, gap.role.id, gap.day.id)

    assert [one.name for one in found] == ["Cy"]
    with pytest.raises(NotFreeError):
        gap.call([gap.people[0]])


def test_the_first_to_answer_has_the_place_and_the_others_are_told_at_once(gap: Gap) -> None:
    first, second, third = gap.call(gap.people)
    assert first.is_rush
    assert first.expires_at == NOW + timedelta(minutes=30)

    accepted = gap.answer(second)
    with pytest.raises(OfferEndedError, match="answered first"), gap.session.begin_nested():
        gap.answer(first)
    place = role_dates(gap.session, gap.role)[0]
    told = jobs.fill_rush(gap.session, place.id, clock=gap.clock)
    again = jobs.fill_rush(gap.session, place.id, clock=gap.clock)

    assert len(accepted.confirmed) == 1
    assert (told, again) == (2, 0)
    assert (first.state, third.state) == (OfferState.WITHDRAWN, OfferState.WITHDRAWN)
    keys = gap.session.scalars(sa.select(Mail.key)).all()
    assert sum(":filled" in key for key in keys) == 2


def test_an_open_place_keeps_its_rush_call(gap: Gap) -> None:
    gap.call(gap.people)

    assert (
        jobs.fill_rush(gap.session, role_dates(gap.session, gap.role)[0].id, clock=gap.clock) == 0
    )
    assert rush.open_places(gap.session, gap.day.id)[0].left == 1


def test_a_rush_call_needs_people_minutes_and_a_place(gap: Gap) -> None:
    with pytest.raises(OfferRefusedError, match="Tick"):
        gap.call([])
    for minutes in (4, 241):
        with pytest.raises(OfferRefusedError, match="minutes"):
            gap.call(gap.people, minutes)
    gap.role.production_id, own = a_production(gap.session).id, gap.show.id
    with pytest.raises(NotFoundError):
        gap.call(gap.people)
    gap.role.production_id = own
    (offer,) = gap.call(gap.people[:1])
    gap.answer(offer)
    with pytest.raises(OfferRefusedError, match="taken"):
        gap.call(gap.people[1:])
