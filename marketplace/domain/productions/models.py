"""Tables of productions and shoot days."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base, key, one_of, optional_ref, ref
from marketplace.domain.productions.rules import (
    DayState,
    Engagement,
    PayrollPeriod,
    ProductionState,
    WithholdingAgent,
)
from marketplace.kernel.ids import public_id


class Production(Base):
    """A show: its money, its place, its rules of pay and rest.

    engagement: what people are to the payer, with who chose it; nothing is posted without.
    """

    __tablename__ = "production"
    __table_args__ = (
        one_of("state", ProductionState),
        one_of("withholding_agent", WithholdingAgent),
        one_of("engagement", Engagement),
        one_of("payroll_period", PayrollPeriod),
        sa.CheckConstraint("minimum_rest_minutes >= 0", name="rest_not_negative"),
        sa.CheckConstraint("length(currency) = 3", name="currency_iso"),
    )

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    company_id: Mapped[int] = ref("company.id", index=True)
    title: Mapped[str]
    second_title: Mapped[str] = mapped_column(default="")
    format: Mapped[str]
    episodes: Mapped[int | None] = mapped_column(default=None)
    currency: Mapped[str]
    zone: Mapped[str]
    city: Mapped[str]
    country: Mapped[str]
    agreement: Mapped[str]
    scheme: Mapped[str]
    withholding_agent: Mapped[str]
    engagement: Mapped[str | None] = mapped_column(default=None)
    engagement_by_id: Mapped[int | None] = optional_ref("users.id")
    payroll_period: Mapped[str] = mapped_column(default=PayrollPeriod.DAILY)
    minimum_rest_minutes: Mapped[int]
    registration_number: Mapped[str] = mapped_column(default="")
    budget_minor: Mapped[int | None] = mapped_column(default=None)
    cancellation_policy: Mapped[dict[str, Any] | None] = mapped_column(
        sa.JSON(none_as_null=True),
        default=None,
    )
    needs_payroll_approval: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default=ProductionState.DRAFT)
    created_by_id: Mapped[int] = ref("users.id")
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None] = mapped_column(default=None)


class ShootDay(Base):
    """One working day of a production; it belongs to the date of its call.

    is_holiday: a holiday under the pay agreement, which may pay it at a multiple.
    moved_to_id: the day that stands in the place of a moved one.
    """

    __tablename__ = "shoot_day"
    __table_args__ = (
        sa.UniqueConstraint("production_id", "number"),
        one_of("state", DayState),
        sa.CheckConstraint("wrap_at > call_at", name="wrap_after_call"),
    )

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    production_id: Mapped[int] = ref("production.id")
    number: Mapped[int]
    shoot_date: Mapped[date]
    call_at: Mapped[datetime]
    wrap_at: Mapped[datetime]
    unit_base: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    episodes: Mapped[str] = mapped_column(default="")
    is_holiday: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default=DayState.PLANNED)
    short_rest_reason: Mapped[str] = mapped_column(default="")
    short_rest_by_id: Mapped[int | None] = optional_ref("users.id")
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    moved_to_id: Mapped[int | None] = optional_ref("shoot_day.id")
    called_off_reason: Mapped[str] = mapped_column(default="")
