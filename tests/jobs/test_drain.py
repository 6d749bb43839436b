"""Work is claimed, done and settled; whatever a handler does, the crew goes on."""

from __future__ import annotations

import ast
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from marketplace.domain.tasks.rules import HopelessError, NotYetError
from marketplace.domain.tasks.services import LEASE, MOST_ATTEMPTS
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import DomainError
from marketplace.kernel.sentences import say
from marketplace.worker import drain
from marketplace.worker.drain import Crew
from marketplace.worker.handlers import HANDLERS
from marketplace.worker.work import Handler, Work
from tests.support.crews import a_crew, ask, tasks_of
from tests.support.databases import Database
from tests.support.source import PRODUCT, modules

MakeCrew = Callable[[Handler], Crew]


class FetchingError(BaseException):
    """A library's error that is no `Exception`."""


@pytest.fixture
def crew_with(database: Database, tmp_path: Path, clock: FixedClock) -> MakeCrew:
    """Return a maker of crews that know one kind of work."""
    return lambda handler: a_crew(database, tmp_path, clock, {"dig": handler})


def raising(problem: BaseException) -> Handler:
    def handle(_work: Work) -> None:
        raise problem

    return handle


def test_due_work_is_done_in_order_of_time_and_once(crew_with: MakeCrew, clock: FixedClock) -> None:
    done: list[int] = []
    crew = crew_with(lambda work: done.append(work.subject_id))
    ask(crew, "dig", 1, clock.now())
    ask(crew, "dig", 2, clock.now() - timedelta(hours=1))
    ask(crew, "dig", 3, clock.now() + timedelta(seconds=1))

    counts = [crew.drain(), crew.drain()]

    assert (done, counts) == ([2, 1], [2, 0])


def test_draining_ends_after_as_many_pieces_as_asked(
    crew_with: MakeCrew, clock: FixedClock
) -> None:
    crew = crew_with(lambda _work: None)
    for number in range(3):
        ask(crew, "dig", number, clock.now())

    assert [crew.drain(most=2), crew.backlog().due] == [2, 1]


def test_work_that_work_asks_for_is_done_too(crew_with: MakeCrew, clock: FixedClock) -> None:
    done: list[int] = []

    def handle(work: Work) -> None:
        done.append(work.subject_id)
        if work.subject_id < 3:
            ask(crew, "dig", work.subject_id + 1, clock.now())

    crew = crew_with(handle)
    ask(crew, "dig", 1, clock.now())

    assert (crew.drain_all(), done) == (3, [1, 2, 3])


def test_a_refusal_puts_work_off_and_keeps_its_sentence(
    crew_with: MakeCrew, database: Database, clock: FixedClock
) -> None:
    crew = crew_with(raising(DomainError(say("The day is %(state)s.", state="open"))))
    ask(crew, "dig", 1, clock.now())

    crew.drain()

    (task,) = tasks_of(database)
    assert (task.done_at, task.attempts, task.problem) == (None, 1, "The day is open.")
    assert task.run_at == clock.now() + timedelta(seconds=2)


def test_a_crash_of_a_handler_names_the_error_and_never_its_words(
    crew_with: MakeCrew, database: Database, clock: FixedClock
) -> None:
    crew = crew_with(raising(ValueError("Lin Yuting, account 6222 0200")))
    ask(crew, "dig", 1, clock.now())

    crew.drain()

    (task,) = tasks_of(database)
    assert task.problem.startswith("ValueError at worker/drain.py:")
    assert "6222" not in task.problem


def test_an_error_that_is_no_exception_ends_one_piece_of_work_only(
    crew_with: MakeCrew, database: Database, clock: FixedClock
) -> None:
    crew = crew_with(raising(FetchingError("http://example.test")))
    ask(crew, "dig", 1, clock.now())
    ask(crew, "dig", 2, clock.now())

    assert crew.drain() == 2
    assert [task.problem[:13] for task in tasks_of(database)] == ["FetchingError"] * 2


def test_early_work_is_given_back_without_counting_as_failed(
    crew_with: MakeCrew, database: Database, clock: FixedClock
) -> None:
    later = clock.now() + timedelta(hours=3)
    crew = crew_with(raising(NotYetError(later)))
    ask(crew, "dig", 1, clock.now())

    crew.drain()

    (task,) = tasks_of(database)
    assert (task.run_at, task.attempts, task.problem) == (later, 0, "")


def test_hopeless_work_is_parked_at_once_for_a_person_to_see(
    crew_with: MakeCrew, database: Database, clock: FixedClock
) -> None:
    crew = crew_with(raising(HopelessError(say("No such address."))))
    ask(crew, "dig", 1, clock.now())

    crew.drain()

    (task,) = tasks_of(database)
    assert (task.parked_at, task.problem) == (clock.now(), "No such address.")
    assert crew.backlog().parked == 1


def test_work_that_fails_again_and_again_is_parked(
    crew_with: MakeCrew, database: Database, clock: FixedClock
) -> None:
    crew = crew_with(raising(OSError()))
    ask(crew, "dig", 1, clock.now())

    for _ in range(MOST_ATTEMPTS):
        crew.drain()
        clock.at += timedelta(hours=1)

    (task,) = tasks_of(database)
    assert (task.attempts, crew.drain(), task.parked_at is None) == (MOST_ATTEMPTS, 0, False)


def test_a_kind_nobody_knows_is_put_off_not_lost(
    crew_with: MakeCrew, database: Database, clock: FixedClock
) -> None:
    crew = crew_with(lambda _work: None)
    ask(crew, "fly", 1, clock.now())

    crew.drain()

    assert tasks_of(database)[0].problem.startswith("KeyError")


def test_work_of_a_crew_that_died_is_taken_over_when_its_lease_ran_out(
    crew_with: MakeCrew, database: Database, clock: FixedClock
) -> None:
    dying, other = crew_with(raising(SystemExit())), crew_with(lambda _work: None)
    ask(dying, "dig", 1, clock.now())
    with pytest.raises(SystemExit):
        dying.drain()

    at_once = other.drain()
    clock.at += LEASE
    afterwards = other.drain()

    assert (at_once, afterwards, tasks_of(database)[0].attempts) == (0, 1, 2)


def test_a_crew_that_leaves_takes_no_more_work(crew_with: MakeCrew, clock: FixedClock) -> None:
    crew = crew_with(lambda _work: crew.leave())
    ask(crew, "dig", 1, clock.now())
    ask(crew, "dig", 2, clock.now())

    assert [crew.drain(), crew.backlog().due] == [1, 1]


def test_long_work_keeps_its_lease(
    crew_with: MakeCrew,
    database: Database,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drain, "RENEW_SECONDS", 0.02)
    is_renewed = threading.Event()

    def handle(_work: Work) -> None:
        clock.at += LEASE / 2
        start = clock.at
        for _ in range(200):
            if tasks_of(database)[0].lease_until >= start + LEASE:
                is_renewed.set()
                return
            threading.Event().wait(0.02)

    crew = crew_with(handle)
    ask(crew, "dig", 1, clock.now())

    crew.drain()

    assert is_renewed.is_set()


def test_crews_that_work_at_once_share_the_work_without_doing_any_twice(
    crew_with: MakeCrew, clock: FixedClock
) -> None:
    done: Counter[int] = Counter()
    crew = crew_with(lambda work: done.update([work.subject_id]))
    for number in range(40):
        ask(crew, "dig", number, clock.now())
    crews = [threading.Thread(target=crew.drain_all) for _ in range(4)]

    for thread in crews:
        thread.start()
    for thread in crews:
        thread.join(timeout=60)

    assert done == Counter(range(40))


ASKING = {"ask": 1, "tasks.ask": 1, "tasks_services.ask": 1, "Wanted": 0, "tasks.Wanted": 0}
"""What asks for work, and at which place it names the kind."""


def asked_kinds() -> set[str]:
    """Return every kind of work the product asks for, as its source says it."""
    named = (
        call.args[ASKING[ast.unparse(call.func)]]
        for module in modules(PRODUCT)
        for call in ast.walk(module.tree)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) in ASKING
        and len(call.args) > ASKING[ast.unparse(call.func)]
    )
    return {
        kind.value
        for kind in named
        if isinstance(kind, ast.Constant) and isinstance(kind.value, str)
    }


def test_every_kind_of_work_that_is_asked_for_has_a_handler() -> None:
    assert asked_kinds() - HANDLERS.keys() == set(), "Add it to worker/handlers.py."


def test_every_handler_is_for_work_that_is_asked_for() -> None:
    assert HANDLERS.keys() - asked_kinds() == set(), "Nobody asks for this kind of work."
