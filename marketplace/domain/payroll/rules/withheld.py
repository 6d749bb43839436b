"""How a withholding line is made: an amount to subtract, or a memo that says why nothing is."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from marketplace.domain.payroll.rules.lines import Quantity, Wording, line
from marketplace.domain.payroll.rules.shapes import PayLine, Payment
from marketplace.domain.payroll.rules.tables import Scheme
from marketplace.kernel.money import EXPONENTS, Money, half_up
from marketplace.kernel.sentences import Sentence, say

LABELS: Final = {
    "income_tax": say("Income tax"),
    "backup_withholding": say("Backup withholding"),
    "nonresident_tax": say("Tax on services of a foreign person"),
    "state_nonresident_tax": say("California non-resident withholding"),
    "social_security": say("Social security"),
    "medicare": say("Medicare"),
    "additional_medicare": say("Additional Medicare"),
    "federal_income_tax": say("Federal income tax"),
    "state_income_tax": say("California income tax"),
    "state_disability": say("California disability insurance"),
    "social_security_employer": say("Social security, employer"),
    "medicare_employer": say("Medicare, employer"),
    "futa_employer": say("Federal unemployment tax, employer"),
    "ca_ui_employer": say("California unemployment insurance, employer"),
    "ca_ett_employer": say("California training tax, employer"),
    "nothing": say("Nothing withheld"),
}
"""What each withholding is called on a slip."""


def major(amount: Money) -> Fraction:
    """Return an amount in exact major units."""
    return Fraction(amount.minor, 10 ** EXPONENTS[amount.currency])


def money(amount: Fraction, currency: str) -> Money:
    """Return exact major units as money, rounded half up."""
    return Money(half_up(amount * 10 ** EXPONENTS[currency]), currency)


def owed(
    payment: Payment,
    scheme: Scheme,
    what: tuple[str, str],
    amount: Fraction,
    cause: Sentence,
) -> tuple[PayLine, ...]:
    """Return the withholding line of an amount in major units; a memo when it is zero.

    what: the code of the line and the row of the scheme.
    """
    code, row = what
    kind = "withholding" if money(amount, scheme.currency).minor else "memo"
    return (printed(kind, code, (amount, payment.gross.currency), scheme.row(row), cause),)


def nothing(payment: Payment, scheme: Scheme, row: str, cause: Sentence) -> tuple[PayLine, ...]:
    """Return the memo line that says why nothing is withheld."""
    amount = (Fraction(0), payment.gross.currency)
    return (printed("memo", "nothing", amount, scheme.row(row), cause),)


def share(
    what: tuple[str, str, str],
    rate: Fraction,
    base: tuple[Fraction, str],
    cause: Sentence,
) -> PayLine:
    """Return one line that is a share of something: "6.2% x 280.00".

    what: kind, code and rule; base: exact major units of a currency.
    """
    kind, code, rule = what
    of, currency = base
    hundredth = of * 10 ** EXPONENTS[currency] / 100
    words = Wording(kind, code, LABELS[code], rule, cause)
    return line(words, Quantity(rate * 100, "percent", hundredth), currency)


def printed(
    kind: str,
    code: str,
    amount: tuple[Fraction, str],
    rule: str,
    cause: Sentence | None,
) -> PayLine:
    """Return one line of an exact amount in major units of a currency."""
    exact, currency = amount
    minor = exact * 10 ** EXPONENTS[currency]
    words = Wording(kind, code, LABELS[code], rule, cause)
    return line(words, Quantity(Fraction(1), "unit", minor), currency)
