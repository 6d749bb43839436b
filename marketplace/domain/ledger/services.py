"""Post to the books. A transfer cannot be out of balance; a correction is a reversal."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import insert_once
from marketplace.domain.ledger.models import LedgerAccount, LedgerTransfer
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Posting:
    """One transfer: `key` names it for ever, `debit` and `credit` are account codes."""

    key: str
    debit: str
    credit: str
    amount: Money


def post(session: Session, posting: Posting, *, clock: Clock) -> bool:
    """Post a transfer once; False when its key was posted before, or the amount is zero."""
    if posting.amount.minor == 0:
        return False
    posted = insert_once(
        session,
        LedgerTransfer,
        ["key"],
        key=posting.key,
        debit_id=account_id(session, posting.debit, posting.amount.currency),
        credit_id=account_id(session, posting.credit, posting.amount.currency),
        amount_minor=posting.amount.minor,
        currency=posting.amount.currency,
        posted_at=clock.now(),
    )
    return posted is not None


def account_id(session: Session, code: str, currency: str) -> int:
    """Return the id of an account, opening it at first use."""
    wanted = sa.select(LedgerAccount.id).where(
        LedgerAccount.code == code,
        LedgerAccount.currency == currency,
    )
    found = session.scalar(wanted)
    if found is None:
        insert_once(session, LedgerAccount, ["code", "currency"], code=code, currency=currency)
        found = session.scalars(wanted).one()
    return found
