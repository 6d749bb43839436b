"""Tables of stored files and export jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base, key, one_of, optional_ref, ref
from marketplace.kernel.ids import public_id

EXPORT_STATES: Final = ("queued", "running", "done", "failed", "cancelled")


class File(Base):
    """A stored file; `subject` says what it is of, for example "slip:k3m9…"."""

    __tablename__ = "file"

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    subject: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    created_at: Mapped[datetime]


class FileChunk(Base):
    """Up to one mebibyte of a file, so that no large file is ever whole in memory."""

    __tablename__ = "file_chunk"
    __table_args__ = (sa.UniqueConstraint("file_id", "position"),)

    id: Mapped[int] = key()
    file_id: Mapped[int] = ref("file.id")
    position: Mapped[int]
    content: Mapped[bytes]


class ExportJob(Base):
    """A long piece of work a person asked for, with its progress and its result."""

    __tablename__ = "export_job"
    __table_args__ = (one_of("state", EXPORT_STATES),)

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    company_id: Mapped[int] = ref("company.id", index=True)
    user_id: Mapped[int] = ref("users.id")
    kind: Mapped[str]
    title: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="queued")
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    file_id: Mapped[int | None] = optional_ref("file.id")
    problem: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    expires_at: Mapped[datetime]
