"""Payouts leave: each attempt is written down, with its key and its order, before it is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import insert_all, lock
from marketplace.domain.payments.models import PayeeAccount, Payout, PayoutAttempt
from marketplace.domain.payments.ports import PayoutOrder
from marketplace.domain.payments.rules import (
    BANK_FILE,
    Attempted,
    Event,
    PayoutState,
    Step,
    after,
    group_of,
    next_step,
)
from marketplace.domain.payments.rules.gateways import (
    KEEPS_BANKS,
    PAYEE_NOT_READY,
    PayeeState,
    is_payable,
)
from marketplace.domain.payments.services.carriers import accounts_of
from marketplace.domain.payments.services.funds import admit
from marketplace.domain.payments.services.telling import tell_payee_is_needed
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.people.models import Payee, Person
from marketplace.domain.productions.models import ShootDay
from marketplace.kernel.clock import Clock
from marketplace.kernel.frozen import freeze, thaw
from marketplace.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Leaving:
    """An attempt that is committed and may now leave."""

    attempt_id: int
    gateway: str
    key: str
    order: PayoutOrder
    step: Step
    left_at: datetime


def start_payout(session: Session, payout_id: int, *, clock: Clock) -> Leaving | None:
    """Write down the attempt before anything leaves; None when there is nothing to send.

    A payout that is already being sent goes on with its last attempt: same key, same order.
    One that the company's own bank pays is never sent from here.
    """
    return start_payouts(session, [payout_id], clock=clock).get(payout_id)


def start_payouts(
    session: Session,
    payout_ids: Sequence[int],
    *,
    clock: Clock,
) -> dict[int, Leaving]:
    """Write down the attempts of many payouts, oldest first; who has nothing to send is left out.

    The order is that of the payouts' ids, whatever the order in which they are asked for. Who is
    paid from a production's own money leaves only with it: the others are held here.
    """
    accounts = _accounts(session, payout_ids)
    payouts = [one for one in lock(session, Payout, payout_ids) if one.gateway != BANK_FILE]
    ready = _ready(session, payouts, accounts, clock)
    admit(session, ready, clock=clock)
    due = [one for one in ready if one.state == PayoutState.DUE]
    sending = [one for one in payouts if one.state == PayoutState.SENDING]
    attempts = {one.payout_id: one for one in _last_attempts(session, sending)}
    for attempt in attempts.values():
        attempt.last_sent_at = clock.now()
    attempts |= {one.payout_id: one for one in new_attempts(session, due, clock)}
    for payout in (*due, *sending):
        payout.state = after(PayoutState(payout.state), Event.START)
    session.flush()
    going = [one for one in payouts if one.state == PayoutState.SENDING]
    return {payout.id: _leaving(payout, attempts[payout.id], clock) for payout in going}


Accounts = Mapping[tuple[int, str], PayeeAccount]


def _accounts(session: Session, payout_ids: Sequence[int]) -> Accounts:
    """Lock the accounts that some payouts go to, before the payouts themselves."""
    rows = session.execute(
        sa.select(Payout.person_id, Payout.gateway).where(
            Payout.id.in_(payout_ids),
            Payout.gateway != BANK_FILE,
        ),
    ).all()
    return accounts_of(session, {person for person, _ in rows}, {name for _, name in rows})


def _ready(
    session: Session,
    payouts: Sequence[Payout],
    accounts: Accounts,
    clock: Clock,
) -> list[Payout]:
    """Return those due that may leave; who cannot be paid at the gateway any more is held."""
    ready = []
    for payout in payouts:
        if payout.state != PayoutState.DUE:
            continue
        account = accounts.get((payout.person_id, payout.gateway))
        state = PayeeState(account.state) if account else None
        if is_payable(state, needs_account=payout.gateway in KEEPS_BANKS, has_bank=True):
            ready.append(payout)
            continue
        payout.state = after(PayoutState.DUE, Event.LACKING)
        payout.problem_code = PAYEE_NOT_READY
        slip = session.get_one(PaySlip, payout.pay_slip_id)
        tell_payee_is_needed(session, payout, slip, clock=clock)
    return ready


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A payment the gateway has; ref: what it calls it."""

    id: int
    public_id: str
    gateway: str
    ref: str | None
    group: str


def under_way(session: Session, payout_ids: Sequence[int]) -> list[UnderWay]:
    """Return those of some payouts that were sent and have not arrived."""
    rows = session.execute(
        sa.select(
            Payout.id,
            Payout.public_id,
            Payout.gateway,
            Payout.gateway_ref,
            ShootDay.public_id,
        )
        .join(ShootDay, ShootDay.id == Payout.shoot_day_id)
        .where(Payout.id.in_(payout_ids), Payout.state == PayoutState.SENT)
        .order_by(Payout.id),
    )
    return [
        UnderWay(payout_id, public_id, gateway, ref, group_of(day))
        for payout_id, public_id, gateway, ref, day in rows
    ]


def new_attempts(
    session: Session,
    payouts: Sequence[Payout],
    clock: Clock,
) -> list[PayoutAttempt]:
    """Store the next attempt of each payout, under a key of its own."""
    orders = _orders(session, payouts)
    attempts = []
    for payout in payouts:
        payout.attempts += 1
        attempts.append(
            PayoutAttempt(
                payout_id=payout.id,
                number=payout.attempts,
                key=f"po-{payout.public_id}-a{payout.attempts}",
                order=orders[payout.id],
                first_sent_at=clock.now(),
                last_sent_at=clock.now(),
            ),
        )
    insert_all(session, attempts)
    return attempts


def attempted(attempt: PayoutAttempt) -> Attempted:
    """Return what is known of an attempt."""
    return Attempted(attempt.first_sent_at, attempt.is_key_spent, attempt.missing_at)


def _leaving(payout: Payout, attempt: PayoutAttempt, clock: Clock) -> Leaving:
    return Leaving(
        attempt_id=attempt.id,
        gateway=payout.gateway,
        key=attempt.key,
        order=PayoutOrder(**thaw(attempt.order)),
        step=next_step(attempted(attempt), clock.now()),
        left_at=clock.now(),
    )


def _last_attempts(session: Session, payouts: Sequence[Payout]) -> Iterable[PayoutAttempt]:
    if not payouts:
        return []
    is_last = sa.and_(
        PayoutAttempt.payout_id == Payout.id,
        PayoutAttempt.number == Payout.attempts,
    )
    mine = Payout.id.in_([one.id for one in payouts])
    return session.scalars(sa.select(PayoutAttempt).join(Payout, is_last).where(mine))


def _orders(session: Session, payouts: Sequence[Payout]) -> dict[int, dict[str, object]]:
    """Return the orders as they will be sent, now and at every repetition; one query."""
    if not payouts:
        return {}
    slips = {one.pay_slip_id: one for one in payouts}
    mine = sa.and_(
        PayeeAccount.person_id == Payout.person_id,
        PayeeAccount.gateway == Payout.gateway,
    )
    rows = session.execute(
        sa.select(
            PaySlip.id,
            PaySlip.number,
            sa.func.coalesce(PayeeAccount.account, Person.public_id),
            Payee.account_last4,
            ShootDay.public_id,
        )
        .select_from(PaySlip)
        .join(Payout, Payout.pay_slip_id == PaySlip.id)
        .join(Person, Person.id == PaySlip.person_id)
        .join(Payee, Payee.person_id == Person.id)
        .join(PayeeAccount, mine, isouter=True)
        .join(ShootDay, ShootDay.id == PaySlip.shoot_day_id)
        .where(PaySlip.id.in_(list(slips))),
    )
    orders = {}
    for slip_id, number, payee, last4, day in rows:
        payout = slips[slip_id]
        order = PayoutOrder(
            payout_id=payout.public_id,
            payee=payee,
            account_last4=last4,
            amount=Money(payout.amount_minor, payout.currency),
            group=group_of(day),
            statement=f"Dayrate {number}",
        )
        orders[payout.id] = {name: freeze(getattr(order, name)) for name in order.__slots__}
    return orders
