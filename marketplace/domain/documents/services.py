"""Keep files in the database: whole or not at all, in pieces small enough for any machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import insert_once, insert_rows
from marketplace.domain.documents.models import File, FileChunk
from marketplace.domain.documents.queries import StoredFile, open_file, stored
from marketplace.kernel.clock import Clock
from marketplace.kernel.ids import public_id

CHUNK: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class NewFile:
    """What a file is called; `subject` says what it is of: "slip:k3m9…", "export:k3m9…"."""

    subject: str
    name: str
    media_type: str


def store(session: Session, new: NewFile, pieces: Iterable[bytes], *, clock: Clock) -> StoredFile:
    """Keep a file, once for its subject: the first one stays, whatever comes later.

    pieces: its content in parts of any size; never more than a few of them are in memory.
    """
    file_id = insert_once(
        session,
        File,
        ["subject"],
        public_id=public_id(),
        subject=new.subject,
        name=new.name,
        media_type=new.media_type,
        size=0,
        sha256="",
        created_at=clock.now(),
    )
    if file_id is not None:
        _fill(session, file_id, pieces)
    kept = open_file(session, new.subject)
    if kept is None:  # pragma: no cover - the row was inserted above, in this transaction
        raise LookupError(new.subject)
    return kept


def store_all(
    session: Session,
    new: Sequence[tuple[NewFile, bytes]],
    *,
    clock: Clock,
) -> None:
    """Keep many small files at once; a subject that has a file already keeps that one."""
    kept = stored(session, [file.subject for file, _ in new])
    wanted = [(file, content) for file, content in new if file.subject not in kept]
    rows = [
        {
            "public_id": public_id(),
            "subject": file.subject,
            "name": file.name,
            "media_type": file.media_type,
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "created_at": clock.now(),
        }
        for file, content in wanted
    ]
    ids = insert_rows(session, File, rows)
    chunks = [
        {"file_id": file_id, "position": position, "content": piece}
        for file_id, (_, content) in zip(ids, wanted, strict=True)
        for position, piece in enumerate(_even([content]))
    ]
    insert_rows(session, FileChunk, chunks)


def forget(session: Session, subject: str) -> None:
    """Remove a file that is no longer offered; a file that is not there is fine."""
    ids = sa.select(File.id).where(File.subject == subject).scalar_subquery()
    session.execute(sa.delete(FileChunk).where(FileChunk.file_id == ids))
    session.execute(sa.delete(File).where(File.subject == subject))


def _fill(session: Session, file_id: int, pieces: Iterable[bytes]) -> None:
    digest = hashlib.sha256()
    size = 0
    for position, content in enumerate(_even(pieces)):
        digest.update(content)
        size += len(content)
        session.execute(
            sa.insert(FileChunk).values(file_id=file_id, position=position, content=content),
        )
    session.execute(
        sa.update(File).where(File.id == file_id).values(size=size, sha256=digest.hexdigest()),
    )


def _even(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Cut content into chunks of one size; the last one is shorter."""
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        while len(waiting) >= CHUNK:
            yield bytes(waiting[:CHUNK])
            del waiting[:CHUNK]
    if waiting:
        yield bytes(waiting)
