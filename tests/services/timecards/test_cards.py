"""Time cards: append-only hours, answers, approvals, and the end of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.audit.models import AuditEntry
from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules import BookingState, OfferRefusedError
from marketplace.domain.booking.services.calls import MoveCalls, move_calls
from marketplace.domain.notices.models import Notice
from marketplace.domain.people.models import Person
from marketplace.domain.productions import queries as productions
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import DayState, ShootDayError
from marketplace.domain.tasks.models import Task
from marketplace.domain.tasks.rules import NotYetError
from marketplace.domain.timecards import jobs, services
from marketplace.domain.timecards.models import TimeCard, TimeEntry
from marketplace.domain.timecards.queries import counts_of, day_board
from marketplace.domain.timecards.rules import (
    CardState,
    Hours,
    HoursError,
    TypedHours,
    adjustment,
    read_hours,
)
from marketplace.domain.timecards.services import (
    AgreeHours,
    ApproveCards,
    EnterHours,
    KeepCall,
    QueryHours,
)
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import NotAllowedError, NotFoundError
from tests.support import builders


@dataclass
class Scene:
    """One booked person on a day that is over by the clock."""

    session: Session
    clock: FixedClock
    production: Production
    day: ShootDay
    person: Person
    booking: Booking

    def hours(self, in_: str = "07:00", out: str = "19:00", **meals: str) -> Hours:
        """Read hours of the day."""
        typed = TypedHours(in_, out, **meals)
        zone = self.production.zone
        return read_hours(typed, self.day.shoot_date, self.day.call_at, zone)

    def enter(self, out: str = "19:00", reason: str = "") -> TimeCard | None:
        """Enter hours as the production does."""
        by_id, show = self.production.created_by_id, self.production.id
        command = EnterHours(self.booking.id, show, self.hours(out=out), by_id, reason)
        return services.enter(self.session, command, clock=self.clock)

    def entered(self, out: str = "19:00", reason: str = "") -> TimeCard:
        """Enter hours that are new."""
        card = self.enter(out, reason)
        assert card is not None
        return card

    def approve(self, *cards: TimeCard, by_id: int | None = None) -> list[TimeCard]:
        """Approve cards as they are."""
        versions = {card.id: card.version for card in cards}
        by_id = by_id or self.production.created_by_id
        command = ApproveCards(self.day.id, self.production.id, versions, by_id)
        return services.approve(self.session, command, clock=self.clock)

    def answer(self, card: TimeCard, text: str = "") -> TimeCard:
        """Agree, or query with a text."""
        seen = card.id, self.person.id, card.version
        if text:
            return services.query(self.session, QueryHours(*seen, text), clock=self.clock)
        return services.agree(self.session, AgreeHours(*seen), clock=self.clock)

    def asked(self, kind: str) -> list[Task]:
        """Return the work that was asked for."""
        return list(self.session.scalars(sa.select(Task).where(Task.kind == kind)))


@pytest.fixture
def scene(session: Session, clock: FixedClock) -> Scene:
    """A booking of yesterday."""
    production = builders.a_production(session)
    day = builders.a_shoot_day(session, production, "2026-11-21")
    role = builders.a_role(session, production, [day], headcount=3)
    person = builders.a_person(session)
    booking = builders.a_booking(session, role, person, day)
    return Scene(session, clock, production, day, person, booking)


def another(scene: Scene, name: str) -> Booking:
    """Book one more person on the day."""
    role = builders.a_role(scene.session, scene.production, [scene.day], name=name)
    return builders.a_booking(
        scene.session, role, builders.a_person(scene.session, name), scene.day
    )


def test_hours_are_sent_to_the_person_once_per_version(scene: Scene) -> None:
    scene.entered()
    same = scene.enter()
    card = scene.entered(out="20:00")

    told = scene.session.scalars(sa.select(Notice.key).where(Notice.kind == "hours")).all()
    assert same is None
    assert (card.state, card.version) == (CardState.SENT, 2)
    user_id = scene.person.user_id
    assert sorted(told) == [f"hours:{card.id}:{version}:{user_id}" for version in (1, 2)]


def test_every_version_stays_on_record(scene: Scene) -> None:
    scene.entered()
    scene.entered(out="20:00", reason="Missed wrap")

    entries = scene.session.scalars(sa.select(TimeEntry).order_by(TimeEntry.version)).all()
    assert [entry.out_at for entry in entries] == [
        scene.hours().out_at,
        scene.hours(out="20:00").out_at,
    ]
    assert entries[1].reason == "Missed wrap"


def test_extras_alone_make_a_new_version(scene: Scene) -> None:
    scene.entered()
    hours = scene.hours()
    wet = Hours(hours.in_at, hours.out_at, (), (adjustment("wet", 1),))
    command = EnterHours(scene.booking.id, scene.production.id, wet, scene.production.created_by_id)

    card = services.enter(scene.session, command, clock=scene.clock)
    again = services.enter(scene.session, command, clock=scene.clock)

    assert card is not None
    assert card.version == 2
    assert again is None


def test_hours_of_another_production_are_not_there(scene: Scene) -> None:
    command = EnterHours(scene.booking.id, scene.production.id + 1, scene.hours(), 1)

    with pytest.raises(NotFoundError):
        services.enter(scene.session, command, clock=scene.clock)


def test_only_a_confirmed_booking_has_hours(scene: Scene) -> None:
    role = builders.a_role(scene.session, scene.production, [scene.day], name="Lawyer")
    person = builders.a_person(scene.session, "Theo Santos")
    asked = builders.a_booking(scene.session, role, person, scene.day, state=BookingState.OFFERED)
    command = EnterHours(asked.id, scene.production.id, scene.hours(), 1)

    with pytest.raises(HoursError):
        services.enter(scene.session, command, clock=scene.clock)


def test_a_change_after_approval_needs_a_reason_and_both_sign_again(scene: Scene) -> None:
    card = scene.answer(scene.entered())
    scene.approve(card)

    with pytest.raises(HoursError) as refusal:
        scene.enter(out="20:00")
    scene.entered(out="20:00", reason="Wrap was later")

    assert refusal.value.field == "reason"
    assert (card.state, card.version) == (CardState.SENT, 2)
    assert (card.agreed_at, card.approved_at, card.approved_by_id) == (None, None, None)


def test_a_locked_card_is_never_entered_again(scene: Scene) -> None:
    card = scene.entered()
    scene.approve(card)
    services.lock_card(card, clock=scene.clock)
    scene.session.flush()

    with pytest.raises(NotAllowedError):
        scene.enter(out="20:00", reason="Too late")

    assert card.version == 1


def test_agreeing_twice_is_once(scene: Scene) -> None:
    card = scene.answer(scene.entered())

    scene.answer(card)

    acts = sa.select(sa.func.count(AuditEntry.id)).where(AuditEntry.action == "agree")
    assert card.state == CardState.AGREED
    assert scene.session.scalar(acts) == 1


def test_hours_nobody_has_seen_are_not_agreed(scene: Scene) -> None:
    card = scene.entered()
    stale = AgreeHours(card.id, scene.person.id, 0)

    with pytest.raises(HoursError):
        services.agree(scene.session, stale, clock=scene.clock)


def test_somebody_else_cannot_answer(scene: Scene) -> None:
    card = scene.entered()
    stranger = builders.a_person(scene.session, "Kenji Mori")

    with pytest.raises(NotFoundError):
        services.agree(scene.session, AgreeHours(card.id, stranger.id, 1), clock=scene.clock)


def test_a_query_reaches_who_entered_the_hours_and_stops_the_approval(scene: Scene) -> None:
    card = scene.answer(scene.entered(), "Wrap was 20:00")

    with pytest.raises(NotAllowedError):
        scene.approve(card)

    told = scene.session.scalars(sa.select(Notice).where(Notice.kind == "query")).one()
    assert told.user_id == scene.production.created_by_id
    assert (card.state, card.query) == (CardState.QUERIED, "Wrap was 20:00")


def test_an_empty_query_is_refused(scene: Scene) -> None:
    with pytest.raises(HoursError):
        scene.answer(scene.entered(), "  ")


def test_silence_for_72_hours_lets_the_hours_stand_and_says_so(scene: Scene) -> None:
    card = scene.entered()
    early = jobs.auto_agree(scene.session, card.id, clock=scene.clock)
    scene.clock.at += timedelta(hours=72)

    late = jobs.auto_agree(scene.session, card.id, clock=scene.clock)
    again = jobs.auto_agree(scene.session, card.id, clock=scene.clock)

    assert (early, late, again) == (False, True, False)
    assert (card.state, card.is_auto_agreed) == (CardState.AGREED, True)


def test_the_72_hours_begin_again_with_every_version(scene: Scene) -> None:
    card = scene.entered()
    scene.clock.at += timedelta(hours=71)
    scene.entered(out="20:00")
    scene.clock.at += timedelta(hours=1)

    assert not jobs.auto_agree(scene.session, card.id, clock=scene.clock)
    assert card.state == CardState.SENT


def test_nobody_approves_their_own_hours(scene: Scene) -> None:
    card = scene.entered()

    with pytest.raises(NotAllowedError):
        scene.approve(card, by_id=scene.person.user_id)

    assert card.state == CardState.SENT


def test_hours_changed_since_the_page_are_not_approved(scene: Scene) -> None:
    card = scene.entered()
    seen = {card.id: card.version}
    scene.entered(out="20:00")
    command = ApproveCards(scene.day.id, scene.production.id, seen, scene.production.created_by_id)

    with pytest.raises(NotAllowedError):
        services.approve(scene.session, command, clock=scene.clock)


def test_cards_of_another_day_are_not_approved(scene: Scene) -> None:
    card = scene.entered()
    other = builders.a_shoot_day(scene.session, scene.production, "2026-11-20")
    command = ApproveCards(other.id, scene.production.id, {card.id: 1}, 1)

    with pytest.raises(NotAllowedError):
        services.approve(scene.session, command, clock=scene.clock)


def test_a_second_press_approves_nothing_more(scene: Scene) -> None:
    card = scene.entered()

    first, second = scene.approve(card), scene.approve(card)

    assert (len(first), len(second)) == (1, 0)


def test_a_day_closes_after_the_last_minute_anybody_works(scene: Scene) -> None:
    scene.entered(out="26:00")
    scene.clock.at = scene.day.wrap_at

    with pytest.raises(NotYetError) as early:
        jobs.close_day(scene.session, scene.day.id, clock=scene.clock)
    scene.clock.at = early.value.run_at
    closed = jobs.close_day(scene.session, scene.day.id, clock=scene.clock)
    again = jobs.close_day(scene.session, scene.day.id, clock=scene.clock)

    assert early.value.run_at == scene.hours(out="26:00").out_at
    assert (closed, again) == (True, False)
    assert scene.day.state == DayState.CLOSED


def test_closing_asks_for_the_pay_of_approved_cards_alone(scene: Scene) -> None:
    another(scene, "Kenji Mori")
    card = scene.entered()
    scene.approve(card)
    before = scene.asked("pay_card")

    jobs.close_day(scene.session, scene.day.id, clock=scene.clock)

    assert before == []
    assert [task.subject_id for task in scene.asked("pay_card")] == [card.id]


def test_an_approval_after_the_close_asks_for_the_pay_at_once(scene: Scene) -> None:
    card = scene.entered()
    jobs.close_day(scene.session, scene.day.id, clock=scene.clock)

    scene.approve(card)

    assert [task.key for task in scene.asked("pay_card")] == [f"pay_card:{card.id}:1"]


def test_nobody_is_left_when_every_booked_person_has_a_slip(scene: Scene) -> None:
    late = another(scene, "Kenji Mori")
    card = scene.entered()
    scene.approve(card)
    jobs.close_day(scene.session, scene.day.id, clock=scene.clock)
    services.lock_card(card, clock=scene.clock)
    scene.session.flush()
    waiting = services.is_every_card_locked(scene.session, scene.day.id)

    late.state = BookingState.NO_SHOW
    scene.session.flush()
    done = services.is_every_card_locked(scene.session, scene.day.id)

    assert (waiting, done) == (False, True)


def test_kept_calls_need_a_reason_and_are_on_record(scene: Scene) -> None:
    by_id = scene.production.created_by_id
    facts = scene.day.id, scene.production.id, by_id

    with pytest.raises(ShootDayError):
        services.keep_call(scene.session, KeepCall(*facts, " "), clock=scene.clock)
    services.keep_call(scene.session, KeepCall(*facts, "One night in the hotel"), clock=scene.clock)

    act = scene.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "keep_call")).one()
    assert act.reason == "One night in the hotel"
    assert (scene.day.short_rest_reason, scene.day.short_rest_by_id) == (act.reason, by_id)


def test_calls_of_a_day_that_is_over_or_not_ours_are_not_kept(scene: Scene) -> None:
    stranger = KeepCall(scene.day.id, scene.production.id + 1, 1, "Why not")
    with pytest.raises(NotFoundError):
        services.keep_call(scene.session, stranger, clock=scene.clock)
    jobs.close_day(scene.session, scene.day.id, clock=scene.clock)

    with pytest.raises(ShootDayError):
        services.keep_call(
            scene.session, KeepCall(scene.day.id, scene.production.id, 1, "Late"), clock=scene.clock
        )


def test_a_moved_call_that_breaks_the_next_rest_is_refused(scene: Scene) -> None:
    session, production = scene.session, scene.production
    monday = builders.a_shoot_day(session, production, "2026-11-23")
    tuesday = builders.a_shoot_day(session, production, "2026-11-24", call="05:00", wrap="12:00")
    role = builders.a_role(session, production, [monday, tuesday])
    booking = builders.a_booking(session, role, scene.person, monday)
    builders.a_booking(session, role, scene.person, tuesday)
    call_at = monday.wrap_at + timedelta(hours=1)
    command = MoveCalls(production.id, monday.id, (booking.id,), call_at, 1)

    with pytest.raises(OfferRefusedError):
        move_calls(session, command, clock=scene.clock)


def test_the_board_counts_hours_on_record_before_plans(scene: Scene) -> None:
    session, production = scene.session, scene.production
    sunday = builders.a_shoot_day(session, production, "2026-11-22")
    role = builders.a_role(session, production, [sunday])
    builders.a_booking(session, role, scene.person, sunday)
    day = productions.day(session, production.id, sunday.public_id)
    assert day is not None
    scene.day.wrap_at += timedelta(hours=7)
    session.flush()
    planned = day_board(session, production.id, day)

    scene.entered(out="20:00")
    on_record = day_board(session, production.id, day)

    assert planned.shortest_rest == timedelta(hours=5)
    assert planned.first_call == scene.day.wrap_at + timedelta(hours=10)
    assert on_record.short == []
    assert on_record.rows[0].rest is not None
    assert on_record.rows[0].rest.length == timedelta(hours=11)


def test_the_days_count_their_cards(scene: Scene) -> None:
    another(scene, "Kenji Mori")
    scene.answer(scene.entered())

    counts = counts_of(scene.session, scene.production.id)[scene.day.id]

    assert (counts.booked, counts.entered, counts.agreed, counts.to_approve) == (2, 1, 1, 1)
    assert scene.day.shoot_date == date(2026, 11, 21)
