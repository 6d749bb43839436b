"""What the worker does about money: every job may be killed anywhere and run again.

A job of several transactions is given `unit`, which opens one. No transaction is open while a
gateway is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from marketplace.db import UnitOfWork
from marketplace.domain.payments import services
from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.ports import Gateway, Till, Transfer, Unknown
from marketplace.domain.payments.rules import LATEST_CALL, PayoutState, Step, group_of
from marketplace.domain.payroll.rules.shapes import PayError
from marketplace.domain.productions.models import ShootDay
from marketplace.domain.tasks.rules import NotYetError
from marketplace.kernel.errors import DomainError

CONFIRM_AGAIN: Final = timedelta(minutes=10)


def pay_card(unit: UnitOfWork, time_card_id: int, *, till: Till) -> None:
    """Issue the slip of a card and ask for its payment; when it cannot be, tell who must act.

    Raises what `services.pay_card` raises; by then the people concerned have been told.
    """
    try:
        with unit() as session:
            services.pay_card(session, time_card_id, till=till)
    except PayError as refusal:
        with unit() as session:
            services.tell_unpaid(session, time_card_id, refusal, clock=till.clock)
        raise


def pay_cards(
    unit: UnitOfWork,
    time_card_ids: Sequence[int],
    *,
    till: Till,
) -> dict[int, datetime | DomainError]:
    """Issue the slips of many cards in one transaction; returns those that wait, and why.

    Whoever must act on a card that cannot be paid has been told.
    """
    with unit() as session:
        found = services.pay_cards(session, time_card_ids, till=till)
    refused = {card: one for card, one in found.items() if isinstance(one, PayError)}
    if refused:
        with unit() as session:
            for card_id, refusal in refused.items():
                services.tell_unpaid(session, card_id, refusal, clock=till.clock)
    early = {card: one.run_at for card, one in found.items() if isinstance(one, NotYetError)}
    return {**refused, **early}


def issue_voucher(unit: UnitOfWork, voucher_id: int, *, till: Till) -> None:
    """Issue what an approved adjustment says; when it cannot be, tell the company why.

    Raises what `services.issue_voucher` raises; by then the people concerned have been told.
    """
    try:
        with unit() as session:
            services.issue_voucher(session, voucher_id, till=till)
    except PayError as refusal:
        with unit() as session:
            services.tell_uncorrected(session, voucher_id, refusal, clock=till.clock)
        raise


def send_payout(unit: UnitOfWork, payout_id: int, *, till: Till) -> None:
    """Send a payout, or find out what became of it.

    Three stages: commit the attempt, ask the gateway, commit the answer. Raises NotYetError
    when the answer does not tell: then the same key, or the gateway's list, will.
    """
    with unit() as session:
        leaving = services.start_payout(session, payout_id, clock=till.clock)
    if leaving is None:
        return
    gateway = till.gateway_named(leaving.gateway)
    if till.clock.now() - leaving.left_at > LATEST_CALL:
        raise NotYetError(till.clock.now())
    go_on_at = _carry_out(unit, leaving, gateway, till)
    if go_on_at is not None:
        raise NotYetError(go_on_at)


def confirm_payout(unit: UnitOfWork, payout_id: int, *, till: Till) -> None:
    """Ask whether a payment has arrived. Raises NotYetError while it is under way."""
    with unit() as session:
        payout = session.get_one(Payout, payout_id)
        if payout.state != PayoutState.SENT:
            return
        group = _group(session, payout)
        name, public_id, ref = payout.gateway, payout.public_id, payout.gateway_ref
    found = till.gateway_named(name).find(group, public_id)
    arrived_at = _arrival(found, ref)
    if arrived_at is None:
        raise NotYetError(_next_look(found, ref, till))
    with unit() as session:
        services.arrive(session, payout_id, arrived_at, clock=till.clock)


def _carry_out(
    unit: UnitOfWork,
    leaving: services.Leaving,
    gateway: Gateway,
    till: Till,
) -> datetime | None:
    if leaving.step is Step.LOOK:
        found = gateway.find(leaving.order.group, leaving.order.payout_id)
        with unit() as session:
            return services.record_search(session, leaving.attempt_id, found, clock=till.clock)
    answer = gateway.pay(leaving.order, leaving.key)
    with unit() as session:
        return services.record_answer(session, leaving.attempt_id, answer, clock=till.clock)


def _group(session: Session, payout: Payout) -> str:
    return group_of(session.get_one(ShootDay, payout.shoot_day_id).public_id)


def _arrival(found: Sequence[Transfer] | Unknown, ref: str | None) -> datetime | None:
    if isinstance(found, Unknown):
        return None
    return next((one.arrived_at for one in found if one.ref == ref), None)


def _next_look(found: Sequence[Transfer] | Unknown, ref: str | None, till: Till) -> datetime:
    soonest = till.clock.now() + CONFIRM_AGAIN
    if isinstance(found, Unknown):
        return soonest
    return max([soonest, *(one.arrives_at for one in found if one.ref == ref)])
