"""The worker process: engine, clock, watchdog and signals."""

from __future__ import annotations

import os
import signal
import threading
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Final

import structlog

from marketplace import db
from marketplace.outside import Outside
from marketplace.worker.alarms import BEAT_SECONDS, Watchman
from marketplace.worker.books import BooksWatch
from marketplace.worker.clock import CHECK_MINUTES, Clockwork
from marketplace.worker.drain import Crew
from marketplace.worker.engine import DbosEngine
from marketplace.worker.nights import planner

log = structlog.get_logger()

PLAN_HOURS: Final = 1
LONGEST_SILENCE: Final = timedelta(seconds=30)
MOST_MEMORY: Final = 1536 * 1024 * 1024
STALLED: Final = 3
STATM: Final = Path("/proc/self/statm")


def run_worker(outside: Outside) -> int:
    """Work until told to stop; returns the exit code, not 0 when a supervisor must start anew."""
    told = _listen()
    settings = outside.settings
    database = db.create_engine(settings.database_url)
    books = BooksWatch(database, outside)
    crew = books.guarded_crew()
    engine = DbosEngine(settings.database_url, settings.instance)
    clockwork = Clockwork(crew, engine, outside.clock)
    _give_duties(clockwork, books, crew, outside)
    with engine.run(crew.drain):
        clockwork.start()
        log.info("worker_started", is_embedded=settings.database_url.startswith("sqlite"))
        code = _watch(told, clockwork)
        crew.leave()
        clockwork.stop()
    database.dispose()
    log.info("worker_stopped", code=code)
    return code


def _give_duties(clockwork: Clockwork, books: BooksWatch, crew: Crew, outside: Outside) -> None:
    """Let the clock look after books, nights and alarms, and look once before anything is done."""
    plan_nights = planner(crew, outside)
    watchman = Watchman(crew, outside)
    clockwork.every(books.check, minutes=CHECK_MINUTES)
    clockwork.every(books.check_nightly, minutes=CHECK_MINUTES)
    clockwork.every(plan_nights, hours=PLAN_HOURS)
    clockwork.every(watchman.look, minutes=1)
    clockwork.every(watchman.beat, seconds=BEAT_SECONDS)
    books.check()
    plan_nights()
    watchman.look()
    watchman.beat()


def _listen() -> threading.Event:
    """Return an event that is set when the process is told to stop."""
    told = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        told.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return told


def _watch(told: threading.Event, clockwork: Clockwork) -> int:
    """Wait until told to stop; a silent clock ends the process at once, too much memory soon.

    A scheduler whose thread died still says that it runs, and a machine's clock set back stops
    it for as long: only a clock nobody can set tells.
    """
    while not told.wait(timeout=1):
        if clockwork.silence() > LONGEST_SILENCE:
            log.error("clock_silent", seconds=clockwork.silence().seconds)
            os._exit(STALLED)
        if _memory() > MOST_MEMORY:
            log.warning("worker_too_big", bytes=_memory())
            return STALLED
    return 0


def _memory() -> int:
    """Return how many bytes of memory the process holds; 0 where the system does not say."""
    if not STATM.exists():
        return 0
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
