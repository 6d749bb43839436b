"""The demo's clock: every process sees the same shifted time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from marketplace.adapters.sandbox.clock import ShiftedClock
from marketplace.kernel.clock import SystemClock

BLINK = timedelta(seconds=5)


def test_without_a_shift_it_is_the_machines_time(tmp_path: Path) -> None:
    clock = ShiftedClock(tmp_path / "demo" / "clock")

    assert clock.shift() == timedelta(0)
    assert abs(clock.now() - SystemClock().now()) < BLINK


def test_a_moved_clock_goes_on_from_there_in_every_process(tmp_path: Path) -> None:
    path = tmp_path / "demo" / "clock"
    later = SystemClock().now() + timedelta(days=3)

    ShiftedClock(path).move_to(later)

    other = ShiftedClock(path)
    assert abs(other.now() - later) < BLINK
    assert other.shift() > timedelta(days=2)
    assert [one.name for one in path.parent.iterdir()] == ["clock"]
