"""Numbers of banks and accounts, and whether somebody mistyped one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import cycle
from typing import Final

from marketplace.kernel.errors import DomainError
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say

WEIGHTS: Final = (3, 7, 1)
PREFIX: Final = 8
IBAN_REST: Final = 97
_IBAN: Final = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", re.ASCII)
_BIC: Final = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?", re.ASCII)
_CNAPS: Final = re.compile(r"\d{12}", re.ASCII)


class BankError(DomainError):
    """Something a bank would not take."""


def check_digit(routing: str) -> int:
    """Return the ninth digit of a routing number from its first eight (weights 3, 7, 1)."""
    if not (routing.isascii() and routing.isdigit() and len(routing) >= PREFIX):
        raise BankError(say("A routing number has nine digits."))
    weighted = zip(routing[:PREFIX], cycle(WEIGHTS), strict=False)
    return -sum(int(digit) * weight for digit, weight in weighted) % 10


def is_routing(number: str) -> bool:
    """Say whether nine digits are a routing number: the check digit is right."""
    has_digits = number.isascii() and number.isdigit() and len(number) == PREFIX + 1
    return has_digits and number[PREFIX:] == str(check_digit(number))


def looks_like_iban(number: str) -> bool:
    """Say whether somebody meant an IBAN, right or mistyped."""
    return _IBAN.fullmatch(number) is not None


def is_iban(number: str) -> bool:
    """Say whether a tidied number is an IBAN: ISO 13616, remainder 1 when divided by 97."""
    if not looks_like_iban(number):
        return False
    moved = number[4:] + number[:4]
    return int("".join(str(int(sign, 36)) for sign in moved)) % IBAN_REST == 1


def is_bic(code: str) -> bool:
    """Say whether a tidied code has the form of a BIC (ISO 9362): 8 or 11 signs."""
    return _BIC.fullmatch(code) is not None


def is_cnaps(code: str) -> bool:
    """Say whether a code has the form of a Chinese bank's number (联行号): 12 digits."""
    return _CNAPS.fullmatch(code) is not None


def routing_problem(number: str) -> Sentence | None:
    """Return what is wrong with a routing number, or None; empty is fine."""
    if not number or is_routing(number):
        return None
    return say("This is not a routing number: nine digits, as at the foot of a cheque.")


def bic_problem(code: str) -> Sentence | None:
    """Return what is wrong with a BIC, or None; empty is fine."""
    if not code or is_bic(code):
        return None
    return say("A BIC has 8 or 11 letters and digits, such as DEUTDEFF.")


def cnaps_problem(code: str) -> Sentence | None:
    """Return what is wrong with a Chinese bank's number, or None; empty is fine."""
    if not code or is_cnaps(code):
        return None
    return say("The number of a bank branch (联行号) has 12 digits.")


def total_of(amounts: Sequence[Money]) -> Money:
    """Return the sum of amounts of one currency; at least one must be given."""
    return sum(amounts[1:], amounts[0])
