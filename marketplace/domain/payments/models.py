"""Tables of payouts and attempts. A payout that differs from its slip's net cannot be written."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base, Key, key, one_of, ref
from marketplace.domain.payments.rules import Outcome, PayoutState
from marketplace.kernel.ids import public_id


class Payout(Base):
    """The money of one pay slip on its way to one person."""

    __tablename__ = "payout"
    __table_args__ = (
        one_of("state", PayoutState),
        sa.ForeignKeyConstraint(
            ["pay_slip_id", "amount_minor", "currency"],
            ["pay_slip.id", "pay_slip.net_minor", "pay_slip.currency"],
            name="fk_payout_is_the_net",
        ),
        sa.CheckConstraint(
            "(state IN ('sent', 'paid')) = (gateway_ref IS NOT NULL)",
            name="sent_has_ref",
        ),
        sa.Index("ix_payout_company_state", "company_id", "state"),
    )

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    pay_slip_id: Mapped[int] = mapped_column(Key, unique=True)
    company_id: Mapped[int] = ref("company.id")
    production_id: Mapped[int] = ref("production.id", index=True)
    shoot_day_id: Mapped[int] = ref("shoot_day.id", index=True)
    person_id: Mapped[int] = ref("person.id", index=True)
    amount_minor: Mapped[int]
    currency: Mapped[str]
    state: Mapped[str] = mapped_column(default=PayoutState.DUE)
    attempts: Mapped[int] = mapped_column(default=0)
    gateway: Mapped[str]
    gateway_ref: Mapped[str | None] = mapped_column(unique=True, default=None)
    problem_code: Mapped[str] = mapped_column(default="")
    problem: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    arrives_at: Mapped[datetime | None] = mapped_column(default=None)
    paid_at: Mapped[datetime | None] = mapped_column(default=None)
    created_at: Mapped[datetime]


class PayoutAttempt(Base):
    """One attempt, committed with its key and its frozen order before the request leaves.

    is_key_spent: the gateway has saved an answer under the key that pays nothing; asking again
    cannot help. missing_at: when the gateway was first seen not to know this attempt.
    """

    __tablename__ = "payout_attempt"
    __table_args__ = (
        sa.UniqueConstraint("payout_id", "number"),
        one_of("outcome", Outcome),
    )

    id: Mapped[int] = key()
    payout_id: Mapped[int] = ref("payout.id")
    number: Mapped[int]
    key: Mapped[str] = mapped_column(unique=True)
    order: Mapped[dict[str, Any]]
    outcome: Mapped[str] = mapped_column(default=Outcome.UNKNOWN)
    detail: Mapped[str] = mapped_column(default="")
    is_key_spent: Mapped[bool] = mapped_column(default=False)
    missing_at: Mapped[datetime | None] = mapped_column(default=None)
    first_sent_at: Mapped[datetime]
    last_sent_at: Mapped[datetime]
