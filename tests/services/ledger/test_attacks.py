"""What may never be written into the books is refused by the database itself, on both kinds."""

from __future__ import annotations

from typing import Final

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import db
from marketplace.domain.ledger.models import LedgerAccount, LedgerTransfer
from marketplace.domain.ledger.services import LedgerError, Posting, post, reverse
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.money import Money
from tests.support.databases import Database

INTO: Final = (
    "INSERT INTO ledger_transfer "
    "(id, key, debit_id, credit_id, amount_minor, currency, reverses_id, posted_at) VALUES "
)
NOW: Final = "'2026-11-22 20:00:00'"
GOOD: Final = f"{INTO} (9, 'x', 1, 2, 5, 'USD', NULL, {NOW})"
OVER: Final = (
    f"{INTO} (9, 'wages', 1, 2, 1, 'USD', NULL, {NOW}) "
    "ON CONFLICT (key) DO UPDATE SET amount_minor = 1"
)
ATTACKS: Final = {
    "nothing": f"{INTO} (9, 'x', 1, 2, 0, 'USD', NULL, {NOW})",
    "less than nothing": f"{INTO} (9, 'x', 1, 2, -5, 'USD', NULL, {NOW})",
    "from an account to itself": f"{INTO} (9, 'x', 1, 1, 5, 'USD', NULL, {NOW})",
    "another currency on both sides": f"{INTO} (9, 'x', 1, 2, 5, 'CNY', NULL, {NOW})",
    "another currency on one side": f"{INTO} (9, 'x', 1, 3, 5, 'USD', NULL, {NOW})",
    "an account that is not there": f"{INTO} (9, 'x', 1, 77, 5, 'USD', NULL, {NOW})",
    "the same key": f"{INTO} (9, 'wages', 1, 2, 5, 'USD', NULL, {NOW})",
    "a changed amount": "UPDATE ledger_transfer SET amount_minor = amount_minor + 1",
    "another account": "UPDATE ledger_transfer SET debit_id = 2, credit_id = 1",
    "taken out": "DELETE FROM ledger_transfer",
    "an account in another currency": "UPDATE ledger_account SET currency = 'EUR' WHERE id = 1",
    "an account under another name": "UPDATE ledger_account SET code = 'payable:9' WHERE id = 1",
    "an account taken out": "DELETE FROM ledger_account WHERE id = 3",
    "a reversal of another amount": f"{INTO} (9, 'x', 2, 1, 27999, 'USD', 1, {NOW})",
    "a reversal in the same direction": f"{INTO} (9, 'x', 1, 2, 28000, 'USD', 1, {NOW})",
    "a reversal of nothing": f"{INTO} (9, 'x', 2, 1, 28000, 'USD', 77, {NOW})",
    "a second reversal": f"{INTO} (9, 'x', 2, 4, 500, 'USD', 2, {NOW})",
    "a reversal of a reversal": f"{INTO} (9, 'x', 2, 4, 500, 'USD', 3, {NOW})",
}
ON_SQLITE: Final = {
    "replaced": INTO.replace("INSERT", "INSERT OR REPLACE")
    + f"(1, 'wages', 1, 2, 1, 'USD', NULL, {NOW})",
    "replaced by key": OVER,
}
ON_POSTGRESQL: Final = {
    "emptied": "TRUNCATE ledger_transfer",
    "emptied with all that refers to it": "TRUNCATE ledger_account CASCADE",
    "replaced by key": OVER,
}


@pytest.fixture
def books(database: Database, clock: FixedClock) -> Database:
    """Four accounts (the third in yuan), a posting, and another one with its reversal."""
    rows = [(1, "wages:1", "USD"), (2, "payable:7", "USD"), (3, "bank", "CNY"), (4, "fees", "USD")]
    with database.session() as session, db.transaction(session):
        session.execute(
            sa.insert(LedgerAccount),
            [
                {"id": id_, "code": code, "currency": currency, "public_id": f"account{id_}"}
                for id_, code, currency in rows
            ],
        )
        post(session, Posting("wages", "wages:1", "payable:7", Money(28_000, "USD")), clock=clock)
        post(session, Posting("fee", "fees", "payable:7", Money(500, "USD")), clock=clock)
        reverse(session, "fee", "fee:back", clock=clock)
    return database


def written(database: Database) -> list[tuple[object, ...]]:
    columns = (LedgerTransfer.id, LedgerTransfer.key, LedgerTransfer.amount_minor)
    with database.session() as session:
        return [tuple(row) for row in session.execute(sa.select(*columns).order_by(columns[0]))]


TRIED: Final = [
    pytest.param(kind, words, id=name)
    for kind, found in ((None, ATTACKS), ("sqlite", ON_SQLITE), ("postgresql", ON_POSTGRESQL))
    for name, words in found.items()
]
"""Every attack with the database it is tried on; None: on both."""


def test_a_good_posting_in_the_same_words_is_taken(books: Database) -> None:
    with books.session() as session, db.transaction(session):
        session.execute(sa.text(GOOD))

    assert written(books)[-1] == (9, "x", 5)


@pytest.mark.parametrize(("kind", "statement"), TRIED)
def test_the_books_cannot_be_made_wrong(books: Database, kind: str | None, statement: str) -> None:
    if kind is not None and books.is_sqlite != (kind == "sqlite"):
        pytest.skip("a word of the other database")
    before = written(books)

    with (
        books.session() as session,
        pytest.raises(sa.exc.DBAPIError),
        db.transaction(session),
    ):
        session.execute(sa.text(statement))

    assert written(books) == before
    assert len(before) == 3


def test_a_posting_is_taken_back_by_its_exact_opposite_once(
    session: Session, clock: FixedClock
) -> None:
    post(session, Posting("a", "x", "y", Money(7, "USD")), clock=clock)

    assert reverse(session, "a", "a:back", clock=clock)
    assert not reverse(session, "a", "a:again", clock=clock)

    rows = session.scalars(sa.select(LedgerTransfer).order_by(LedgerTransfer.id)).all()
    assert [(one.key, one.amount_minor) for one in rows] == [("a", 7), ("a:back", 7)]
    assert (rows[0].debit_id, rows[0].credit_id) == (rows[1].credit_id, rows[1].debit_id)
    assert rows[1].reverses_id == rows[0].id


@pytest.mark.parametrize("key", ["nothing", "a:back"])
def test_what_is_no_posting_or_a_reversal_is_not_taken_back(
    session: Session, clock: FixedClock, key: str
) -> None:
    post(session, Posting("a", "x", "y", Money(7, "USD")), clock=clock)
    reverse(session, "a", "a:back", clock=clock)

    with pytest.raises(LedgerError):
        reverse(session, key, "more", clock=clock)
