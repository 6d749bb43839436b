"""Fees are paid like any day, by the accountant where one is asked for; a day settles once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.audit.models import AuditEntry
from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.queries.policies import policies
from marketplace.domain.booking.services import CancelBooking
from marketplace.domain.documents.rules import SlipDocument
from marketplace.domain.payments import services
from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.ports import Till
from marketplace.domain.payments.rules import PayoutState
from marketplace.domain.payments.services.payouts import settle_day
from marketplace.domain.payroll.models import PayLineRow, PaySlip
from marketplace.domain.payroll.rules.slips import document_owner
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import DayState
from marketplace.domain.timecards import jobs
from marketplace.domain.timecards import services as cards
from marketplace.domain.timecards.models import TimeCard
from marketplace.domain.timecards.rules import CardState
from marketplace.domain.timecards.services import ApproveCards, ApprovePayroll
from marketplace.kernel.clock import FixedClock
from tests.support import builders
from tests.support.payday import VAULT, a_closed_day, a_till, an_approved_card


@pytest.fixture
def till(tmp_path: Path, clock: FixedClock) -> Till:
    return a_till(tmp_path, clock)


def a_cancelled_card(session: Session, *, is_chinese: bool = False) -> tuple[TimeCard, FixedClock]:
    """Cancel somebody at half their rate; the production approves the fee, and the day ends."""
    production = builders.a_production(session, is_chinese=is_chinese)
    production.cancellation_policy = policies()["day_and_half"]
    day = builders.a_shoot_day(session, production, "2026-11-29")
    role = builders.a_role(session, production, [day], day_rate_minor=200_000)
    person = builders.a_person(session)
    form = "cn_resident" if is_chinese else "w9"
    builders.a_payee(session, person, VAULT, tax_form=form)
    booking = builders.a_booking(session, role, person, day)
    booking.cancellation_policy = production.cancellation_policy
    clock = FixedClock(day.call_at - timedelta(hours=15, minutes=40))
    command = CancelBooking(booking.id, production.id, production.created_by_id, "Scene was cut")
    cards.cancel(session, command, clock=clock)
    card = session.scalars(sa.select(TimeCard)).one()
    approve(session, card, production, clock)
    clock.move_to(day.wrap_at)
    jobs.close_day(session, day.id, clock=clock)
    return card, clock


def approve(session: Session, card: TimeCard, production: Production, clock: FixedClock) -> None:
    seen, by_id = {card.id: card.version}, production.created_by_id
    command = ApproveCards(card.shoot_day_id, production.id, seen, by_id)
    cards.approve(session, command, clock=clock)


def test_a_cancelled_day_becomes_a_slip_without_hours(session: Session, tmp_path: Path) -> None:
    card, clock = a_cancelled_card(session)

    slip = services.pay_card(session, card.id, till=a_till(tmp_path, clock))

    assert slip is not None
    assert (slip.gross_minor, slip.worked_minutes, slip.time_entry_id) == (100_000, 0, None)
    lines = sa.select(PayLineRow).where(PayLineRow.pay_slip_id == slip.id)
    first = session.scalars(lines.order_by(PayLineRow.position)).first()
    assert first is not None
    assert (first.code, first.amount_minor) == ("cancellation_fee", 100_000)
    assert first.line["rule"] == "day_and_half@2026-11-23 rows[0]"
    text = VAULT.open(slip.document_sealed, document_owner(slip.public_id))
    document = SlipDocument.from_json(text)
    assert (document.call, document.wrap) == ("", "")
    assert "50% of the day rate; cancelled 15:20, 15 h 40 m before the call" in str(document.lines)
    assert services.check_books(session, vault=VAULT) == []


def test_tax_is_withheld_from_a_fee(session: Session, tmp_path: Path) -> None:
    card, clock = a_cancelled_card(session, is_chinese=True)

    slip = services.pay_card(session, card.id, till=a_till(tmp_path, clock))

    assert slip is not None
    assert (slip.gross_minor, slip.withheld_minor) == (100_000, 4_000)


def test_without_the_accountants_signature_nothing_is_paid(session: Session, till: Till) -> None:
    day = a_closed_day(session)
    production = session.get_one(Production, day.production_id)
    production.needs_payroll_approval = True
    card = an_approved_card(session, day)
    before = services.pay_card(session, card.id, till=till)
    noor = builders.a_user(session, "Noor Haddad")
    command = ApprovePayroll(day.id, production.id, {card.id: card.version}, noor.id)

    cards.approve_payroll(session, command, clock=till.clock)
    slip = services.pay_card(session, card.id, till=till)

    assert before is None
    assert slip is not None
    assert card.state == CardState.LOCKED


def test_an_upgraded_person_has_the_new_words_on_the_slip(session: Session, till: Till) -> None:
    card = an_approved_card(session, a_closed_day(session))
    session.get_one(Booking, card.booking_id).upgraded_to = "Nurse, two lines"
    session.flush()

    slip = services.pay_card(session, card.id, till=till)

    assert slip is not None
    assert slip.role_name == "Nurse, two lines"


def paid(session: Session, slip: PaySlip, state: PayoutState) -> None:
    payout = session.scalars(sa.select(Payout).where(Payout.pay_slip_id == slip.id)).one()
    payout.state = state
    if state in {PayoutState.SENT, PayoutState.PAID}:
        payout.gateway_ref = "tr_1"
    session.flush()


@pytest.mark.parametrize(
    ("state", "is_settled"),
    [
        (PayoutState.PAID, True),
        (PayoutState.NOTHING_DUE, True),
        (PayoutState.CANCELLED, True),
        (PayoutState.DUE, False),
        (PayoutState.HELD, False),
        (PayoutState.SENDING, False),
        (PayoutState.SENT, False),
        (PayoutState.BLOCKED, False),
    ],
)
def test_a_day_settles_when_no_payout_of_it_is_open(
    session: Session, till: Till, state: PayoutState, *, is_settled: bool
) -> None:
    card = an_approved_card(session, a_closed_day(session))
    slip = services.pay_card(session, card.id, till=till)
    assert slip is not None
    paid(session, slip, state)

    assert settle_day(session, card.shoot_day_id, clock=till.clock) is is_settled
    day = session.get_one(ShootDay, card.shoot_day_id)
    assert (day.state == DayState.SETTLED) is is_settled


def test_a_day_does_not_settle_while_somebody_booked_has_no_slip(
    session: Session, till: Till
) -> None:
    day = a_closed_day(session)
    slip = services.pay_card(session, an_approved_card(session, day).id, till=till)
    assert slip is not None
    paid(session, slip, PayoutState.PAID)
    production = session.get_one(Production, day.production_id)
    role = builders.a_role(session, production, [day])
    builders.a_booking(session, role, builders.a_person(session, "Kenji Mori"), day)

    assert not settle_day(session, day.id, clock=till.clock)


def test_a_day_does_not_settle_while_a_fee_has_no_slip(session: Session, tmp_path: Path) -> None:
    card, clock = a_cancelled_card(session)

    assert not settle_day(session, card.shoot_day_id, clock=clock)
    slip = services.pay_card(session, card.id, till=a_till(tmp_path, clock))
    assert slip is not None
    paid(session, slip, PayoutState.PAID)

    assert settle_day(session, card.shoot_day_id, clock=clock)
    assert not settle_day(session, card.shoot_day_id, clock=clock)
    day = session.get_one(ShootDay, card.shoot_day_id)
    log = sa.select(AuditEntry.action).where(AuditEntry.subject == f"shoot_day:{day.public_id}")
    assert list(session.scalars(log.order_by(AuditEntry.id))) == ["close", "settle"]
