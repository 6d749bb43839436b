"""Payouts arrive, wait, and are tried again; a day is settled when all of it is paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock, lock_one
from marketplace.domain.audit.services import Act, record
from marketplace.domain.ledger import rules as accounts
from marketplace.domain.ledger.services import Posting, post_all
from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.ports import Till
from marketplace.domain.payments.rules import (
    BANK_FILE,
    NO_GATEWAY,
    OF_THE_BANK,
    PROBLEMS,
    Event,
    PayoutError,
    PayoutState,
    after,
)
from marketplace.domain.payments.rules.gateways import OF_THE_ACCOUNT
from marketplace.domain.payments.services.answers import amount_of, log_payouts
from marketplace.domain.people.models import Payee, Person
from marketplace.domain.productions.models import ShootDay
from marketplace.domain.productions.rules import DayState
from marketplace.domain.tasks import services as tasks
from marketplace.domain.timecards.models import TimeCard
from marketplace.domain.timecards.rules import PAYABLE
from marketplace.domain.timecards.services import is_every_card_locked, pay_key
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.sentences import say

DONE_WITH: Final = (PayoutState.PAID, PayoutState.NOTHING_DUE, PayoutState.CANCELLED)
"""States of a payout that keep no day open."""


@dataclass(frozen=True, slots=True)
class RetryPayout:
    """A person asks for a payment that waits to be tried again, and says why it can be now."""

    payout_id: str
    company_id: int
    actor_id: int
    reason: str


def arrive(session: Session, payout_id: int, at: datetime, *, clock: Clock) -> None:
    """Write down that the money is at the bank; once is enough."""
    arrive_all(session, {payout_id: at}, clock=clock)


def arrive_all(session: Session, arrivals: Mapping[int, datetime], *, clock: Clock) -> None:
    """Write down that many payments are at the bank, and settle the days that are done with."""
    found = lock(session, Payout, list(arrivals))
    payouts = [payout for payout in found if payout.state == PayoutState.SENT]
    for payout in payouts:
        payout.state = after(PayoutState(payout.state), Event.ARRIVED)
        payout.paid_at = arrivals[payout.id]
    post_all(session, [_arrived(payout) for payout in payouts], clock=clock)
    log_payouts(session, payouts, "arrive", clock)
    session.flush()
    for day_id in sorted({payout.shoot_day_id for payout in payouts}):
        settle_day(session, day_id, clock=clock)


def _arrived(payout: Payout) -> Posting:
    return Posting(
        f"payout:{payout.public_id}:paid",
        accounts.clearing(payout.gateway),
        accounts.bank(payout.gateway),
        amount_of(payout),
        payout.company_id,
    )


def retry_payout(session: Session, command: RetryPayout, *, till: Till) -> Payout:
    """Try a blocked payment again, as a new attempt under a new key; or one no gateway took.

    Raises NotFoundError for a payment of somebody else, NotAllowedError when it does not wait
    for this, PayoutError without a reason or when still no gateway pays there.
    """
    if not command.reason.strip():
        raise PayoutError(say("Say why it can be sent now."))
    wanted = sa.select(Payout.id).where(
        Payout.public_id == command.payout_id,
        Payout.company_id == command.company_id,
    )
    payout_id = session.scalar(wanted)
    if payout_id is None:
        raise NotFoundError(say("There is no such payment."))
    payout = lock_one(session, Payout, payout_id)
    event = Event.RETRY
    if payout.state == PayoutState.HELD and payout.problem_code == NO_GATEWAY:
        payout.gateway = _gateway_now(session, payout, till)
        event = Event.RELEASE
    _make_due(session, payout, event, till.clock)
    log_payouts(
        session,
        [payout],
        "retry",
        till.clock,
        actor_id=command.actor_id,
        why=command.reason.strip(),
    )
    return payout


def _gateway_now(session: Session, payout: Payout, till: Till) -> str:
    """Return the gateway that pays there now; raises PayoutError when there is still none."""
    person = session.get_one(Person, payout.person_id)
    gateway = till.gateway_for(person.country, payout.currency)
    if gateway is None:
        raise PayoutError(PROBLEMS[NO_GATEWAY])
    return gateway.name


def payee_is_ready(session: Session, person_id: int, *, clock: Clock) -> int:
    """Send what waited for a person's payment details; returns how many payments that are.

    Call it in the transaction that stores the details. Cards that could not become a slip are
    tried again too.
    """
    has_account = session.scalar(
        sa.select(Payee.id).where(
            Payee.person_id == person_id,
            Payee.account_sealed.is_not(None),
        ),
    )
    waiting = sa.select(Payout.id).where(
        Payout.person_id == person_id,
        Payout.state.in_([PayoutState.HELD, PayoutState.BLOCKED]),
        Payout.problem_code.in_(OF_THE_BANK),
    )
    found = list(session.scalars(waiting.order_by(Payout.id))) if has_account else []
    _let_go(session, found, clock)
    approved = session.execute(
        sa.select(TimeCard.id, TimeCard.version, TimeCard.state).where(
            TimeCard.person_id == person_id,
            TimeCard.state.in_(PAYABLE),
        ),
    )
    for card_id, version, state in approved:
        tasks.move(session, pay_key(card_id, version, state), run_at=clock.now())
    return len(found)


def account_is_ready(session: Session, person_id: int, gateway: str, *, clock: Clock) -> int:
    """Send what waited for a person's account at a gateway; returns how many payments that are.

    Call it in the transaction that stores that it is ready.
    """
    waiting = sa.select(Payout.id).where(
        Payout.person_id == person_id,
        Payout.gateway == gateway,
        Payout.state.in_([PayoutState.HELD, PayoutState.BLOCKED]),
        Payout.problem_code.in_(OF_THE_ACCOUNT),
    )
    found = list(session.scalars(waiting.order_by(Payout.id)))
    _let_go(session, found, clock)
    return len(found)


def _let_go(session: Session, payout_ids: Sequence[int], clock: Clock) -> None:
    for payout in lock(session, Payout, payout_ids):
        event = Event.RELEASE if payout.state == PayoutState.HELD else Event.RETRY
        _make_due(session, payout, event, clock)


def _make_due(session: Session, payout: Payout, event: Event, clock: Clock) -> None:
    payout.state = after(PayoutState(payout.state), event)
    payout.problem_code = ""
    payout.problem = ""
    key = f"send_payout:{payout.id}:{payout.attempts}:{clock.now().isoformat()}"
    session.flush()
    if payout.gateway != BANK_FILE:
        tasks.ask(session, "send_payout", key, payout.id, run_at=clock.now())


def settle_day(session: Session, shoot_day_id: int, *, clock: Clock) -> bool:
    """Mark a closed day settled once everybody is paid; False while it is not, or was before.

    Everybody who is owed anything for the day has a slip, and no payout of the day is open.
    """
    day = lock_one(session, ShootDay, shoot_day_id)
    is_paying = sa.exists().where(
        Payout.shoot_day_id == day.id,
        Payout.state.not_in(DONE_WITH),
    )
    is_done = is_every_card_locked(session, day.id) and not session.scalar(sa.select(is_paying))
    if day.state != DayState.CLOSED or not is_done:
        return False
    day.state = DayState.SETTLED
    act = Act(
        subject=f"shoot_day:{day.public_id}",
        action="settle",
        before={"state": str(DayState.CLOSED)},
        after={"state": str(day.state)},
    )
    record(session, act, actor_id=None, clock=clock)
    session.flush()
    return True
