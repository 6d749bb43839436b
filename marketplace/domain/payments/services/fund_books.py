"""What must always be true of productions' money, one query each."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.ledger import rules as accounts
from marketplace.domain.ledger.queries import balances
from marketplace.domain.payments.models import Fund, Funding, Payout, Refund
from marketplace.domain.payments.rules.funding import FundingStage, RefundState
from marketplace.domain.payments.services.findings import Finding, differences, sums
from marketplace.kernel.sentences import say


def funds(session: Session) -> Iterator[Finding]:
    """I17: what each production can spend, and what was given to payments, is what is booked."""
    message = say("A production's money is not what the books say.")
    left = sums(
        session,
        sa.select(
            Fund.production_id, Fund.currency, sa.func.sum(Fund.available_minor - Fund.short_minor)
        ).group_by(Fund.production_id, Fund.currency),
        accounts.fund,
    )
    booked = {key: -total for key, total in balances(session, "fund:").items()}
    yield from differences("I17", message, left, booked)
    given = sums(
        session,
        sa.select(Payout.production_id, Payout.currency, sa.func.sum(Payout.amount_minor))
        .where(Payout.allotted_at.is_not(None))
        .group_by(Payout.production_id, Payout.currency),
        accounts.allotted,
    )
    posted = {key: -total for key, total in balances(session, "allotted:").items()}
    yield from differences("I17", message, given, posted)


def money_in(session: Session) -> Iterator[Finding]:
    """I18: what gateways hold back, give back and what productions wait for is what is booked."""
    message = say("Money that comes in is not what the books say.")
    gateway_net = sa.select(Funding.gateway, Funding.currency, sa.func.sum(Funding.net_minor))
    is_paid = Funding.stage == FundingStage.PAID
    waiting = sums(
        session,
        gateway_net.where(is_paid).group_by(Funding.gateway, Funding.currency),
        accounts.incoming,
    )
    yield from differences("I18", message, waiting, balances(session, "incoming:"))
    production_net = sa.select(
        Funding.production_id, Funding.currency, sa.func.sum(Funding.net_minor)
    )
    coming = sums(
        session,
        production_net.where(is_paid).group_by(Funding.production_id, Funding.currency),
        accounts.coming,
    )
    booked = {key: -total for key, total in balances(session, "coming:").items()}
    yield from differences("I18", message, coming, booked)
    going = sums(
        session,
        sa.select(Funding.gateway, Refund.currency, sa.func.sum(Refund.amount_minor))
        .join(Funding, Funding.id == Refund.funding_id)
        .where(Refund.state == RefundState.SENDING)
        .group_by(Funding.gateway, Refund.currency),
        accounts.refunding,
    )
    posted = {key: -total for key, total in balances(session, "refunding:").items()}
    yield from differences("I18", message, going, posted)
