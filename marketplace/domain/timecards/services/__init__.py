"""What is done with time cards: enter, agree, query, approve, close the day."""

from __future__ import annotations

from marketplace.domain.timecards.services.accountant import (
    ApprovePayroll,
    SendBack,
    approve_payroll,
    send_back,
)
from marketplace.domain.timecards.services.approvals import (
    ApproveCards,
    approve,
    ask_for_approved,
    close_day,
    is_every_card_locked,
    lock_card,
    pay_key,
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
from marketplace.domain.timecards.services.questions import (
    AnswerQuestion,
    AskAboutCard,
    agree_and_ask,
    answer_question,
)
from marketplace.domain.timecards.services.rest import KeepCall, keep_call
from marketplace.domain.timecards.services.special import (
    SendHome,
    cancel,
    miss,
    release_standby,
    send_home,
    upgrade,
)
from marketplace.domain.timecards.services.voucher_moves import can_be_issued
from marketplace.domain.timecards.services.voucher_signatures import (
    AnswerAdjustment,
    DecideAdjustment,
    agree_to_adjustment,
    approve_adjustment,
    approve_adjustment_for_payroll,
    auto_agree_to_adjustment,
    query_adjustment,
    reject_adjustment,
    void_adjustment,
)
from marketplace.domain.timecards.services.vouchers import (
    ProposeAdjustment,
    propose,
    propose_follow_up,
    put_into_force,
)

__all__ = [
    "AgreeHours",
    "AnswerAdjustment",
    "AnswerQuestion",
    "ApproveCards",
    "ApprovePayroll",
    "AskAboutCard",
    "DecideAdjustment",
    "EnterHours",
    "KeepCall",
    "ProposeAdjustment",
    "QueryHours",
    "SendBack",
    "SendHome",
    "agree",
    "agree_and_ask",
    "agree_to_adjustment",
    "answer_question",
    "approve",
    "approve_adjustment",
    "approve_adjustment_for_payroll",
    "approve_payroll",
    "ask_for_approved",
    "auto_agree",
    "auto_agree_to_adjustment",
    "can_be_issued",
    "cancel",
    "close_day",
    "enter",
    "is_every_card_locked",
    "keep_call",
    "lock_card",
    "miss",
    "pay_key",
    "propose",
    "propose_follow_up",
    "put_into_force",
    "query",
    "query_adjustment",
    "reject_adjustment",
    "release_standby",
    "send_back",
    "send_home",
    "upgrade",
    "void_adjustment",
]
