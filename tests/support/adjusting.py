"""Paid days that are adjusted: each signature as its own use case, the slips by the worker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.booking.models import Booking
from marketplace.domain.ledger import rules as accounts
from marketplace.domain.ledger.queries import balance
from marketplace.domain.payments import services as payments
from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.ports import Till
from marketplace.domain.payments.rules import PayoutState
from marketplace.domain.payroll.models import Overpayment, PayLineRow, PaySlip
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.timecards import services as timecards
from marketplace.domain.timecards.models import AdjustmentVoucher, TimeCard
from marketplace.domain.timecards.rules import Hours
from marketplace.domain.timecards.services import (
    AnswerAdjustment,
    DecideAdjustment,
    ProposeAdjustment,
)
from marketplace.kernel import zones
from marketplace.kernel.clock import Clock, FixedClock
from tests.support import builders
from tests.support.payday import Unit, a_closed_day, an_approved_card, ask_to_pay, run_to_the_end

REASON = "A mileage line was forgotten."


def a_paid_card(unit: Unit, till: Till, clock: FixedClock, **day: Any) -> int:
    """Pay one person's day to the end; returns the card."""
    with unit() as session:
        card_id = an_approved_card(session, a_closed_day(session), **day).id
    run_to_the_end(unit, till, clock)
    return card_id


def another_day(
    session: Session,
    card_id: int,
    on: str,
    *,
    hours: tuple[str, str] = ("07:00", "19:00"),
    rest: int = 0,
) -> TimeCard:
    """Make an approved card of the same person on another day of the same production."""
    first = session.get_one(TimeCard, card_id)
    booking = session.get_one(Booking, first.booking_id)
    booking.rest_minutes = rest
    production = session.get_one(Production, first.production_id)
    production.minimum_rest_minutes = rest
    day = a_closed_day(session, production, on)
    role = builders.a_role(session, production, [day], day_rate_minor=booking.day_rate_minor)
    person = session.get_one(Person, first.person_id)
    made = builders.a_time_card(
        session, builders.a_booking(session, role, person, day), hours=hours
    )
    ask_to_pay(session, made)
    return made


def hours_on(
    session: Session,
    card_id: int,
    times: tuple[str, str],
    meal: tuple[str, str] = ("12:30", "13:00"),
    *,
    bumps: Sequence[dict[str, Any]] = (),
) -> Hours:
    """Return hours of a card's day as the set says them."""
    card = session.get_one(TimeCard, card_id)
    day = session.get_one(ShootDay, card.shoot_day_id)
    zone = session.get_one(Production, card.production_id).zone
    begin, end = (zones.at(day.shoot_date, zones.parse_clock(text), zone) for text in times)
    away, back = (zones.at(day.shoot_date, zones.parse_clock(text), zone) for text in meal)
    return Hours(begin, end, ((away, back),), tuple(bumps))


def propose(
    session: Session,
    card_id: int,
    times: tuple[str, str] = ("07:00", "21:00"),
    *,
    clock: Clock,
    bumps: Sequence[dict[str, Any]] = (),
) -> AdjustmentVoucher:
    """Propose other hours for a locked card, as the production's creator."""
    card = session.get_one(TimeCard, card_id)
    by_id = session.get_one(Production, card.production_id).created_by_id
    hours = hours_on(session, card_id, times, bumps=bumps)
    command = ProposeAdjustment(card_id, card.production_id, hours, REASON, by_id)
    return timecards.propose(session, command, clock=clock)


def agree(session: Session, voucher: AdjustmentVoucher, *, clock: Clock) -> None:
    """Agree as the person."""
    command = AnswerAdjustment(voucher.id, voucher.person_id, voucher.version)
    timecards.agree_to_adjustment(session, command, clock=clock)


def decision(session: Session, voucher: AdjustmentVoucher, reason: str = "") -> DecideAdjustment:
    """Return a decision of the production's creator on the version as it stands."""
    by_id = session.get_one(Production, voucher.production_id).created_by_id
    return DecideAdjustment(voucher.id, voucher.company_id, voucher.version, by_id, reason)


def sign(session: Session, voucher: AdjustmentVoucher, *, clock: Clock) -> None:
    """Agree as the person, approve as the production."""
    agree(session, voucher, clock=clock)
    payments.approve_adjustment(session, decision(session, voucher), clock=clock)


def adjust(  # noqa: PLR0913 - a use case names what matters
    unit: Unit,
    till: Till,
    clock: FixedClock,
    card_id: int,
    times: tuple[str, str] = ("07:00", "21:00"),
    *,
    is_sent: bool = True,
    bumps: Sequence[dict[str, Any]] = (),
) -> int:
    """Adjust a paid day with every signature, and let the worker issue it; returns the voucher."""
    with unit() as session:
        voucher = propose(session, card_id, times, clock=clock, bumps=bumps)
        sign(session, voucher, clock=clock)
        voucher_id = voucher.id
    if is_sent:
        run_to_the_end(unit, till, clock)
        return voucher_id
    with unit() as session:
        payments.issue_voucher(session, voucher_id, till=till)
    return voucher_id


def slips_of(session: Session, card_id: int) -> list[PaySlip]:
    """Return every slip of a card, oldest first."""
    found = sa.select(PaySlip).where(PaySlip.time_card_id == card_id).order_by(PaySlip.id)
    return list(session.scalars(found))


def lines_of(session: Session, slip: PaySlip) -> list[tuple[str, str, int]]:
    """Return kind, code and amount of each line of a slip."""
    found = sa.select(PayLineRow.kind, PayLineRow.code, PayLineRow.amount_minor)
    rows = session.execute(found.where(PayLineRow.pay_slip_id == slip.id).order_by(PayLineRow.id))
    return [(kind, code, minor) for kind, code, minor in rows]


def payout_of(session: Session, slip: PaySlip) -> Payout | None:
    """Return the payment of a slip."""
    return session.scalar(sa.select(Payout).where(Payout.pay_slip_id == slip.id))


def claims_of(session: Session, card_id: int) -> list[Overpayment]:
    """Return what was paid too much for a card, oldest first."""
    found = sa.select(Overpayment).where(Overpayment.time_card_id == card_id)
    return list(session.scalars(found.order_by(Overpayment.id)))


def overpaid(session: Session, card_id: int) -> int:
    """Return the balance of the person's overpaid account."""
    card = session.get_one(TimeCard, card_id)
    currency = session.get_one(Booking, card.booking_id).currency
    return balance(session, accounts.overpaid(card.person_id), currency).minor


def adjusted(session: Session, slip_id: str, *, clock: Clock) -> dict[str, str]:
    """Propose adjustments of paid days and ask about an overpayment, for pages to show.

    One waits for the person, one for the production and one for the accountant.
    """
    slip = session.scalars(sa.select(PaySlip).where(PaySlip.public_id == slip_id)).one()
    card = session.get_one(TimeCard, slip.time_card_id)
    booking = session.get_one(Booking, card.booking_id)
    by_id = session.get_one(Production, card.production_id).created_by_id
    hours = Hours(booking.call_at, booking.wrap_at)
    command = ProposeAdjustment(card.id, card.production_id, hours, REASON, by_id)
    voucher = timecards.propose(session, command, clock=clock)
    agreed, approved = (
        propose(session, other, clock=clock) for other in _others_paid(session, card)
    )
    agree(session, agreed, clock=clock)
    sign(session, approved, clock=clock)
    claim = Overpayment(
        company_id=slip.company_id,
        person_id=slip.person_id,
        time_card_id=card.id,
        correction_id=slip.id,
        amount_minor=3_450,
        currency=slip.currency,
        created_at=clock.now(),
    )
    session.add(claim)
    session.flush()
    return {
        "voucher": voucher.public_id,
        "agreed_voucher": agreed.public_id,
        "approved_voucher": approved.public_id,
        "claim": claim.public_id,
        "paid_card": card.public_id,
    }


def _others_paid(session: Session, card: TimeCard) -> Sequence[int]:
    """Return the cards of the first two others whose same day is paid."""
    found = sa.select(TimeCard.id).join(PaySlip, PaySlip.time_card_id == TimeCard.id)
    found = found.join(Payout, Payout.pay_slip_id == PaySlip.id)
    found = found.where(
        TimeCard.shoot_day_id == card.shoot_day_id,
        TimeCard.id != card.id,
        Payout.state == PayoutState.PAID,
    )
    return session.scalars(found.order_by(TimeCard.id).limit(2)).all()
