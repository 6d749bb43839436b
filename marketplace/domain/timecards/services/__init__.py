"""What is done with time cards: enter, agree, query, approve, close the day."""

from __future__ import annotations

from marketplace.domain.timecards.services.approvals import (
    ApproveCards,
    approve,
    close_day,
    lock_card,
    settle_day_if_done,
)
from marketplace.domain.timecards.services.entries import (
    AgreeHours,
    EnterHours,
    QueryHours,
    agree,
    auto_agree,
    enter,
    query,
)
from marketplace.domain.timecards.services.rest import KeepCall, keep_call

__all__ = [
    "AgreeHours",
    "ApproveCards",
    "EnterHours",
    "KeepCall",
    "QueryHours",
    "agree",
    "approve",
    "auto_agree",
    "close_day",
    "enter",
    "keep_call",
    "lock_card",
    "query",
    "settle_day_if_done",
]
