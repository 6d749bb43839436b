"""Words for people's tax papers, and what their numbers must look like."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from marketplace.domain.banking.rules.numbers import is_iban, looks_like_iban
from marketplace.kernel.sentences import Sentence, say


class TaxForm(StrEnum):
    """The tax paper a payee has given; schemes read these words."""

    W9 = "w9"
    W8BEN = "w8ben"
    TREATY = "8233"
    CN_RESIDENT = "cn_resident"
    CN_NONRESIDENT = "cn_nonresident"
    UK_SELF_EMPLOYED = "uk_self_employed"


TAX_FORM_WORDS: Final[dict[TaxForm, Sentence]] = {
    TaxForm.W9: say("W-9: United States person"),
    TaxForm.W8BEN: say("W-8BEN: not a United States person"),
    TaxForm.TREATY: say("8233: not a United States person, exempt by treaty"),
    TaxForm.CN_RESIDENT: say("China: resident"),
    TaxForm.CN_NONRESIDENT: say("China: not a resident"),
    TaxForm.UK_SELF_EMPLOYED: say("United Kingdom: self-employed"),
}
"""What people call the tax forms."""

FILING_WORDS: Final[dict[str, Sentence]] = {
    "single": say("Single, or married filing separately"),
    "mfj": say("Married filing jointly"),
    "hoh": say("Head of household"),
}
"""What Form W-4, step 1(c), calls the filing statuses."""

STATE_WORDS: Final[dict[str, Sentence]] = {
    "single": say("Single, or married with two or more incomes"),
    "married": say("Married, one income"),
    "head_household": say("Head of household"),
}
"""What Form DE 4 calls the filing statuses."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What an employee's Form W-4 and DE 4 say; amounts in cents a year, `extra` a payment.

    has_one_employer: signed that nobody else employs them in a week they work.
    """

    filing_status: str
    is_step2: bool
    credits: int
    other_income: int
    deductions: int
    extra: int
    state_status: str
    regular_allowances: int
    estimated_allowances: int
    has_one_employer: bool


SHOWN: Final = 4
"""How many signs of a number are kept readable."""

_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS: Final = "10X98765432"
_CHINESE_ID: Final = re.compile(r"\d{17}[\dX]", re.ASCII)
_UNITED_STATES: Final = re.compile(r"(?!000|666)\d{9}", re.ASCII)
_FOREIGN: Final = re.compile(r"[0-9A-Z]{4,20}")
_ACCOUNT: Final = re.compile(r"[0-9A-Z]{4,34}")


def tidy_number(text: str) -> str:
    """Return a tax or account number without spaces, dashes and dots, in capitals."""
    return re.sub(r"[\s.\-–]", "", text).upper()


def is_chinese_id(number: str) -> bool:
    """Say whether a tidied number is a resident identity number.

    18 signs, the last one a check digit. Source: GB 11643-1999 (ISO 7064, MOD 11-2).
    """
    if not _CHINESE_ID.fullmatch(number):
        return False
    total = sum(weight * int(sign) for weight, sign in zip(_ID_WEIGHTS, number, strict=False))
    return _ID_CHECKS[total % len(_ID_CHECKS)] == number[-1]


def tax_number_problem(form: TaxForm, number: str) -> Sentence | None:
    """Return what is wrong with a tidied tax number for a form, or None."""
    if form is TaxForm.CN_RESIDENT:
        is_right = is_chinese_id(number)
        problem = say("This is not a resident identity number: 18 signs, as on the card.")
    elif form is TaxForm.W9:
        is_right = _UNITED_STATES.fullmatch(number) is not None
        problem = say("A Social Security or employer number has nine digits.")
    else:
        is_right = _FOREIGN.fullmatch(number) is not None
        problem = say("Use 4 to 20 letters and digits, as on your paper or passport.")
    return None if is_right else problem


def account_problem(number: str) -> Sentence | None:
    """Return what is wrong with a tidied bank account number, or None."""
    if looks_like_iban(number) and not is_iban(number):
        return say("This IBAN has a typing error: its check digits do not fit.")
    if _ACCOUNT.fullmatch(number):
        return None
    return say("Use 4 to 34 letters and digits, as on your bank card or statement.")


def last_four(number: str) -> str:
    """Return what stays readable of a number: at most four signs, never more than half."""
    return number[-min(SHOWN, len(number) // 2) :] if len(number) > 1 else ""
