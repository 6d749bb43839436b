"""What a gateway says about a funding becomes stages, postings and money that can be spent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock_one
from marketplace.domain.ledger import rules as accounts
from marketplace.domain.ledger.services import Posting, post_all
from marketplace.domain.payments.models import Funding, Refund
from marketplace.domain.payments.ports import FundingState, Unknown
from marketplace.domain.payments.rules import BooksError
from marketplace.domain.payments.rules.funding import (
    FundingEvent,
    FundingStage,
    RefundState,
)
from marketplace.domain.payments.rules.gateways import FundingStep
from marketplace.domain.payments.services.funding import (
    GIVEN_UP_AFTER,
    ask_to_look,
    move_funding,
)
from marketplace.domain.payments.services.funds import add, take, the_fund
from marketplace.domain.tasks import services as tasks
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say

LOOK_AGAIN: Final = timedelta(minutes=10)
BANKS_TAKE: Final = timedelta(hours=6)
DISPUTES_TAKE: Final = timedelta(days=1)

WAITED_FOR: Final = (FundingStage.OPEN, FundingStage.EXPIRED, FundingStage.PROCESSING)
CAN_PAY: Final = (*WAITED_FOR, FundingStage.FAILED)
CAN_FAIL: Final = (FundingStage.OPEN, FundingStage.PROCESSING)


def record_funding(
    session: Session,
    funding_id: int,
    state: FundingState | Unknown,
    *,
    clock: Clock,
) -> datetime | None:
    """Write down where the money of a funding is; returns when to look again, None at the end.

    The same state twice, or an older one late, changes nothing. Raises BooksError when the
    gateway has another amount than was asked for.
    """
    if isinstance(state, Unknown):
        return clock.now() + (state.retry_after or LOOK_AGAIN)
    funding = lock_one(session, Funding, funding_id)
    if state.amount != _amount(funding):
        raise BooksError(
            say(
                "The gateway lists %(listed)s for a funding of %(asked)s.",
                listed=state.amount,
                asked=_amount(funding),
            ),
        )
    funding.payment = funding.payment or state.payment or None
    funding.instructions = state.instructions or funding.instructions
    if state.step in (FundingStep.PAID, FundingStep.DISPUTED, FundingStep.REFUNDED):
        _came(session, funding, state, clock)
    else:
        _did_not_come(session, funding, state.step, clock)
    session.flush()
    return _next_look(funding, clock)


def _did_not_come(session: Session, funding: Funding, step: FundingStep, clock: Clock) -> None:
    stage = FundingStage(funding.stage)
    is_over = clock.now() >= funding.created_at + GIVEN_UP_AFTER
    if step is FundingStep.PROCESSING and stage in (FundingStage.OPEN, FundingStage.EXPIRED):
        move_funding(session, funding, FundingEvent.PROCESS, clock)
    elif step is FundingStep.FAILED and stage in CAN_FAIL:
        move_funding(session, funding, FundingEvent.FAIL, clock)
    elif stage is FundingStage.OPEN and (step is FundingStep.EXPIRED or is_over):
        move_funding(session, funding, FundingEvent.EXPIRE, clock)


def _came(session: Session, funding: Funding, state: FundingState, clock: Clock) -> None:
    if funding.stage in CAN_PAY and not _pay(session, funding, state, clock):
        return
    is_back = state.step is FundingStep.REFUNDED
    is_due = funding.available_at is not None and funding.available_at <= clock.now()
    must_settle = is_due or is_back or state.step is FundingStep.DISPUTED
    if funding.stage == FundingStage.PAID and must_settle:
        _settle(session, funding, clock)
    _refunded_elsewhere(session, funding, state, clock)
    _disputed(session, funding, state, clock)


def _pay(session: Session, funding: Funding, state: FundingState, clock: Clock) -> bool:
    """Write down that the money came; False while the gateway cannot say what is left of it."""
    if state.net is None or state.fee is None or state.available_on is None:
        if funding.stage in (FundingStage.OPEN, FundingStage.EXPIRED):
            move_funding(session, funding, FundingEvent.PROCESS, clock)
        return False
    if state.net + state.fee != state.amount:
        raise BooksError(say("What is left of a funding and its cost are not its amount."))
    funding.net_minor, funding.available_at = state.net.minor, state.available_on
    coming, incoming = accounts.coming(funding.production_id), accounts.incoming(funding.gateway)
    _post(session, funding, "paid", (incoming, coming), state.amount.minor, clock)
    _post(session, funding, "cost", (coming, incoming), state.fee.minor, clock)
    move_funding(session, funding, FundingEvent.PAY, clock)
    return True


def _settle(session: Session, funding: Funding, clock: Clock) -> None:
    """Let the money be spent: the platform's fee is its own, the rest is the production's."""
    net = funding.net_minor or 0
    fee = min(funding.fee_minor, net)
    coming, gateway = accounts.coming(funding.production_id), funding.gateway
    here = (accounts.holding(gateway), accounts.incoming(gateway))
    _post(session, funding, "settled", here, net, clock)
    _post(
        session, funding, "fund", (coming, accounts.fund(funding.production_id)), net - fee, clock
    )
    _post(session, funding, "fee", (coming, accounts.PLATFORM_FEES), fee, clock)
    add(the_fund(session, funding.production_id, funding.currency), net - fee)
    funding.settled_at = clock.now()
    move_funding(session, funding, FundingEvent.SETTLE, clock)
    ask_release(session, funding, "settled", clock)


def _refunded_elsewhere(
    session: Session, funding: Funding, state: FundingState, clock: Clock
) -> None:
    """Take note of money somebody gave back at the gateway itself: it is gone from the fund."""
    on_its_way = session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(Refund.amount_minor), 0)).where(
            Refund.funding_id == funding.id, Refund.state == RefundState.SENDING
        ),
    )
    known = funding.refunded_minor + int(on_its_way or 0)
    more = (state.refunded.minor if state.refunded else 0) - known
    if more <= 0 or funding.stage != FundingStage.SETTLED:
        return
    take(the_fund(session, funding.production_id, funding.currency), more)
    gone = (accounts.fund(funding.production_id), accounts.holding(funding.gateway))
    _post(session, funding, f"given_back:{known + more}", gone, more, clock)
    funding.refunded_minor += more
    end_refunded(session, funding, clock)


def end_refunded(session: Session, funding: Funding, clock: Clock) -> None:
    """End a funding all of which was given back."""
    if funding.refunded_minor == funding.amount_minor:
        move_funding(session, funding, FundingEvent.REFUND, clock)


def _disputed(session: Session, funding: Funding, state: FundingState, clock: Clock) -> None:
    is_open = state.step is FundingStep.DISPUTED
    if is_open and funding.stage == FundingStage.SETTLED:
        _take_away(session, funding, state, clock)
    if funding.stage != FundingStage.DISPUTED:
        return
    if state.is_lost or not is_open:
        _end_dispute(session, funding, is_won=not is_open, clock=clock)


def _take_away(session: Session, funding: Funding, state: FundingState, clock: Clock) -> None:
    """Take out what a bank took back, whatever is left; nothing leaves meanwhile.

    A payment can be disputed again, and a dispute that was won be opened again: each is a round
    of its own. The fee of one dispute is taken once, however often it is opened.
    """
    fee = state.dispute_fee.minor if state.dispute_fee else 0
    is_known = bool(state.dispute) and state.dispute == funding.dispute
    more = max(0, fee - funding.dispute_fee_minor) if is_known else fee
    funding.dispute_rounds += 1
    funding.dispute = state.dispute or None
    funding.disputed_minor = state.disputed.minor if state.disputed else funding.amount_minor
    funding.dispute_fee_minor = fee
    fund = the_fund(session, funding.production_id, funding.currency)
    take(fund, funding.disputed_minor + more)
    fund.disputes += 1
    gone = (accounts.fund(funding.production_id), accounts.holding(funding.gateway))
    _post(session, funding, _round(funding, "disputed"), gone, funding.disputed_minor, clock)
    _post(session, funding, _round(funding, "dispute_fee"), gone, more, clock)
    move_funding(session, funding, FundingEvent.DISPUTE, clock)
    ask_to_look(session, funding, _round(funding, "disputed"), clock)


def _round(funding: Funding, what: str) -> str:
    """Name what happens in a dispute; from the second on, by its number."""
    return what if funding.dispute_rounds <= 1 else f"{what}:{funding.dispute_rounds}"


def _end_dispute(session: Session, funding: Funding, *, is_won: bool, clock: Clock) -> None:
    fund = the_fund(session, funding.production_id, funding.currency)
    fund.disputes -= 1
    if is_won:
        add(fund, funding.disputed_minor)
        back = (accounts.holding(funding.gateway), accounts.fund(funding.production_id))
        _post(session, funding, _round(funding, "won"), back, funding.disputed_minor, clock)
    move_funding(session, funding, FundingEvent.WIN if is_won else FundingEvent.LOSE, clock)
    ask_release(session, funding, _round(funding, "won" if is_won else "lost"), clock)


def ask_release(session: Session, funding: Funding, why: str, clock: Clock) -> None:
    """Ask for what waits for a production's money, once this transaction is committed.

    Only then does whoever holds a payment back meanwhile see what is there.
    """
    fund = the_fund(session, funding.production_id, funding.currency)
    key = f"release_funds:{funding.public_id}:{why}"
    tasks.ask(session, "release_funds", key, fund.id, run_at=clock.now())


def _post(
    session: Session,
    funding: Funding,
    what: str,
    sides: tuple[str, str],
    minor: int,
    clock: Clock,
) -> None:
    """Post once; sides: the debited account, then the credited."""
    key, (debit, credit) = f"funding:{funding.public_id}:{what}", sides
    amount = Money(minor, funding.currency)
    post_all(session, [Posting(key, debit, credit, amount, funding.company_id)], clock=clock)


def _next_look(funding: Funding, clock: Clock) -> datetime | None:
    now, stage = clock.now(), FundingStage(funding.stage)
    if stage is FundingStage.PAID and funding.available_at is not None:
        return max(funding.available_at, now)
    waits = {
        FundingStage.OPEN: LOOK_AGAIN,
        FundingStage.PROCESSING: BANKS_TAKE,
        FundingStage.DISPUTED: DISPUTES_TAKE,
    }
    return now + waits[stage] if stage in waits else None


def _amount(funding: Funding) -> Money:
    return Money(funding.amount_minor, funding.currency)
