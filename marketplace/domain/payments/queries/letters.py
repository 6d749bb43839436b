"""Read what a gateway told, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.payments.models import GatewayEvent
from marketplace.domain.payments.rules.events import Upshot


@dataclass(frozen=True, slots=True)
class LetterRow:
    """One letter in the list."""

    id: int
    event_id: str
    gateway: str
    channel: str
    type: str
    account: str
    object_id: str
    was_missed: bool
    made_at: datetime
    received_at: datetime
    outcome: Upshot


@dataclass(frozen=True, slots=True)
class LetterDetail:
    """One letter whole; its body holds nobody's personal data."""

    row: LetterRow
    body: dict[str, Any]
    problem: str
    handled_at: datetime | None
    replays: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which letters: of a type that begins so, of an account, with an outcome; "" for all."""

    type: str = ""
    account: str = ""
    outcome: str = ""


def letters(
    session: Session,
    wanted: Wanted,
    *,
    before: int | None = None,
    limit: int = 50,
) -> Sequence[LetterRow]:
    """Return letters, the newest first."""
    found = sa.select(GatewayEvent).where(*_conditions(wanted))
    if before is not None:
        found = found.where(GatewayEvent.id < before)
    rows = session.scalars(found.order_by(GatewayEvent.id.desc()).limit(limit))
    return [_row(one) for one in rows]


def _conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.type:
        found.append(GatewayEvent.type.startswith(wanted.type, autoescape=True))
    if wanted.account:
        found.append(GatewayEvent.account == wanted.account)
    if wanted.outcome:
        found.append(GatewayEvent.outcome == wanted.outcome)
    return found


def letter(session: Session, event_id: str) -> LetterDetail | None:
    """Return one letter."""
    one = session.scalar(sa.select(GatewayEvent).where(GatewayEvent.event_id == event_id))
    if one is None:
        return None
    return LetterDetail(_row(one), one.body, one.problem, one.handled_at, one.replays)


def counts(session: Session) -> dict[Upshot, int]:
    """Return how many letters came to what."""
    rows = session.execute(
        sa.select(GatewayEvent.outcome, sa.func.count()).group_by(GatewayEvent.outcome),
    )
    return {Upshot(outcome): count for outcome, count in rows}


def _row(one: GatewayEvent) -> LetterRow:
    return LetterRow(
        id=one.id,
        event_id=one.event_id,
        gateway=one.gateway,
        channel=one.channel,
        type=one.type,
        account=one.account,
        object_id=one.object_id,
        was_missed=one.was_missed,
        made_at=one.made_at,
        received_at=one.received_at,
        outcome=Upshot(one.outcome),
    )
