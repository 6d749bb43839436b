"""Tables of time cards and their append-only entries."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base, key, one_of, optional_ref, ref
from marketplace.domain.timecards.rules import CardKind, CardState, QueryAnswer, QueryPart
from marketplace.domain.timecards.rules.vouchers import CLOSED_VOUCHERS, VoucherState
from marketplace.kernel.ids import public_id


class TimeCard(Base):
    """The hours of one booking, as they stand; a card of a fee has none.

    returned_reason: why the accountant sent it back; empty once the production approves again.
    """

    __tablename__ = "time_card"
    __table_args__ = (one_of("state", CardState), one_of("kind", CardKind))

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    booking_id: Mapped[int] = ref("booking.id", unique=True)
    shoot_day_id: Mapped[int] = ref("shoot_day.id", index=True)
    production_id: Mapped[int] = ref("production.id", index=True)
    person_id: Mapped[int] = ref("person.id", index=True)
    kind: Mapped[str] = mapped_column(default=CardKind.WORK)
    state: Mapped[str] = mapped_column(default=CardState.PENDING)
    version: Mapped[int] = mapped_column(default=0)
    query: Mapped[str] = mapped_column(default="")
    agreed_at: Mapped[datetime | None] = mapped_column(default=None)
    is_auto_agreed: Mapped[bool] = mapped_column(default=False)
    approved_at: Mapped[datetime | None] = mapped_column(default=None)
    approved_by_id: Mapped[int | None] = optional_ref("users.id")
    payroll_approved_at: Mapped[datetime | None] = mapped_column(default=None)
    payroll_approved_by_id: Mapped[int | None] = optional_ref("users.id")
    returned_reason: Mapped[str] = mapped_column(default="")
    locked_at: Mapped[datetime | None] = mapped_column(default=None)


class CardQuery(Base):
    """One question about a card the person agreed to: it is paid meanwhile."""

    __tablename__ = "card_query"
    __table_args__ = (one_of("part", QueryPart), one_of("answer", QueryAnswer))

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    time_card_id: Mapped[int] = ref("time_card.id", index=True)
    version: Mapped[int]
    part: Mapped[str]
    text: Mapped[str]
    asked_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(default=QueryAnswer.OPEN)
    answer_text: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    answered_by_id: Mapped[int | None] = optional_ref("users.id")


class TimeEntry(Base):
    """One version of a card's hours; never changed, never deleted."""

    __tablename__ = "time_entry"
    __table_args__ = (
        sa.UniqueConstraint("time_card_id", "version"),
        sa.CheckConstraint("out_at > in_at", name="out_after_in"),
    )

    id: Mapped[int] = key()
    time_card_id: Mapped[int] = ref("time_card.id")
    version: Mapped[int]
    in_at: Mapped[datetime]
    out_at: Mapped[datetime]
    meal_out_at: Mapped[datetime | None] = mapped_column(default=None)
    meal_in_at: Mapped[datetime | None] = mapped_column(default=None)
    meal2_out_at: Mapped[datetime | None] = mapped_column(default=None)
    meal2_in_at: Mapped[datetime | None] = mapped_column(default=None)
    ndb_at: Mapped[datetime | None] = mapped_column(default=None)
    adjustments: Mapped[list[Any]] = mapped_column(default_factory=list)
    reason: Mapped[str] = mapped_column(default="")
    entered_by_id: Mapped[int] = ref("users.id")
    entered_at: Mapped[datetime]


IS_OPEN: Final = sa.text(f"state NOT IN ('{CLOSED_VOUCHERS[0]}', '{CLOSED_VOUCHERS[1]}')")


class AdjustmentVoucher(Base):
    """A proposal to change the hours of a locked card, on its way through every signature.

    version: of the proposal as it stands; base_version: of the card's hours it changes.
    made_by_id: None when the product found it itself because of another adjustment
    (caused_by_id), and then `cause` says why in words of ours.
    reason: the production's words; answer: why it is queried, rejected or voided.
    """

    __tablename__ = "adjustment_voucher"
    __table_args__ = (
        one_of("state", VoucherState),
        sa.UniqueConstraint("time_card_id", "number"),
        sa.CheckConstraint("reason <> '' OR caused_by_id IS NOT NULL", name="has_reason"),
        sa.CheckConstraint(
            "(state = 'issued') = (issued_at IS NOT NULL)",
            name="issued_is_dated",
        ),
        sa.Index(
            "uq_adjustment_voucher_open",
            "time_card_id",
            unique=True,
            sqlite_where=IS_OPEN,
            postgresql_where=IS_OPEN,
        ),
    )

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    time_card_id: Mapped[int] = ref("time_card.id")
    production_id: Mapped[int] = ref("production.id", index=True)
    company_id: Mapped[int] = ref("company.id", index=True)
    person_id: Mapped[int] = ref("person.id", index=True)
    number: Mapped[int]
    base_version: Mapped[int]
    version: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default=VoucherState.PROPOSED)
    reason: Mapped[str] = mapped_column(default="")
    cause: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True), default=None)
    caused_by_id: Mapped[int | None] = optional_ref("adjustment_voucher.id")
    answer: Mapped[str] = mapped_column(default="")
    made_by_id: Mapped[int | None] = optional_ref("users.id")
    made_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None] = mapped_column(default=None)
    is_auto_agreed: Mapped[bool] = mapped_column(default=False)
    approved_at: Mapped[datetime | None] = mapped_column(default=None)
    approved_by_id: Mapped[int | None] = optional_ref("users.id")
    payroll_at: Mapped[datetime | None] = mapped_column(default=None)
    payroll_by_id: Mapped[int | None] = optional_ref("users.id")
    issued_at: Mapped[datetime | None] = mapped_column(default=None)


class VoucherEntry(Base):
    """One version of the hours an adjustment proposes; never changed, never deleted."""

    __tablename__ = "voucher_entry"
    __table_args__ = (
        sa.UniqueConstraint("voucher_id", "version"),
        sa.CheckConstraint("out_at > in_at", name="out_after_in"),
    )

    id: Mapped[int] = key()
    voucher_id: Mapped[int] = ref("adjustment_voucher.id")
    version: Mapped[int]
    in_at: Mapped[datetime]
    out_at: Mapped[datetime]
    meal_out_at: Mapped[datetime | None] = mapped_column(default=None)
    meal_in_at: Mapped[datetime | None] = mapped_column(default=None)
    meal2_out_at: Mapped[datetime | None] = mapped_column(default=None)
    meal2_in_at: Mapped[datetime | None] = mapped_column(default=None)
    ndb_at: Mapped[datetime | None] = mapped_column(default=None)
    adjustments: Mapped[list[Any]] = mapped_column(default_factory=list)
    reason: Mapped[str] = mapped_column(default="")
    entered_by_id: Mapped[int | None] = optional_ref("users.id")
    entered_at: Mapped[datetime]
