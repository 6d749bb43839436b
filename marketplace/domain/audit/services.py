"""Write the log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from marketplace.db import insert_rows
from marketplace.domain.audit.models import AuditEntry
from marketplace.kernel.clock import Clock
from marketplace.kernel.frozen import freeze


@dataclass(frozen=True, slots=True)
class Act:
    """What happened to what: subject "booking:k3m9…", action "accept", values before and after."""

    subject: str
    action: str
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    company_id: int | None = None


def record(session: Session, act: Act, *, actor_id: int | None, clock: Clock) -> None:
    """Append one act; actor None is the worker."""
    session.add(AuditEntry(**_row(act, actor_id, clock)))


def record_all(
    session: Session, acts: Iterable[Act], *, actor_id: int | None, clock: Clock
) -> None:
    """Append many acts of one actor in one statement."""
    insert_rows(session, AuditEntry, [_row(act, actor_id, clock) for act in acts])


def _row(act: Act, actor_id: int | None, clock: Clock) -> dict[str, Any]:
    return {
        "at": clock.now(),
        "actor_id": actor_id,
        "company_id": act.company_id,
        "subject": act.subject,
        "action": act.action,
        "before": freeze(act.before),
        "after": freeze(act.after),
        "reason": act.reason,
    }
