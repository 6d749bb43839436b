"""How a pay line is made: rounded once, summed exactly, the odd cent on the largest line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from marketplace.domain.payroll.rules.shapes import PayLine
from marketplace.kernel.money import Money, half_up
from marketplace.kernel.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a line: its kind, stable code, label for people, and rule row."""

    kind: str
    code: str
    label: Sentence
    rule: str
    cause: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """How much of what, at which exact rate in minor units."""

    count: Fraction
    unit: str
    rate: Fraction
    multiplier: Fraction = Fraction(1)

    @property
    def exact(self) -> Fraction:
        """The amount in minor units before rounding."""
        return self.count * self.rate * self.multiplier


def line(words: Wording, how_much: Quantity, currency: str) -> PayLine:
    """Return a pay line, its amount rounded half up to a minor unit."""
    return PayLine(
        kind=words.kind,
        code=words.code,
        label=words.label,
        quantity=how_much.count,
        unit=how_much.unit,
        rate=how_much.rate,
        multiplier=how_much.multiplier,
        amount=Money(half_up(how_much.exact), currency),
        rule=words.rule,
        cause=words.cause,
    )


def exact(printed: PayLine) -> Fraction:
    """Return a line's amount before rounding."""
    return printed.quantity * printed.rate * printed.multiplier


def total(lines: Iterable[PayLine], currency: str) -> Money:
    """Return the sum of the printed amounts, memos left out."""
    return Money(sum(one.amount.minor for one in lines if one.kind != "memo"), currency)


def settle(lines: Sequence[PayLine]) -> list[PayLine]:
    """Put the odd cent of rounding on the largest line, so that the sum is the rounded total."""
    if not lines:
        return []
    residue = half_up(sum(map(exact, lines), Fraction(0))) - sum(one.amount.minor for one in lines)
    largest = max(range(len(lines)), key=lambda place: lines[place].amount.minor)
    odd = lines[largest]
    amount = Money(odd.amount.minor + residue, odd.amount.currency)
    return [*lines[:largest], replace(odd, amount=amount), *lines[largest + 1 :]]


def cents(amount: Fraction) -> Fraction:
    """Round major units half up to hundredths."""
    return Fraction(half_up(amount * 100), 100)


def plain(multiplier: Fraction) -> str:
    """Write a multiple or percentage as people do: 1.5, 2, 12.5."""
    places = Decimal(multiplier.numerator) / Decimal(multiplier.denominator)
    return f"{round(places, 4).normalize():f}"


def word(multiplier: Fraction) -> str:
    """Write a multiple inside a code: 1_5, 2."""
    return plain(multiplier).replace(".", "_")
