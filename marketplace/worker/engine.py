"""The muscle: a durable engine that runs `drain` in the background, here and on other machines.

It is never trusted with the truth. It is given nothing but the wish to drain, under names that are
the same on every machine; what it loses or repeats is in the rows (docs/adr/0006).
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Protocol

import structlog

from marketplace.kernel.clock import SystemClock

log = structlog.get_logger()

THREADS: Final = 2
PATIENCE_SECONDS: Final = 15
LEAVE_SECONDS: Final = 10
KEPT: Final = timedelta(days=1)
MOST_FORGOTTEN: Final = 5_000
LAUNCH: Final = "engine launch"
SCHEMA: Final = "dayrate_engine"


class Engine(Protocol):
    """Runs `drain` when asked, some time soon, at least once."""

    def run(self, drain: Callable[[], int]) -> Any:  # noqa: ANN401 - a context manager
        """Work until the end of the `with` block."""
        ...

    def enqueue(self, name: str) -> None:
        """Ask for one drain; the same name asks once, on all machines together."""
        ...

    def health(self) -> bool:
        """Say whether what was asked for is being done."""
        ...

    def forget(self) -> int:
        """Remove old notes about drains; returns how many."""
        ...


class DbosEngine:
    """DBOS on a SQLite file of its own, or in its own schema on PostgreSQL."""

    def __init__(self, database_url: str, instance: Path) -> None:
        """Decide where the engine keeps its notes; starts nothing."""
        self._is_embedded = database_url.startswith("sqlite")
        self._url = f"sqlite:///{instance / 'engine.db'}" if self._is_embedded else database_url
        self._ask: Callable[[str], None] | None = None
        self._asked_at: float | None = None
        self._is_broken = False

    @contextmanager
    def run(self, drain: Callable[[], int]) -> Iterator[None]:
        """Launch the engine beside the caller, who never waits for it.

        An engine that does not start, or hangs, is done without.
        """
        launching = threading.Thread(target=self._launch, args=(drain,), name=LAUNCH, daemon=True)
        launching.start()
        try:
            yield
        finally:
            launching.join(timeout=LEAVE_SECONDS)
            self._end()

    def enqueue(self, name: str) -> None:
        """Ask for one drain."""
        self._asked_at = self._asked_at or time.monotonic()
        if self._ask is not None:
            self._ask(name)

    def health(self) -> bool:
        """Say whether it starts or runs, and has answered what was asked a while ago."""
        waited = time.monotonic() - self._asked_at if self._asked_at else 0
        return not self._is_broken and waited < PATIENCE_SECONDS

    def forget(self) -> int:
        """Remove notes about drains older than a day, finished or not; returns how many."""
        from dbos import DBOS  # noqa: PLC0415 - see `_end`

        if self._ask is None:
            return 0
        before = (SystemClock().now() - KEPT).isoformat()
        old = DBOS.list_workflows(
            end_time=before, limit=MOST_FORGOTTEN, load_input=False, load_output=False
        )
        DBOS.delete_workflows([note.workflow_id for note in old])
        return len(old)

    def _launch(self, drain: Callable[[], int]) -> None:
        try:
            self._ask = self._launched(drain)
        except Exception as problem:  # noqa: BLE001 - the clock drains without it
            self._is_broken = True
            log.warning("engine_not_started", problem=type(problem).__name__)

    def _end(self) -> None:
        """End the engine, also one that started only halfway."""
        from dbos import DBOS  # noqa: PLC0415 - two seconds of import, for the worker alone

        self._ask = None
        DBOS.destroy(workflow_completion_timeout_sec=LEAVE_SECONDS, destroy_registry=True)

    def _launched(self, drain: Callable[[], int]) -> Callable[[str], None]:
        """Start DBOS; returns how to ask for one drain under a name."""
        from dbos import DBOS, SetWorkflowID  # noqa: PLC0415 - see `_end`

        @DBOS.workflow(name="drain")
        def carry_out() -> int:
            self._asked_at = None
            return self._attempt(drain)

        DBOS(config=self._config())
        DBOS.launch()
        queue = DBOS.register_queue("work", worker_concurrency=THREADS, polling_interval_sec=0.5)

        def ask(name: str) -> None:
            with SetWorkflowID(name):
                queue.enqueue(carry_out)

        return ask

    def _attempt(self, drain: Callable[[], int]) -> int:
        try:
            return drain()
        except Exception as problem:  # noqa: BLE001 - rows that were not done stay due
            log.warning("drain_broke_off", problem=type(problem).__name__)
            return 0

    def _config(self) -> Any:  # noqa: ANN401 - DBOSConfig, imported late
        shared: dict[str, Any] = {
            "name": "dayrate",
            "system_database_url": self._url,
            "executor_id": f"{socket.gethostname()}-{os.getpid()}",
            "application_version": "1",
            "log_level": "CRITICAL",
            "console_log_level": "CRITICAL",
            "use_listen_notify": False,
            "max_executor_threads": THREADS + 6,
            "notification_listener_polling_interval_sec": 2.0,
            "scheduler_polling_interval_sec": 3600.0,
        }
        if self._is_embedded:
            return shared
        return shared | {"dbos_system_schema": SCHEMA, "db_engine_kwargs": {"pool_size": 4}}
