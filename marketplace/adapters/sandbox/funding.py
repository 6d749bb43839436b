"""Productions pay in at the embedded gateway: nothing is charged, and time does the rest.

A card is paid at once; a bank account and a transfer take their days. The store is the gateway's
own file.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from abc import abstractmethod
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Final

from marketplace.domain.payments.ports import (
    FundingOrder,
    FundingStart,
    FundingState,
    Opened,
    PayerRef,
    Refused,
    Sent,
    Unknown,
)
from marketplace.domain.payments.rules.funding import TRANSFER, way_named, ways_for
from marketplace.domain.payments.rules.gateways import FundingStep
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import Money

BANKS: Final = ("us_bank_account", TRANSFER)
BANK_TAKES: Final = timedelta(days=2)

FUNDING_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS payin (
  id INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, key TEXT NOT NULL UNIQUE,
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0), currency TEXT NOT NULL,
  way TEXT NOT NULL, made_at TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS payback (
  id INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, key TEXT NOT NULL UNIQUE,
  source TEXT NOT NULL, amount_minor INTEGER NOT NULL CHECK (amount_minor > 0), at TEXT NOT NULL
) STRICT;
"""


class SandboxFunding:
    """The desk at which productions pay in and get back (port `FundingDesk`)."""

    _clock: Clock

    @abstractmethod
    def _books(self) -> AbstractContextManager[sqlite3.Connection]:
        """Open the gateway's own store for one atomic piece of work."""
        ...

    def open_payer(self, payer: PayerRef, key: str) -> Opened | Refused | Unknown:
        """Make a company a customer: the same key always names the same one."""
        with self._books() as books:
            if _is_down(books):
                return Unknown("The gateway does not answer.")
        made_of = hashlib.sha256(f"{key} {payer.ref}".encode()).hexdigest()
        return Opened(f"payer_{made_of[:16]}")

    def start_funding(self, order: FundingOrder, key: str) -> FundingStart | Refused | Unknown:
        """Take the money of an order, once for a key, and send the payer straight back."""
        with self._books() as books:
            if _is_down(books):
                return Unknown("The gateway does not answer.")
            now = self._clock.now().isoformat()
            asked = (order.amount.minor, order.amount.currency, order.way)
            books.execute(
                "INSERT OR IGNORE INTO payin (ref, key, amount_minor, currency, way, made_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (f"fund_{secrets.token_hex(8)}", key, *asked, now),
            )
            found = books.execute("SELECT * FROM payin WHERE key = ?", (key,)).fetchone()
        if (found["amount_minor"], found["currency"], found["way"]) != asked:
            return Refused("idempotency_error", "This key was used for another order.")
        url = order.return_url.replace("{CHECKOUT_SESSION_ID}", found["ref"])
        return FundingStart(found["ref"], url)

    def funding(self, ref: str) -> FundingState | Unknown:
        """Return where the money is: a bank account's is under way for some days."""
        with self._books() as books:
            if _is_down(books):
                return Unknown("The gateway does not answer.")
            found = books.execute("SELECT * FROM payin WHERE ref = ?", (ref,)).fetchone()
            back = _given_back(books, ref)
        if found is None:
            return Unknown("There is no such checkout.")
        amount = Money(found["amount_minor"], found["currency"])
        came_at = _came_at(found)
        if came_at > self._clock.now():
            return FundingState(FundingStep.PROCESSING, amount, ref)
        fee = _cost(amount, found["way"])
        is_back = back == amount.minor
        return FundingState(
            step=FundingStep.REFUNDED if is_back else FundingStep.PAID,
            amount=amount,
            payment=ref,
            fee=fee,
            net=amount - fee,
            available_on=came_at,
            refunded=Money(back, amount.currency),
        )

    def refund(self, payment: str, amount: Money, key: str) -> Sent | Refused | Unknown:
        """Give money of a payment back, once for a key."""
        paid = "SELECT amount_minor FROM payin WHERE ref = ?"
        with self._books() as books:
            found = books.execute(paid, (payment,)).fetchone()
            return self._give_back(books, found, payment, amount, key)

    def take_back(self, transfer: str, amount: Money, key: str) -> Sent | Refused | Unknown:
        """Take money of a transfer back, until it has arrived at the payee's bank."""
        there = "SELECT amount_minor FROM transfer WHERE ref = ? AND arrives_at > ?"
        with self._books() as books:
            found = books.execute(there, (transfer, self._clock.now().isoformat())).fetchone()
            return self._give_back(books, found, transfer, amount, key)

    def _came_in(self, books: sqlite3.Connection) -> list[Money]:
        """Return what productions have paid in, less what bringing it cost."""
        now = self._clock.now()
        rows = [row for row in books.execute("SELECT * FROM payin") if _came_at(row) <= now]
        amounts = [(Money(row["amount_minor"], row["currency"]), row["way"]) for row in rows]
        return [amount - _cost(amount, way) for amount, way in amounts]

    def _give_back(
        self,
        books: sqlite3.Connection,
        found: sqlite3.Row | None,
        source: str,
        amount: Money,
        key: str,
    ) -> Sent | Refused | Unknown:
        if _is_down(books):
            return Unknown("The gateway does not answer.")
        known = books.execute("SELECT * FROM payback WHERE key = ?", (key,)).fetchone()
        if known is not None:
            return Sent(known["ref"], datetime.fromisoformat(known["at"]))
        left = (found["amount_minor"] if found else 0) - _given_back(books, source)
        if amount.minor > left:
            return Refused("balance_insufficient", "So much is not there any more.")
        ref, now = f"back_{secrets.token_hex(8)}", self._clock.now()
        books.execute(
            "INSERT INTO payback (ref, key, source, amount_minor, at) VALUES (?, ?, ?, ?, ?)",
            (ref, key, source, amount.minor, now.isoformat()),
        )
        return Sent(ref, now)


def _came_at(payin: sqlite3.Row) -> datetime:
    made_at = datetime.fromisoformat(payin["made_at"])
    return made_at + (BANK_TAKES if payin["way"] in BANKS else timedelta(0))


def _given_back(books: sqlite3.Connection, source: str) -> int:
    total = "SELECT coalesce(sum(amount_minor), 0) FROM payback WHERE source = ?"
    return int(books.execute(total, (source,)).fetchone()[0])


def _is_down(books: sqlite3.Connection) -> bool:
    """Say whether the demo has switched the gateway off; this does not use the fault up."""
    found = books.execute("SELECT remaining FROM fault WHERE name = 'down'").fetchone()
    return found is not None and found["remaining"] != 0


def _cost(amount: Money, way: str) -> Money:
    """Return what the way costs, by our own estimate."""
    known = {one.code for one in ways_for(amount.currency)}
    cost = way_named(way, amount.currency).cost(amount.minor) if way in known else 0
    return Money(cost, amount.currency)
