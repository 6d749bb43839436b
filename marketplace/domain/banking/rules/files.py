"""One door to the formats."""

from __future__ import annotations

from marketplace.domain.banking.rules import bulk, iso20022, nacha
from marketplace.domain.banking.rules.bulk import Template
from marketplace.domain.banking.rules.orders import BankFormat, Batch, check


def write(batch: Batch, format_: BankFormat, template: Template) -> bytes:
    """Return the file of a batch. template: for tables alone.

    Raises BankError for what the bank could not carry out.
    """
    check(batch, format_)
    if format_ is BankFormat.NACHA:
        return nacha.write(batch)
    if format_ is BankFormat.CN_CSV:
        return bulk.write(batch, template)
    return iso20022.write(batch, format_)
