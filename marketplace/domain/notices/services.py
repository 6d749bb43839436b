"""Tell people things, exactly once: on the site and by mail."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import insert_once
from marketplace.domain.notices.models import Mail, Notice
from marketplace.domain.tasks import services as tasks
from marketplace.kernel.clock import Clock
from marketplace.kernel.frozen import freeze
from marketplace.kernel.ids import public_id
from marketplace.kernel.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is told: user_id None for an address without an account."""

    user_id: int | None
    address: str
    locale: str


@dataclass(frozen=True, slots=True)
class Message:
    """What is told. `key` names the event for ever; the subject is the fact itself.

    path: the page the one button opens ("/me/offers/k3m9…"); button: its words.
    calendar: an iCalendar text to attach, or "".
    """

    key: str
    kind: str
    subject: Sentence
    lines: tuple[Sentence, ...]
    button: Sentence
    path: str
    calendar: str = ""


def tell(session: Session, reader: Reader, message: Message, *, clock: Clock) -> bool:
    """Put a message in the inbox and the mail outbox of one reader.

    Returns False, and does nothing, when this reader was told under this key before.
    """
    key = f"{message.key}:{reader.user_id or reader.address}"
    mail_id = insert_once(
        session,
        Mail,
        ["key"],
        public_id=public_id(),
        key=key,
        to_address=reader.address,
        locale=reader.locale,
        kind=message.kind,
        subject=freeze(message.subject),
        lines=freeze(message.lines),
        button=freeze(message.button),
        path=message.path,
        calendar=message.calendar,
        created_at=clock.now(),
    )
    if mail_id is None:
        return False
    if reader.user_id is not None:
        insert_once(
            session,
            Notice,
            ["key"],
            key=key,
            user_id=reader.user_id,
            kind=message.kind,
            sentence=freeze(message.subject),
            path=message.path,
            created_at=clock.now(),
        )
    tasks.ask(session, "send_mail", f"send_mail:{mail_id}", mail_id, run_at=clock.now())
    return True


def mark_read(session: Session, user_id: int, notice_id: int, *, clock: Clock) -> str | None:
    """Mark one of a person's notices read; returns the page it is about, None when not theirs."""
    mine = sa.select(Notice).where(Notice.id == notice_id, Notice.user_id == user_id)
    notice = session.scalars(mine).first()
    if notice is None:
        return None
    notice.read_at = notice.read_at or clock.now()
    session.flush()
    return notice.path


def mark_all_read(session: Session, user_id: int, *, clock: Clock) -> None:
    """Mark everything read that a person was told."""
    unread = sa.update(Notice).where(Notice.user_id == user_id, Notice.read_at.is_(None))
    session.execute(unread.values(read_at=clock.now()))
