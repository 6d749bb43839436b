"""Tables of pay runs, pay slips and their lines; slips are frozen when issued.

A slip is never changed: a reversal takes every amount of it back and a correction takes its
place. A slip is current while no reversal points at it.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
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


class ClaimState(StrEnum):
    """What a person has said to giving back what they were paid too much.

    replaced: a later correction of the same day counts instead.
    """

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"
    REPLACED = "replaced"


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


def _one_each(kind: str) -> sa.Index:
    """Let a slip be reversed once, and replaced once."""
    only = sa.text(f"kind = '{kind}'")
    name = f"uq_pay_slip_{kind}"
    return sa.Index(name, "corrects_id", unique=True, sqlite_where=only, postgresql_where=only)


class PaySlip(Base):
    """What one person is owed for one time card, and why; frozen by trigger.

    corrects_id: the slip a reversal takes back, or a correction replaces; voucher_id: why.
    A reversal carries every amount of the slip it reverses with the other sign.
    time_entry_id: None for a day without hours (cancelled, standby).
    """

    __tablename__ = "pay_slip"
    __table_args__ = (
        one_of("kind", SLIP_KINDS),
        sa.UniqueConstraint("company_id", "number"),
        sa.UniqueConstraint("id", "net_minor", "currency"),
        sa.CheckConstraint(
            "CASE WHEN kind = 'reversal' THEN net_minor <= 0 ELSE net_minor >= 0 END",
            name="net_not_negative",
        ),
        sa.CheckConstraint("(kind = 'original') = (corrects_id IS NULL)", name="corrects_known"),
        sa.CheckConstraint("(kind = 'original') = (voucher_id IS NULL)", name="voucher_known"),
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
        _one_each("reversal"),
        _one_each("correction"),
        sa.Index("ix_pay_slip_company_id_desc", "company_id", "id"),
        sa.Index("ix_pay_slip_number", "number"),
        sa.Index("ix_pay_slip_person_pay_date", "person_id", "pay_date"),
    )

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    number: Mapped[str]
    kind: Mapped[str] = mapped_column(default="original")
    corrects_id: Mapped[int | None] = optional_ref("pay_slip.id")
    pay_run_id: Mapped[int] = ref("pay_run.id", index=True)
    time_card_id: Mapped[int] = ref("time_card.id")
    time_entry_id: Mapped[int | None] = optional_ref("time_entry.id")
    voucher_id: Mapped[int | None] = optional_ref("adjustment_voucher.id")
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


class Overpayment(Base):
    """What a person was paid too much for one day, as a correction found it.

    It comes back only from later slips of the same company, and only when the person agrees.
    """

    __tablename__ = "overpayment"
    __table_args__ = (
        one_of("state", ClaimState),
        sa.CheckConstraint("amount_minor > 0", name="amount_positive"),
        sa.Index("ix_overpayment_person_company", "person_id", "company_id"),
    )

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    company_id: Mapped[int] = ref("company.id", index=True)
    person_id: Mapped[int] = ref("person.id")
    time_card_id: Mapped[int] = ref("time_card.id", index=True)
    correction_id: Mapped[int] = ref("pay_slip.id", unique=True)
    amount_minor: Mapped[int]
    currency: Mapped[str]
    state: Mapped[str] = mapped_column(default=ClaimState.ASKED)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    created_at: Mapped[datetime]


class Recovery(Base):
    """What a slip kept back of an overpayment; below zero when that slip is reversed."""

    __tablename__ = "overpayment_recovery"
    __table_args__ = (
        sa.UniqueConstraint("pay_slip_id", "overpayment_id"),
        sa.CheckConstraint("amount_minor <> 0", name="amount_not_zero"),
    )

    id: Mapped[int] = key()
    overpayment_id: Mapped[int] = ref("overpayment.id", index=True)
    pay_slip_id: Mapped[int] = ref("pay_slip.id")
    amount_minor: Mapped[int]
