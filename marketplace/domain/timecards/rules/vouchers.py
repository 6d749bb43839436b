"""States of an adjustment of locked hours, and when its pay slip may be issued."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from marketplace.kernel.moves import moved
from marketplace.kernel.sentences import Sentence, say


class VoucherState(StrEnum):
    """Where an adjustment of locked hours is.

    proposed: waits for the person; queried: waits for the production; agreed: waits for the
    production's approval; approved: waits for the accountant, or is issued; rejected: by an
    approver, with a reason.
    """

    PROPOSED = "proposed"
    QUERIED = "queried"
    AGREED = "agreed"
    APPROVED = "approved"
    PAYROLL_APPROVED = "payroll_approved"
    REJECTED = "rejected"
    ISSUED = "issued"
    VOIDED = "voided"


class VoucherAction(StrEnum):
    """What somebody does to an adjustment."""

    PROPOSE = "propose"
    AGREE = "agree"
    QUERY = "query"
    APPROVE = "approve"
    PAYROLL_APPROVE = "payroll_approve"
    REJECT = "reject"
    VOID = "void"
    ISSUE = "issue"


_V, _A = VoucherState, VoucherAction

CLOSED_VOUCHERS: Final = (_V.ISSUED, _V.VOIDED)
"""Adjustments nothing more happens to; a card has at most one that is not closed."""

VOUCHER_MOVES: Final[dict[tuple[VoucherState, VoucherAction], VoucherState]] = {
    **{
        (state, _A.PROPOSE): _V.PROPOSED
        for state in (_V.PROPOSED, _V.QUERIED, _V.AGREED, _V.REJECTED)
    },
    (_V.PROPOSED, _A.AGREE): _V.AGREED,
    (_V.QUERIED, _A.AGREE): _V.AGREED,
    (_V.PROPOSED, _A.QUERY): _V.QUERIED,
    (_V.AGREED, _A.QUERY): _V.QUERIED,
    (_V.AGREED, _A.APPROVE): _V.APPROVED,
    (_V.APPROVED, _A.PAYROLL_APPROVE): _V.PAYROLL_APPROVED,
    **{(state, _A.REJECT): _V.REJECTED for state in (_V.AGREED, _V.APPROVED)},
    **{
        (state, _A.VOID): _V.VOIDED
        for state in (_V.PROPOSED, _V.QUERIED, _V.AGREED, _V.APPROVED, _V.REJECTED)
    },
    **{(state, _A.ISSUE): _V.ISSUED for state in (_V.APPROVED, _V.PAYROLL_APPROVED)},
}
"""A new proposal takes every signature away; the last approval cannot be taken back."""

VOUCHER_REFUSALS: Final[Mapping[VoucherState, Sentence]] = {
    _V.PROPOSED: say("This adjustment still waits for the person's answer."),
    _V.QUERIED: say("This adjustment is queried; answer the query first."),
    _V.AGREED: say("This adjustment waits for the production's approval."),
    _V.APPROVED: say("This adjustment has been approved already."),
    _V.PAYROLL_APPROVED: say("This adjustment has been approved for payroll already."),
    _V.REJECTED: say("This adjustment was rejected; propose it again or void it."),
    _V.ISSUED: say("The corrected pay slip is issued; a new adjustment can change it."),
    _V.VOIDED: say("This adjustment was voided."),
}


def voucher_after(state: VoucherState, action: VoucherAction) -> VoucherState:
    """Return the state an action leads to.

    Raises NotAllowedError for every pair that is not in the table.
    """
    return moved(VOUCHER_MOVES, state, action, VOUCHER_REFUSALS[state])


def is_issuable(state: VoucherState, *, needs_payroll_approval: bool) -> bool:
    """Say whether every approval an adjustment needs is there."""
    if needs_payroll_approval:
        return state is VoucherState.PAYROLL_APPROVED
    return state in (VoucherState.APPROVED, VoucherState.PAYROLL_APPROVED)
