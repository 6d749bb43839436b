"""Every move of an adjustment that is in the table, and every pair that is not."""

from __future__ import annotations

from itertools import product

import pytest

from marketplace.domain.timecards.rules.vouchers import (
    CLOSED_VOUCHERS,
    VOUCHER_MOVES,
    VoucherAction,
    VoucherState,
    is_issuable,
    voucher_after,
)
from marketplace.kernel.errors import NotAllowedError

S, A = VoucherState, VoucherAction
WAY = [
    (S.PROPOSED, A.PROPOSE, S.PROPOSED),
    (S.QUERIED, A.PROPOSE, S.PROPOSED),
    (S.AGREED, A.PROPOSE, S.PROPOSED),
    (S.REJECTED, A.PROPOSE, S.PROPOSED),
    (S.PROPOSED, A.AGREE, S.AGREED),
    (S.QUERIED, A.AGREE, S.AGREED),
    (S.PROPOSED, A.QUERY, S.QUERIED),
    (S.AGREED, A.QUERY, S.QUERIED),
    (S.AGREED, A.APPROVE, S.APPROVED),
    (S.AGREED, A.REJECT, S.REJECTED),
    (S.APPROVED, A.REJECT, S.REJECTED),
    (S.APPROVED, A.PAYROLL_APPROVE, S.PAYROLL_APPROVED),
    (S.APPROVED, A.ISSUE, S.ISSUED),
    (S.PAYROLL_APPROVED, A.ISSUE, S.ISSUED),
    (S.PROPOSED, A.VOID, S.VOIDED),
    (S.QUERIED, A.VOID, S.VOIDED),
    (S.AGREED, A.VOID, S.VOIDED),
    (S.APPROVED, A.VOID, S.VOIDED),
    (S.REJECTED, A.VOID, S.VOIDED),
]


@pytest.mark.parametrize(("state", "action", "then"), WAY)
def test_an_adjustment_moves_as_people_sign(
    state: VoucherState, action: VoucherAction, then: VoucherState
) -> None:
    assert voucher_after(state, action) is then


def test_nothing_else_is_in_the_table() -> None:
    assert {(state, action): then for state, action, then in WAY} == VOUCHER_MOVES


REFUSED = [pair for pair in product(S, A) if pair not in VOUCHER_MOVES]


@pytest.mark.parametrize(("state", "action"), REFUSED)
def test_every_other_pair_is_refused_with_a_sentence(
    state: VoucherState, action: VoucherAction
) -> None:
    with pytest.raises(NotAllowedError) as refusal:
        voucher_after(state, action)

    assert refusal.value.message.text.endswith(".")


@pytest.mark.parametrize("state", CLOSED_VOUCHERS)
def test_nothing_happens_to_what_is_closed(state: VoucherState) -> None:
    assert [pair for pair in VOUCHER_MOVES if pair[0] is state] == []


@pytest.mark.parametrize(
    ("state", "is_wanted", "is_ready"),
    [
        (S.AGREED, False, False),
        (S.APPROVED, False, True),
        (S.APPROVED, True, False),
        (S.PAYROLL_APPROVED, True, True),
        (S.PAYROLL_APPROVED, False, True),
        (S.ISSUED, False, False),
    ],
)
def test_it_is_issued_when_everybody_who_must_has_signed(
    state: VoucherState, *, is_wanted: bool, is_ready: bool
) -> None:
    assert is_issuable(state, needs_payroll_approval=is_wanted) is is_ready
