"""Tables of time cards and their append-only entries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base, key, one_of, optional_ref, ref
from marketplace.domain.timecards.rules import CardState
from marketplace.kernel.ids import public_id


class TimeCard(Base):
    """The hours of one booking, as they stand."""

    __tablename__ = "time_card"
    __table_args__ = (one_of("state", CardState),)

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    booking_id: Mapped[int] = ref("booking.id", unique=True)
    shoot_day_id: Mapped[int] = ref("shoot_day.id", index=True)
    production_id: Mapped[int] = ref("production.id", index=True)
    person_id: Mapped[int] = ref("person.id", index=True)
    state: Mapped[str] = mapped_column(default=CardState.PENDING)
    version: Mapped[int] = mapped_column(default=0)
    query: Mapped[str] = mapped_column(default="")
    agreed_at: Mapped[datetime | None] = mapped_column(default=None)
    is_auto_agreed: Mapped[bool] = mapped_column(default=False)
    approved_at: Mapped[datetime | None] = mapped_column(default=None)
    approved_by_id: Mapped[int | None] = optional_ref("users.id")
    locked_at: Mapped[datetime | None] = mapped_column(default=None)


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
    adjustments: Mapped[list[Any]] = mapped_column(default_factory=list)
    reason: Mapped[str] = mapped_column(default="")
    entered_by_id: Mapped[int] = ref("users.id")
    entered_at: Mapped[datetime]
