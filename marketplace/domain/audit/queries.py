"""Read the history of one thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import User
from marketplace.domain.audit.models import AuditEntry
from marketplace.kernel.frozen import thaw


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One act as both sides see it."""

    at: datetime
    actor: str | None
    action: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str


def history(session: Session, subjects: Sequence[str], limit: int = 100) -> list[HistoryRow]:
    """Return the newest acts on any of the subjects, newest first."""
    found = session.execute(
        sa.select(AuditEntry, User.display_name)
        .join(User, User.id == AuditEntry.actor_id, isouter=True)
        .where(AuditEntry.subject.in_(subjects))
        .order_by(AuditEntry.id.desc())
        .limit(limit),
    )
    return [
        HistoryRow(e.at, name, e.action, thaw(e.before), thaw(e.after), e.reason)
        for e, name in found
    ]
