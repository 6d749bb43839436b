"""Read the history of one thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.audit.models import AuditEntry
from marketplace.kernel.frozen import thaw


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One act as both sides see it; actor_id None is the worker."""

    at: datetime
    actor_id: int | None
    subject: str
    action: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str


def history(session: Session, subjects: Sequence[str], limit: int = 100) -> list[HistoryRow]:
    """Return the newest acts on any of the subjects, newest first."""
    found = session.scalars(
        sa.select(AuditEntry)
        .where(AuditEntry.subject.in_(subjects))
        .order_by(AuditEntry.id.desc())
        .limit(limit),
    )
    return [
        HistoryRow(
            act.at,
            act.actor_id,
            act.subject,
            act.action,
            thaw(act.before),
            thaw(act.after),
            act.reason,
        )
        for act in found
    ]
