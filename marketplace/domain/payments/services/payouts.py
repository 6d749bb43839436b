"""A payout leaves, is answered, arrives: each step one transaction, none of them waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

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
from marketplace.domain.timecards.rules import CardState
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.frozen import freeze, thaw
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say

WRONG_ORDER = "idempotency_error"
"""The gateway knows the key with another order: it says nothing about whether money moved."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """An attempt that is committed and may now leave."""

    attempt_id: int
    gateway: str
    key: str
    order: PayoutOrder
    step: Step
    left_at: datetime


@dataclass(frozen=True, slots=True)
class RetryPayout:
    """A person asks for a blocked payment to be tried again."""

    payout_id: str
    company_id: int
    actor_id: int


def start_payout(session: Session, payout_id: int, *, clock: Clock) -> Leaving | None:
    """Write down the attempt before anything leaves; None when there is nothing to send.

    A payout that is already being sent goes on with its last attempt: same key, same order.
    One that the company's own bank pays is never sent from here.
    """
    payout = lock_one(session, Payout, payout_id)
    is_ours = payout.gateway != BANK_FILE
    if not is_ours or payout.state not in {PayoutState.DUE, PayoutState.SENDING}:
        return None
    if payout.state == PayoutState.DUE:
        attempt = _new_attempt(session, payout, clock)
    else:
        attempt = _last_attempt(session, payout)
        attempt.last_sent_at = clock.now()
    payout.state = after(PayoutState(payout.state), Event.START)
    session.flush()
    return Leaving(
        attempt_id=attempt.id,
        gateway=payout.gateway,
        key=attempt.key,
        order=PayoutOrder(**thaw(attempt.order)),
        step=next_step(_attempted(attempt), clock.now()),
        left_at=clock.now(),
    )


def record_answer(
    session: Session,
    attempt_id: int,
    answer: Sent | Refused | Unknown,
    *,
    clock: Clock,
) -> datetime | None:
    """Write down what the gateway said; returns when to ask again, None when that is settled.

    An answer that comes when the payout is settled already changes nothing.
    """
    payout, attempt = _locked(session, attempt_id)
    if payout.state != PayoutState.SENDING:
        return None
    if isinstance(answer, Sent):
        _accept(session, payout, attempt, answer, clock)
        return None
    if isinstance(answer, Refused) and answer.code != WRONG_ORDER:
        _refuse(session, payout, attempt, answer, clock)
        return None
    payout.state = after(PayoutState(payout.state), Event.SILENT)
    attempt.detail = answer.text
    attempt.is_key_spent |= isinstance(answer, Refused) or answer.is_saved
    wait = wait_after(attempt.first_sent_at, clock.now())
    asked = answer.retry_after if isinstance(answer, Unknown) else None
    return clock.now() + max(wait, asked or wait)


def record_search(
    session: Session,
    attempt_id: int,
    found: Sequence[Transfer] | Unknown,
    *,
    clock: Clock,
) -> datetime | None:
    """Write down what the gateway's list says; returns when to go on, None when it is settled.

    Not listed twice, long enough apart, is provably absent: only then does a new attempt follow.
    Raises BooksError when the listed transfer is not the payment we ordered.
    """
    if isinstance(found, Unknown):
        return record_answer(session, attempt_id, found, clock=clock)
    if found:
        sent = Sent(found[0].ref, found[0].arrives_at)
        _refuse_other(session, attempt_id, found[0])
        return record_answer(session, attempt_id, sent, clock=clock)
    payout, attempt = _locked(session, attempt_id)
    if payout.state != PayoutState.SENDING:
        return None
    if is_absent(_attempted(attempt), clock.now()):
        attempt.outcome = Outcome.ABSENT
        _new_attempt(session, payout, clock)
        return clock.now()
    attempt.missing_at = attempt.missing_at or clock.now()
    return attempt.missing_at + SURE_AFTER


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
        _amount(payout),
    )
    post(session, posting, clock=clock)
    _log(session, payout, "arrive", None, clock)
    session.flush()
    settle_day(session, payout.shoot_day_id)


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
        sa.select(TimeCard.id, TimeCard.version).where(
            TimeCard.person_id == person_id,
            TimeCard.state == CardState.APPROVED,
        ),
    )
    for card_id, version in approved:
        tasks.move(session, f"pay_card:{card_id}:{version}", run_at=clock.now())
    return len(found)


def _make_due(session: Session, payout: Payout, event: Event, clock: Clock) -> None:
    payout.state = after(PayoutState(payout.state), event)
    payout.problem_code = ""
    payout.problem = ""
    key = f"send_payout:{payout.id}:{payout.attempts}"
    session.flush()
    if payout.gateway != BANK_FILE:
        tasks.ask(session, "send_payout", key, payout.id, run_at=clock.now())


def _new_attempt(session: Session, payout: Payout, clock: Clock) -> PayoutAttempt:
    payout.attempts += 1
    attempt = PayoutAttempt(
        payout_id=payout.id,
        number=payout.attempts,
        key=f"po-{payout.public_id}-a{payout.attempts}",
        order=_order(session, payout),
        first_sent_at=clock.now(),
        last_sent_at=clock.now(),
    )
    session.add(attempt)
    session.flush()
    return attempt


def _order(session: Session, payout: Payout) -> dict[str, object]:
    """Return the order as it will be sent, now and at every repetition."""
    row = session.execute(
        sa.select(PaySlip.number, Person.public_id, Payee.account_last4, ShootDay.public_id)
        .join(Person, Person.id == PaySlip.person_id)
        .join(Payee, Payee.person_id == Person.id)
        .join(ShootDay, ShootDay.id == PaySlip.shoot_day_id)
        .where(PaySlip.id == payout.pay_slip_id),
    ).one()
    number, payee, last4, day = row
    order = PayoutOrder(
        payout_id=payout.public_id,
        payee=payee,
        account_last4=last4,
        amount=_amount(payout),
        group=group_of(day),
        statement=f"Dayrate {number}",
    )
    return {name: freeze(getattr(order, name)) for name in order.__slots__}


def _last_attempt(session: Session, payout: Payout) -> PayoutAttempt:
    return session.scalars(
        sa.select(PayoutAttempt).where(
            PayoutAttempt.payout_id == payout.id,
            PayoutAttempt.number == payout.attempts,
        ),
    ).one()


def _locked(session: Session, attempt_id: int) -> tuple[Payout, PayoutAttempt]:
    """Lock the payout of an attempt first, then read the attempt again."""
    payout_id = session.scalars(
        sa.select(PayoutAttempt.payout_id).where(PayoutAttempt.id == attempt_id),
    ).one()
    payout = lock_one(session, Payout, payout_id)
    return payout, lock_one(session, PayoutAttempt, attempt_id)


def _attempted(attempt: PayoutAttempt) -> Attempted:
    return Attempted(attempt.first_sent_at, attempt.is_key_spent, attempt.missing_at)


def _accept(
    session: Session,
    payout: Payout,
    attempt: PayoutAttempt,
    sent: Sent,
    clock: Clock,
) -> None:
    payout.state = after(PayoutState(payout.state), Event.ACCEPTED)
    payout.gateway_ref = sent.ref
    payout.sent_at = clock.now()
    payout.arrives_at = sent.arrives_at
    attempt.outcome = Outcome.SENT
    posting = Posting(
        f"payout:{payout.public_id}:sent",
        accounts.payable(payout.person_id),
        accounts.clearing(payout.gateway),
        _amount(payout),
    )
    post(session, posting, clock=clock)
    _log(session, payout, "send", None, clock)
    slip = session.get_one(PaySlip, payout.pay_slip_id)
    tell_on_its_way(session, payout, slip, clock=clock)
    session.flush()
    key = f"confirm_payout:{payout.id}"
    tasks.ask(session, "confirm_payout", key, payout.id, run_at=sent.arrives_at)


def _refuse(
    session: Session,
    payout: Payout,
    attempt: PayoutAttempt,
    refused: Refused,
    clock: Clock,
) -> None:
    payout.state = after(PayoutState(payout.state), Event.REFUSED)
    payout.problem_code = refused.code
    payout.problem = refused.text
    attempt.outcome = Outcome.REFUSED
    attempt.detail = refused.text
    _log(session, payout, "refuse", None, clock)
    slip = session.get_one(PaySlip, payout.pay_slip_id)
    tell_payee_is_needed(session, payout, slip, clock=clock)
    session.flush()


def _refuse_other(session: Session, attempt_id: int, transfer: Transfer) -> None:
    payout, _ = _locked(session, attempt_id)
    if transfer.amount != _amount(payout):
        raise BooksError(
            say(
                "The gateway lists %(listed)s for a payment of %(ordered)s.",
                listed=transfer.amount,
                ordered=_amount(payout),
            ),
        )


def settle_day(session: Session, shoot_day_id: int) -> None:
    """Mark a day settled when every card of it is paid."""
    day = lock_one(session, ShootDay, shoot_day_id)
    open_cards = sa.exists().where(
        TimeCard.shoot_day_id == day.id,
        TimeCard.state != CardState.LOCKED,
    )
    open_payouts = sa.exists().where(
        Payout.shoot_day_id == day.id,
        Payout.state.not_in([PayoutState.PAID, PayoutState.NOTHING_DUE]),
    )
    is_open = session.scalar(sa.select(sa.or_(open_cards, open_payouts)))
    if day.state == DayState.CLOSED and not is_open:
        day.state = DayState.SETTLED
        session.flush()


def _amount(payout: Payout) -> Money:
    return Money(payout.amount_minor, payout.currency)


def _log(
    session: Session,
    payout: Payout,
    action: str,
    actor_id: int | None,
    clock: Clock,
) -> None:
    act = Act(
        subject=f"payout:{payout.public_id}",
        action=action,
        after={"state": str(payout.state), "ref": payout.gateway_ref, "attempt": payout.attempts},
        reason=payout.problem_code,
        company_id=payout.company_id,
    )
    record(session, act, actor_id=actor_id, clock=clock)
