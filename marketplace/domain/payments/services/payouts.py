"""A payout leaves, is answered, arrives: each step one transaction, none of them waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock, lock_one
from marketplace.domain.audit.services import Act, record
from marketplace.domain.ledger import rules as accounts
from marketplace.domain.ledger.services import Posting, post
from marketplace.domain.payments.models import Payout, PayoutAttempt
from marketplace.domain.payments.ports import PayoutOrder, Refused, Sent, Transfer, Unknown
from marketplace.domain.payments.rules import (
    BANK_FILE,
    OF_THE_PAYEE,
    SURE_AFTER,
    Attempted,
    BooksError,
    Event,
    Outcome,
    PayoutState,
    Step,
    after,
    group_of,
    is_absent,
    next_step,
    wait_after,
)
from marketplace.domain.payments.services.telling import tell_on_its_way, tell_payee_is_needed
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.people.models import Payee, Person
from marketplace.domain.productions.models import ShootDay
from marketplace.domain.productions.rules import DayState
from marketplace.domain.tasks import services as tasks
from marketplace.domain.timecards.models import TimeCard
from marketplace.domain.timecards.rules import PAYABLE
from marketplace.domain.timecards.services import is_every_card_locked, pay_key
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.frozen import freeze, thaw
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say

DONE_WITH: Final = (PayoutState.PAID, PayoutState.NOTHING_DUE, PayoutState.CANCELLED)
"""States of a payout that keep no day open."""


@dataclass(frozen=True, slots=True)
class RetryPayout:
    """A person asks for a blocked payment to be tried again."""

    payout_id: str
    company_id: int
    actor_id: int


def arrive(session: Session, payout_id: int, at: datetime, *, clock: Clock) -> None:
    """Write down that the money is at the bank; once is enough."""
    payout = lock_one(session, Payout, payout_id)
    if payout.state != PayoutState.SENT:
        return
    payout.state = after(PayoutState(payout.state), Event.ARRIVED)
    payout.paid_at = at
    posting = Posting(
        f"payout:{payout.public_id}:paid",
        accounts.clearing(payout.gateway),
        accounts.bank(payout.gateway),
        amount_of(payout),
    )
    post(session, posting, clock=clock)
    log_payouts(session, [payout], "arrive", clock)
    session.flush()
    settle_day(session, payout.shoot_day_id, clock=clock)


def retry_payout(session: Session, command: RetryPayout, *, clock: Clock) -> Payout:
    """Try a blocked payment again, as a new attempt under a new key.

    Raises NotFoundError for a payment of somebody else, NotAllowedError when it is not blocked.
    """
    wanted = sa.select(Payout.id).where(
        Payout.public_id == command.payout_id,
        Payout.company_id == command.company_id,
    )
    payout_id = session.scalar(wanted)
    if payout_id is None:
        raise NotFoundError(say("There is no such payment."))
    payout = lock_one(session, Payout, payout_id)
    _make_due(session, payout, Event.RETRY, clock)
    _log(session, payout, "retry", command.actor_id, clock)
    return payout


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
        Payout.problem_code.in_(OF_THE_PAYEE),
    )
    found = list(session.scalars(waiting.order_by(Payout.id))) if has_account else []
    for payout in lock(session, Payout, found):
        event = Event.RELEASE if payout.state == PayoutState.HELD else Event.RETRY
        _make_due(session, payout, event, clock)
    approved = session.execute(
        sa.select(TimeCard.id, TimeCard.version, TimeCard.state).where(
            TimeCard.person_id == person_id,
            TimeCard.state.in_(PAYABLE),
        ),
    )
    for card_id, version, state in approved:
        tasks.move(session, pay_key(card_id, version, state), run_at=clock.now())
    return len(found)


def _make_due(session: Session, payout: Payout, event: Event, clock: Clock) -> None:
    payout.state = after(PayoutState(payout.state), event)
    payout.problem_code = ""
    payout.problem = ""
    key = f"send_payout:{payout.id}:{payout.attempts}"
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
