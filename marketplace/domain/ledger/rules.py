"""Names of the accounts, and the chart of a company's own books.

A debit balance is what we have or have spent, a credit what we owe.
A slip: wages → payable (gross), payable → withholding and deductions. A payment: payable →
clearing when the gateway has it, clearing → bank when it has arrived. What was paid on a slip
that is reversed: payable → overpaid, and back when a later slip keeps it.
Money in: incoming → coming (gross), coming → incoming (what bringing it cost); when it settles
holding → incoming, and coming → fund and the platform's fees; fund → allotted for each payment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from marketplace.kernel.money import Money
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


RETURNED: Final = ("already_paid", "overpayment")
"""Deductions by which what was paid too much comes back."""


@dataclass(frozen=True, slots=True)
class Booked:
    """A sum of lines of pay slips of one kind, and what it is booked by. minor: below zero too.

    kind, code: of the pay line, or "net" and "payment" for what leaves; role_kind, department,
    episodes, production: the dimensions of cost. text: what the line says.
    """

    on: date
    kind: str
    code: str
    text: Sentence
    minor: int
    currency: str
    role_kind: str = ""
    department: str = ""
    episodes: str = ""
    production: str = ""


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line of a journal: exactly one of debit and credit."""

    on: date
    account: Account
    text: Sentence
    production: str
    episodes: str
    department: str
    debit: Money | None
    credit: Money | None


def purposes_of(kind: str, code: str, role_kind: str) -> tuple[Purpose | None, Purpose | None]:
    """Return which accounts a line of a slip debits and credits; None: the other lines do.

    Costs are debited when they arise; withholdings, deductions and the net are what is owed then.
    """
    if kind in {"earning", "bump"}:
        return Purpose(f"wages_{role_kind}"), None
    if kind == "deduction":
        return None, _kept_for(code)
    return SIDES[kind]


def _kept_for(code: str) -> Purpose:
    if code in RETURNED:
        return Purpose.OVERPAID
    return Purpose.COMMISSION if "commission" in code else Purpose.DEDUCTIONS


SIDES: Final[Mapping[str, tuple[Purpose | None, Purpose | None]]] = {
    "penalty": (Purpose.PENALTIES, None),
    "allowance": (Purpose.ALLOWANCES, None),
    "memo": (Purpose.EMPLOYER_COSTS, Purpose.EMPLOYER_PAYABLE),
    "withholding": (None, Purpose.WITHHOLDING),
    "net": (None, Purpose.CLEARING),
    "net_overpaid": (None, Purpose.OVERPAID),
    "payment": (Purpose.CLEARING, Purpose.BANK),
}


def journal(sums: Iterable[Booked], chart: Chart) -> list[JournalLine]:
    """Return the lines of a journal by date, debits first; a reversal stands on the other side."""
    lines = [line for one in sums if one.minor for line in _lines(one, chart)]
    return sorted(lines, key=lambda line: (line.on, line.debit is None, line.account.code))


def _lines(one: Booked, chart: Chart) -> Iterator[JournalLine]:
    debit, credit = purposes_of(one.kind, one.code, one.role_kind)
    for purpose, is_debit in ((debit, one.minor > 0), (credit, one.minor < 0)):
        if purpose is None:
            continue
        amount = Money(abs(one.minor), one.currency)
        is_cost = purpose in BY_DEPARTMENT or purpose is Purpose.EMPLOYER_COSTS
        yield JournalLine(
            on=one.on,
            account=account_of(chart, purpose, one.department),
            text=one.text,
            production=one.production,
            episodes=one.episodes if is_cost else "",
            department=one.department if is_cost else "",
            debit=amount if is_debit else None,
            credit=None if is_debit else amount,
        )


def sides(lines: Iterable[JournalLine]) -> dict[str, tuple[Money, Money]]:
    """Return the sums of debits and of credits by currency."""
    found: dict[str, list[int]] = {}
    for line in lines:
        amount = line.debit or line.credit
        if amount is not None:
            both = found.setdefault(amount.currency, [0, 0])
            both[line.debit is None] += amount.minor
    return {of: (Money(debit, of), Money(credit, of)) for of, (debit, credit) in found.items()}


def imbalance(lines: Iterable[JournalLine]) -> Sentence | None:
    """Say in which currency debits and credits differ, and by how much; None when in none."""
    for debit, credit in sides(lines).values():
        if debit != credit:
            return say(
                "The journal is out of balance by %(amount)s, so it is not exported. "
                "Run the check of the books and tell your administrator.",
                amount=debit - credit,
            )
    return None


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


PLATFORM_FEES: Final = "platform:fees"
"""The account of what the platform itself has earned."""


def fund(production_id: int) -> str:
    """Name the account of what a production put in and can spend."""
    return f"fund:{production_id}"


def coming(production_id: int) -> str:
    """Name the account of what a production put in and has not settled."""
    return f"coming:{production_id}"


def allotted(production_id: int) -> str:
    """Name the account of a production's money that is given to payments."""
    return f"allotted:{production_id}"


def incoming(gateway: str) -> str:
    """Name the account of money a gateway has taken in and does not let go yet."""
    return f"incoming:{gateway}"


def holding(gateway: str) -> str:
    """Name the account of money at a gateway that can be spent."""
    return f"holding:{gateway}"


def refunding(gateway: str) -> str:
    """Name the account of money a gateway has been told to give back to who put it in."""
    return f"refunding:{gateway}"


KINDS: Final[Mapping[str, Sentence]] = {
    "wages": say("Earned by people"),
    "payable": say("Owed to people"),
    "withholding": say("Withheld for the tax office"),
    "deductions": say("Kept back for others"),
    "overpaid": say("To come back from people"),
    "clearing": say("On its way through the gateway"),
    "bank": say("Paid through the gateway"),
    "fund": say("Put in by the production, free to spend"),
    "coming": say("Put in by the production, not settled"),
    "allotted": say("Put in by the production, given to payments"),
    "incoming": say("Taken in by the gateway, not settled"),
    "holding": say("Held at the gateway"),
    "refunding": say("Given back through the gateway"),
    "platform": say("Fees of the platform"),
}
"""The kinds of accounts in the order of a trial balance, by how their codes begin."""

EVENTS: Final[Mapping[tuple[str, str], Sentence]] = {
    ("slip", "gross"): say("Earned on a pay slip"),
    ("slip", "withheld"): say("Withheld on a pay slip"),
    ("slip", "deducted"): say("Kept back on a pay slip"),
    ("slip", "overpaid"): say("Paid on a slip that was taken back"),
    ("payout", "sent"): say("Payment sent"),
    ("payout", "paid"): say("Payment arrived"),
    ("payout", "allotted"): say("Money of the production given to a payment"),
    ("payout", "freed"): say("Money of the production not needed any more"),
    ("bank_file_row", "sent"): say("Payment put into a bank file"),
    ("bank_file_row", "paid"): say("Payment arrived"),
    ("bank_file_row", "back"): say("Payment taken out of a bank file"),
    ("bank_file_row", "returned"): say("Payment sent back by the bank"),
}
"""What postings are about, by the first and the third part of their keys."""


def kind_of(code: str) -> str:
    """Return of what kind an account is."""
    return code.partition(":")[0]


def subject_of(code: str) -> str:
    """Return of whom or where an account is, as it is named in its code."""
    return code.partition(":")[2]


def event_of(key: str) -> Sentence | None:
    """Say what a posting is about; None when its key alone says it."""
    kind, _, rest = key.partition(":")
    return EVENTS.get((kind, rest.partition(":")[2].partition(":")[0]))


def pay_slip_of(key: str) -> str | None:
    """Return the public id of the pay slip a posting is about; None when it is about none."""
    kind, _, rest = key.partition(":")
    return rest.partition(":")[0] if kind == "slip" else None
