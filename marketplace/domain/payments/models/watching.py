"""Tables of what a gateway tells, and of comparisons with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base, key, one_of, optional_ref, ref
from marketplace.domain.payments.rules.events import Channel, Upshot
from marketplace.domain.payments.rules.matching import Kind
from marketplace.kernel.ids import public_id


class GatewayEvent(Base):
    """One letter of a gateway, kept once: a hint to look at an object. body: without names.

    was_missed: it never came by itself and was fetched from the gateway's list.
    """

    __tablename__ = "gateway_event"
    __table_args__ = (one_of("channel", Channel), one_of("outcome", Upshot))

    id: Mapped[int] = key()
    event_id: Mapped[str] = mapped_column(unique=True)
    gateway: Mapped[str]
    channel: Mapped[str]
    account: Mapped[str]
    type: Mapped[str] = mapped_column(index=True)
    object_id: Mapped[str]
    body: Mapped[dict[str, Any]]
    was_missed: Mapped[bool]
    made_at: Mapped[datetime]
    received_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(default=Upshot.WAITING, index=True)
    problem: Mapped[str] = mapped_column(default="")
    handled_at: Mapped[datetime | None] = mapped_column(default=None)
    replays: Mapped[int] = mapped_column(default=0)


class Reconciliation(Base):
    """One comparison of our payouts with a gateway's statement, asked for or done."""

    __tablename__ = "reconciliation"

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    key: Mapped[str] = mapped_column(unique=True)
    gateway: Mapped[str]
    asked_by_id: Mapped[int | None] = optional_ref("users.id")
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    payments: Mapped[int] = mapped_column(default=0)
    transfers: Mapped[int] = mapped_column(default=0)
    differences: Mapped[int] = mapped_column(default=0)


class ReconciliationRow(Base):
    """One difference a reconciliation found. company_id: None when it is nobody's of ours."""

    __tablename__ = "reconciliation_row"
    __table_args__ = (
        sa.UniqueConstraint("reconciliation_id", "position"),
        one_of("kind", Kind),
    )

    id: Mapped[int] = key()
    reconciliation_id: Mapped[int] = ref("reconciliation.id")
    position: Mapped[int]
    company_id: Mapped[int | None] = optional_ref("company.id", index=True)
    kind: Mapped[str]
    subject: Mapped[str]
    gateway_ref: Mapped[str]
    group_name: Mapped[str]
    currency: Mapped[str]
    ours_minor: Mapped[int | None] = mapped_column(default=None)
    theirs_minor: Mapped[int | None] = mapped_column(default=None)
    count: Mapped[int] = mapped_column(default=1)
