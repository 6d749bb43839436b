"""What a bank file says, whatever its format: who pays, on which day, whom, how much."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from marketplace.domain.banking.rules.numbers import BankError, is_iban, is_routing
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say

LONGEST_ID: Final = 35
"""How long a message's own name may be in ISO 20022."""


class BankFormat(StrEnum):
    """Which file a bank takes."""

    NACHA = "nacha"
    PAIN001_03 = "pain001_03"
    PAIN001_09 = "pain001_09"
    CN_CSV = "cn_csv"


class AccountKind(StrEnum):
    """What kind of account it is, as American banks ask; a company's is paid as a business."""

    CHECKING = "checking"
    SAVINGS = "savings"
    COMPANY = "company"


FORMAT_WORDS: Final[dict[BankFormat, Sentence]] = {
    BankFormat.NACHA: say("NACHA file (ACH credit, United States)"),
    BankFormat.PAIN001_03: say("ISO 20022 pain.001.001.03"),
    BankFormat.PAIN001_09: say("ISO 20022 pain.001.001.09"),
    BankFormat.CN_CSV: say("Table for bulk payment (CSV, China)"),
}
"""What people call the formats."""

ACCOUNT_KIND_WORDS: Final[dict[AccountKind, Sentence]] = {
    AccountKind.CHECKING: say("Checking account"),
    AccountKind.SAVINGS: say("Savings account"),
    AccountKind.COMPANY: say("Checking account of my own company"),
}
"""What people call the kinds of account."""

CURRENCIES: Final[dict[BankFormat, frozenset[str] | None]] = {
    BankFormat.NACHA: frozenset({"USD"}),
    BankFormat.PAIN001_03: None,
    BankFormat.PAIN001_09: None,
    BankFormat.CN_CSV: frozenset({"CNY"}),
}
"""Which currencies a format can carry; None: any. Nothing is ever converted."""

ENDINGS: Final[dict[BankFormat, tuple[str, str]]] = {
    BankFormat.NACHA: ("ach", "text/plain; charset=us-ascii"),
    BankFormat.PAIN001_03: ("xml", "application/xml"),
    BankFormat.PAIN001_09: ("xml", "application/xml"),
    BankFormat.CN_CSV: ("csv", "text/csv"),
}
"""How the name of a file ends, and its media type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account at one bank. number: an IBAN, or the bank's own number.

    routing: nine digits, United States; bic: ISO 9362; cnaps: 12 digits, China.
    """

    name: str
    number: str
    bank: str = ""
    routing: str = ""
    bic: str = ""
    cnaps: str = ""
    kind: AccountKind = AccountKind.CHECKING


@dataclass(frozen=True, slots=True)
class Credit:
    """One payment. reference: the payout's public id, which every answer of a bank repeats.

    text: what the person reads on their statement.
    """

    reference: str
    to: Account
    amount: Money
    text: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Everything one file says. number: of the payer's own files, from one on.

    company_id: what the payer's bank calls the payer (NACHA: ten signs).
    """

    number: int
    message_id: str
    made_at: datetime
    value_date: date
    payer: Account
    company_id: str
    credits: tuple[Credit, ...]

    @property
    def total(self) -> Money:
        """The sum of all payments."""
        amounts = [credit.amount for credit in self.credits]
        return sum(amounts[1:], amounts[0])


def missing(format_: BankFormat, to: Account) -> Sentence | None:
    """Return what a format needs of an account and has not, or None when it can be paid."""
    if not to.number:
        return say("The bank account is missing.")
    if format_ is BankFormat.NACHA:
        return None if is_routing(to.routing) else say("The routing number of the bank is missing.")
    if format_ is BankFormat.CN_CSV:
        return None if to.bank else say("The name of the bank is missing.")
    if is_iban(to.number) or to.bic or to.routing or to.cnaps:
        return None
    return say("An IBAN is missing, or the BIC or number of the bank.")


def plain_ascii(text: str) -> str:
    """Return text in letters every American bank takes: accents go, the rest is refused.

    Raises BankError; whoever asks knows the person and names them.
    """
    bare = "".join(
        sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)
    )
    if not bare.isascii() or not bare.isprintable():
        raise BankError(
            say(
                "An American bank takes Latin letters alone: give the legal name as the bank "
                "that holds the account writes it.",
            ),
        )
    return bare.upper()


def check(batch: Batch, format_: BankFormat) -> None:
    """Refuse what no bank could carry out. Raises BankError."""
    allowed = CURRENCIES[format_]
    for credit in batch.credits:
        currency = credit.amount.currency
        if currency != batch.credits[0].amount.currency or (allowed and currency not in allowed):
            raise BankError(say("This file cannot carry %(currency)s.", currency=currency))
        if credit.amount.minor <= 0:
            raise BankError(say("A payment must be more than zero."))
        why = missing(format_, credit.to)
        if why is not None:
            raise BankError(why)
    if not batch.credits:
        raise BankError(say("Choose at least one payment."))
