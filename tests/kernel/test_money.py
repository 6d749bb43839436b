"""Money: whole minor units of one currency; nothing is lost, nothing is guessed."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.money import EXPONENTS, Money, MoneyError, from_major, half_up, parse

minors = st.integers(min_value=-(10**15), max_value=10**15)
currencies = st.sampled_from(sorted(EXPONENTS))


def test_amounts_of_one_currency_add_up() -> None:
    assert Money(28_000, "USD") + Money(50, "USD") == Money(28_050, "USD")
    assert Money(28_000, "USD") - Money(50, "USD") == Money(27_950, "USD")
    assert -Money(28_000, "USD") == Money(-28_000, "USD")


@pytest.mark.parametrize("combine", [Money.__add__, Money.__sub__])
def test_dollars_and_yuan_cannot_be_combined(combine: object) -> None:
    assert callable(combine)
    with pytest.raises(MoneyError, match="USD and CNY cannot be added"):
        combine(Money(1, "USD"), Money(1, "CNY"))


@pytest.mark.parametrize(
    ("value", "whole"),
    [
        (Fraction(5, 2), 3),
        (Fraction(-5, 2), -3),
        (Fraction(249, 100), 2),
        (Fraction(-249, 100), -2),
        (Fraction(0), 0),
    ],
)
def test_halves_are_rounded_away_from_zero(value: Fraction, whole: int) -> None:
    assert half_up(value) == whole


def test_time_and_a_half_of_an_odd_rate_is_rounded_once() -> None:
    assert Money(3_333, "USD").times(Fraction(3, 2)) == Money(5_000, "USD")
    assert Money(3_333, "USD").times(2) == Money(6_666, "USD")


@given(minors, st.integers(min_value=1, max_value=400), currencies)
def test_parts_add_up_exactly_and_differ_by_one_unit_at_most(
    minor: int, parts: int, currency: str
) -> None:
    shares = Money(minor, currency).split(parts)

    assert len(shares) == parts
    assert sum(share.minor for share in shares) == minor
    assert max(share.minor for share in shares) - min(share.minor for share in shares) <= 1
    assert shares == sorted(shares, key=lambda share: -share.minor)


@given(minors, currencies)
def test_what_is_written_in_major_units_reads_back_the_same(minor: int, currency: str) -> None:
    money = Money(minor, currency)

    assert parse(f"{money.decimal:f}", currency) == money
    assert from_major(str(money.decimal), currency) == money


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("280", "USD", 28_000),
        (" 1,250.50 ", "USD", 125_050),
        ("$1250.5", "USD", 125_050),
        ("¥600", "CNY", 60_000),
        ("￥1，600", "CNY", 160_000),
        ("600", "JPY", 600),
        ("600.0", "JPY", 600),
        ("-5", "USD", -500),
        ("0.01", "GBP", 1),
    ],
)
def test_what_people_type_is_read(text: str, currency: str, minor: int) -> None:
    assert parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize("text", ["", "abc", "1.2.3", "1e5", ".5", "5.", "--5", "280 USD"])
def test_what_is_not_an_amount_is_refused(text: str) -> None:
    with pytest.raises(MoneyError, match="Enter an amount"):
        parse(text, "USD")


@pytest.mark.parametrize(("text", "currency"), [("280.505", "USD"), ("600.5", "JPY")])
def test_a_decimal_too_many_is_refused_never_dropped(text: str, currency: str) -> None:
    with pytest.raises(MoneyError, match="decimals; enter no more than that"):
        parse(text, currency)


def test_figures_of_data_files_are_rounded_half_up() -> None:
    assert from_major("7.505", "USD") == Money(751, "USD")
    assert from_major("7.5", "USD") == Money(750, "USD")


def test_the_decimal_has_the_places_of_its_currency() -> None:
    assert Money(28_050, "USD").decimal == Decimal("280.50")
    assert Money(28_050, "JPY").decimal == Decimal(28_050)
