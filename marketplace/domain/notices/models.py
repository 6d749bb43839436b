"""Tables of notices, mail and alarms; a unique key makes each be told exactly once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base, key, one_of, ref
from marketplace.domain.notices.rules import AlarmKind
from marketplace.kernel.ids import public_id


class Notice(Base):
    """One thing one person is told on the site."""

    __tablename__ = "notice"
    __table_args__ = (sa.Index("ix_notice_user_id_desc", "user_id", "id"),)

    id: Mapped[int] = key()
    key: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = ref("users.id")
    kind: Mapped[str]
    sentence: Mapped[dict[str, Any]]
    path: Mapped[str]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None] = mapped_column(default=None)


class Mail(Base):
    """One outgoing e-mail: sentences, translated and laid out when it is sent.

    stop_path: the page that ends mails of this kind without signing in, or "".
    """

    __tablename__ = "mail"

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    key: Mapped[str] = mapped_column(unique=True)
    to_address: Mapped[str] = mapped_column(index=True)
    locale: Mapped[str]
    kind: Mapped[str]
    subject: Mapped[dict[str, Any]]
    lines: Mapped[list[Any]]
    button: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    path: Mapped[str] = mapped_column(default="")
    calendar: Mapped[str] = mapped_column(default="")
    stop_path: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None] = mapped_column(default=None)


class Alarm(Base):
    """Something that operators must look at, until it is over; one at a time of each problem."""

    __tablename__ = "alarm"
    __table_args__ = (
        one_of("kind", AlarmKind),
        sa.Index(
            "uq_alarm_open",
            "kind",
            "subject",
            unique=True,
            sqlite_where=sa.text("cleared_at IS NULL"),
            postgresql_where=sa.text("cleared_at IS NULL"),
        ),
    )

    id: Mapped[int] = key()
    kind: Mapped[str]
    subject: Mapped[str]
    sentence: Mapped[dict[str, Any]]
    path: Mapped[str]
    raised_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None] = mapped_column(default=None)
