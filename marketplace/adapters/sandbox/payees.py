"""Accounts of payees at the embedded gateway: ready at once, until the demo says otherwise."""

from __future__ import annotations

import json
import sqlite3
from abc import abstractmethod
from contextlib import AbstractContextManager

from marketplace.domain.payments.ports import Link, Opened, PayeeRef, PayeeStatus
from marketplace.domain.payments.rules.gateways import PayeeState

PAYEES = """
CREATE TABLE IF NOT EXISTS payee (
  account TEXT PRIMARY KEY, state TEXT NOT NULL, needs TEXT NOT NULL
) STRICT;
"""


class SandboxPayees:
    """The desk at which payees get accounts (port `PayeeDesk`): an account is the payee's name.

    Nobody needs one here: who was never heard of is ready.
    """

    needs_account = False
    pages: tuple[str, ...] = ()

    @abstractmethod
    def _books(self) -> AbstractContextManager[sqlite3.Connection]:
        """Open the gateway's own store for one atomic piece of work."""
        ...

    def open_payee(self, payee: PayeeRef, key: str) -> Opened:  # noqa: ARG002 - one name, one account
        """Open an account; it is ready at once."""
        return Opened(payee.ref)

    def payee_link(self, account: str, return_url: str, refresh_url: str) -> Link:  # noqa: ARG002 - no page to come back from
        """Take every detail as given, and lead straight back."""
        self.set_payee(account, PayeeState.READY)
        return Link(return_url)

    def payee_status(self, account: str) -> PayeeStatus:
        """Return how far an account is."""
        with self._books() as books:
            return status_of(books, account)

    def set_payee(self, account: str, state: PayeeState, needs: tuple[str, ...] = ()) -> None:
        """Put an account into a state, as the demo wishes."""
        with self._books() as books:
            books.execute(
                "INSERT OR REPLACE INTO payee (account, state, needs) VALUES (?, ?, ?)",
                (account, state, json.dumps(needs)),
            )


def status_of(books: sqlite3.Connection, account: str) -> PayeeStatus:
    """Return how far an account is, in open books."""
    found = books.execute(
        "SELECT state, needs FROM payee WHERE account = ?",
        (account,),
    ).fetchone()
    if found is None:
        return PayeeStatus(PayeeState.READY)
    return PayeeStatus(PayeeState(found["state"]), tuple(json.loads(found["needs"])))
