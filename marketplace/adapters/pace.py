"""Calls to a gateway: some at a time, never faster than it allows.

The gateway's own library does not try again what was refused for coming too fast, so the pace is
kept on our side: for a whole process, however many threads call.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import Lock
from typing import Final, TypeVar

T = TypeVar("T")

THREADS: Final = 8
SHARE: Final = 0.97
"""How much of the allowed rate is used: clocks differ a little, and a refusal costs more."""


class Pace:
    """Lets callers through at even distances, on the clock that nobody can set."""

    def __init__(
        self,
        a_second: int,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Allow so many calls a second."""
        self._distance = 1 / (a_second * SHARE)
        self._now = now
        self._sleep = sleep
        self._next = now()
        self._lock = Lock()

    def wait(self) -> None:
        """Return when the next call may begin; a pause is not made up for by a rush.

        Those who wait do so one behind the other: on a machine that wakes them late, turns that
        were given out before would fall together.
        """
        with self._lock:
            early = self._next - self._now()
            if early > 0:
                self._sleep(early)
            self._next = self._now() + self._distance


class PacedCallers:
    """Makes calls by a few threads at a pace (port `Callers`). pace: None for no limit."""

    def __init__(self, pace: Pace | None, threads: int = THREADS) -> None:
        """Start no thread yet."""
        self._pace = pace
        self._threads = threads

    def make(self, calls: Sequence[Callable[[], T]]) -> Iterator[tuple[int, T]]:
        """Make every call once; yields its place and its answer as they come, in any order.

        A call that raises ends the making: its error is raised here, calls that did not begin
        are not made.
        """
        if len(calls) == 1:
            yield 0, self._paced(calls[0])
            return
        with ThreadPoolExecutor(self._threads, "gateway call") as pool:
            waiting = {pool.submit(self._paced, call): place for place, call in enumerate(calls)}
            try:
                yield from _as_they_come(waiting)
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _paced(self, call: Callable[[], T]) -> T:
        if self._pace is not None:
            self._pace.wait()
        return call()


def _as_they_come(waiting: dict[Future[T], int]) -> Iterator[tuple[int, T]]:
    while waiting:
        done, _ = wait(waiting, return_when=FIRST_COMPLETED)
        for future in done:
            yield waiting.pop(future), future.result()
