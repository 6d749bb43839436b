"""The books check themselves: every posting stands in the books of the company it is about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.ledger.models import LedgerAccount, LedgerTransfer
from marketplace.domain.payments.services.findings import Finding
from marketplace.kernel.sentences import say

WAGES: Final = "wages:"
"""How the codes of wages accounts begin; the number of their company follows."""


def owners(session: Session) -> Iterator[Finding]:
    """I16: wages stand in the company's own books, and what is about pay in some company's."""
    words = say("A posting stands in the wrong company's books.")
    earned = sa.select(LedgerAccount.id).where(LedgerAccount.code.startswith(WAGES))
    of_company = sa.literal(WAGES) + sa.cast(LedgerTransfer.company_id, sa.Text)
    for side in (LedgerTransfer.debit_id, LedgerTransfer.credit_id):
        other = (
            sa.select(LedgerTransfer.key)
            .join(LedgerAccount, LedgerAccount.id == side)
            .where(side.in_(earned), LedgerAccount.code != sa.func.coalesce(of_company, ""))
        )
        for key in session.scalars(other):
            yield Finding("I16", words, key)
    about_pay = sa.or_(*(LedgerTransfer.key.startswith(kind) for kind in ("slip:", "payout:")))
    nobodys = sa.select(LedgerTransfer.key).where(LedgerTransfer.company_id.is_(None), about_pay)
    for key in session.scalars(nobodys):
        yield Finding("I16", words, key)
