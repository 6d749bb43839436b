"""Stages of a funding, what it costs to bring, and whom a production's money pays first."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.payments.rules import PayoutState, PayWord, pay_word, problem
from marketplace.domain.payments.rules.funding import (
    ALWAYS_FUNDED,
    FROZEN,
    FUNDING_MOVES,
    FUNDING_WORDS,
    REFUND_MOVES,
    UNFUNDED,
    WAYS,
    Cover,
    FundingError,
    FundingEvent,
    FundingStage,
    RefundState,
    Way,
    after_funding,
    after_refund,
    covered,
    fee_rate,
    fitting,
    gross_up,
    needs_funds,
    quote,
    way_named,
    ways_for,
)
from marketplace.domain.timecards.rules import CardState
from marketplace.kernel.errors import NotAllowedError
from marketplace.kernel.money import Money

AMOUNTS = st.integers(min_value=0, max_value=10**10)
SOME = st.integers(min_value=1, max_value=10**10)


@pytest.mark.parametrize(("stage", "event"), list(product(FundingStage, FundingEvent)))
def test_a_funding_moves_only_as_the_table_says(stage: FundingStage, event: FundingEvent) -> None:
    if (stage, event) in FUNDING_MOVES:
        assert after_funding(stage, event) is FUNDING_MOVES[stage, event]
        return
    with pytest.raises(NotAllowedError):
        after_funding(stage, event)


@pytest.mark.parametrize(("state", "answer"), list(product(RefundState, RefundState)))
def test_a_refund_is_answered_once(state: RefundState, answer: RefundState) -> None:
    if (state, answer) in REFUND_MOVES:
        assert after_refund(state, answer) is answer
        return
    with pytest.raises(NotAllowedError):
        after_refund(state, answer)


def test_every_stage_has_a_word() -> None:
    assert set(FUNDING_WORDS) == set(FundingStage)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.code)
@given(net=SOME)
def test_what_is_charged_is_enough_and_the_least_that_is(way: Way, net: int) -> None:
    total = gross_up(net, way)

    assert total - way.cost(total) >= net
    assert total == net or (total - 1) - way.cost(total - 1) < net


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.code)
@given(pay=AMOUNTS, employer=AMOUNTS, basis_points=st.integers(min_value=0, max_value=2_000))
def test_the_lines_of_a_quote_add_up_and_the_people_get_all_of_theirs(
    way: Way, pay: int, employer: int, basis_points: int
) -> None:
    found = quote(Money(pay, "USD"), Money(employer, "USD"), basis_points, way)

    assert found.pay + found.employer + found.fee + found.cost == found.total
    assert found.fee == Money(pay, "USD").times(Fraction(basis_points, 10_000))
    left = found.total.minor - (way.cost(found.total.minor) if found.total.minor else 0)
    assert left >= (found.fund + found.fee).minor


@given(available=AMOUNTS, wanted=st.lists(SOME, max_size=30))
def test_money_is_never_spent_twice_and_never_more_than_there_is(
    available: int, wanted: list[int]
) -> None:
    count = fitting(available, wanted)

    assert sum(wanted[:count]) <= available
    assert count == len(wanted) or sum(wanted[: count + 1]) > available


@given(
    available=st.integers(min_value=-(10**9), max_value=10**10),
    coming=AMOUNTS,
    needs=st.lists(AMOUNTS, max_size=12),
)
def test_days_are_covered_by_what_is_there_and_no_more(
    available: int, coming: int, needs: list[int]
) -> None:
    found = covered(available, coming, needs)

    there = max(0, available + coming)
    assert sum(one.missing for one in found) == max(0, sum(needs) - there)
    assert all((one.cover is Cover.MISSING) == (one.missing > 0) for one in found)


def test_the_earliest_day_is_covered_first_then_what_is_on_its_way() -> None:
    found = [one.cover for one in covered(150, 100, [100, 100, 100])]

    assert found == [Cover.FUNDED, Cover.COMING, Cover.MISSING]


def test_ways_to_pay_are_those_of_a_currency() -> None:
    offered = [one.code for one in ways_for("USD")]
    assert offered == ["us_bank_account", "customer_balance", "card"]
    assert [one.code for one in ways_for("GBP")] == ["customer_balance", "card"]
    assert ways_for("CNY") == ()
    assert way_named("card", "EUR").code == "card"
    with pytest.raises(FundingError):
        way_named("us_bank_account", "EUR")


def test_a_dear_bank_payment_costs_no_more_than_its_limit() -> None:
    assert gross_up(100_000_000, way_named("us_bank_account", "USD")) == 100_000_500


def test_a_transfer_costs_half_a_percent_up_to_its_limit() -> None:
    transfer = way_named("customer_balance", "USD")

    assert gross_up(50_000, transfer) == 50_251
    assert gross_up(1_000_000, transfer) == 1_000_500


@pytest.mark.parametrize(
    ("gateway", "is_required", "expected"),
    [
        ("stripe", False, True),
        ("sandbox", False, False),
        ("sandbox", True, True),
        ("bank_file", True, False),
    ],
)
def test_only_shared_pots_need_funds(gateway: str, is_required: bool, expected: bool) -> None:  # noqa: FBT001 - a table
    assert needs_funds(gateway, is_required=is_required) is expected
    assert "bank_file" not in ALWAYS_FUNDED


@pytest.mark.parametrize("basis_points", [-1, 2_001])
def test_an_absurd_fee_is_refused(basis_points: int) -> None:
    assert fee_rate(2_000) == 2_000
    with pytest.raises(FundingError):
        fee_rate(basis_points)


@pytest.mark.parametrize("code", [UNFUNDED, FROZEN])
def test_people_read_that_their_pay_is_not_funded_yet(code: str) -> None:
    assert pay_word(CardState.LOCKED, PayoutState.HELD, code) is PayWord.NOT_FUNDED
    assert problem(code, "") is not None
