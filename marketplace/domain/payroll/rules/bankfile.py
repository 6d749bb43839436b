"""The numbers that make a NACHA bank file and a journal consistent with themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Final

from marketplace.domain.payroll.rules.shapes import PayError
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say

WEIGHTS: Final = (3, 7, 1)
PREFIX: Final = 8
CONTROL_RECORDS: Final = 4
"""File header, batch header, batch control, file control."""
LINES_A_BLOCK: Final = 10
HASH_DIGITS: Final = 10


@dataclass(frozen=True, slots=True)
class FileTotals:
    """What the control records of a credit file must say."""

    entry_hash: str
    entry_count: int
    blocks: int
    lines: int
    credit: Money


def check_digit(routing: str) -> int:
    """Return the ninth digit of a routing number from its first eight (weights 3, 7, 1)."""
    if not (routing.isascii() and routing.isdigit() and len(routing) >= PREFIX):
        raise PayError(say("A routing number has nine digits."))
    weighted = zip(routing[:PREFIX], cycle(WEIGHTS), strict=False)
    return -sum(int(digit) * weight for digit, weight in weighted) % 10


def is_routing(number: str) -> bool:
    """Say whether nine digits are a routing number: the check digit is right."""
    return len(number) == PREFIX + 1 and number[PREFIX:] == str(check_digit(number))


def file_totals(routings: Sequence[str], amounts: Sequence[Money]) -> FileTotals:
    """Return the totals of one file with one batch of credits, padded to whole blocks.

    Raises PayError when accounts and amounts do not pair up.
    """
    if len(routings) != len(amounts) or not amounts:
        raise PayError(say("Every entry of a bank file needs an account and an amount."))
    hashed = sum(int(routing[:PREFIX]) for routing in routings) % 10**HASH_DIGITS
    blocks = -(-(CONTROL_RECORDS + len(amounts)) // LINES_A_BLOCK)
    return FileTotals(
        entry_hash=f"{hashed:0{HASH_DIGITS}d}",
        entry_count=len(amounts),
        blocks=blocks,
        lines=blocks * LINES_A_BLOCK,
        credit=total_of(amounts),
    )


def total_of(amounts: Sequence[Money]) -> Money:
    """Return the sum of amounts of one currency; at least one must be given."""
    return sum(amounts[1:], amounts[0])


def is_balanced(debits: Sequence[Money], credits_: Sequence[Money]) -> bool:
    """Say whether a journal's debits equal its credits."""
    return total_of(debits) == total_of(credits_)
