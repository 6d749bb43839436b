"""Names of the accounts, and the chart of a company's own books.

A debit balance is what we have or have spent, a credit what we owe.
A slip: wages → payable (gross), payable → withholding and deductions. A payment: payable →
clearing when the gateway has it, clearing → bank when it has arrived. What was paid on a slip
that is reversed: payable → overpaid, and back when a later slip keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from marketplace.kernel.sentences import Sentence, say


class Purpose(StrEnum):
    """What an account of a company's own books is for."""

    WAGES_PRINCIPAL = "wages_principal"
    WAGES_FEATURED = "wages_featured"
    WAGES_BACKGROUND = "wages_background"
    WAGES_CREW = "wages_crew"
    PENALTIES = "penalties"
    ALLOWANCES = "allowances"
    EMPLOYER_COSTS = "employer_costs"
    WITHHOLDING = "withholding"
    COMMISSION = "commission"
    DEDUCTIONS = "deductions"
    OVERPAID = "overpaid"
    EMPLOYER_PAYABLE = "employer_payable"
    CLEARING = "clearing"
    BANK = "bank"


@dataclass(frozen=True, slots=True)
class Account:
    """An account of a company's own books: its code, and its name as people read it."""

    code: str
    name: Sentence


DEFAULTS: Final[Mapping[Purpose, Account]] = {
    Purpose.WAGES_PRINCIPAL: Account("2100", say("Principal cast")),
    Purpose.WAGES_FEATURED: Account("2110", say("Featured and stunt performers")),
    Purpose.WAGES_BACKGROUND: Account("2200", say("Background")),
    Purpose.WAGES_CREW: Account("3100", say("Crew")),
    Purpose.PENALTIES: Account("3900", say("Meal and rest penalties")),
    Purpose.ALLOWANCES: Account("3950", say("Allowances, rentals and receipts")),
    Purpose.EMPLOYER_COSTS: Account("6200", say("Employer taxes and fringes")),
    Purpose.WITHHOLDING: Account("0310", say("Withholding payable")),
    Purpose.COMMISSION: Account("0320", say("Commission payable")),
    Purpose.DEDUCTIONS: Account("0330", say("Other deductions payable")),
    Purpose.OVERPAID: Account("0140", say("Pay to come back from people")),
    Purpose.EMPLOYER_PAYABLE: Account("0340", say("Employer taxes payable")),
    Purpose.CLEARING: Account("0300", say("Net pay clearing")),
    Purpose.BANK: Account("0100", say("Bank")),
}
"""The accounts of a company that has named none: numbers as film budgets have them."""

BY_DEPARTMENT: Final = (
    Purpose.WAGES_PRINCIPAL,
    Purpose.WAGES_FEATURED,
    Purpose.WAGES_BACKGROUND,
    Purpose.WAGES_CREW,
    Purpose.PENALTIES,
    Purpose.ALLOWANCES,
)
"""What departments may have accounts of their own for: the costs."""

Chart = Mapping[tuple[Purpose, str], Account]
"""The accounts a company has named, by purpose and department; "" for all departments."""


def account_of(chart: Chart, purpose: Purpose, department: str = "") -> Account:
    """Return the account of a purpose: the department's own, the company's, or the usual one."""
    own = chart.get((purpose, department)) if purpose in BY_DEPARTMENT else None
    return own or chart.get((purpose, "")) or DEFAULTS[purpose]


def wages(company_id: int) -> str:
    """Name the account of what a company's people have earned."""
    return f"wages:{company_id}"


def payable(person_id: int) -> str:
    """Name the account of what is owed to a person."""
    return f"payable:{person_id}"


def withholding(agent: str, scheme: str) -> str:
    """Name the account of what an agent has withheld under a scheme and owes the tax office."""
    return f"withholding:{agent}:{scheme}"


def deductions(agent: str) -> str:
    """Name the account of what an agent has kept back for others, such as commissions."""
    return f"deductions:{agent}"


def overpaid(person_id: int) -> str:
    """Name the account of what a person was paid on reversed slips and has not given back."""
    return f"overpaid:{person_id}"


def clearing(gateway: str) -> str:
    """Name the account of money a gateway has been told to move and that has not arrived."""
    return f"clearing:{gateway}"


def bank(gateway: str) -> str:
    """Name the account of money that has left through a gateway and arrived."""
    return f"bank:{gateway}"
