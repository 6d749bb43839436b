"""A crew on a test's database, with a clock that stands still and a sandbox around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.app import make_outside
from marketplace.domain.tasks import services
from marketplace.domain.tasks.models import Task
from marketplace.kernel.clock import FixedClock
from marketplace.outside import Outside
from marketplace.worker.drain import Crew
from marketplace.worker.handlers import HANDLERS
from marketplace.worker.work import Handler
from tests.support.databases import Database
from tests.support.payday import VAULT
from tests.support.site import settings_for


class Killed(SystemExit):
    """The process is gone: nothing after this line runs."""


class MortalCrew(Crew):
    """A crew that dies just before its n-th commit, or just after it."""

    def __init__(
        self,
        engine: sa.Engine,
        outside: Outside,
        handlers: Mapping[str, Handler],
        *,
        stage: int,
    ) -> None:
        super().__init__(engine, outside, handlers)
        self._before, self._after = divmod(stage, 2)
        self.commits = 0

    @contextmanager
    def unit(self) -> Iterator[Session]:
        is_last = self.commits == self._before
        self.commits += 1
        with super().unit() as session:
            yield session
            if is_last and not self._after:
                raise Killed
        if is_last:
            raise Killed


def an_outside(database: Database, folder: Path, clock: FixedClock) -> Outside:
    """Make the ports of a test: the product's own, with the vault of the builders."""
    return replace(make_outside(settings_for(database.url, folder), clock), vault=VAULT)


def a_crew(
    database: Database,
    folder: Path,
    clock: FixedClock,
    handlers: Mapping[str, Handler] = HANDLERS,
) -> Crew:
    """Make a crew."""
    return Crew(database.engine, an_outside(database, folder, clock), handlers)


def ask(crew: Crew, kind: str, subject_id: int, run_at: datetime) -> None:
    """Ask for work, in a transaction of its own."""
    with crew.unit() as session:
        services.ask(session, kind, f"{kind}:{subject_id}", subject_id, run_at=run_at)


def tasks_of(database: Database) -> list[Task]:
    """Return every piece of work, oldest first."""
    with database.session() as session:
        return list(session.scalars(sa.select(Task).order_by(Task.id)))


def when_next(database: Database) -> datetime | None:
    """Return when the next piece of work can be taken, or None when nothing is left."""
    left = [task for task in tasks_of(database) if task.done_at is None and task.parked_at is None]
    return min((max(task.run_at, task.lease_until) for task in left), default=None)


def to_the_end(crew: Crew, database: Database, clock: FixedClock, until: datetime) -> None:
    """Drain, and move the clock to the next due work, until nothing is left before `until`."""
    crew.drain_all()
    while (due := when_next(database)) is not None and due <= until:
        clock.at = max(clock.at, due)
        crew.drain_all()
