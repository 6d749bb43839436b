"""Tables of pay runs, pay slips and their lines; slips are frozen when issued."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base, key, one_of, optional_ref, ref
from marketplace.kernel.ids import public_id

SLIP_KINDS: Final = ("original", "correction", "reversal")
LINE_KINDS: Final = (
    "earning",
    "penalty",
    "bump",
    "allowance",
    "withholding",
    "deduction",
    "memo",
)


class PayRun(Base):
    """The slips of one shoot day that were issued together."""

    __tablename__ = "pay_run"
    __table_args__ = (sa.UniqueConstraint("production_id", "number"),)

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    production_id: Mapped[int] = ref("production.id")
    company_id: Mapped[int] = ref("company.id", index=True)
    shoot_day_id: Mapped[int] = ref("shoot_day.id", index=True)
    number: Mapped[int]
    opened_at: Mapped[datetime]


class SlipCounter(Base):
    """The last slip number of a company in a year; slips are numbered without gaps."""

    __tablename__ = "slip_counter"
    __table_args__ = (sa.UniqueConstraint("company_id", "year"),)

    id: Mapped[int] = key()
    company_id: Mapped[int] = ref("company.id")
    year: Mapped[int]
    last: Mapped[int]


class PaySlip(Base):
    """What one person is owed for one time card, and why; frozen by trigger."""

    __tablename__ = "pay_slip"
    __table_args__ = (
        one_of("kind", SLIP_KINDS),
        sa.UniqueConstraint("company_id", "number"),
        sa.UniqueConstraint("id", "net_minor", "currency"),
        sa.CheckConstraint("net_minor >= 0", name="net_not_negative"),
        sa.CheckConstraint(
            "gross_minor = withheld_minor + deducted_minor + net_minor",
            name="adds_up",
        ),
        sa.Index(
            "uq_pay_slip_original",
            "time_card_id",
            unique=True,
            sqlite_where=sa.text("kind = 'original'"),
            postgresql_where=sa.text("kind = 'original'"),
        ),
        sa.Index("ix_pay_slip_company_id_desc", "company_id", "id"),
        sa.Index("ix_pay_slip_person_pay_date", "person_id", "pay_date"),
    )

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    number: Mapped[str]
    kind: Mapped[str] = mapped_column(default="original")
    corrects_id: Mapped[int | None] = optional_ref("pay_slip.id")
    pay_run_id: Mapped[int] = ref("pay_run.id", index=True)
    time_card_id: Mapped[int] = ref("time_card.id")
    time_entry_id: Mapped[int] = ref("time_entry.id")
    booking_id: Mapped[int] = ref("booking.id")
    shoot_day_id: Mapped[int] = ref("shoot_day.id", index=True)
    production_id: Mapped[int] = ref("production.id", index=True)
    company_id: Mapped[int] = ref("company.id")
    person_id: Mapped[int] = ref("person.id")
    withholding_agent: Mapped[str]
    shoot_date: Mapped[date]
    pay_date: Mapped[date]
    currency: Mapped[str]
    gross_minor: Mapped[int]
    withheld_minor: Mapped[int]
    deducted_minor: Mapped[int]
    net_minor: Mapped[int]
    worked_minutes: Mapped[int]
    agreement: Mapped[str]
    scheme: Mapped[str]
    stage_name: Mapped[str]
    role_name: Mapped[str]
    role_kind: Mapped[str]
    production_title: Mapped[str]
    legal_name_sealed: Mapped[bytes]
    legal_name_index: Mapped[str] = mapped_column(index=True)
    account_last4: Mapped[str]
    inputs: Mapped[dict[str, Any]]
    document_sealed: Mapped[bytes]
    digest: Mapped[str]
    issued_at: Mapped[datetime]


class PayLineRow(Base):
    """One line of a slip: hours × rate × multiplier, and its rule."""

    __tablename__ = "pay_line"
    __table_args__ = (
        sa.UniqueConstraint("pay_slip_id", "position"),
        one_of("kind", LINE_KINDS),
    )

    id: Mapped[int] = key()
    pay_slip_id: Mapped[int] = ref("pay_slip.id")
    position: Mapped[int]
    kind: Mapped[str]
    code: Mapped[str]
    amount_minor: Mapped[int]
    currency: Mapped[str]
    line: Mapped[dict[str, Any]]
