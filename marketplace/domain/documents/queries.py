"""Read stored files, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.documents.models import File, FileChunk


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What a stored file is, without its content."""

    id: int
    public_id: str
    subject: str
    name: str
    media_type: str
    size: int
    sha256: str
    created_at: datetime


def open_file(session: Session, subject: str) -> StoredFile | None:
    """Return the file of a subject ("slip:k3m9…"), or None when it is not stored (yet)."""
    found = session.execute(
        sa.select(
            File.id,
            File.public_id,
            File.subject,
            File.name,
            File.media_type,
            File.size,
            File.sha256,
            File.created_at,
        ).where(File.subject == subject),
    ).first()
    return StoredFile(*found) if found else None


def stored(session: Session, subjects: list[str]) -> set[str]:
    """Return which of the subjects have a stored file."""
    return set(session.scalars(sa.select(File.subject).where(File.subject.in_(subjects))))


def pieces(session: Session, file_id: int) -> Iterator[bytes]:
    """Yield the content of a file in order, one chunk in memory at a time."""
    position = 0
    while True:
        content = session.scalar(
            sa.select(FileChunk.content).where(
                FileChunk.file_id == file_id,
                FileChunk.position == position,
            ),
        )
        if content is None:
            return
        yield content
        position += 1
