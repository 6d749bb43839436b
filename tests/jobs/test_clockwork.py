"""The clock says when, the engine carries out, and neither is trusted with the truth."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from pathlib import Path

import pytest

from marketplace.kernel.clock import FixedClock
from marketplace.worker import clock as clockwork_module
from marketplace.worker import engine as engine_module
from marketplace.worker.clock import LATE, Clockwork
from marketplace.worker.drain import Crew
from marketplace.worker.engine import DbosEngine
from marketplace.worker.work import Work
from tests.support.crews import a_crew, ask
from tests.support.databases import Database

pytestmark = pytest.mark.embedded


class NotingEngine:
    """An engine that writes down what it is asked, and does none of it."""

    def __init__(self, *, is_well: bool) -> None:
        self.is_well = is_well
        self.names: list[str] = []

    def run(self, _drain: Callable[[], int]) -> AbstractContextManager[None]:
        return nullcontext()

    def enqueue(self, name: str) -> None:
        self.names.append(name)

    def health(self) -> bool:
        return self.is_well

    def forget(self) -> int:
        return 0


class Bench:
    """A crew whose work signals that it was done."""

    def __init__(self, database: Database, folder: Path, clock: FixedClock) -> None:
        self.clock = clock
        self.is_done = threading.Event()
        self.crew: Crew = a_crew(database, folder, clock, {"dig": self.dig})

    def dig(self, _work: Work) -> None:
        self.is_done.set()

    def ask(self, ago: timedelta = timedelta(0), number: int = 1) -> None:
        ask(self.crew, "dig", number, self.clock.now() - ago)


@pytest.fixture
def bench(database: Database, tmp_path: Path, clock: FixedClock) -> Bench:
    return Bench(database, tmp_path, clock)


def test_a_tick_hands_due_work_to_the_engine(bench: Bench) -> None:
    engine = NotingEngine(is_well=True)
    bench.ask()

    Clockwork(bench.crew, engine, bench.clock).tick()

    assert [name.split("-")[::2] for name in engine.names] == [["drain", "0"]]
    assert not bench.is_done.is_set()


def test_much_due_work_is_handed_to_as_many_drains_as_the_engine_has_threads(
    bench: Bench,
) -> None:
    engine = NotingEngine(is_well=True)
    for number in range(100):
        bench.ask(number=number)

    Clockwork(bench.crew, engine, bench.clock).tick()

    assert len(engine.names) == engine_module.THREADS


def test_a_tick_without_due_work_wakes_nobody(bench: Bench) -> None:
    engine = NotingEngine(is_well=True)
    bench.ask(ago=timedelta(seconds=-1))

    Clockwork(bench.crew, engine, bench.clock).tick()

    assert engine.names == []


@pytest.mark.parametrize(
    ("is_well", "ago"),
    [(False, timedelta(0)), (True, LATE + timedelta(seconds=1))],
    ids=["the engine is ill", "work is late"],
)
def test_the_clock_drains_by_itself_when(bench: Bench, *, is_well: bool, ago: timedelta) -> None:
    engine = NotingEngine(is_well=is_well)
    bench.ask(ago=ago)

    clockwork = Clockwork(bench.crew, engine, bench.clock)
    clockwork.tick()

    assert bench.is_done.wait(timeout=30)
    assert engine.names == []


def test_the_clock_ticks_by_itself(bench: Bench) -> None:
    bench.ask()
    clockwork = Clockwork(bench.crew, NotingEngine(is_well=False), bench.clock)
    clockwork.start()

    assert bench.is_done.wait(timeout=30)

    clockwork.stop()


def test_the_clock_notices_its_own_silence(bench: Bench) -> None:
    clockwork = Clockwork(bench.crew, NotingEngine(is_well=True), bench.clock)
    clockwork.tick()

    before = clockwork.silence()
    threading.Event().wait(0.05)
    assert clockwork.silence() >= before + timedelta(milliseconds=50)


def test_a_job_that_breaks_is_run_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clockwork_module, "TICK_SECONDS", 60)
    clockwork = Clockwork(bench.crew, NotingEngine(is_well=True), bench.clock)
    runs: list[int] = []
    is_again = threading.Event()

    def breaks() -> None:
        runs.append(1)
        if len(runs) > 1:
            is_again.set()
        raise OSError

    clockwork.every(breaks, seconds=1)
    clockwork.start()

    assert is_again.wait(timeout=30)
    clockwork.stop()


def wait_until_launched() -> None:
    for thread in threading.enumerate():
        if thread.name == engine_module.LAUNCH:
            thread.join(timeout=60)


def ask_when_up(engine: DbosEngine, name: str) -> None:
    wait_until_launched()
    engine.enqueue(name)


def test_the_engine_drains_once_for_a_name_and_forgets_old_notes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drained = threading.Semaphore(0)

    def drain() -> int:
        drained.release()
        return 0

    engine = DbosEngine("sqlite:///site.db", tmp_path)
    with engine.run(drain):
        for name in ("drain-1-0", "drain-1-0", "drain-2-0"):
            ask_when_up(engine, name)
        assert [drained.acquire(timeout=30) for _ in range(2)] == [True, True]
        assert not drained.acquire(timeout=1), "The same name was drained twice."
        assert engine.health()
        assert engine.forget() == 0
        monkeypatch.setattr(engine_module, "KEPT", timedelta(seconds=-60))
        assert engine.forget() == 2


def test_a_drain_that_breaks_off_leaves_the_engine_well(tmp_path: Path) -> None:
    is_called = threading.Event()

    def drain() -> int:
        is_called.set()
        raise OSError

    engine = DbosEngine("sqlite:///site.db", tmp_path)
    with engine.run(drain):
        ask_when_up(engine, "drain-1-0")
        assert is_called.wait(timeout=30)
        assert engine.health()


def test_an_engine_that_cannot_start_is_ill_and_harmless(tmp_path: Path) -> None:
    nowhere = tmp_path / "file"
    nowhere.write_text("")
    engine = DbosEngine("sqlite:///site.db", nowhere)

    with engine.run(lambda: 0):
        wait_until_launched()
        engine.enqueue("drain-1-0")

        assert not engine.health()
        assert engine.forget() == 0


def test_an_engine_that_does_not_answer_is_ill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = DbosEngine("sqlite:///site.db", tmp_path)
    engine.enqueue("drain-1-0")

    assert engine.health()
    monkeypatch.setattr(engine_module, "PATIENCE_SECONDS", 0)
    assert not engine.health()
