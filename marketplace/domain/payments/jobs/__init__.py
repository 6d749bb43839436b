"""What the worker does about money: every job may be killed anywhere and run again.

A job of several transactions is given `unit`, which opens one. No transaction is open while a
gateway is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from marketplace.db import UnitOfWork
from marketplace.domain.payments import services
from marketplace.domain.payments.ports import Gateway, Refused, Till, Transfer, Unknown
from marketplace.domain.payments.rules import CLOSED_FOR, LATEST_CALL, PayoutError, Step
from marketplace.domain.payroll.rules.shapes import PayError
from marketplace.domain.tasks.rules import NotYetError
from marketplace.kernel.errors import DomainError

CONFIRM_AGAIN: Final = timedelta(minutes=10)
NO_TIME: Final = timedelta(0)
ANSWERS_TOGETHER: Final = 25
"""How many answers are written down together: a crash forgets no more, and asks those again."""

Left = dict[int, datetime | DomainError]
"""What is not done yet, by subject: when to go on, or why it failed."""


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
) -> Left:
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


def send_payouts(unit: UnitOfWork, payout_ids: Sequence[int], *, till: Till) -> Left:
    """Send many payouts, as `send_payout` does each; returns those to go on with, and when.

    All attempts are committed, then the gateway is asked at its pace, and answers are committed
    some at a time. When the gateway takes no order at all, nobody else's is tried.
    """
    with unit() as session:
        leaving = services.start_payouts(session, payout_ids, clock=till.clock)
    left: Left = {}
    for gateway_name, mine in _by_gateway(leaving).items():
        try:
            gateway = till.gateway_named(gateway_name)
        except PayoutError as missing:
            left |= dict.fromkeys(mine, missing)
            continue
        left |= _ask(unit, gateway, mine, till)
        left |= _look(unit, gateway, mine, till)
    return left


def confirm_payouts(unit: UnitOfWork, payout_ids: Sequence[int], *, till: Till) -> Left:
    """Ask for many payments whether they have arrived; returns those under way, and when to look.

    Each day is asked for once, outside any transaction; arrivals are committed together.
    """
    with unit() as session:
        sent = services.under_way(session, payout_ids)
    days: dict[tuple[str, str], list[services.UnderWay]] = {}
    for one in sent:
        days.setdefault((one.gateway, one.group), []).append(one)
    arrivals: dict[int, datetime] = {}
    left: Left = {}
    for place, found in till.callers.make([_list_of(day, till) for day in days.values()]):
        for payout in list(days.values())[place]:
            arrived_at = _arrival(found, payout.ref)
            if arrived_at is None:
                left[payout.id] = _next_look(found, payout.ref, till)
            else:
                arrivals[payout.id] = arrived_at
    with unit() as session:
        services.arrive_all(session, arrivals, clock=till.clock)
    return left


def _list_of(
    day: Sequence[services.UnderWay], till: Till
) -> Callable[[], Sequence[Transfer] | Unknown]:
    """Return the question for one day's payments at one gateway: all of them, or the only one."""
    first = day[0]
    only = first.public_id if len(day) == 1 else None
    return partial(till.gateway_named(first.gateway).find, first.group, only)


def _by_gateway(leaving: Mapping[int, services.Leaving]) -> dict[str, dict[int, services.Leaving]]:
    found: dict[str, dict[int, services.Leaving]] = {}
    for payout_id, one in leaving.items():
        found.setdefault(one.gateway, {})[payout_id] = one
    return found


def _ask(
    unit: UnitOfWork,
    gateway: Gateway,
    leaving: Mapping[int, services.Leaving],
    till: Till,
) -> Left:
    """Ask the gateway to pay; write its answers down some at a time, as they come."""
    asking = [(id_, one) for id_, one in leaving.items() if one.step is Step.ASK]
    line = _Line(gateway, till)
    left: Left = {}
    answers: dict[int, tuple[int, services.Answer]] = {}
    for place, answer in till.callers.make([partial(line.pay, one) for _, one in asking]):
        payout_id, one = asking[place]
        if answer is None:
            left[payout_id] = till.clock.now() + (CLOSED_FOR if line.is_closed else NO_TIME)
            continue
        answers[one.attempt_id] = (payout_id, answer)
        if len(answers) >= ANSWERS_TOGETHER:
            left |= _record(unit, answers, till)
            answers = {}
    return left | _record(unit, answers, till)


def _record(
    unit: UnitOfWork,
    answers: Mapping[int, tuple[int, services.Answer]],
    till: Till,
) -> Left:
    if not answers:
        return {}
    said = {attempt_id: answer for attempt_id, (_, answer) in answers.items()}
    with unit() as session:
        again = services.record_answers(session, said, clock=till.clock)
    return {answers[attempt][0]: at for attempt, at in again.items() if at is not None}


class _Line:
    """Orders on their way to one gateway; `is_closed` once it takes none at all."""

    def __init__(self, gateway: Gateway, till: Till) -> None:
        self._gateway = gateway
        self._clock = till.clock
        self.is_closed = False

    def pay(self, leaving: services.Leaving) -> services.Answer | None:
        """Carry one order over; None when it does not leave now."""
        if self.is_closed or self._clock.now() - leaving.left_at > LATEST_CALL:
            return None
        answer = self._gateway.pay(leaving.order, leaving.key)
        self.is_closed |= isinstance(answer, Refused) and answer.stops_queue
        return answer


def _look(
    unit: UnitOfWork,
    gateway: Gateway,
    leaving: Mapping[int, services.Leaving],
    till: Till,
) -> Left:
    """Search the gateway for the attempts whose key no longer tells, one by one: they are few."""
    left: Left = {}
    for payout_id, one in leaving.items():
        if one.step is not Step.LOOK:
            continue
        try:
            go_on_at = _carry_out(unit, one, gateway, till)
        except PayoutError as problem:
            left[payout_id] = problem
        else:
            left |= {payout_id: go_on_at} if go_on_at else {}
    return left


def confirm_payout(unit: UnitOfWork, payout_id: int, *, till: Till) -> None:
    """Ask whether a payment has arrived. Raises NotYetError while it is under way."""
    left = confirm_payouts(unit, [payout_id], till=till).get(payout_id)
    if isinstance(left, datetime):
        raise NotYetError(left)


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


def _arrival(found: Sequence[Transfer] | Unknown, ref: str | None) -> datetime | None:
    if isinstance(found, Unknown):
        return None
    return next((one.arrived_at for one in found if one.ref == ref), None)


def _next_look(found: Sequence[Transfer] | Unknown, ref: str | None, till: Till) -> datetime:
    soonest = till.clock.now() + CONFIRM_AGAIN
    if isinstance(found, Unknown):
        return soonest
    return max([soonest, *(one.arrives_at for one in found if one.ref == ref)])
