"""The append-only log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base, key, optional_ref


class AuditEntry(Base):
    """One act; `subject` is for example "booking:k3m9…". Never holds a secret or a legal name."""

    __tablename__ = "audit_entry"
    __table_args__ = (sa.Index("ix_audit_entry_subject_id", "subject", "id"),)

    id: Mapped[int] = key()
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = optional_ref("users.id")
    company_id: Mapped[int | None] = optional_ref("company.id", index=True)
    subject: Mapped[str]
    action: Mapped[str]
    before: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    reason: Mapped[str] = mapped_column(default="")
