"""Days that do not go as booked: the fee is kept, the card is opened, both sides sign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.audit.models import AuditEntry
from marketplace.domain.booking.models import Booking, BookingAmendment
from marketplace.domain.booking.queries.policies import policies
from marketplace.domain.booking.rules import BookingState, OfferRefusedError
from marketplace.domain.booking.rules.cancelling import Reason
from marketplace.domain.booking.services import (
    CancelBooking,
    MissBooking,
    SendOffer,
    UpgradeBooking,
    fees_of,
    send_offer,
)
from marketplace.domain.casting.models import Role
from marketplace.domain.notices.models import Mail, Notice
from marketplace.domain.payroll.services import earnings_of
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.timecards import jobs, services
from marketplace.domain.timecards.models import TimeCard
from marketplace.domain.timecards.queries import (
    cards_of_day,
    counts_of,
    own_card,
    person_of_day,
)
from marketplace.domain.timecards.rules import (
    CardKind,
    CardState,
    Hours,
    HoursError,
    TypedHours,
    read_hours,
)
from marketplace.domain.timecards.services import (
    AgreeHours,
    ApproveCards,
    EnterHours,
    QueryHours,
    SendHome,
)
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import NotAllowedError, NotFoundError
from marketplace.kernel.frozen import thaw
from marketplace.kernel.money import Money
from tests.support import builders


@dataclass
class Scene:
    """One person booked for one day under a policy."""

    session: Session
    clock: FixedClock
    production: Production
    day: ShootDay
    person: Person
    booking: Booking

    @property
    def by_id(self) -> int:
        """Who acts for the production."""
        return self.production.created_by_id

    def cancel(self, kind: Reason = Reason.PRODUCTION, seen: int | None = None) -> Booking:
        """Cancel the booking."""
        facts = self.booking.id, self.production.id, self.by_id, "Scene was cut"
        command = CancelBooking(*facts, kind=kind, seen_fee=seen)
        return services.cancel(self.session, command, clock=self.clock)

    def hours(self, out: str = "10:00") -> Hours:
        """Read hours of the day."""
        typed = TypedHours("07:00", out)
        return read_hours(typed, self.day.shoot_date, self.day.call_at, self.production.zone)

    def enter(self, out: str = "10:00") -> TimeCard:
        """Enter hours."""
        command = EnterHours(self.booking.id, self.production.id, self.hours(out), self.by_id)
        card = services.enter(self.session, command, clock=self.clock)
        assert card is not None
        return card

    def home(self, *, is_home: bool = True, reason: str = "Not used") -> TimeCard:
        """Note the person as sent home, or take it back."""
        command = SendHome(self.booking.id, self.production.id, is_home, reason, self.by_id)
        return services.send_home(self.session, command, clock=self.clock)

    def upgrade(self, rate: int = 40_000, hours: int = 12, words: str = "Nurse") -> TimeCard:
        """Upgrade the person."""
        facts = words, rate, hours * 60, "Spoke two lines", self.by_id
        command = UpgradeBooking(self.booking.id, self.production.id, *facts)
        return services.upgrade(self.session, command, clock=self.clock)

    def card(self) -> TimeCard | None:
        """Return the card, when there is one."""
        wanted = sa.select(TimeCard).where(TimeCard.booking_id == self.booking.id)
        return self.session.scalars(wanted).one_or_none()

    def logged(self, subject: str) -> list[str]:
        """Return what was done to something, in order."""
        wanted = sa.select(AuditEntry.action).where(AuditEntry.subject == subject)
        return list(self.session.scalars(wanted.order_by(AuditEntry.id)))


@pytest.fixture
def scene(session: Session) -> Scene:
    """One person is booked for a day that is 15 h 40 min away; 24 hours 50 %, 12 hours 100 %."""
    production = builders.a_production(session)
    production.cancellation_policy = policies()["day_and_half"]
    day = builders.a_shoot_day(session, production, "2026-11-29")
    role = builders.a_role(session, production, [day], headcount=1)
    person = builders.a_person(session)
    booking = builders.a_booking(session, role, person, day)
    booking.cancellation_policy = production.cancellation_policy
    clock = FixedClock(day.call_at - timedelta(hours=15, minutes=40))
    return Scene(session, clock, production, day, person, booking)


def after_call(scene: Scene) -> None:
    scene.clock.move_to(scene.day.call_at + timedelta(hours=5))


def test_a_late_cancellation_keeps_its_fee_with_who_and_why(scene: Scene) -> None:
    booking = scene.cancel()

    assert booking.fee_minor == 14_000
    assert booking.fee is not None
    assert booking.fee["rule"] == "day_and_half@2026-11-23 rows[0]"
    assert booking.end_reason == "Scene was cut"
    assert booking.ended_by_id == scene.by_id
    assert booking.ended_at == scene.clock.now()


def test_a_fee_opens_a_card_without_hours_that_goes_the_way_of_all_cards(scene: Scene) -> None:
    scene.cancel()
    card = scene.card()

    assert card is not None
    assert (card.kind, card.state) == (CardKind.CANCELLED, CardState.SENT)
    earned = earnings_of(scene.session, card.id)
    assert [(line.code, line.amount.minor) for line in earned.lines] == [
        ("cancellation_fee", 14_000),
    ]
    services.agree(
        scene.session, AgreeHours(card.id, scene.person.id, card.version), clock=scene.clock
    )
    versions = {card.id: card.version}
    command = ApproveCards(scene.day.id, scene.production.id, versions, scene.by_id)
    services.approve(scene.session, command, clock=scene.clock)
    assert card.state == CardState.APPROVED


def test_a_cancellation_in_time_keeps_a_fee_of_nothing_and_opens_no_card(scene: Scene) -> None:
    scene.clock.move_to(scene.day.call_at - timedelta(hours=24))

    booking = scene.cancel()

    assert (booking.fee_minor, scene.card()) == (0, None)


def test_cancelling_twice_opens_one_card_and_tells_once(scene: Scene) -> None:
    scene.cancel()
    scene.cancel()

    assert scene.session.scalar(sa.select(sa.func.count(TimeCard.id))) == 1
    card = scene.card()
    assert card is not None
    assert card.version == 1
    told = sa.select(sa.func.count(Notice.id)).where(Notice.user_id == scene.person.user_id)
    assert scene.session.scalar(told) == 1


def test_the_fee_is_shown_for_every_reason_before_anybody_acts(scene: Scene) -> None:
    shown = fees_of(scene.session, scene.booking.id, scene.clock.now())

    assert {reason.value: one.amount.minor for reason, one in shown.items()} == {
        "production": 14_000,
        "weather": 14_000,
        "breach": 28_000,
    }
    assert scene.booking.state == BookingState.CONFIRMED


def test_a_fee_that_grew_meanwhile_is_refused_and_nothing_happens(scene: Scene) -> None:
    scene.clock.move_to(scene.day.call_at - timedelta(hours=11))

    with pytest.raises(OfferRefusedError, match="look at it again"):
        scene.cancel(seen=14_000)

    assert scene.booking.state == BookingState.CONFIRMED
    assert scene.card() is None


def test_the_person_is_told_what_a_cancelled_day_pays(scene: Scene) -> None:
    scene.cancel(Reason.BREACH)

    mail = scene.session.scalars(sa.select(Mail).order_by(Mail.id)).one()
    lines = [str(thaw(line)) for line in mail.lines]
    assert lines == [
        "Reason: Scene was cut",
        f"You are paid {Money(28_000, 'USD')} for it, before tax.",
    ]


def test_hours_entered_before_the_call_give_way_to_the_fee(scene: Scene) -> None:
    before = scene.enter("19:00")

    scene.cancel()

    assert (before.kind, before.version) == (CardKind.CANCELLED, 2)
    assert earnings_of(scene.session, before.id).gross == Money(14_000, "USD")


def test_a_fee_is_not_queried_but_asked_about(scene: Scene) -> None:
    scene.cancel()
    card = scene.card()
    assert card is not None

    with pytest.raises(HoursError, match="agree, and ask"):
        services.query(
            scene.session,
            QueryHours(card.id, scene.person.id, card.version, "Why half?"),
            clock=scene.clock,
        )


def test_a_fee_nobody_answers_stands_after_72_hours_and_is_marked(scene: Scene) -> None:
    scene.cancel()
    card = scene.card()
    assert card is not None
    early = jobs.auto_agree(scene.session, card.id, clock=scene.clock)
    scene.clock.move_to(scene.clock.now() + timedelta(hours=72))

    late = jobs.auto_agree(scene.session, card.id, clock=scene.clock)

    assert (early, late) == (False, True)
    assert (card.state, card.is_auto_agreed) == (CardState.AGREED, True)


def test_a_card_of_a_fee_stands_among_the_cards_of_the_day(scene: Scene) -> None:
    scene.cancel()

    (row,) = cards_of_day(scene.session, scene.production.id, scene.day.id)
    counts = counts_of(scene.session, scene.production.id)[scene.day.id]

    assert (row.is_fee, row.hours) == (True, None)
    assert (counts.booked, counts.sent, counts.to_approve) == (1, 1, 1)
    own = own_card(scene.session, scene.person.id, row.card_public_id or "")
    assert own is not None
    assert own.fee is not None
    assert (own.fee.percent, own.can_agree, own.can_query) == (50, True, False)


def a_standby(scene: Scene, percent: int) -> Booking:
    """Put another person in the line of the full day."""
    role = scene.session.get_one(Booking, scene.booking.id).role_id
    found = scene.session.get_one(type(scene.booking), scene.booking.id)
    person = builders.a_person(scene.session, "Kenji Mori")
    waiting = builders.a_booking(
        scene.session,
        scene.session.get_one(Role, role),
        person,
        scene.session.get_one(ShootDay, found.shoot_day_id),
        state=BookingState.OFFERED,
    )
    waiting.state, waiting.standby_rank = BookingState.STANDBY, 1
    waiting.standby_percent = percent
    scene.session.flush()
    return waiting


def test_who_waited_on_standby_to_the_end_is_paid_by_the_offer(scene: Scene) -> None:
    waiting = a_standby(scene, 25)
    scene.clock.move_to(scene.day.call_at - timedelta(hours=12))

    released = jobs.release_standby(scene.session, waiting.role_date_id, clock=scene.clock)

    assert released == 1
    assert waiting.fee_minor == 7_000
    wanted = sa.select(TimeCard).where(TimeCard.booking_id == waiting.id)
    card = scene.session.scalars(wanted).one()
    assert card.kind == CardKind.STANDBY
    assert earnings_of(scene.session, card.id).lines[0].code == "standby_fee"


def test_who_waited_without_a_fee_is_let_go_without_a_card(scene: Scene) -> None:
    waiting = a_standby(scene, 0)
    scene.clock.move_to(scene.day.call_at - timedelta(hours=12))

    jobs.release_standby(scene.session, waiting.role_date_id, clock=scene.clock)

    assert waiting.fee_minor == 0
    assert scene.session.scalar(sa.select(sa.func.count(TimeCard.id))) == 0


def test_a_standby_let_go_before_the_line_ends_is_owed_nothing(scene: Scene) -> None:
    waiting = a_standby(scene, 25)
    command = CancelBooking(waiting.id, scene.production.id, scene.by_id, "Full")

    services.cancel(scene.session, command, clock=scene.clock)

    assert (waiting.state, waiting.fee_minor) == (BookingState.RELEASED, 0)


def test_an_offer_copies_the_policy_and_the_standby_fee_of_the_moment(scene: Scene) -> None:
    scene.clock.move_to(builders.NOW)
    later = builders.a_shoot_day(scene.session, scene.production, "2026-12-06")
    role = builders.a_role(scene.session, scene.production, [later])
    role.standby_percent = 30
    kenji = builders.a_person(scene.session, "Kenji Mori")
    expires = builders.NOW + timedelta(days=1)
    command = SendOffer(role.id, kenji.id, None, [later.id], expires, "", scene.by_id)

    offer = send_offer(scene.session, command, clock=scene.clock)
    scene.production.cancellation_policy = None
    role.standby_percent = 0
    scene.session.flush()

    made = scene.session.scalars(sa.select(Booking).where(Booking.offer_id == offer.id)).one()
    assert made.standby_percent == 30
    assert made.cancellation_policy is not None
    assert made.cancellation_policy["id"] == "day_and_half"


def test_somebody_sent_home_is_lifted_to_the_share_of_the_policy(scene: Scene) -> None:
    after_call(scene)
    scene.home()
    card = scene.enter("10:00")

    earned = earnings_of(scene.session, card.id)

    assert card.kind == CardKind.SENT_HOME
    assert earned.lines[-1].code == "sent_home"
    assert earned.gross == Money(28_000, "USD")
    assert earned.worked_minutes == 180


def test_hours_already_agreed_are_sent_again_when_somebody_was_sent_home(scene: Scene) -> None:
    after_call(scene)
    card = scene.enter()
    services.agree(
        scene.session, AgreeHours(card.id, scene.person.id, card.version), clock=scene.clock
    )

    scene.home()
    scene.home()

    assert (card.state, card.version, card.agreed_at) == (CardState.SENT, 2, None)
    assert scene.logged(f"time_card:{card.public_id}") == ["enter", "agree", "send_home", "enter"]


def test_who_was_used_after_all_is_paid_as_for_any_day(scene: Scene) -> None:
    after_call(scene)
    card = scene.enter()
    scene.home()

    scene.home(is_home=False, reason="Came back for scene 12")

    assert (card.kind, scene.booking.fee) == (CardKind.WORK, None)
    codes = [line.code for line in earnings_of(scene.session, card.id).lines]
    assert "sent_home" not in codes


@pytest.mark.parametrize("reason", ["", "  "])
def test_sending_home_needs_a_reason(scene: Scene, reason: str) -> None:
    after_call(scene)

    with pytest.raises(OfferRefusedError, match="Say why"):
        scene.home(reason=reason)


def test_before_the_call_nobody_is_sent_home(scene: Scene) -> None:
    with pytest.raises(OfferRefusedError, match="cancel the booking"):
        scene.home()


def test_a_locked_card_is_neither_sent_home_nor_upgraded(scene: Scene) -> None:
    after_call(scene)
    card = scene.enter()
    card.state = CardState.LOCKED
    scene.session.flush()

    with pytest.raises(NotAllowedError, match="pay slip is issued"):
        scene.home()
    with pytest.raises(NotAllowedError, match="pay slip is issued"):
        scene.upgrade()


def test_an_upgrade_prices_the_whole_day_and_keeps_the_old_terms(scene: Scene) -> None:
    after_call(scene)
    card = scene.enter("19:00")
    before = earnings_of(scene.session, card.id).gross

    scene.upgrade(rate=56_000)

    made = scene.session.scalars(sa.select(BookingAmendment)).one()
    assert (made.old_role, made.new_role) == ("Claire Hart", "Nurse")
    assert (made.old_day_rate_minor, made.new_day_rate_minor) == (28_000, 56_000)
    assert (made.reason, made.made_by_id) == ("Spoke two lines", scene.by_id)
    now = earnings_of(scene.session, card.id).gross
    assert now.minor - before.minor == 56_000 - 28_000


def test_an_upgrade_asks_both_sides_to_sign_again_and_is_told_once(scene: Scene) -> None:
    after_call(scene)
    card = scene.enter()
    services.agree(
        scene.session, AgreeHours(card.id, scene.person.id, card.version), clock=scene.clock
    )

    scene.upgrade()

    assert (card.state, card.version) == (CardState.SENT, 2)
    own = own_card(scene.session, scene.person.id, card.public_id)
    assert own is not None
    (shown,) = own.upgrades
    assert (shown.old_role, shown.new_role) == ("Claire Hart", "Nurse")
    assert (shown.old_rate, shown.new_rate) == (Money(28_000, "USD"), Money(40_000, "USD"))
    assert own.role == "Nurse"
    keys = scene.session.scalars(sa.select(Notice.key)).all()
    assert sum(":upgrade:" in key for key in keys) == 1
    assert scene.logged(f"booking:{scene.booking.public_id}") == ["upgrade"]


@pytest.mark.parametrize(
    ("rate", "hours", "words", "problem"),
    [
        (27_999, 12, "Nurse", "never pays less"),
        (30_000, 14, "Nurse", "never pays less"),
        (28_000, 12, " ", "as what the person worked"),
        (40_000, 0, "Nurse", "needs the hours"),
    ],
)
def test_an_upgrade_that_is_none_is_refused(
    scene: Scene, rate: int, hours: int, words: str, problem: str
) -> None:
    with pytest.raises(OfferRefusedError, match=problem):
        scene.upgrade(rate, hours, words)

    assert scene.booking.day_rate_minor == 28_000


def test_the_same_upgrade_twice_is_refused_in_words(scene: Scene) -> None:
    scene.upgrade()

    with pytest.raises(OfferRefusedError, match="terms of the booking already"):
        scene.upgrade()


def test_what_belongs_to_another_production_is_not_found(scene: Scene) -> None:
    other = builders.a_production(scene.session, title="Night Bride")
    home = SendHome(scene.booking.id, other.id, True, "x", scene.by_id)
    more = UpgradeBooking(scene.booking.id, other.id, "Nurse", 40_000, 720, "x", scene.by_id)
    missing = MissBooking(scene.booking.id, other.id, scene.by_id, "x")

    with pytest.raises(NotFoundError):
        services.send_home(scene.session, home, clock=scene.clock)
    with pytest.raises(NotFoundError):
        services.upgrade(scene.session, more, clock=scene.clock)
    with pytest.raises(NotFoundError):
        services.miss(scene.session, missing, clock=scene.clock)
    assert person_of_day(scene.session, other.id, scene.day.id, scene.booking.public_id) is None


def test_somebody_with_hours_was_there(scene: Scene) -> None:
    after_call(scene)
    scene.enter()
    missing = MissBooking(scene.booking.id, scene.production.id, scene.by_id, "Did not come")

    with pytest.raises(NotAllowedError, match="so the person was there"):
        services.miss(scene.session, missing, clock=scene.clock)


def test_a_no_show_has_no_hours_and_no_pay(scene: Scene) -> None:
    after_call(scene)
    missing = MissBooking(scene.booking.id, scene.production.id, scene.by_id, "Did not come")

    services.miss(scene.session, missing, clock=scene.clock)

    assert scene.booking.state == BookingState.NO_SHOW
    assert scene.booking.fee_minor is None
    with pytest.raises(HoursError, match="Only a confirmed booking"):
        scene.enter()
    with pytest.raises(OfferRefusedError, match="day on set"):
        scene.home()


def test_an_amendment_is_never_changed(scene: Scene) -> None:
    scene.upgrade()
    made = scene.session.scalars(sa.select(BookingAmendment)).one()

    made.reason = "Another reason"
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        scene.session.flush()


def test_the_time_of_the_cancellation_is_that_of_the_set(scene: Scene) -> None:
    scene.cancel()

    assert scene.booking.fee is not None
    said = scene.booking.fee["cause"]
    assert said["values"]["time"] == "15:20"
    assert isinstance(scene.booking.ended_at, datetime)
