"""Looks after the books: while they do not balance, no money leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Final, TypeVar

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from marketplace.db import transaction
from marketplace.domain.ledger.services import note_check
from marketplace.domain.payments.services import Finding, check_books
from marketplace.domain.reports.queries.operation import last_checks
from marketplace.domain.tasks.rules import NotYetError
from marketplace.kernel.clock import Clock
from marketplace.outside import Outside
from marketplace.worker.batches import BATCHES
from marketplace.worker.drain import Crew
from marketplace.worker.handlers import HANDLERS
from marketplace.worker.work import Work, Works

log = structlog.get_logger()

LOOK_AGAIN: Final = timedelta(minutes=10)
A_DAY: Final = timedelta(hours=24)
GUARDED: Final = "send_payout"
W = TypeVar("W", Work, Works)
T = TypeVar("T")


class BooksWatch:
    """Checks the books now and then, and stops payouts while something cannot be."""

    def __init__(self, engine: Engine, outside: Outside) -> None:
        """Believe the books until the first check."""
        self._engine = engine
        self._outside = outside
        self._wrong: dict[bool, bool] = {}

    def check(self, *, is_thorough: bool = False) -> list[Finding]:
        """Check the books; returns what cannot be, after looking twice.

        is_thorough: fingerprints and the gateways' statements too, as every night.
        """
        found = self._look(is_thorough=is_thorough) and self._look(is_thorough=is_thorough)
        self._wrong[is_thorough] = bool(found)
        keep_check(self._engine, found, is_thorough=is_thorough, clock=self._outside.clock)
        if found:
            log.error(
                "books_do_not_balance",
                findings=[f"{finding.name} {finding.subject}" for finding in found],
            )
        return found

    def guarded_crew(self) -> Crew:
        """Return a crew whose payouts wait while the books are wrong, alone or many together."""
        batch = BATCHES[GUARDED]
        return Crew(
            self._engine,
            self._outside,
            {**HANDLERS, GUARDED: self.guarding(HANDLERS[GUARDED])},
            {**BATCHES, GUARDED: replace(batch, handle=self.guarding(batch.handle))},
        )

    def guarding(self, handler: Callable[[W], T]) -> Callable[[W], T]:
        """Return a handler of payouts that waits while the books are wrong."""

        def handle(work: W) -> T:
            if any(self._wrong.values()):
                raise NotYetError(self._outside.clock.now() + LOOK_AGAIN)
            return handler(work)

        return handle

    def check_nightly(self) -> None:
        """Check thoroughly, by whichever worker comes first: once a day, or until all is well."""
        now = self._outside.clock.now()
        with Session(self._engine) as session:
            last = next((one for one in last_checks(session) if one.is_thorough), None)
        if last is None or last.findings or now - last.last_at >= A_DAY:
            self.check(is_thorough=True)

    def _look(self, *, is_thorough: bool) -> list[Finding]:
        return checked(self._engine, self._outside, is_thorough=is_thorough)


def keep_check(
    engine: Engine, findings: Iterable[Finding], *, is_thorough: bool, clock: Clock
) -> None:
    """Keep what a check found, for operators to see."""
    rows = [(one.name, one.subject, one.sentence) for one in findings]
    with Session(engine) as session, transaction(session):
        note_check(session, rows, is_thorough=is_thorough, clock=clock)


def checked(engine: Engine, outside: Outside, *, is_thorough: bool = False) -> list[Finding]:
    """Return what cannot be in the books, all seen at one moment.

    is_thorough: compare every slip with its fingerprint and the books with each gateway's
    statement too.
    """
    with Session(engine) as session:
        if engine.dialect.name != "sqlite":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        if not is_thorough:
            return check_books(session)
        return check_books(session, gateways=outside.gateways, vault=outside.vault)
