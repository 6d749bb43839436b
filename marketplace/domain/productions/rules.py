"""States of productions and shoot days."""

from __future__ import annotations

from enum import StrEnum


class ProductionState(StrEnum):
    """Where a production is."""

    DRAFT = "draft"
    LIVE = "live"
    WRAPPED = "wrapped"
    CANCELLED = "cancelled"


class DayState(StrEnum):
    """Where a shoot day is: closed after its last working minute, settled when all are paid."""

    PLANNED = "planned"
    CLOSED = "closed"
    SETTLED = "settled"
    CANCELLED = "cancelled"


class WithholdingAgent(StrEnum):
    """Who pays the person, and so who withholds."""

    PRODUCTION = "production"
    PLATFORM = "platform"
