"""Files are kept whole, once, in pieces no larger than a mebibyte."""

from __future__ import annotations

import hashlib

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.documents import queries, services
from marketplace.domain.documents.models import FileChunk
from marketplace.domain.documents.services import CHUNK, NewFile
from marketplace.kernel.clock import FixedClock

PAPER = NewFile("slip:k3m9", "2026-00001.pdf", "application/pdf")


def content_of(session: Session, subject: str = PAPER.subject) -> bytes:
    found = queries.open_file(session, subject)
    assert found is not None
    return b"".join(queries.pieces(session, found.id))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 17])
def test_a_file_comes_back_byte_for_byte(session: Session, clock: FixedClock, size: int) -> None:
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    parts = [content[at : at + 700_000] for at in range(0, size, 700_000)]

    kept = services.store(session, PAPER, parts, clock=clock)

    assert content_of(session) == content
    assert (kept.size, kept.sha256) == (size, hashlib.sha256(content).hexdigest())
    assert (kept.name, kept.media_type) == ("2026-00001.pdf", "application/pdf")
    assert kept.created_at == clock.now()
    longest = session.scalar(sa.select(sa.func.max(sa.func.length(FileChunk.content))))
    assert (longest or 0) <= CHUNK


def test_the_first_file_of_a_subject_stays(session: Session, clock: FixedClock) -> None:
    first = services.store(session, PAPER, [b"first"], clock=clock)

    second = services.store(session, PAPER, [b"second"], clock=clock)

    assert (second, content_of(session)) == (first, b"first")


def test_a_file_that_is_not_stored_is_none(session: Session) -> None:
    assert queries.open_file(session, "slip:nobody") is None


def test_a_forgotten_file_is_gone_and_its_neighbour_stays(
    session: Session, clock: FixedClock
) -> None:
    services.store(session, PAPER, [b"paper"], clock=clock)
    services.store(session, NewFile("export:1", "a.zip", "application/zip"), [b"zip"], clock=clock)

    services.forget(session, "export:1")
    services.forget(session, "export:never")

    assert queries.stored(session, ["export:1", PAPER.subject]) == {PAPER.subject}
    assert content_of(session) == b"paper"
