"""Deal memos: frozen when somebody is booked, a new version when the terms change, one paper."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.booking import services
from marketplace.domain.booking.models import Booking, DealMemo, Offer
from marketplace.domain.booking.rules import BookingState, OfferState
from marketplace.domain.booking.services import AnswerOffer, UpgradeBooking, memos
from marketplace.domain.booking.services.reconfirming import AnswerMove, reconfirm
from marketplace.domain.reports.queries.memos import (
    memo_of_person,
    memo_of_production,
    memo_paper,
)
from marketplace.domain.tasks.models import Task
from marketplace.domain.timecards.services import called_off
from marketplace.kernel.clock import FixedClock
from tests.support.builders import (
    NOW,
    a_booking,
    a_person,
    a_production,
    a_role,
    a_shoot_day,
)
from tests.support.moving import HALF, a_move, follower, terms


class Deal:
    """An offer of two dates that was signed."""

    def __init__(self, session: Session, clock: FixedClock) -> None:
        self.session, self.clock = session, clock
        self.show = a_production(session)
        self.day = a_shoot_day(session, self.show, "2026-11-28")
        self.role = a_role(session, self.show, [self.day])
        self.role.disclosures = ["night", "smoke"]
        self.booking = a_booking(
            session, self.role, a_person(session), self.day, state=BookingState.OFFERED
        )
        self.booking.cancellation_policy = HALF
        command = AnswerOffer(
            self.booking.offer_id,
            self.booking.person_id,
            [self.booking.id],
            "Ava Lin Yuting",
            "203.0.113.7",
        )
        services.accept(session, command, clock=clock)

    def memos(self) -> list[DealMemo]:
        found = sa.select(DealMemo).where(DealMemo.offer_id == self.booking.offer_id)
        return list(self.session.scalars(found.order_by(DealMemo.version)))


@pytest.fixture
def deal(session: Session, clock: FixedClock) -> Deal:
    return Deal(session, clock)


def test_an_acceptance_freezes_the_terms_with_name_time_address_and_digest(deal: Deal) -> None:
    (memo,) = deal.memos()

    assert (memo.signed_name, memo.signed_from) == ("Ava Lin Yuting", "203.0.113.7")
    assert memo.signed_at == deal.clock.now()
    assert memo.digest == memos.digest_of(memo.terms)
    assert memo.terms["days"] == [
        {
            "date": "2026-11-28",
            "call": "07:00",
            "wrap": "19:00",
            "role": "Claire Hart",
            "rate_minor": 28_000,
            "currency": "USD",
            "minutes": 720,
        },
    ]
    assert memo.terms["disclosures"] == ["night", "smoke"]
    asked = deal.session.query(Task).filter_by(key=f"print_memo:{memo.id}")
    assert asked.count() == 1


def test_the_same_terms_make_one_memo(deal: Deal) -> None:
    again = memos.make(deal.session, deal.booking.offer_id, clock=deal.clock)

    assert deal.memos() == [again]


def test_an_upgrade_makes_a_new_version_and_the_old_one_stays(deal: Deal) -> None:
    (first,) = deal.memos()
    before = first.digest
    command = UpgradeBooking(
        deal.booking.id,
        deal.show.id,
        "Speaking",
        50_000,
        720,
        "Got a line",
        deal.show.created_by_id,
    )

    services.upgrade(deal.session, command, clock=deal.clock)

    first, second = deal.memos()
    assert (first.digest, first.terms["days"][0]["rate_minor"]) == (before, 28_000)
    assert (second.version, second.replaces_id) == (2, first.id)
    assert second.terms["days"][0]["role"] == "Speaking"


def test_a_move_that_is_agreed_makes_a_version_signed_then(deal: Deal) -> None:
    move = a_move(
        deal.session, deal.day, terms("2026-12-01"), NOW + timedelta(hours=4), clock=deal.clock
    )
    called_off.move_day(deal.session, move, clock=deal.clock)
    assert len(deal.memos()) == 1
    later = FixedClock(NOW + timedelta(hours=1))
    new = follower(deal.session, deal.booking)

    reconfirm(deal.session, AnswerMove(new.id, new.person_id), clock=later)

    second = deal.memos()[-1]
    assert (second.version, second.signed_at) == (2, later.now())
    assert second.terms["days"][0]["date"] == "2026-12-01"


def test_nothing_booked_makes_no_memo(session: Session, clock: FixedClock) -> None:
    show = a_production(session)
    day = a_shoot_day(session, show)
    role = a_role(session, show, [day])
    waiting = a_booking(session, role, a_person(session), day, state=BookingState.OFFERED)

    assert memos.make(session, waiting.offer_id, clock=clock) is None


def test_without_a_typed_name_a_person_signs_as_they_are_known(deal: Deal) -> None:
    offer = deal.session.get_one(Offer, deal.booking.offer_id)

    memos.sign(deal.session, offer, "  ", "")

    assert offer.signed_name == "Ava Lin"
    assert offer.state == OfferState.ACCEPTED


def test_a_memo_is_never_changed(deal: Deal) -> None:
    (memo,) = deal.memos()
    memo.signed_name = "Somebody else"

    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        deal.session.flush()
    deal.session.rollback()


def test_both_sides_read_their_own_memo_and_nobody_elses(deal: Deal) -> None:
    (memo,) = deal.memos()
    mine = memo_of_person(deal.session, deal.booking.person_id, memo.public_id)

    assert mine is not None
    assert mine.is_latest
    assert memo_of_production(deal.session, deal.show.id, memo.public_id) is not None
    assert memo_of_person(deal.session, 0, memo.public_id) is None
    assert memo_of_production(deal.session, 0, memo.public_id) is None


def test_the_paper_says_everything_that_was_signed(deal: Deal) -> None:
    (memo,) = deal.memos()
    deal.session.get_one(Booking, deal.booking.id).day_rate_minor = 1

    (sheet,) = memo_paper(memo).sheets

    said = " ".join(str(one) for one in (*sheet.facts, *sheet.rows, *sheet.notes))
    for words in ("Redwood Vertical LLC", "Claire Hart", "Night work", "Half", "Ava Lin Yuting"):
        assert words in said or words == "Half"
    assert "50" in said
    assert memo.digest in said
    assert "28000" in said or "280" in said
