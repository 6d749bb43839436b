"""A payday of many people, stage by stage: `python -m benchmarks.payday [people] [postgresql]`.

CPU time (user and system) of this process, and of the database server where there is one; ways
take turns within one run: read the ratios. The wall clock is used for the pace alone.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, Final

import psutil
import sqlalchemy as sa
from sqlalchemy.orm import Session

from benchmarks.crowd import a_crowd
from benchmarks.slips import naive_slip
from marketplace import db, logs
from marketplace.adapters.pace import Pace, PacedCallers
from marketplace.domain.ledger.models import LedgerTransfer
from marketplace.domain.payments.models import Payout, PayoutAttempt
from marketplace.domain.payments.services.proofs import prove
from marketplace.domain.payroll.models import PayLineRow, PaySlip, SlipCounter
from marketplace.domain.tasks.services import Only
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.ids import public_id
from marketplace.worker.drain import Crew
from tests.support.builders import NOW
from tests.support.crews import an_outside
from tests.support.databases import Database, PostgresFarm, SqliteFarm
from tests.support.payday import VAULT
from tests.support.slips import slip_number

PEOPLE: Final = 1_000
ROUNDS: Final = 3
OBJECTS: Final = 200
NAIVE_SLIPS: Final = 3
RATE: Final = 100
CALLS: Final = 400
MEBIBYTE: Final = 1024 * 1024
STAGES: Final = {
    "slips, payouts, books": "pay_card",
    "papers": "print_slip",
    "payments sent": "send_payout",
    "payments confirmed": "confirm_payout",
}

Rows = dict[type[db.Base], list[dict[str, Any]]]


def main() -> None:
    """Print the tables; the arguments say how many people, and on which database."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    logs.configure("error")
    with tempfile.TemporaryDirectory() as folder, a_database(Path(folder)) as (database, server):
        with database.session() as session, db.transaction(session):
            a_crowd(session, VAULT, people)
        print(f"{people:,} people on {'SQLite' if database.is_sqlite else 'PostgreSQL'}, CPU time")
        whole = _stages(database, Path(folder), server)
        _against_naive(whole, people)
        _posting(database, server)
    _pace()


@contextmanager
def a_database(folder: Path) -> Iterator[tuple[Database, psutil.Process | None]]:
    """Yield a migrated database, and the process of its server if it has one."""
    if "postgresql" not in sys.argv:
        with SqliteFarm(folder).fresh() as database:
            yield database, None
        return
    farm = PostgresFarm()
    with farm.fresh() as database:
        pid = int((farm.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        yield database, psutil.Process(pid)
    farm.close()


def spent(server: psutil.Process | None) -> float:
    """Return the CPU seconds of this process and of the database server so far."""
    total = time.process_time()
    for process in [server, *server.children(recursive=True)] if server else []:
        times = process.cpu_times()
        total += times.user + times.system
    return total


def _stages(database: Database, folder: Path, server: psutil.Process | None) -> float:
    """Do a whole payday, and print what each stage takes; returns the seconds of all."""
    clock = FixedClock(NOW)
    outside = an_outside(database, folder, clock)
    crew = Crew(database.engine, replace(outside, callers=PacedCallers(Pace(RATE))))
    whole, sent = 0.0, ""
    print(f"{'stage':<28}{'pieces':>8}{'ms each':>9}{'s in all':>9}{'MiB more':>10}")
    for name, kind in STAGES.items():
        if kind == "confirm_payout":
            clock.at += timedelta(days=2)
        only, done = Only(kind), 0
        memory: list[int] = []
        before, begun = spent(server), time.monotonic()
        while more := crew.drain_only(only):
            done += more
            memory.append(psutil.Process().memory_info().rss)
        seconds, waited = spent(server) - before, time.monotonic() - begun
        grown = (memory[-1] - memory[min(2, len(memory) - 1)]) / MEBIBYTE
        whole += seconds
        print(f"{name:<28}{done:>8}{seconds / done * 1000:>9.2f}{seconds:>9.1f}{grown:>10.1f}")
        if kind == "send_payout":
            sent = f"{done / waited / RATE:.1%} of the {RATE} a second that were allowed"
    print(f"payments were sent at {sent}, every commit included")
    return whole


def _against_naive(whole: float, people: int) -> None:
    before = time.process_time()
    for number in range(NAIVE_SLIPS):
        naive_slip(slip_number(number))
    naive = (time.process_time() - before) / NAIVE_SLIPS
    ours = whole / people
    print(f"\nthe whole day, a person: {ours * 1000:.1f} ms; the paper alone, laid out by itself:")
    print(f"{naive * 1000:.0f} ms, {naive / ours:.0f}×")


def _posting(database: Database, server: psutil.Process | None) -> None:
    """Store the same rows again as objects, slip by slip, and as lists with their proofs."""
    taken: dict[str, list[float]] = {"objects": [], "lists": []}
    with database.session() as session:
        stored = _stored(session)
    for _ in range(ROUNDS):
        for name, store in (("objects", _objects), ("lists", _lists)):
            with database.session() as session, db.writing():
                _empty(session)
                rows = _renamed(stored, OBJECTS if name == "objects" else None)
                session.connection()
                before = spent(server)
                store(session, rows)
                taken[name].append((spent(server) - before) / len(rows[PaySlip]))
                session.rollback()
    objects, lists = (statistics.median(seconds) for seconds in taken.values())
    count = sum(len(rows) for rows in stored.values()) / len(stored[PaySlip])
    print(f"\nposting, {count:.1f} rows a slip: objects {objects * 1000:.2f} ms a slip, ", end="")
    print(f"lists with proofs {lists * 1000:.3f} ms: {objects / lists:.0f}×")


def _stored(session: Session) -> Rows:
    """Return the rows a payday made."""
    return {
        model: [
            dict(row)
            for row in session.execute(sa.select(model.__table__).order_by("id")).mappings()
        ]
        for model in (PaySlip, PayLineRow, LedgerTransfer, Payout)
    }


def _empty(session: Session) -> None:
    """Take away what is stored, within a transaction that is rolled back."""
    connection = session.connection()
    for table in ("pay_line", "pay_slip", "ledger_transfer"):
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_no_delete")
        else:
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for model in (PayoutAttempt, Payout, PayLineRow, LedgerTransfer, PaySlip):
        connection.execute(sa.delete(model))
    if connection.dialect.name != "sqlite":
        for table in ("pay_line", "pay_slip", "ledger_transfer"):
            connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _renamed(stored: Rows, most: int | None) -> Rows:
    """Return the rows of the first slips, under new names; payments as they were when asked."""
    slips = stored[PaySlip][:most]
    kept, names = {slip["id"] for slip in slips}, {slip["public_id"] for slip in slips}
    lines = [dict(row) for row in stored[PayLineRow] if row["pay_slip_id"] in kept]
    transfers = [row for row in stored[LedgerTransfer] if row["key"].split(":")[1] in names]
    payouts = [
        row
        | {"state": "due", "gateway_ref": None, "sent_at": None, "paid_at": None, "attempts": 0}
        | {"public_id": public_id()}
        for row in stored[Payout]
        if row["pay_slip_id"] in kept
    ]
    return {PaySlip: slips, PayLineRow: lines, LedgerTransfer: transfers, Payout: payouts}


def _objects(session: Session, rows: Rows) -> None:
    """Store slip by slip, as the ORM's first page shows it."""
    by_slip: dict[int, list[db.Base]] = {slip["id"]: [] for slip in rows[PaySlip]}
    ids = {slip["public_id"]: slip["id"] for slip in rows[PaySlip]}
    for model in (PayLineRow, Payout):
        for row in rows[model]:
            by_slip[row["pay_slip_id"]].append(_object(model, row))
    for row in rows[LedgerTransfer]:
        by_slip[ids[row["key"].split(":")[1]]].append(_object(LedgerTransfer, row))
    for slip in rows[PaySlip]:
        session.add(_object(PaySlip, slip))
        session.flush()
        session.add_all(by_slip[slip["id"]])
        session.flush()


def _object(model: type[db.Base], row: dict[str, Any]) -> db.Base:
    made = model(**{name: value for name, value in row.items() if name != "id"})
    if model is PaySlip:
        made.id = row["id"]  # type: ignore[attr-defined] # so that its rows find it again
    return made


def _lists(session: Session, rows: Rows) -> None:
    """Store as the product does: one insert for each table, then the proofs."""
    slips = [_object(PaySlip, row) for row in rows[PaySlip]]
    ids = [row["id"] for row in rows[PaySlip]]
    for slip in slips:
        del slip.__dict__["id"]
    db.insert_all(session, slips)
    found = dict(zip(ids, (slip.id for slip in slips), strict=True))  # type: ignore[attr-defined] # a slip's
    for model in (PayLineRow, Payout):
        for row in rows[model]:
            row["pay_slip_id"] = found[row["pay_slip_id"]]
    for table in (PayLineRow, LedgerTransfer, Payout):
        db.insert_rows(session, table, [_bare(row) for row in rows[table]])
    counted = max(slip.number for slip in slips)  # type: ignore[attr-defined] # a slip's
    session.execute(sa.update(SlipCounter).values(last=int(counted.partition("-")[2])))
    prove(session, slips)  # type: ignore[arg-type] # slips


def _bare(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "id"}


class Meter:
    """A gateway that counts calls which come too fast: more in a second than it allows."""

    def __init__(self, a_second: int) -> None:
        """Allow so many calls in any second."""
        self._a_second = a_second
        self._calls: list[float] = []
        self._lock = Lock()
        self.refused = 0

    def call(self) -> None:
        """Answer after a while, as a network does."""
        with self._lock:
            now = time.monotonic()
            self._calls = [at for at in self._calls if now - at < 1]
            self._calls.append(now)
            self.refused += len(self._calls) > self._a_second
        time.sleep(0.02)


def _pace() -> None:
    """Print which part of the allowed rate is used, and how often it was exceeded."""
    meter = Meter(RATE)
    calls: list[Callable[[], None]] = [partial(meter.call)] * CALLS
    begun, cpu = time.monotonic(), time.process_time()
    for _ in PacedCallers(Pace(RATE)).make(calls):
        pass
    rate = CALLS / (time.monotonic() - begun)
    spent_each = (time.process_time() - cpu) / CALLS
    print(f"\npace: {rate / RATE:.1%} of {RATE} calls a second, {meter.refused} too fast, ", end="")
    print(f"{spent_each * 1000:.2f} ms CPU a call")


if __name__ == "__main__":
    main()
