"""The table of due work, and of who does it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base, key


class Task(Base):
    """One piece of work, done at least once and finished exactly once.

    key: names the work, so that asking twice is asking once.
    subject_id: the row it is about; the kind says of which table.
    lease_until, lease_token: who works on it now; a lease that ran out may be taken over.
    parked_at: gave up, a person must look (never silent: shown to the accountant).
    """

    __tablename__ = "task"
    __table_args__ = (
        sa.Index(
            "ix_task_due",
            "run_at",
            sqlite_where=sa.text("done_at IS NULL AND parked_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL AND parked_at IS NULL"),
        ),
        sa.Index(
            "ix_task_due_kind",
            "kind",
            "run_at",
            sqlite_where=sa.text("done_at IS NULL AND parked_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL AND parked_at IS NULL"),
        ),
        sa.Index("ix_task_kind_subject", "kind", "subject_id"),
        sa.Index(
            "ix_task_parked",
            "kind",
            sqlite_where=sa.text("done_at IS NULL AND parked_at IS NOT NULL"),
            postgresql_where=sa.text("done_at IS NULL AND parked_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = key()
    kind: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)
    subject_id: Mapped[int]
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime]
    lease_token: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    parked_at: Mapped[datetime | None] = mapped_column(default=None)
    problem: Mapped[str] = mapped_column(default="")


class Heartbeat(Base):
    """When a process last said that it lives, by the machine's own clock."""

    __tablename__ = "heartbeat"

    id: Mapped[int] = key()
    name: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime]
