"""Read a person's inbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.notices.models import Notice
from marketplace.kernel.frozen import thaw
from marketplace.kernel.sentences import Sentence

PAGE = 30


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One thing a person was told."""

    id: int
    kind: str
    sentence: Sentence
    created_at: datetime
    is_read: bool


@dataclass(frozen=True, slots=True)
class InboxPage:
    """A page of the inbox, the newest first; older: where the next page begins, or None."""

    rows: Sequence[NoticeRow]
    older: int | None


def inbox(session: Session, user_id: int, before: int | None = None) -> InboxPage:
    """Return what a person was told, `before` a notice they saw last."""
    query = sa.select(Notice).where(Notice.user_id == user_id)
    if before is not None:
        query = query.where(Notice.id < before)
    found = session.scalars(query.order_by(Notice.id.desc()).limit(PAGE + 1)).all()
    rows = [
        NoticeRow(one.id, one.kind, thaw(one.sentence), one.created_at, one.read_at is not None)
        for one in found[:PAGE]
    ]
    return InboxPage(rows, rows[-1].id if len(found) > PAGE else None)
