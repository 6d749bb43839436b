"""Tell people things, exactly once: on the site and by mail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import insert_once, insert_rows
from marketplace.domain.notices.models import Alarm, Mail, Notice
from marketplace.domain.notices.rules import Trouble
from marketplace.domain.tasks import services as tasks
from marketplace.domain.tasks.services import Wanted
from marketplace.kernel.clock import Clock
from marketplace.kernel.frozen import freeze
from marketplace.kernel.ids import public_id
from marketplace.kernel.sentences import Sentence, say

ALARM: Final = "alarm"
"""The kind of a mail to operators."""


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
    stop_path: the page that ends mails of this kind without signing in, or "".
    """

    key: str
    kind: str
    subject: Sentence
    lines: tuple[Sentence, ...]
    button: Sentence
    path: str
    calendar: str = ""
    stop_path: str = ""


def tell(session: Session, reader: Reader, message: Message, *, clock: Clock) -> bool:
    """Put a message in the inbox and the mail outbox of one reader.

    Returns False, and does nothing, when this reader was told under this key before.
    """
    key, now = _key(reader, message), clock.now()
    mail_id = insert_once(session, Mail, ["key"], **_mail(key, reader, message, now))
    if mail_id is None:
        return False
    if reader.user_id is not None:
        insert_once(session, Notice, ["key"], **_notice(key, reader.user_id, message, now))
    tasks.ask(session, "send_mail", f"send_mail:{mail_id}", mail_id, run_at=now)
    return True


def tell_all(
    session: Session,
    told: Iterable[tuple[Reader, Message]],
    *,
    clock: Clock,
) -> None:
    """Put many messages in inboxes and the mail outbox, in a few statements.

    A reader who was told under a key before is told nothing.
    """
    wanted = {_key(reader, message): (reader, message) for reader, message in told}
    known = session.scalars(sa.select(Mail.key).where(Mail.key.in_(list(wanted))))
    new = {key: wanted[key] for key in wanted.keys() - set(known)}
    now = clock.now()
    mails = [_mail(key, *new[key], now) for key in sorted(new)]
    ids = insert_rows(session, Mail, mails)
    notices = [
        _notice(key, reader.user_id, message, now)
        for key, (reader, message) in sorted(new.items())
        if reader.user_id is not None
    ]
    insert_rows(session, Notice, notices)
    tasks.ask_all(
        session, [Wanted("send_mail", f"send_mail:{one}", one, run_at=now) for one in ids]
    )


def _key(reader: Reader, message: Message) -> str:
    return f"{message.key}:{reader.user_id or reader.address}"


def _mail(key: str, reader: Reader, message: Message, now: datetime) -> dict[str, object]:
    return {
        "public_id": public_id(),
        "key": key,
        "to_address": reader.address,
        "locale": reader.locale,
        "kind": message.kind,
        "subject": freeze(message.subject),
        "lines": freeze(message.lines),
        "button": freeze(message.button),
        "path": message.path,
        "calendar": message.calendar,
        "stop_path": message.stop_path,
        "created_at": now,
    }


def _notice(key: str, user_id: int, message: Message, now: datetime) -> dict[str, object]:
    return {
        "key": key,
        "user_id": user_id,
        "kind": message.kind,
        "sentence": freeze(message.subject),
        "path": message.path,
        "created_at": now,
    }


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


def settle_alarms(
    session: Session,
    troubles: Iterable[Trouble],
    operators: Sequence[Reader],
    *,
    clock: Clock,
) -> list[Trouble]:
    """Raise an alarm for each new trouble, and clear those that are over; returns the new ones.

    Operators are told of a trouble once, until it was over and begins again.
    """
    now = clock.now()
    still_open = {
        (one.kind, one.subject): one
        for one in session.scalars(sa.select(Alarm).where(Alarm.cleared_at.is_(None)))
    }
    new = []
    for trouble in troubles:
        known = still_open.pop((trouble.kind, trouble.subject), None)
        if known is not None:
            known.sentence = freeze(trouble.sentence)
            continue
        new.append(trouble)
        _raise(session, trouble, operators, clock)
    for over in still_open.values():
        over.cleared_at = now
    session.flush()
    return new


def _raise(session: Session, trouble: Trouble, operators: Sequence[Reader], clock: Clock) -> None:
    alarm = Alarm(
        kind=trouble.kind,
        subject=trouble.subject,
        sentence=freeze(trouble.sentence),
        path=trouble.path,
        raised_at=clock.now(),
    )
    session.add(alarm)
    session.flush()
    message = Message(
        key=f"alarm:{alarm.id}",
        kind=ALARM,
        subject=trouble.sentence,
        lines=(say("You are told once; the operator's page says when it is over."),),
        button=say("Look at it"),
        path=trouble.path,
    )
    tell_all(session, [(reader, message) for reader in operators], clock=clock)
