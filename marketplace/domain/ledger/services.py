"""Post to the books. A transfer cannot be out of balance; a correction is a reversal."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import insert_missing, insert_once, insert_rows
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


def post_all(session: Session, postings: Iterable[Posting], *, clock: Clock) -> None:
    """Post many new transfers in one go; those of zero are left out.

    A key that was posted before breaks the whole transaction: these name what is new.
    """
    wanted = [one for one in postings if one.amount.minor]
    codes = {(code, one.amount.currency) for one in wanted for code in (one.debit, one.credit)}
    ids = account_ids(session, codes)
    at = clock.now()
    rows = [
        {
            "key": one.key,
            "debit_id": ids[one.debit, one.amount.currency],
            "credit_id": ids[one.credit, one.amount.currency],
            "amount_minor": one.amount.minor,
            "currency": one.amount.currency,
            "posted_at": at,
        }
        for one in wanted
    ]
    insert_rows(session, LedgerTransfer, rows)


def take_back(session: Session, prefix: str, key: str, *, clock: Clock) -> None:
    """Post the opposite of every transfer whose key begins so; `key` begins the new ones' keys."""
    found = session.scalars(
        sa.select(LedgerTransfer)
        .where(LedgerTransfer.key.startswith(prefix, autoescape=True))
        .order_by(LedgerTransfer.id),
    )
    rows = [
        {
            "key": key + one.key.removeprefix(prefix),
            "debit_id": one.credit_id,
            "credit_id": one.debit_id,
            "amount_minor": one.amount_minor,
            "currency": one.currency,
            "reverses_id": one.id,
            "posted_at": clock.now(),
        }
        for one in found
    ]
    insert_rows(session, LedgerTransfer, rows)


def account_ids(
    session: Session, wanted: Collection[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """Return the ids of accounts by code and currency, opening them at first use."""
    found = _stored_ids(session, wanted)
    missing = sorted(set(wanted) - found.keys())
    if not missing:
        return found
    rows = [{"code": code, "currency": currency} for code, currency in missing]
    insert_missing(session, LedgerAccount, ["code", "currency"], rows)
    return found | _stored_ids(session, missing)


def _stored_ids(
    session: Session, wanted: Collection[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    rows = session.execute(
        sa.select(LedgerAccount.code, LedgerAccount.currency, LedgerAccount.id).where(
            LedgerAccount.code.in_({code for code, _ in wanted}),
        ),
    )
    return {(code, currency): found for code, currency, found in rows}


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
