"""Which cards can be paid, pair by pair, and what the accountant's signature changes."""

from __future__ import annotations

import pytest

from marketplace.domain.timecards.rules import (
    MOVES,
    PAYABLE,
    SIGNED,
    WITHOUT_HOURS,
    Action,
    CardKind,
    CardState,
    after,
    is_payable,
)


@pytest.mark.parametrize("state", CardState)
def test_without_an_accountant_an_approved_card_can_be_paid(state: CardState) -> None:
    assert is_payable(state, needs_payroll_approval=False) is (state in PAYABLE)


@pytest.mark.parametrize("state", CardState)
def test_with_an_accountant_only_the_second_signature_pays(state: CardState) -> None:
    expected = state is CardState.PAYROLL_APPROVED

    assert is_payable(state, needs_payroll_approval=True) is expected


def test_every_card_that_can_be_paid_can_be_locked_and_no_other() -> None:
    lockable = {state for state, action in MOVES if action is Action.LOCK}

    assert lockable == set(PAYABLE)
    assert set(SIGNED) == {*PAYABLE, CardState.LOCKED}


def test_an_entry_takes_every_signature_away_until_the_slip_is_issued() -> None:
    enterable = {state for state, action in MOVES if action is Action.ENTER}

    assert enterable == set(CardState) - {CardState.LOCKED}
    assert {after(state, Action.ENTER) for state in enterable} == {CardState.SENT}


def test_what_the_accountant_rejects_goes_back_to_where_the_person_left_it() -> None:
    assert after(CardState.APPROVED, Action.SEND_BACK) is CardState.AGREED
    assert after(CardState.APPROVED, Action.SEND_BACK_OPEN) is CardState.SENT


def test_people_who_were_sent_home_have_hours() -> None:
    assert set(WITHOUT_HOURS) == {CardKind.CANCELLED, CardKind.STANDBY}
