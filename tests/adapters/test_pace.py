"""Calls leave at an even pace, from a few threads, each once."""

from __future__ import annotations

from functools import partial
from threading import Barrier

import pytest

from marketplace.adapters.pace import SHARE, Pace, PacedCallers
from marketplace.domain.payments.ports import ONE_AFTER_ANOTHER


class Seconds:
    """A clock that moves only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.turns: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def note(self) -> None:
        self.turns.append(self.now)


def test_calls_keep_the_distance_the_gateway_asks_for() -> None:
    seconds = Seconds()
    pace = Pace(10, now=lambda: seconds.now, sleep=seconds.sleep)

    for _ in range(5):
        pace.wait()
        seconds.note()

    distance = 1 / (10 * SHARE)
    assert seconds.turns == pytest.approx([place * distance for place in range(5)])


def test_a_pause_is_not_made_up_for_by_a_rush() -> None:
    seconds = Seconds()
    pace = Pace(10, now=lambda: seconds.now, sleep=seconds.sleep)
    pace.wait()
    seconds.now += 60

    for _ in range(2):
        pace.wait()
        seconds.note()

    assert seconds.turns[1] - seconds.turns[0] == pytest.approx(1 / (10 * SHARE))


def test_every_call_is_made_once_and_answers_know_their_place() -> None:
    calls = [partial(pow, number, 2) for number in range(50)]

    answers = dict(PacedCallers(None).make(calls))

    assert answers == {number: number**2 for number in range(50)}


def test_calls_wait_for_answers_at_the_same_time() -> None:
    together = Barrier(4, timeout=10)

    answers = dict(PacedCallers(None, threads=4).make([together.wait] * 4))

    assert sorted(answers.values()) == [0, 1, 2, 3]


def test_a_call_that_breaks_is_told_to_the_caller() -> None:
    def broken() -> int:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        dict(PacedCallers(None).make([broken, broken]))


def test_one_call_is_made_in_the_callers_own_thread() -> None:
    made = PacedCallers(Pace(1_000)).make([lambda: "sent"])

    assert list(made) == [(0, "sent")]


def test_without_threads_calls_are_made_in_order() -> None:
    assert list(ONE_AFTER_ANOTHER.make([lambda: "a", lambda: "b"])) == [(0, "a"), (1, "b")]
