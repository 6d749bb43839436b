"""Everything the operator's page shows, read at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from marketplace.domain.payments.rules import PayoutState
from marketplace.domain.reports.queries import operation
from marketplace.domain.reports.queries.operation import (
    AlarmRow,
    Behind,
    CheckRow,
    HaltRow,
    LastPayday,
    ReasonRow,
    ReconciledRow,
    StateRow,
)
from marketplace.domain.reports.services.alarms import SILENT_AFTER, WORKER
from marketplace.domain.tasks.queries import KindRow, kinds, last_beat
from marketplace.outside import Outside

MOST_ALARMS: Final = 10


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures of the operator's page. beat_at: by the machine's clock, which no demo moves."""

    now: datetime
    beat_at: datetime | None
    is_silent: bool
    alarms: list[AlarmRow]
    halts: list[HaltRow]
    kinds: list[KindRow]
    payouts: list[StateRow]
    reasons: list[ReasonRow]
    payday: LastPayday | None
    checks: list[CheckRow]
    reconciled: list[ReconciledRow]
    behind: Behind
    gateways: tuple[str, ...]

    @property
    def due(self) -> int:
        """How much work could be done now."""
        return sum(row.due for row in self.kinds)

    @property
    def oldest_due_at(self) -> datetime | None:
        """Since when the oldest of it could."""
        return min((row.oldest_due_at for row in self.kinds if row.oldest_due_at), default=None)

    @property
    def put_off(self) -> int:
        """How much failed before and is tried again."""
        return sum(row.tried for row in self.kinds)

    @property
    def given_up(self) -> int:
        """How much waits for a person."""
        return sum(row.parked for row in self.kinds)

    @property
    def unsent(self) -> int:
        """How many payments have not left."""
        return sum(row.count for row in self._unsent)

    @property
    def oldest_unsent_at(self) -> datetime | None:
        """Since when the oldest of them could."""
        return min((row.oldest_at for row in self._unsent), default=None)

    @property
    def _unsent(self) -> list[StateRow]:
        waiting = (PayoutState.DUE, PayoutState.SENDING)
        return [row for row in self.payouts if row.state in waiting]


def overview(session: Session, outside: Outside) -> Overview:
    """Read the page."""
    beat_at = last_beat(session, WORKER)
    return Overview(
        now=outside.clock.now(),
        beat_at=beat_at,
        is_silent=beat_at is None or outside.machine.now() - beat_at > SILENT_AFTER,
        alarms=operation.alarms(session, MOST_ALARMS),
        halts=operation.halts(session),
        kinds=kinds(session, outside.clock.now()),
        payouts=operation.open_payouts(session),
        reasons=operation.reasons(session),
        payday=operation.last_payday(session),
        checks=operation.last_checks(session),
        reconciled=operation.last_reconciled(session),
        behind=operation.letters_behind(session),
        gateways=tuple(gateway.name for gateway in outside.gateways),
    )
