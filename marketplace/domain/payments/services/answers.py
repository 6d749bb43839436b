"""What a gateway said about an attempt is written down: answers, and what its list shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock
from marketplace.domain.audit.services import Act, record_all
from marketplace.domain.ledger import rules as accounts
from marketplace.domain.ledger.services import Posting, post_all
from marketplace.domain.payments.models import Payout, PayoutAttempt
from marketplace.domain.payments.ports import Refused, Sent, Transfer, Unknown
from marketplace.domain.payments.rules import (
    CLOSED_FOR,
    SURE_AFTER,
    BooksError,
    Event,
    Outcome,
    PayoutState,
    after,
    is_absent,
    wait_after,
)
from marketplace.domain.payments.services.halts import end_halts, note_halt
from marketplace.domain.payments.services.sending import attempted, new_attempts
from marketplace.domain.payments.services.telling import (
    tell_all_on_their_way,
    tell_payee_is_needed,
)
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.tasks import services as tasks
from marketplace.domain.tasks.services import Wanted
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say

WRONG_ORDER: Final = "idempotency_error"
"""The gateway knows the key with another order: it says nothing about whether money moved."""

Answer = Sent | Refused | Unknown
Sending = tuple[Payout, PayoutAttempt]


def record_answer(
    session: Session,
    attempt_id: int,
    answer: Answer,
    *,
    clock: Clock,
) -> datetime | None:
    """Write down what the gateway said; returns when to ask again, None when that is settled.

    An answer that comes when the payout is settled already changes nothing.
    """
    return record_answers(session, {attempt_id: answer}, clock=clock)[attempt_id]


def record_answers(
    session: Session,
    answers: Mapping[int, Answer],
    *,
    clock: Clock,
) -> dict[int, datetime | None]:
    """Write down many answers, by attempt; returns for each when to ask again: `record_answer`."""
    found: dict[int, datetime | None] = dict.fromkeys(answers)
    accepted: list[tuple[Payout, PayoutAttempt, Sent]] = []
    for payout, attempt in locked(session, list(answers)):
        answer = answers[attempt.id]
        if payout.state != PayoutState.SENDING:
            continue
        if isinstance(answer, Sent):
            accepted.append((payout, attempt, answer))
        elif isinstance(answer, Refused) and answer.stops_queue:
            found[attempt.id] = _turn_away(session, payout, attempt, answer, clock)
        elif isinstance(answer, Refused) and answer.code != WRONG_ORDER:
            _refuse(session, payout, attempt, answer, clock)
        else:
            found[attempt.id] = _wait(payout, attempt, answer, clock)
    _accept(session, accepted, clock)
    return found


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
    ((payout, attempt),) = locked(session, [attempt_id])
    if found:
        _refuse_other(payout, found[0])
        sent = Sent(found[0].ref, found[0].arrives_at)
        return record_answer(session, attempt_id, sent, clock=clock)
    if payout.state != PayoutState.SENDING:
        return None
    if is_absent(attempted(attempt), clock.now()):
        attempt.outcome = Outcome.ABSENT
        new_attempts(session, [payout], clock)
        return clock.now()
    attempt.missing_at = attempt.missing_at or clock.now()
    return attempt.missing_at + SURE_AFTER


def locked(session: Session, attempt_ids: Sequence[int]) -> list[Sending]:
    """Lock the payouts of some attempts first, then read the attempts again."""
    of = sa.select(PayoutAttempt.payout_id).where(PayoutAttempt.id.in_(attempt_ids))
    payouts = {one.id: one for one in lock(session, Payout, list(session.scalars(of)))}
    return [(payouts[one.payout_id], one) for one in lock(session, PayoutAttempt, attempt_ids)]


def log_payouts(
    session: Session,
    payouts: Sequence[Payout],
    action: str,
    clock: Clock,
    *,
    actor_id: int | None = None,
    why: str = "",
) -> None:
    """Write into the log what happened to payouts; why: what a person typed, else the problem."""
    acts = [
        Act(
            subject=f"payout:{payout.public_id}",
            action=action,
            after={
                "state": str(payout.state),
                "ref": payout.gateway_ref,
                "attempt": payout.attempts,
            },
            reason=why or payout.problem_code,
            company_id=payout.company_id,
        )
        for payout in payouts
    ]
    record_all(session, acts, actor_id=actor_id, clock=clock)


def _accept(
    session: Session,
    accepted: Sequence[tuple[Payout, PayoutAttempt, Sent]],
    clock: Clock,
) -> None:
    if not accepted:
        return
    for payout, attempt, sent in accepted:
        payout.state = after(PayoutState(payout.state), Event.ACCEPTED)
        payout.gateway_ref = sent.ref
        payout.sent_at = clock.now()
        payout.arrives_at = sent.arrives_at
        attempt.outcome = Outcome.SENT
    payouts = [payout for payout, _, _ in accepted]
    end_halts(session, {payout.gateway for payout in payouts}, clock=clock)
    post_all(session, [_left(payout) for payout in payouts], clock=clock)
    log_payouts(session, payouts, "send", clock)
    tell_all_on_their_way(session, payouts, clock=clock)
    tasks.ask_all(
        session,
        [
            Wanted("confirm_payout", f"confirm_payout:{one.id}", one.id, sent.arrives_at)
            for one, _, sent in accepted
        ],
    )


def _left(payout: Payout) -> Posting:
    return Posting(
        f"payout:{payout.public_id}:sent",
        accounts.payable(payout.person_id),
        accounts.clearing(payout.gateway),
        amount_of(payout),
        payout.company_id,
    )


def _wait(
    payout: Payout,
    attempt: PayoutAttempt,
    answer: Refused | Unknown,
    clock: Clock,
) -> datetime:
    payout.state = after(PayoutState(payout.state), Event.SILENT)
    attempt.detail = answer.text
    attempt.is_key_spent |= isinstance(answer, Refused) or answer.is_saved
    wait = wait_after(attempt.first_sent_at, clock.now())
    asked = answer.retry_after if isinstance(answer, Unknown) else None
    return clock.now() + max(wait, asked or wait)


def _turn_away(
    session: Session,
    payout: Payout,
    attempt: PayoutAttempt,
    refused: Refused,
    clock: Clock,
) -> datetime:
    """Let a payment wait that was refused for no reason of its own, and the others with it.

    Nothing moved, so it goes on under a new key.
    """
    payout.state = after(PayoutState(payout.state), Event.SILENT)
    attempt.outcome = Outcome.REFUSED
    attempt.detail = refused.text
    new_attempts(session, [payout], clock)
    session.flush()
    log_payouts(session, [payout], "turn_away", clock, why=refused.code)
    until = clock.now() + CLOSED_FOR
    note_halt(session, payout.gateway, refused, until, clock=clock)
    tasks.move_due(session, "send_payout", now=clock.now(), run_at=until)
    return until


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
    log_payouts(session, [payout], "refuse", clock)
    slip = session.get_one(PaySlip, payout.pay_slip_id)
    tell_payee_is_needed(session, payout, slip, clock=clock)
    session.flush()


def _refuse_other(payout: Payout, transfer: Transfer) -> None:
    if transfer.amount != amount_of(payout):
        raise BooksError(
            say(
                "The gateway lists %(listed)s for a payment of %(ordered)s.",
                listed=transfer.amount,
                ordered=amount_of(payout),
            ),
        )


def amount_of(payout: Payout) -> Money:
    """Return what a payout pays."""
    return Money(payout.amount_minor, payout.currency)
