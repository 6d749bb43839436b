"""Tables of the books: a transfer debits one account and credits another, always in balance."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base, Key, key


class LedgerAccount(Base):
    """One account in one currency."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        sa.UniqueConstraint("code", "currency"),
        sa.UniqueConstraint("id", "currency"),
    )

    id: Mapped[int] = key()
    code: Mapped[str]
    currency: Mapped[str]


class LedgerTransfer(Base):
    """An amount that moves from the credited account to the debited one; append-only."""

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
