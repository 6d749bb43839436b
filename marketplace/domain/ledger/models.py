"""Tables of the books: a transfer debits one account and credits another, always in balance."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base, Key, key, one_of, optional_ref, ref
from marketplace.domain.ledger.rules import Purpose
from marketplace.kernel.ids import public_id


class LedgerAccount(Base):
    """One account in one currency."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        sa.UniqueConstraint("code", "currency"),
        sa.UniqueConstraint("id", "currency"),
    )

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    code: Mapped[str]
    currency: Mapped[str]


class LedgerTransfer(Base):
    """An amount that moves from the credited account to the debited one; append-only.

    company_id: in whose books it stands; None for the platform's own.
    """

    __tablename__ = "ledger_transfer"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["debit_id", "currency"],
            ["ledger_account.id", "ledger_account.currency"],
            name="fk_ledger_transfer_debit",
        ),
        sa.ForeignKeyConstraint(
            ["credit_id", "currency"],
            ["ledger_account.id", "ledger_account.currency"],
            name="fk_ledger_transfer_credit",
        ),
        sa.CheckConstraint("amount_minor > 0", name="amount_positive"),
        sa.CheckConstraint("debit_id <> credit_id", name="two_accounts"),
    )

    id: Mapped[int] = key()
    key: Mapped[str] = mapped_column(unique=True)
    debit_id: Mapped[int] = mapped_column(Key, index=True)
    credit_id: Mapped[int] = mapped_column(Key, index=True)
    amount_minor: Mapped[int]
    currency: Mapped[str]
    reverses_id: Mapped[int | None] = mapped_column(
        Key,
        sa.ForeignKey("ledger_transfer.id"),
        unique=True,
        default=None,
    )
    posted_at: Mapped[datetime]
    company_id: Mapped[int | None] = optional_ref("company.id", index=True)


class BooksCheck(Base):
    """What the check of the books found, from when until when; the same found again is one row.

    findings: name, subject and sentence of each, or nothing when the books balance.
    """

    __tablename__ = "books_check"

    id: Mapped[int] = key()
    is_thorough: Mapped[bool]
    findings: Mapped[list[Any]]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]


class ChartAccount(Base):
    """The account of a company's own books for one purpose, for all departments or for one."""

    __tablename__ = "chart_account"
    __table_args__ = (
        sa.UniqueConstraint("company_id", "purpose", "department"),
        one_of("purpose", Purpose),
    )

    id: Mapped[int] = key()
    company_id: Mapped[int] = ref("company.id")
    purpose: Mapped[str]
    department: Mapped[str] = mapped_column(default="")
    code: Mapped[str]
    name: Mapped[str]
