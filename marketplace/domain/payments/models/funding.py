"""Tables of what productions put in, and of what goes back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base, key, one_of, ref
from marketplace.domain.payments.rules.funding import FundingStage, RefundState
from marketplace.kernel.ids import public_id


class Fund(Base):
    """What a production has put in, has settled and is not spent: it cannot fall below zero.

    short: what a dispute took beyond that; new money makes it good first. is_required: the
    embedded gateway, too, pays from here alone. disputes: how many are open; while one is,
    nothing leaves.
    """

    __tablename__ = "fund"
    __table_args__ = (
        sa.UniqueConstraint("production_id", "currency"),
        sa.CheckConstraint("available_minor >= 0", name="never_below_zero"),
        sa.CheckConstraint("short_minor >= 0 AND disputes >= 0", name="counts"),
        sa.CheckConstraint("available_minor = 0 OR short_minor = 0", name="short_when_empty"),
    )

    id: Mapped[int] = key()
    production_id: Mapped[int] = ref("production.id")
    currency: Mapped[str]
    available_minor: Mapped[int] = mapped_column(default=0)
    short_minor: Mapped[int] = mapped_column(default=0)
    is_required: Mapped[bool] = mapped_column(default=False)
    disputes: Mapped[int] = mapped_column(default=0)


class Funding(Base):
    """Money a production puts in; its lines add up to what is charged.

    token: drawn with the page, so that a form sent twice is one funding. cost: as thought before;
    net: what the gateway left of the amount. order: frozen before it leaves, under `key`.
    instructions: where the gateway says how to send a transfer. dispute: the last one, rounds: how
    often money was taken back by one.
    """

    __tablename__ = "funding"
    __table_args__ = (
        one_of("stage", FundingStage),
        sa.CheckConstraint(
            "amount_minor = pay_minor + employer_minor + fee_minor + cost_minor"
            " AND amount_minor > 0",
            name="adds_up",
        ),
        sa.CheckConstraint(
            "stage NOT IN ('paid', 'settled', 'refunded', 'disputed', 'lost')"
            " OR (net_minor IS NOT NULL AND available_at IS NOT NULL)",
            name="paid_is_known",
        ),
        sa.CheckConstraint("refunded_minor BETWEEN 0 AND amount_minor", name="refunded_at_most"),
    )

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    company_id: Mapped[int] = ref("company.id", index=True)
    production_id: Mapped[int] = ref("production.id", index=True)
    token: Mapped[str] = mapped_column(unique=True)
    key: Mapped[str] = mapped_column(unique=True)
    gateway: Mapped[str]
    way: Mapped[str]
    days: Mapped[list[str]]
    order: Mapped[dict[str, Any]]
    currency: Mapped[str]
    pay_minor: Mapped[int]
    employer_minor: Mapped[int]
    fee_minor: Mapped[int]
    cost_minor: Mapped[int]
    amount_minor: Mapped[int]
    stage: Mapped[str] = mapped_column(default=FundingStage.OPEN)
    gateway_ref: Mapped[str | None] = mapped_column(unique=True, default=None)
    payment: Mapped[str | None] = mapped_column(unique=True, default=None)
    problem: Mapped[str] = mapped_column(default="")
    net_minor: Mapped[int | None] = mapped_column(default=None)
    available_at: Mapped[datetime | None] = mapped_column(default=None)
    refunded_minor: Mapped[int] = mapped_column(default=0)
    disputed_minor: Mapped[int] = mapped_column(default=0)
    dispute_fee_minor: Mapped[int] = mapped_column(default=0)
    instructions: Mapped[str | None] = mapped_column(default=None)
    dispute: Mapped[str | None] = mapped_column(default=None)
    dispute_rounds: Mapped[int] = mapped_column(default=0)
    created_by_id: Mapped[int] = ref("users.id")
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None] = mapped_column(default=None)


class Payer(Base):
    """A company as a customer of a gateway, for ways to pay that need one: made once.

    name: as it was when the row was made, so that it is sent byte-equal again. account: what the
    gateway calls the customer; None until it has answered.
    """

    __tablename__ = "payer"
    __table_args__ = (sa.UniqueConstraint("company_id", "gateway"),)

    id: Mapped[int] = key()
    company_id: Mapped[int] = ref("company.id")
    gateway: Mapped[str]
    name: Mapped[str]
    account: Mapped[str | None] = mapped_column(unique=True, default=None)
    created_at: Mapped[datetime]


class Refund(Base):
    """Money on its way back to who put it in; it left the fund when it was asked for."""

    __tablename__ = "refund"
    __table_args__ = (
        one_of("state", RefundState),
        sa.CheckConstraint("amount_minor > 0", name="gives_back"),
        sa.CheckConstraint("(state = 'sent') = (gateway_ref IS NOT NULL)", name="sent_has_ref"),
    )

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    funding_id: Mapped[int] = ref("funding.id", index=True)
    token: Mapped[str] = mapped_column(unique=True)
    amount_minor: Mapped[int]
    currency: Mapped[str]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default=RefundState.SENDING)
    gateway_ref: Mapped[str | None] = mapped_column(unique=True, default=None)
    problem: Mapped[str] = mapped_column(default="")
    asked_by_id: Mapped[int] = ref("users.id")
    asked_at: Mapped[datetime]
    first_sent_at: Mapped[datetime | None] = mapped_column(default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
