"""A payment gateway without the outside world: its own durable books, its own faults.

It behaves as real gateways do: an order is carried out once for a key, also when it refuses
or breaks; keys are forgotten after a day; money arrives later. Its store is a file of its own,
because the product must never be able to see or undo what "the bank" did.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from marketplace.adapters.sandbox.funding import FUNDING_SCHEMA, SandboxFunding
from marketplace.adapters.sandbox.payees import PAYEES, SandboxPayees, status_of
from marketplace.adapters.sandbox.watch import SandboxWatch
from marketplace.domain.payments.ports import PayoutOrder, Refused, Sent, Transfer, Unknown
from marketplace.domain.payments.rules.gateways import NO_CAPABILITY, PayeeState
from marketplace.kernel.clock import Clock
from marketplace.kernel.frozen import freeze
from marketplace.kernel.money import EXPONENTS, Money

KEYS_LIVE: Final = timedelta(hours=24)
ARRIVES_AFTER: Final = timedelta(days=1)
BUSY_SECONDS: Final = 30
SLOW_SECONDS: Final = 2
LIST_LAG: Final = timedelta(minutes=5)

DOWN: Final = "down"
SLOW: Final = "slow"
RESPONSE_LOST: Final = "response_lost"
ACCOUNT_CLOSED: Final = "account_closed"
ERROR_SAVED: Final = "error_saved"
ERROR_SAVED_AFTER_WORK: Final = "error_saved_after_work"
KEY_FORGOTTEN: Final = "key_forgotten"
LIST_LAGS: Final = "list_lags"

FAULTS: Final = (
    DOWN,
    SLOW,
    RESPONSE_LOST,
    ACCOUNT_CLOSED,
    ERROR_SAVED,
    ERROR_SAVED_AFTER_WORK,
    KEY_FORGOTTEN,
    LIST_LAGS,
)
"""down: no work, no answer · slow: answers late · response_lost: works, answers nothing ·
account_closed: refuses · error_saved: keeps a 500 under the key and does not work ·
error_saved_after_work: works, and keeps a 500 · key_forgotten: does not know the key it was
given before · list_lags: its list does not show what is younger than five minutes."""

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS transfer (
  id INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, payout_id TEXT NOT NULL, grp TEXT NOT NULL,
  payee TEXT NOT NULL, amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  currency TEXT NOT NULL, statement TEXT NOT NULL, made_at TEXT NOT NULL, arrives_at TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS transfer_grp ON transfer (grp, payout_id);
CREATE TABLE IF NOT EXISTS answer (
  key TEXT PRIMARY KEY, request TEXT NOT NULL, answer TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS fault (
  name TEXT PRIMARY KEY, remaining INTEGER, percent INTEGER NOT NULL, seed INTEGER NOT NULL,
  asked INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS refused_next (payee TEXT PRIMARY KEY) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """A switched-on fault: how many more times (None: until switched off), how often of 100."""

    name: str
    remaining: int | None
    percent: int


class SandboxGateway(SandboxPayees, SandboxFunding, SandboxWatch):
    """Keeps its books in one SQLite file that any number of processes may use at once.

    honours_keys: False makes the naive gateway that control tests need: it pays every time.
    """

    name = "sandbox"

    def __init__(
        self,
        path: Path,
        clock: Clock,
        *,
        arrives_after: timedelta = ARRIVES_AFTER,
        honours_keys: bool = True,
        sleep: Callable[[int], None] = time.sleep,
    ) -> None:
        """Open the store at first use."""
        self._path = path
        self._clock = clock
        self._arrives_after = arrives_after
        self._honours_keys = honours_keys
        self._sleep = sleep
        self._is_made = False

    def supports(self, country: str, currency: str) -> bool:  # noqa: ARG002 - pays people anywhere
        """Pay every currency the product knows, in every country."""
        return currency in EXPONENTS

    def pay(self, order: PayoutOrder, key: str) -> Sent | Refused | Unknown:
        """Carry out an order once for a key; faults that are switched on get in the way."""
        with self._books() as books:
            if _strikes(books, DOWN):
                return Unknown("The gateway does not answer.")
            is_slow = _strikes(books, SLOW)
            answer = self._answer(books, order, key)
            is_lost = _strikes(books, RESPONSE_LOST)
        if is_slow:
            self._sleep(SLOW_SECONDS)
        return Unknown("The connection was cut before the answer came.") if is_lost else answer

    def find(self, group: str, payout_id: str | None = None) -> Sequence[Transfer] | Unknown:
        """Return the transfers of a group, or of one payout; Unknown while the gateway is down."""
        with self._books() as books:
            if _strikes(books, DOWN):
                return Unknown("The gateway does not answer.")
            until = self._now() - (LIST_LAG if _strikes(books, LIST_LAGS) else timedelta(0))
            found = books.execute(
                "SELECT * FROM transfer WHERE grp = ? AND payout_id = ifnull(?, payout_id)"
                " AND made_at <= ? ORDER BY id",
                (group, payout_id, until.isoformat()),
            )
            return tuple(self._transfer(row) for row in found)

    def transfers(self) -> Iterator[Transfer]:
        """Return the whole statement, oldest first."""
        with self._books() as books:
            rows = books.execute("SELECT * FROM transfer ORDER BY id").fetchall()
        return (self._transfer(row) for row in rows)

    def switch_on(
        self,
        name: str,
        *,
        times: int | None = None,
        percent: int = 100,
        seed: int = 0,
    ) -> None:
        """Switch a fault on: for the next `times` chances, each with a probability."""
        if name not in FAULTS:
            raise ValueError(f"{name} is not one of {', '.join(FAULTS)}")
        with self._books() as books:
            books.execute(
                "INSERT OR REPLACE INTO fault (name, remaining, percent, seed) VALUES (?, ?, ?, ?)",
                (name, times, percent, seed),
            )

    def refuse_next(self, payee: str) -> None:
        """Refuse the next order for somebody, as if the account were closed; only that one."""
        with self._books() as books:
            books.execute("INSERT OR IGNORE INTO refused_next VALUES (?)", (payee,))

    def switch_off(self, name: str | None = None) -> None:
        """Switch one fault off, or all of them."""
        with self._books() as books:
            books.execute("DELETE FROM fault WHERE name = ? OR ? IS NULL", (name, name))

    def faults(self) -> list[Fault]:
        """Return the faults that are on."""
        with self._books() as books:
            rows = books.execute("SELECT name, remaining, percent FROM fault ORDER BY name")
            return [Fault(*row) for row in rows]

    def _answer(
        self,
        books: sqlite3.Connection,
        order: PayoutOrder,
        key: str,
    ) -> Sent | Refused | Unknown:
        request = json.dumps(_order_json(order), sort_keys=True)
        known = self._known(books, key)
        if known is not None and known["request"] != request:
            return Refused("idempotency_error", "This key was used for another order.")
        if known is not None:
            return _read(known["answer"])
        answer = self._work(books, order)
        books.execute(
            "INSERT OR REPLACE INTO answer (key, request, answer, at) VALUES (?, ?, ?, ?)",
            (key, request, json.dumps(answer), self._now().isoformat()),
        )
        return _read(json.dumps(answer))

    def _known(self, books: sqlite3.Connection, key: str) -> sqlite3.Row | None:
        since = (self._now() - KEYS_LIVE).isoformat()
        found: sqlite3.Row | None = books.execute(
            "SELECT * FROM answer WHERE key = ? AND at > ?",
            (key, since),
        ).fetchone()
        is_forgotten = found is not None and _strikes(books, KEY_FORGOTTEN)
        return None if is_forgotten or not self._honours_keys else found

    def _work(self, books: sqlite3.Connection, order: PayoutOrder) -> dict[str, str]:
        """Do what is asked, and return the answer as it is kept."""
        if _strikes(books, ACCOUNT_CLOSED) or _is_their_turn(books, order):
            return {"refused": "account_closed", "text": "The bank account is closed."}
        if status_of(books, order.payee).state is not PayeeState.READY:
            return {"refused": NO_CAPABILITY, "text": "The payee's account is not ready."}
        if _strikes(books, ERROR_SAVED):
            return {"error": "Internal error (500)."}
        now = self._now()
        arrives_at = now + self._arrives_after
        ref = f"tr_{secrets.token_hex(8)}"
        books.execute(
            "INSERT INTO transfer (ref, payout_id, grp, payee, amount_minor, currency, statement,"
            " made_at, arrives_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                ref,
                order.payout_id,
                order.group,
                order.payee,
                order.amount.minor,
                order.amount.currency,
                order.statement,
                now.isoformat(),
                arrives_at.isoformat(),
            ),
        )
        if _strikes(books, ERROR_SAVED_AFTER_WORK):
            return {"error": "Internal error (500)."}
        return {"ref": ref, "arrives_at": arrives_at.isoformat()}

    def _transfer(self, row: sqlite3.Row) -> Transfer:
        arrives_at = datetime.fromisoformat(row["arrives_at"])
        return Transfer(
            ref=row["ref"],
            payout_id=row["payout_id"],
            group=row["grp"],
            amount=Money(row["amount_minor"], row["currency"]),
            made_at=datetime.fromisoformat(row["made_at"]),
            arrives_at=arrives_at,
            arrived_at=arrives_at if arrives_at <= self._now() else None,
        )

    def _now(self) -> datetime:
        return self._clock.now()

    @contextmanager
    def _books(self) -> Iterator[sqlite3.Connection]:
        """Open the store for one atomic piece of work; on disk before it answers."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, BUSY_SECONDS, isolation_level=None)) as books:
            books.row_factory = sqlite3.Row
            if not self._is_made:
                books.execute("PRAGMA journal_mode=WAL")
                books.executescript(SCHEMA + FUNDING_SCHEMA + PAYEES)
                self._is_made = True
            books.execute("PRAGMA synchronous=FULL")
            books.execute("BEGIN IMMEDIATE")
            try:
                yield books
            except BaseException:
                books.execute("ROLLBACK")
                raise
            books.execute("COMMIT")


def _is_their_turn(books: sqlite3.Connection, order: PayoutOrder) -> bool:
    """Say whether this is the order that was to be refused, and strike it off."""
    struck = books.execute("DELETE FROM refused_next WHERE payee = ?", (order.payee,))
    return struck.rowcount > 0


def _strikes(books: sqlite3.Connection, name: str) -> bool:
    """Say whether a fault happens this time, and count it."""
    fault = books.execute("SELECT * FROM fault WHERE name = ?", (name,)).fetchone()
    if fault is None or fault["remaining"] == 0:
        return False
    books.execute("UPDATE fault SET asked = asked + 1 WHERE name = ?", (name,))
    dice = Random(f"{fault['seed']}:{name}:{fault['asked']}")  # noqa: S311 - chance to order
    if dice.randrange(100) >= fault["percent"]:
        return False
    if fault["remaining"] == 1:
        books.execute("DELETE FROM fault WHERE name = ?", (name,))
    else:
        books.execute("UPDATE fault SET remaining = remaining - 1 WHERE name = ?", (name,))
    return True


def _order_json(order: PayoutOrder) -> dict[str, Any]:
    return {name: freeze(getattr(order, name)) for name in order.__slots__}


def _read(text: str) -> Sent | Refused | Unknown:
    """Return a kept answer, first time or replayed."""
    answer = json.loads(text)
    if "error" in answer:
        return Unknown(answer["error"], is_saved=True)
    if "refused" in answer:
        return Refused(answer["refused"], answer["text"])
    return Sent(answer["ref"], datetime.fromisoformat(answer["arrives_at"]))
