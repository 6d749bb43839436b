"""Names of the accounts. A debit balance is what we have or have spent, a credit what we owe.

A slip: wages → payable (gross), payable → withholding and deductions. A payment: payable →
clearing when the gateway has it, clearing → bank when it has arrived.
"""

from __future__ import annotations


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


def clearing(gateway: str) -> str:
    """Name the account of money a gateway has been told to move and that has not arrived."""
    return f"clearing:{gateway}"


def bank(gateway: str) -> str:
    """Name the account of money that has left through a gateway and arrived."""
    return f"bank:{gateway}"
