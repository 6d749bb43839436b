"""The machine's clock is aware; the tests' clock stands still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from marketplace.kernel.clock import FixedClock, SystemClock


def test_the_machine_s_clock_says_utc_and_never_goes_back() -> None:
    clock = SystemClock()
    first = clock.now()

    second = clock.now()

    assert first.utcoffset() == timedelta(0)
    assert second >= first


def test_a_fixed_clock_stands_still_until_it_is_set() -> None:
    clock = FixedClock(datetime(2026, 11, 22, 20, 0, tzinfo=UTC))
    assert clock.now() == clock.now()

    clock.at += timedelta(hours=1)

    assert clock.now() == datetime(2026, 11, 22, 21, 0, tzinfo=UTC)


def test_a_fixed_clock_can_be_moved_like_the_demo_s() -> None:
    clock = FixedClock(datetime(2026, 11, 22, 20, 0, tzinfo=UTC))

    clock.move_to(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))

    assert clock.now() == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
