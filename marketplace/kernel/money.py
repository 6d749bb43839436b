"""Amounts of money: whole minor units of one currency, never a float."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from marketplace.kernel.errors import DomainError
from marketplace.kernel.sentences import say

EXPONENTS: Final = {"CNY": 2, "EUR": 2, "GBP": 2, "JPY": 0, "USD": 2}
"""Decimal places of each currency the product knows (ISO 4217)."""


class MoneyError(DomainError):
    """An amount that cannot be read or combined."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole minor units (cents, fen) of one ISO 4217 currency."""

    minor: int
    currency: str

    def __add__(self, other: Money) -> Money:
        """Add an amount of the same currency."""
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        """Subtract an amount of the same currency."""
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        """Return the amount with the other sign."""
        return Money(-self.minor, self.currency)

    def times(self, ratio: Fraction | int) -> Money:
        """Return the amount times an exact ratio, rounded half up to a minor unit."""
        return Money(half_up(self.minor * Fraction(ratio)), self.currency)

    def split(self, parts: int) -> list[Money]:
        """Divide into `parts` amounts that add up exactly; the first ones carry the remainder."""
        share, rest = divmod(self.minor, parts)
        return [Money(share + (place < rest), self.currency) for place in range(parts)]

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, for formatting only."""
        return Decimal(self.minor).scaleb(-EXPONENTS[self.currency])

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise MoneyError(
                say(
                    "%(one)s and %(other)s cannot be added.",
                    one=self.currency,
                    other=other.currency,
                ),
            )
        return other.minor


def half_up(value: Fraction) -> int:
    """Round to the nearest whole number, halves away from zero."""
    whole = (abs(value) + Fraction(1, 2)).__floor__()
    return whole if value >= 0 else -whole


def parse(text: str, currency: str) -> Money:
    """Read what a person typed ("1,250.50", "280", "¥600") as money of `currency`.

    Raises MoneyError for anything that is not one amount with at most the
    currency's decimals: a third decimal is refused, never dropped.
    """
    cleaned = re.sub(r"[\s,，$¥￥]", "", text)
    if not re.fullmatch(r"-?\d+(\.\d+)?", cleaned):
        raise MoneyError(say("Enter an amount such as 280 or 280.50."))
    scaled = Decimal(cleaned).scaleb(EXPONENTS[currency])
    if scaled != scaled.to_integral_value():
        raise MoneyError(
            say(
                "%(currency)s has %(places)s decimals; enter no more than that.",
                currency=currency,
                places=EXPONENTS[currency],
            ),
        )
    return Money(int(scaled), currency)


def from_major(amount: str, currency: str) -> Money:
    """Read a figure of a data file ("7.50") in major units, rounded half up to minor units."""
    scaled = Decimal(amount).scaleb(EXPONENTS[currency])
    return Money(int(scaled.to_integral_value(ROUND_HALF_UP)), currency)
