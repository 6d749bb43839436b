"""Read the outbox and a person's inbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.notices.models import Mail, Notice
from marketplace.kernel.frozen import thaw
from marketplace.kernel.sentences import Sentence

INBOX_PAGE = 30


@dataclass(frozen=True, slots=True)
class MailRow:
    """One outgoing mail as it was asked for: sentences, not yet written for anybody."""

    id: int
    public_id: str
    to_address: str
    locale: str
    kind: str
    subject: Sentence
    lines: tuple[Sentence, ...]
    button: Sentence | None
    path: str
    calendar: str
    created_at: datetime
    sent_at: datetime | None
    stop_path: str = ""


def mail(session: Session, mail_id: int) -> MailRow | None:
    """Return one mail of the outbox."""
    found = session.get(Mail, mail_id)
    return _row(found) if found else None


def mail_named(session: Session, public_id: str) -> MailRow | None:
    """Return the mail of a public id."""
    found = session.scalar(sa.select(Mail).where(Mail.public_id == public_id))
    return _row(found) if found else None


def newest_mail(
    session: Session,
    *,
    before: int | None = None,
    to_address: str = "",
    limit: int = 50,
) -> list[MailRow]:
    """Return the outbox, newest first; `before` is the id of the last mail of the page before."""
    found = sa.select(Mail).order_by(Mail.id.desc()).limit(limit)
    if before is not None:
        found = found.where(Mail.id < before)
    if to_address:
        found = found.where(Mail.to_address == to_address)
    return [_row(one) for one in session.scalars(found)]


def _row(found: Mail) -> MailRow:
    return MailRow(
        id=found.id,
        public_id=found.public_id,
        to_address=found.to_address,
        locale=found.locale,
        kind=found.kind,
        subject=thaw(found.subject),
        lines=tuple(thaw(found.lines)),
        button=thaw(found.button) if found.button else None,
        path=found.path,
        calendar=found.calendar,
        created_at=found.created_at,
        sent_at=found.sent_at,
        stop_path=found.stop_path,
    )


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
    found = session.scalars(query.order_by(Notice.id.desc()).limit(INBOX_PAGE + 1)).all()
    rows = [
        NoticeRow(one.id, one.kind, thaw(one.sentence), one.created_at, one.read_at is not None)
        for one in found[:INBOX_PAGE]
    ]
    return InboxPage(rows, rows[-1].id if len(found) > INBOX_PAGE else None)
