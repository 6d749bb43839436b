"""The clock: asks the database every second what is due. It remembers nothing.

APScheduler with a memory store and UTC intervals only: no date of the business ever lives in it,
so that it may be killed, paused, or run on several machines at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Final

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from marketplace.domain.tasks.queries import Backlog
from marketplace.kernel.clock import Clock, SystemClock
from marketplace.worker.drain import BATCH, Crew
from marketplace.worker.engine import THREADS, Engine

log = structlog.get_logger()

TICK_SECONDS: Final = 1
LATE: Final = timedelta(seconds=30)
CHECK_MINUTES: Final = 10
FORGET_HOURS: Final = 1


class Clockwork:
    """Ticks, and hands due work to the engine; does it itself when the engine does not."""

    def __init__(self, crew: Crew, engine: Engine, clock: Clock) -> None:
        """Set the clock up; `start` starts it."""
        self._crew = crew
        self._engine = engine
        self._clock = clock
        self._machine = SystemClock()
        self._beat_at = time.monotonic()
        self._inline: threading.Thread | None = None
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self.every(self.tick, seconds=TICK_SECONDS)
        self.every(engine.forget, hours=FORGET_HOURS)

    def every(self, job: Callable[[], object], **interval: int) -> None:
        """Let a job run at an interval; a job that breaks is reported and runs again."""

        def run() -> None:
            try:
                job()
            except Exception as problem:  # noqa: BLE001 - the next tick tries again
                log.warning("tick_broke_off", problem=type(problem).__name__)

        self._scheduler.add_job(run, "interval", **interval)

    def start(self) -> None:
        """Begin to tick, in a thread of its own."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop ticking."""
        self._scheduler.shutdown(wait=False)
        if self._inline is not None:
            self._inline.join(timeout=LATE.total_seconds())

    def silence(self) -> timedelta:
        """Return how long ago the last tick was, on the clock that nobody can set."""
        return timedelta(seconds=time.monotonic() - self._beat_at)

    def tick(self) -> None:
        """Look what is due, and have it done."""
        self._beat_at = time.monotonic()
        backlog = self._crew.backlog()
        if not backlog.due:
            return
        if self._engine.health() and not self._is_late(backlog):
            second = int(self._machine.now().timestamp())
            for number in range(min(THREADS, -(-backlog.due // BATCH))):
                self._engine.enqueue(f"drain-{second}-{number}")
            return
        self._drain_inline(backlog)

    def _is_late(self, backlog: Backlog) -> bool:
        oldest = backlog.oldest_due_at
        return oldest is not None and self._clock.now() - oldest > LATE

    def _drain_inline(self, backlog: Backlog) -> None:
        """Drain without the engine, in one thread beside the ticks, so that the clock goes on."""
        if self._inline is not None and self._inline.is_alive():
            return
        log.warning("clock_drains", due=backlog.due, engine_is_well=self._engine.health())
        self._inline = threading.Thread(target=self._drain_all, name="inline drain", daemon=True)
        self._inline.start()

    def _drain_all(self) -> None:
        try:
            self._crew.drain_all()
        except Exception as problem:  # noqa: BLE001 - rows that were not done stay due
            log.warning("drain_broke_off", problem=type(problem).__name__)
