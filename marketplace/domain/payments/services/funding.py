"""Money comes in: asked for, read again at the gateway, settled, disputed.

What the gateway says is read as a whole and compared with what is written here; letters, clicks
and the clock only say when to look. Rows are locked in one order: the funding, then the fund.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import insert_once, lock_one
from marketplace.domain.accounts.models import User
from marketplace.domain.audit.services import Act, record
from marketplace.domain.payments.models import Funding
from marketplace.domain.payments.ports import FundingOrder, FundingStart, Refused, Unknown
from marketplace.domain.payments.rules.funding import (
    FundingError,
    FundingEvent,
    FundingStage,
    Quote,
    after_funding,
)
from marketplace.domain.payments.services.funding_notices import tell_funding
from marketplace.domain.productions.models import Production
from marketplace.domain.tasks import services as tasks
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.frozen import freeze, thaw
from marketplace.kernel.ids import public_id
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say

GIVEN_UP_AFTER: Final = timedelta(hours=25)
"""A checkout lives 24 hours: later nobody can pay by it, and its key may be forgotten."""

LOOK_AFTER: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class StartFunding:
    """Somebody puts money in for some days. token: drawn with the page.

    page: the address of the production's funding pages; words: what each line of the quote is
    called in the checkout, in the order pay, employer, fee, cost.
    """

    production_id: int
    actor_id: int
    token: str
    days: tuple[str, ...]
    way: str
    quote: Quote
    gateway: str
    page: str
    words: tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Opening:
    """A funding that is written down and may leave: its gateway, key and frozen order."""

    funding_id: int
    public_id: str
    gateway: str
    key: str
    order: FundingOrder


def start_funding(session: Session, command: StartFunding, *, clock: Clock) -> Opening:
    """Write down that money shall come in, before anything leaves; the same token once.

    Raises FundingError when there is nothing to pay.
    """
    if command.quote.total.minor <= 0:
        raise FundingError(say("Choose a day that is not funded yet."))
    production = session.get_one(Production, command.production_id)
    name = public_id()
    order = _order(session, command, production, name)
    quote = command.quote
    made = insert_once(
        session,
        Funding,
        ["token"],
        public_id=name,
        company_id=production.company_id,
        production_id=production.id,
        token=command.token,
        key=f"fund-{name}-1",
        gateway=command.gateway,
        way=command.way,
        days=list(command.days),
        order={slot: freeze(getattr(order, slot)) for slot in order.__slots__},
        currency=quote.total.currency,
        pay_minor=quote.pay.minor,
        employer_minor=quote.employer.minor,
        fee_minor=quote.fee.minor,
        cost_minor=quote.cost.minor,
        amount_minor=quote.total.minor,
        stage=FundingStage.OPEN,
        problem="",
        refunded_minor=0,
        disputed_minor=0,
        dispute_fee_minor=0,
        dispute_rounds=0,
        created_by_id=command.actor_id,
        created_at=clock.now(),
    )
    mine = Funding.production_id == production.id
    found = session.scalar(sa.select(Funding).where(Funding.token == command.token, mine))
    if found is None:
        raise FundingError(say("Open the page again: this form was used before."))
    if made is not None:
        log_funding(session, found, "start", clock, actor_id=command.actor_id)
        ask_to_look(session, found, "started", clock)
    return opening(found)


def ask_to_look(session: Session, funding: Funding, why: str, clock: Clock) -> None:
    """Ask the worker to look for the money by itself; clicks and letters come before."""
    key = f"check_funding:{funding.public_id}:{why}"
    tasks.ask(session, "check_funding", key, funding.id, run_at=clock.now() + LOOK_AFTER)


def _order(
    session: Session, command: StartFunding, production: Production, name: str
) -> FundingOrder:
    quote = command.quote
    amounts = (quote.pay, quote.employer, quote.fee, quote.cost)
    lines = zip(command.words, amounts, strict=True)
    here = f"{command.page}/{name}"
    return FundingOrder(
        funding_id=name,
        email=session.get_one(User, command.actor_id).email,
        lines=tuple((word, amount) for word, amount in lines if amount.minor),
        group="",
        description=f"Dayrate {production.title}",
        return_url=here,
        cancel_url=here,
        way=command.way,
    )


def opening(funding: Funding) -> Opening:
    """Return what is sent to open the checkout of a funding: the same every time."""
    order = FundingOrder(**thaw(funding.order))
    order = replace(order, lines=tuple((word, amount) for word, amount in order.lines))
    return Opening(funding.id, funding.public_id, funding.gateway, funding.key, order)


def find_opening(session: Session, production_id: int, name: str) -> Opening:
    """Return how to go on with an open funding of a production.

    Raises NotFoundError for one of somebody else, FundingError when it is not open any more.
    """
    found = find_funding(session, production_id, name)
    if found.stage != FundingStage.OPEN:
        raise FundingError(say("This funding is not open any more."))
    return opening(found)


def find_funding(session: Session, production_id: int, name: str) -> Funding:
    """Return a funding of a production; raises NotFoundError when it has no such funding."""
    wanted = sa.select(Funding).where(
        Funding.public_id == name, Funding.production_id == production_id
    )
    found = session.scalar(wanted)
    if found is None:
        raise NotFoundError(say("There is no such funding."))
    return found


def record_start(
    session: Session,
    funding_id: int,
    answer: FundingStart | Refused | Unknown,
    *,
    clock: Clock,
) -> None:
    """Write down what the gateway said to an opening; silence changes nothing."""
    funding = lock_one(session, Funding, funding_id)
    if isinstance(answer, FundingStart):
        funding.gateway_ref = answer.ref
    elif isinstance(answer, Refused) and funding.stage == FundingStage.OPEN:
        funding.problem = answer.text
        if not answer.stops_queue:
            move_funding(session, funding, FundingEvent.FAIL, clock)
    session.flush()


@dataclass(frozen=True, slots=True)
class Looking:
    """A funding whose money is to be looked for."""

    funding_id: int
    gateway: str
    ref: str


def looking(session: Session, funding_id: int, *, clock: Clock) -> Looking | datetime | None:
    """Return what to ask the gateway; when to look first; None when nothing is left to look for.

    A checkout that we never got an address of cannot be paid by anybody: it expires.
    """
    funding = lock_one(session, Funding, funding_id)
    if funding.stage in ENDED:
        return None
    if funding.gateway_ref is not None:
        return Looking(funding.id, funding.gateway, funding.gateway_ref)
    given_up_at = funding.created_at + GIVEN_UP_AFTER
    if clock.now() < given_up_at:
        return given_up_at
    move_funding(session, funding, FundingEvent.EXPIRE, clock)
    return None


ENDED: Final = (FundingStage.REFUNDED, FundingStage.LOST)
"""Stages that nothing leaves; all others are looked at when a letter says so."""


def funding_of_ref(session: Session, refs: Sequence[str]) -> int | None:
    """Return the id of the funding a gateway's object belongs to: its checkout or payment.

    refs: what the gateway calls the checkout, the payment, or what we called the funding.
    """
    return session.scalar(
        sa.select(Funding.id).where(
            sa.or_(
                Funding.gateway_ref.in_(refs),
                Funding.payment.in_(refs),
                Funding.public_id.in_(refs),
            ),
        ),
    )


def move_funding(session: Session, funding: Funding, event: FundingEvent, clock: Clock) -> None:
    """Take a locked funding to its next stage; write it down and tell who should know."""
    before = funding.stage
    funding.stage = after_funding(FundingStage(before), event)
    session.flush()
    log_funding(session, funding, str(event), clock, before=before)
    tell_funding(session, funding, str(event), clock=clock)


def log_funding(
    session: Session,
    funding: Funding,
    action: str,
    clock: Clock,
    *,
    before: str = "",
    actor_id: int | None = None,
) -> None:
    """Write into the log what happened to a funding."""
    act = Act(
        subject=f"funding:{funding.public_id}",
        action=action,
        before={"stage": str(before)} if before else {},
        after={
            "stage": str(funding.stage),
            "amount": Money(funding.amount_minor, funding.currency),
        },
        company_id=funding.company_id,
    )
    record(session, act, actor_id=actor_id, clock=clock)
