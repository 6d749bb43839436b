"""Money in a production's fund, without the way it came."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from marketplace.domain.ledger import rules as accounts
from marketplace.domain.ledger.services import Posting, post_all
from marketplace.domain.payments.models import Fund
from marketplace.domain.payments.ports import FundingStart, FundingState
from marketplace.domain.payments.rules.funding import quote, way_named
from marketplace.domain.payments.rules.gateways import FundingStep
from marketplace.domain.payments.services.funding import (
    Opening,
    StartFunding,
    record_start,
    start_funding,
)
from marketplace.domain.payments.services.funding_states import record_funding
from marketplace.domain.payments.services.funds import add, the_fund
from marketplace.domain.productions.models import Production
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.money import Money
from tests.support.builders import NOW

_numbers = count(1)


def a_fund(
    session: Session,
    production: Production,
    minor: int = 100_000_000,
    *,
    is_required: bool = False,
) -> Fund:
    """Put settled money into a production's fund; a million dollars pays any test."""
    fund = the_fund(session, production.id, production.currency)
    fund.is_required = fund.is_required or is_required
    add(fund, minor)
    posting = Posting(
        f"test funding {next(_numbers)}",
        accounts.holding("stripe"),
        accounts.fund(production.id),
        Money(minor, production.currency),
        production.company_id,
    )
    post_all(session, [posting], clock=FixedClock(NOW))
    session.flush()
    return fund


def an_order(session: Session, production: Production, minor: int = 100_000, **own: str) -> Opening:
    """Begin to put money in by card: the amount is what shall arrive; nothing is paid yet."""
    number = next(_numbers)
    way = way_named("card", production.currency)
    none = Money(0, production.currency)
    command = StartFunding(
        production_id=production.id,
        actor_id=production.created_by_id,
        token=own.get("form", f"token {number}"),
        days=(),
        way=way.code,
        quote=quote(Money(minor, production.currency), none, 0, way),
        gateway=own.get("gateway", "stripe"),
        page="http://localhost/p/x/funding",
        words=("Pay", "Employer", "Fee", "Processing"),
    )
    opening = start_funding(session, command, clock=FixedClock(NOW))
    start = FundingStart(f"cs_{opening.public_id}", "http://stripe.test/pay")
    record_start(session, opening.funding_id, start, clock=FixedClock(NOW))
    return opening


def told(opening: Opening, step: FundingStep = FundingStep.PAID, **known: Any) -> FundingState:
    """Return what the gateway says about an order; paid money can be spent at once."""
    amount = opening.order.amount
    fee = Money(way_named("card", amount.currency).cost(amount.minor), amount.currency)
    base = FundingState(
        step=step,
        amount=amount,
        payment=f"pi_{opening.public_id}",
        fee=fee,
        net=amount - fee,
        available_on=NOW,
        refunded=Money(0, amount.currency),
    )
    return replace(base, **known)


def a_settled_funding(
    session: Session, production: Production, minor: int = 100_000, gateway: str = "stripe"
) -> Opening:
    """Put money in, and let it settle."""
    opening = an_order(session, production, minor, gateway=gateway)
    record_funding(session, opening.funding_id, told(opening), clock=FixedClock(NOW))
    return opening
