"""What was put in for a production, what went back, and what the platform takes on top."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company
from marketplace.domain.payments.models import Funding, Refund
from marketplace.domain.payroll.models import PaySlip
from marketplace.kernel.money import Money


@dataclass(frozen=True, slots=True)
class FundingRow:
    """Money somebody put in, or began to."""

    id: int
    public_id: str
    created_at: datetime
    stage: str
    way: str
    gateway: str
    days: tuple[str, ...]
    amount: Money
    pay: Money
    employer: Money
    fee: Money
    cost: Money
    net: Money | None
    available_at: datetime | None
    refunded: Money
    disputed: Money
    dispute_fee: Money
    problem: str
    instructions: str | None

    @property
    def real_cost(self) -> Money | None:
        """What bringing the money really cost; None while the gateway does not say."""
        return None if self.net is None else self.amount - self.net


def fundings(session: Session, production_id: int, name: str | None = None) -> list[FundingRow]:
    """Return what was put in for a production, the newest first; name: that one alone."""
    found = sa.select(Funding).where(Funding.production_id == production_id)
    if name is not None:
        found = found.where(Funding.public_id == name)
    return [_row(one) for one in session.scalars(found.order_by(Funding.id.desc()))]


def _row(one: Funding) -> FundingRow:
    def money(minor: int) -> Money:
        return Money(minor, one.currency)

    return FundingRow(
        id=one.id,
        public_id=one.public_id,
        created_at=one.created_at,
        stage=one.stage,
        way=one.way,
        gateway=one.gateway,
        days=tuple(one.days),
        amount=money(one.amount_minor),
        pay=money(one.pay_minor),
        employer=money(one.employer_minor),
        fee=money(one.fee_minor),
        cost=money(one.cost_minor),
        net=None if one.net_minor is None else money(one.net_minor),
        available_at=one.available_at,
        refunded=money(one.refunded_minor),
        disputed=money(one.disputed_minor),
        dispute_fee=money(one.dispute_fee_minor),
        problem=one.problem,
        instructions=one.instructions,
    )


@dataclass(frozen=True, slots=True)
class RefundRow:
    """Money that goes back, or went."""

    asked_at: datetime
    amount: Money
    reason: str
    state: str
    problem: str


def refunds(session: Session, funding_id: int) -> list[RefundRow]:
    """Return what was asked back of a funding, the newest first."""
    found = session.scalars(
        sa.select(Refund).where(Refund.funding_id == funding_id).order_by(Refund.id.desc())
    )
    return [
        RefundRow(
            one.asked_at, Money(one.amount_minor, one.currency), one.reason, one.state, one.problem
        )
        for one in found
    ]


def fee_of_slip(session: Session, slip_id: int) -> Decimal:
    """Return the platform's fee of the company of a slip, in percent of pay, on top of it."""
    found = session.scalars(
        sa.select(Company.fee_basis_points)
        .join(PaySlip, PaySlip.company_id == Company.id)
        .where(PaySlip.id == slip_id)
    ).one()
    return Decimal(found) / 100
