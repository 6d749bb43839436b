"""Post to the books. A transfer cannot be out of balance; it is undone by its reversal alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import insert_missing, insert_once, insert_rows
from marketplace.domain.ledger.models import BooksCheck, LedgerAccount, LedgerTransfer
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import DomainError
from marketplace.kernel.frozen import freeze
from marketplace.kernel.ids import public_id
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say


@dataclass(frozen=True, slots=True)
class Posting:
    """One transfer: `key` names it for ever, `debit` and `credit` are account codes.

    company_id: in whose books it stands; None for the platform's own.
    """

    key: str
    debit: str
    credit: str
    amount: Money
    company_id: int | None = None


class LedgerError(DomainError):
    """Something that the books do not allow."""


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
        company_id=posting.company_id,
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
            "company_id": one.company_id,
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
    rows = [_opposite(one, key + one.key.removeprefix(prefix), clock) for one in found]
    insert_rows(session, LedgerTransfer, rows)


def reverse(session: Session, key: str, as_key: str, *, clock: Clock) -> bool:
    """Post the exact opposite of one transfer; False when that was done before.

    as_key: names the reversal. Raises LedgerError when there is no such transfer, or when it is
    itself a reversal: what is right instead is posted anew.
    """
    posted = session.scalar(sa.select(LedgerTransfer).where(LedgerTransfer.key == key))
    if posted is None:
        raise LedgerError(say("There is no such posting."))
    if posted.reverses_id is not None:
        raise LedgerError(say("A reversal is not reversed."))
    row = _opposite(posted, as_key, clock)
    return insert_once(session, LedgerTransfer, ["reverses_id"], **row) is not None


def _opposite(posted: LedgerTransfer, key: str, clock: Clock) -> dict[str, Any]:
    return {
        "key": key,
        "debit_id": posted.credit_id,
        "credit_id": posted.debit_id,
        "amount_minor": posted.amount_minor,
        "currency": posted.currency,
        "reverses_id": posted.id,
        "posted_at": clock.now(),
        "company_id": posted.company_id,
    }


def note_check(
    session: Session,
    findings: Sequence[tuple[str, str, Sentence]],
    *,
    is_thorough: bool,
    clock: Clock,
) -> None:
    """Keep what a check of the books found: name, subject and sentence of each finding.

    The same as last time is no new row, so that the rows tell when something changed.
    """
    now, found = clock.now(), freeze(list(findings))
    same = sa.select(BooksCheck).where(BooksCheck.is_thorough.is_(is_thorough))
    last = session.scalar(same.order_by(BooksCheck.id.desc()).limit(1))
    if last is not None and last.findings == found:
        last.last_at = now
    else:
        session.add(
            BooksCheck(is_thorough=is_thorough, findings=found, first_at=now, last_at=now),
        )
    session.flush()


def account_ids(
    session: Session, wanted: Collection[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """Return the ids of accounts by code and currency, opening them at first use."""
    found = _stored_ids(session, wanted)
    missing = sorted(set(wanted) - found.keys())
    if not missing:
        return found
    rows = [
        {"public_id": public_id(), "code": code, "currency": currency} for code, currency in missing
    ]
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
    return account_ids(session, [(code, currency)])[code, currency] if found is None else found
