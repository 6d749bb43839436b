"""What operators are called for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from marketplace.kernel.sentences import Sentence


class AlarmKind(StrEnum):
    """A problem of the installation that somebody must look at."""

    BOOKS = "books"
    PAYOUTS_UNKNOWN = "payouts_unknown"
    QUEUE_STOPPED = "queue_stopped"
    RECONCILIATION = "reconciliation"
    WEBHOOKS_BEHIND = "webhooks_behind"
    WORKER_SILENT = "worker_silent"


@dataclass(frozen=True, slots=True)
class Trouble:
    """A problem as it is now: of what kind, of which gateway if of one, and where it is shown."""

    kind: AlarmKind
    sentence: Sentence
    path: str
    subject: str = ""
