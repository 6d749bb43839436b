"""Tables of payouts and attempts. A payout that differs from its slip's net cannot be written."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base, Key, key, one_of, optional_ref, ref
from marketplace.domain.banking.rules.orders import BankFormat
from marketplace.domain.payments.models.funding import Fund, Funding, Payer, Refund
from marketplace.domain.payments.models.watching import (
    GatewayEvent,
    Reconciliation,
    ReconciliationRow,
)
from marketplace.domain.payments.rules import FileState, Outcome, PayoutState, RowState
from marketplace.domain.payments.rules.gateways import PayeeState
from marketplace.kernel.ids import public_id

__all__ = [
    "BankAnswer",
    "BankFile",
    "BankFileRow",
    "BankProfile",
    "Fund",
    "Funding",
    "GatewayEvent",
    "GatewayHalt",
    "PayeeAccount",
    "Payer",
    "Payout",
    "PayoutAttempt",
    "Reconciliation",
    "ReconciliationRow",
    "Refund",
]


class Payout(Base):
    """The money of one pay slip on its way to one person.

    paid: it is in the payee's account. bank_…: how it then went on from an account at the
    gateway to the payee's own bank, on the last way we know of; money the bank returns stays in
    the payee's account and is never paid again.
    """

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
    allotted_at: Mapped[datetime | None] = mapped_column(default=None)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    arrives_at: Mapped[datetime | None] = mapped_column(default=None)
    paid_at: Mapped[datetime | None] = mapped_column(default=None)
    bank_ref: Mapped[str | None] = mapped_column(default=None)
    bank_made_at: Mapped[datetime | None] = mapped_column(default=None)
    banked_at: Mapped[datetime | None] = mapped_column(default=None)
    bank_returned_at: Mapped[datetime | None] = mapped_column(default=None)
    bank_problem: Mapped[str | None] = mapped_column(default=None)
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


class GatewayHalt(Base):
    """A gateway takes no order at all: why, and until when nothing is sent to it."""

    __tablename__ = "gateway_halt"
    __table_args__ = (
        sa.Index(
            "uq_gateway_halt_open",
            "gateway",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = key()
    gateway: Mapped[str]
    code: Mapped[str]
    text: Mapped[str]
    stopped_at: Mapped[datetime]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


_LIVE = "state IN ('sent', 'paid')"


class BankProfile(Base):
    """The account a company pays one currency from, and the file its bank takes.

    details_sealed: JSON with the account and the names and numbers of the bank; settings: the
    template of a table and the titles of its answers.
    """

    __tablename__ = "bank_profile"
    __table_args__ = (
        sa.UniqueConstraint("company_id", "currency"),
        one_of("format", BankFormat),
    )

    id: Mapped[int] = key()
    company_id: Mapped[int] = ref("company.id")
    currency: Mapped[str]
    format: Mapped[str]
    details_sealed: Mapped[bytes]
    account_last4: Mapped[str]
    bank_name: Mapped[str]
    settings: Mapped[dict[str, Any]]
    updated_by_id: Mapped[int] = ref("users.id")
    updated_at: Mapped[datetime]


class BankFile(Base):
    """One file of payments for a company's bank, as it was made; its bytes are a stored file.

    sha256: of the bytes as the bank gets them; they are stored sealed.
    """

    __tablename__ = "bank_file"
    __table_args__ = (
        sa.UniqueConstraint("company_id", "number"),
        one_of("format", BankFormat),
        one_of("state", FileState),
        sa.CheckConstraint("rows > 0 AND total_minor > 0", name="pays_somebody"),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled_when"
        ),
    )

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    company_id: Mapped[int] = ref("company.id")
    number: Mapped[int]
    currency: Mapped[str]
    format: Mapped[str]
    value_date: Mapped[date]
    rows: Mapped[int]
    total_minor: Mapped[int]
    sha256: Mapped[str]
    state: Mapped[str] = mapped_column(default=FileState.MADE)
    made_by_id: Mapped[int] = ref("users.id")
    made_at: Mapped[datetime]
    cancelled_by_id: Mapped[int | None] = optional_ref("users.id")
    cancelled_at: Mapped[datetime | None] = mapped_column(default=None)
    cancel_reason: Mapped[str] = mapped_column(default="")


class BankFileRow(Base):
    """One payment in a file; a payout stands in one live file at most."""

    __tablename__ = "bank_file_row"
    __table_args__ = (
        sa.UniqueConstraint("bank_file_id", "position"),
        sa.Index(
            "uq_bank_file_row_live",
            "payout_id",
            unique=True,
            sqlite_where=sa.text(_LIVE),
            postgresql_where=sa.text(_LIVE),
        ),
        one_of("state", RowState),
        sa.CheckConstraint("state <> 'paid' OR paid_on IS NOT NULL", name="paid_when"),
    )

    id: Mapped[int] = key()
    bank_file_id: Mapped[int] = ref("bank_file.id")
    position: Mapped[int]
    payout_id: Mapped[int] = ref("payout.id", index=True)
    amount_minor: Mapped[int]
    state: Mapped[str] = mapped_column(default=RowState.SENT)
    bank_reference: Mapped[str] = mapped_column(default="")
    paid_on: Mapped[date | None] = mapped_column(default=None)
    return_code: Mapped[str] = mapped_column(default="")
    return_text: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime]


class BankAnswer(Base):
    """What a bank has answered, kept sealed; taken over once."""

    __tablename__ = "bank_answer"
    __table_args__ = (sa.UniqueConstraint("company_id", "sha256"),)

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    company_id: Mapped[int] = ref("company.id")
    currency: Mapped[str]
    name: Mapped[str]
    sha256: Mapped[str]
    uploaded_by_id: Mapped[int] = ref("users.id")
    uploaded_at: Mapped[datetime]
    applied_by_id: Mapped[int | None] = optional_ref("users.id")
    applied_at: Mapped[datetime | None] = mapped_column(default=None)


class PayeeAccount(Base):
    """A person's account at a gateway, opened under the key of its number.

    account: what the gateway calls it; None until it has answered. needs: what the gateway asks
    for, in its own words. problem: why it would not open one.
    """

    __tablename__ = "payee_account"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "gateway"),
        sa.UniqueConstraint("gateway", "account"),
        one_of("state", PayeeState),
        sa.CheckConstraint("state = 'new' OR account IS NOT NULL", name="opened_first"),
    )

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    person_id: Mapped[int] = ref("person.id")
    gateway: Mapped[str]
    number: Mapped[int] = mapped_column(default=1)
    account: Mapped[str | None] = mapped_column(default=None)
    state: Mapped[str] = mapped_column(default=PayeeState.NEW)
    needs: Mapped[list[str]] = mapped_column(sa.JSON, default_factory=list)
    problem: Mapped[str] = mapped_column(default="")
    checked_at: Mapped[datetime | None] = mapped_column(default=None)
    created_at: Mapped[datetime]
