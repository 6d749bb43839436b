"""A production's unspent money goes back to who put it in: written down before it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import insert_once, lock_one
from marketplace.domain.audit.services import Act, record
from marketplace.domain.ledger import rules as accounts
from marketplace.domain.ledger.services import Posting, post_all
from marketplace.domain.payments.models import Funding, Refund
from marketplace.domain.payments.ports import Refused, Sent, Unknown
from marketplace.domain.payments.rules import KEY_LIVES, BooksError
from marketplace.domain.payments.rules.funding import (
    FundingError,
    FundingStage,
    RefundState,
    after_refund,
)
from marketplace.domain.payments.services.funding import find_funding
from marketplace.domain.payments.services.funding_notices import tell_refused
from marketplace.domain.payments.services.funding_states import ask_release, end_refunded
from marketplace.domain.payments.services.funds import add, the_fund
from marketplace.domain.tasks import services as tasks
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say

ASK_AGAIN: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class AskRefund:
    """Somebody asks for unspent money back. token: drawn with the page."""

    funding_id: str
    production_id: int
    actor_id: int
    token: str
    amount: Money
    reason: str


def ask_refund(session: Session, command: AskRefund, *, clock: Clock) -> Refund:
    """Take money out of the fund and ask for it to be given back; the same token once.

    Raises NotFoundError for a funding of somebody else, FundingError without a reason, while it
    is disputed or not settled, or for more than is unspent or was paid in by it.
    """
    if not command.reason.strip():
        raise FundingError(say("Say why the money goes back."))
    name = find_funding(session, command.production_id, command.funding_id).id
    funding = lock_one(session, Funding, name)
    known = session.scalar(
        sa.select(Refund).where(Refund.token == command.token, Refund.funding_id == funding.id)
    )
    if known is not None:
        return known
    _take_out(session, funding, command.amount)
    made = insert_once(
        session,
        Refund,
        ["token"],
        public_id=f"{funding.public_id}-{_number(session, funding)}",
        funding_id=funding.id,
        token=command.token,
        amount_minor=command.amount.minor,
        currency=command.amount.currency,
        reason=command.reason.strip(),
        state=RefundState.SENDING,
        problem="",
        asked_by_id=command.actor_id,
        asked_at=clock.now(),
    )
    if made is None:
        raise FundingError(say("Open the page again: this form was used before."))
    refund = session.get_one(Refund, made)
    sides = (accounts.fund(funding.production_id), accounts.refunding(funding.gateway))
    _post(session, (refund, funding), "asked", sides, clock)
    _log(session, (refund, funding), "ask", clock, actor_id=command.actor_id)
    tasks.ask(session, "send_refund", f"send_refund:{refund.id}", refund.id, run_at=clock.now())
    return refund


def _number(session: Session, funding: Funding) -> int:
    wanted = sa.select(sa.func.count(Refund.id)).where(Refund.funding_id == funding.id)
    return (session.scalar(wanted) or 0) + 1


def _take_out(session: Session, funding: Funding, amount: Money) -> None:
    """Take money out of the fund of a locked funding; refuses what is not there to give."""
    fund = the_fund(session, funding.production_id, funding.currency)
    if fund.disputes:
        raise FundingError(say("A payment is disputed: nothing goes back until that is settled."))
    if funding.stage != FundingStage.SETTLED or funding.payment is None:
        raise FundingError(say("Only money that has settled can go back."))
    left = refundable(session, funding, fund.available_minor)
    if not 0 < amount.minor <= left.minor or amount.currency != left.currency:
        raise FundingError(say("At most %(left)s of it can go back.", left=left))
    fund.available_minor -= amount.minor
    session.flush()


def refundable(session: Session, funding: Funding, available: int) -> Money:
    """Return how much of a funding can go back: not given back before, and not spent."""
    under_way = session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(Refund.amount_minor), 0)).where(
            Refund.funding_id == funding.id, Refund.state == RefundState.SENDING
        ),
    )
    left = funding.amount_minor - funding.refunded_minor - int(under_way or 0)
    return Money(max(0, min(left, available)), funding.currency)


@dataclass(frozen=True, slots=True)
class GoingBack:
    """A refund that is written down and may leave."""

    refund_id: int
    gateway: str
    payment: str
    amount: Money
    key: str


def start_refund(session: Session, refund_id: int, *, clock: Clock) -> GoingBack | None:
    """Return what to send, the same every time; None when it was answered.

    Raises BooksError when the gateway may have forgotten the key: then a person must look there.
    """
    refund = lock_one(session, Refund, refund_id)
    funding = session.get_one(Funding, refund.funding_id)
    if refund.state != RefundState.SENDING or funding.payment is None:
        return None
    refund.first_sent_at = refund.first_sent_at or clock.now()
    if clock.now() - refund.first_sent_at >= KEY_LIVES:
        raise BooksError(say("The gateway never answered to a refund. Look for it there."))
    session.flush()
    amount = Money(refund.amount_minor, refund.currency)
    key = f"refund-{refund.public_id}-a1"
    return GoingBack(refund.id, funding.gateway, funding.payment, amount, key)


def record_refund(
    session: Session,
    refund_id: int,
    answer: Sent | Refused | Unknown,
    *,
    clock: Clock,
) -> datetime | None:
    """Write down what the gateway said; returns when to ask again, None when it is answered.

    What is refused goes into the fund again.
    """
    funding_id = session.get_one(Refund, refund_id).funding_id
    funding = lock_one(session, Funding, funding_id)
    refund = lock_one(session, Refund, refund_id)
    if refund.state != RefundState.SENDING:
        return None
    if isinstance(answer, Unknown):
        return clock.now() + (answer.retry_after or ASK_AGAIN)
    refund.answered_at = clock.now()
    if isinstance(answer, Sent):
        refund.state = after_refund(RefundState(refund.state), RefundState.SENT)
        refund.gateway_ref = answer.ref
        funding.refunded_minor += refund.amount_minor
        sides = (accounts.refunding(funding.gateway), accounts.holding(funding.gateway))
        _post(session, (refund, funding), "sent", sides, clock)
        session.flush()
        end_refunded(session, funding, clock)
    else:
        _give_up(session, refund, funding, answer, clock)
    session.flush()
    _log(session, (refund, funding), str(refund.state), clock)
    return None


def _give_up(
    session: Session, refund: Refund, funding: Funding, refused: Refused, clock: Clock
) -> None:
    refund.state = after_refund(RefundState(refund.state), RefundState.REFUSED)
    refund.problem = refused.text
    add(the_fund(session, funding.production_id, funding.currency), refund.amount_minor)
    sides = (accounts.refunding(funding.gateway), accounts.fund(funding.production_id))
    _post(session, (refund, funding), "refused", sides, clock)
    tell_refused(session, refund, funding, clock=clock)
    ask_release(session, funding, f"refused:{refund.id}", clock)


def _post(
    session: Session,
    what: tuple[Refund, Funding],
    name: str,
    sides: tuple[str, str],
    clock: Clock,
) -> None:
    (refund, funding), (debit, credit) = what, sides
    amount = Money(refund.amount_minor, refund.currency)
    key = f"refund:{refund.public_id}:{name}"
    post_all(session, [Posting(key, debit, credit, amount, funding.company_id)], clock=clock)


def _log(
    session: Session,
    what: tuple[Refund, Funding],
    action: str,
    clock: Clock,
    *,
    actor_id: int | None = None,
) -> None:
    refund, funding = what
    act = Act(
        subject=f"refund:{refund.public_id}",
        action=action,
        after={
            "state": str(refund.state),
            "amount": Money(refund.amount_minor, refund.currency),
        },
        reason=refund.reason,
        company_id=funding.company_id,
    )
    record(session, act, actor_id=actor_id, clock=clock)
