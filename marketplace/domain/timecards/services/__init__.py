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
from marketplace.domain.timecards.services.vouchers import (
    AnswerAdjustment,
    DecideAdjustment,
    ProposeAdjustment,
    agree_to_adjustment,
    approve_adjustment,
    approve_adjustment_for_payroll,
    auto_agree_to_adjustment,
    can_be_issued,
    propose,
    propose_follow_up,
    put_into_force,
    query_adjustment,
    reject_adjustment,
    void_adjustment,
)

__all__ = [
    "AgreeHours",
    "AnswerAdjustment",
    "ApproveCards",
    "DecideAdjustment",
    "EnterHours",
    "KeepCall",
    "ProposeAdjustment",
    "QueryHours",
    "agree",
    "agree_to_adjustment",
    "approve",
    "approve_adjustment",
    "approve_adjustment_for_payroll",
    "auto_agree",
    "auto_agree_to_adjustment",
    "can_be_issued",
    "close_day",
    "enter",
    "keep_call",
    "lock_card",
    "propose",
    "propose_follow_up",
    "put_into_force",
    "query",
    "query_adjustment",
    "reject_adjustment",
    "settle_day_if_done",
    "void_adjustment",
]
