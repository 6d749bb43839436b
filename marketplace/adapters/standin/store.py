"""What the stand-in remembers: objects, answers under their keys, faults, in one SQLite file."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from marketplace.kernel.clock import Clock

PLATFORM: Final = ""
"""The account whose key is used; connected accounts are named by their id."""

EVENTS: Final = ("event", "v2.core.event")
"""Kinds of objects that are told to the platform's webhooks."""

BUSY_SECONDS: Final = 30

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS object (
  serial INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, account TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS object_kind ON object (kind, account, serial);
CREATE INDEX IF NOT EXISTS object_group
  ON object (kind, account, json_extract(body, '$.transfer_group'), serial);
CREATE TABLE IF NOT EXISTS money (
  serial INTEGER PRIMARY KEY, account TEXT NOT NULL, currency TEXT NOT NULL, net INTEGER NOT NULL,
  available_on INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS money_account ON money (account, currency, available_on);
CREATE TABLE IF NOT EXISTS answer (
  account TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, status INTEGER NOT NULL,
  body TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (account, key)
) STRICT;
CREATE TABLE IF NOT EXISTS letter (
  event TEXT PRIMARY KEY, tries INTEGER NOT NULL DEFAULT 0, next_at INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS fault (
  name TEXT PRIMARY KEY, remaining INTEGER, percent INTEGER NOT NULL, seed INTEGER NOT NULL,
  asked INTEGER NOT NULL DEFAULT 0
) STRICT;
"""

Body = dict[str, Any]
"""An object of the API as it is answered."""


@dataclass(frozen=True, slots=True)
class Saved:
    """An answer kept under a key. request: what was asked, to tell a mismatch."""

    request: str
    status: int
    body: str


class Books:
    """The store within one atomic piece of work."""

    def __init__(self, file: sqlite3.Connection, now: datetime) -> None:
        """Work on an open file at one moment."""
        self._file = file
        self.now = now

    @property
    def second(self) -> int:
        """The present time as the API writes it."""
        return int(self.now.timestamp())

    def make(self, kind: str, prefix: str, body: Body, *, account: str = PLATFORM) -> Body:
        """Keep a new object and return it; its id begins with a prefix such as "tr"."""
        made = {"id": f"{prefix}_{secrets.token_hex(12)}", "object": kind, **body}
        self._file.execute(
            "INSERT INTO object (id, kind, account, body) VALUES (?, ?, ?, ?)",
            (made["id"], kind, account, json.dumps(made)),
        )
        if kind in EVENTS:
            self._file.execute(
                "INSERT INTO letter (event, next_at) VALUES (?, ?)",
                (made["id"], self.second),
            )
        return made

    def keep(self, body: Body) -> Body:
        """Keep an object as it is now."""
        text = json.dumps(body)
        self._file.execute("UPDATE object SET body = ? WHERE id = ?", (text, body["id"]))
        return body

    def get(self, kind: str, object_id: str, *, account: str = PLATFORM) -> Body | None:
        """Return an object of an account."""
        found = self._file.execute(
            "SELECT body FROM object WHERE id = ? AND kind = ? AND account = ?",
            (object_id, kind, account),
        ).fetchone()
        return json.loads(found["body"]) if found else None

    def newest(self, kind: str, *, account: str = PLATFORM, group: str = "") -> Iterator[Body]:
        """Return all objects of a kind, the newest first, as lists of the API are.

        group: only those of a transfer group.
        """
        wanted = " AND json_extract(body, '$.transfer_group') = ?" if group else ""
        rows = self._file.execute(
            f"SELECT body FROM object WHERE kind = ? AND account = ?{wanted} ORDER BY serial DESC",  # noqa: S608 - our own words
            (kind, account, *([group] if group else [])),
        )
        return (json.loads(row["body"]) for row in rows.fetchall())

    def any(self, object_id: str) -> Body:
        """Return an object of whatever kind; its id alone when there is none."""
        found = self._file.execute(
            "SELECT body FROM object WHERE id = ?",
            (object_id,),
        ).fetchone()
        return json.loads(found["body"]) if found else {"id": object_id}

    def move(self, currency: str, net: int, *, account: str, available_on: datetime) -> None:
        """Put money into an account, or take it out; it may be used from an instant on."""
        self._file.execute(
            "INSERT INTO money (account, currency, net, available_on) VALUES (?, ?, ?, ?)",
            (account, currency, net, int(available_on.timestamp())),
        )

    def balance(self, account: str) -> tuple[dict[str, int], dict[str, int]]:
        """Return what may be used now and what is under way, by currency."""
        rows = self._file.execute(
            "SELECT currency, available_on <= ? AS is_here, sum(net) AS net FROM money"
            " WHERE account = ? GROUP BY currency, is_here",
            (self.second, account),
        ).fetchall()
        sums = (
            {row["currency"]: row["net"] for row in rows if row["is_here"] == here}
            for here in (1, 0)
        )
        available, pending = sums
        return available, pending

    def letters(self, most: int) -> list[tuple[Body, int]]:
        """Return the oldest events that are to be told now, with how often that was tried."""
        rows = self._file.execute(
            "SELECT body, tries FROM letter JOIN object ON object.id = letter.event"
            " WHERE next_at <= ? ORDER BY object.serial LIMIT ?",
            (self.second, most),
        )
        return [(json.loads(row["body"]), row["tries"]) for row in rows.fetchall()]

    def told(self, event: str) -> None:
        """Note that an event was told."""
        self._file.execute("DELETE FROM letter WHERE event = ?", (event,))

    def tell_later(self, event: str, wait: timedelta) -> None:
        """Note that an event could not be told, and is to be told again."""
        self._file.execute(
            "UPDATE letter SET tries = tries + 1, next_at = ? WHERE event = ?",
            (int((self.now + wait).timestamp()), event),
        )

    def saved(self, account: str, key: str, since: timedelta) -> Saved | None:
        """Return the answer kept under a key that is not too old."""
        found = self._file.execute(
            "SELECT request, status, body FROM answer WHERE account = ? AND key = ? AND at > ?",
            (account, key, int((self.now - since).timestamp())),
        ).fetchone()
        return Saved(*found) if found else None

    def save(self, account: str, key: str, answer: Saved) -> None:
        """Keep an answer under its key."""
        self._file.execute(
            "INSERT OR REPLACE INTO answer (account, key, request, status, body, at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (account, key, answer.request, answer.status, answer.body, self.second),
        )

    def switch_on(self, name: str, times: int | None, percent: int, seed: int) -> None:
        """Let a fault happen for the next `times` chances, each with a probability."""
        self._file.execute(
            "INSERT OR REPLACE INTO fault (name, remaining, percent, seed) VALUES (?, ?, ?, ?)",
            (name, times, percent, seed),
        )

    def switch_off(self) -> None:
        """Switch every fault off."""
        self._file.execute("DELETE FROM fault")

    def strikes(self, name: str) -> bool:
        """Say whether a fault happens this time, and count it."""
        fault = self._file.execute("SELECT * FROM fault WHERE name = ?", (name,)).fetchone()
        if fault is None or fault["remaining"] == 0:
            return False
        dice = Random(f"{fault['seed']}:{name}:{fault['asked']}")  # noqa: S311 - chance to order
        happens = dice.randrange(100) < fault["percent"]
        self._file.execute(
            "UPDATE fault SET asked = asked + 1, remaining = remaining - ? WHERE name = ?",
            (int(happens), name),
        )
        return bool(happens)


class Store:
    """The file; any number of threads and processes may use it at once."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Make the file when it is not there."""
        self._path, self._clock = path, clock
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._open()) as file:
            file.execute("PRAGMA journal_mode=WAL")
            file.executescript(SCHEMA)

    @contextmanager
    def work(self) -> Iterator[Books]:
        """Open the books for one atomic piece of work; on disk before it is answered."""
        with closing(self._open()) as file:
            file.execute("BEGIN IMMEDIATE")
            try:
                yield Books(file, self._clock.now())
            except BaseException:
                file.execute("ROLLBACK")
                raise
            file.execute("COMMIT")

    def _open(self) -> sqlite3.Connection:
        file = sqlite3.connect(self._path, BUSY_SECONDS, isolation_level=None)
        file.row_factory = sqlite3.Row
        return file
