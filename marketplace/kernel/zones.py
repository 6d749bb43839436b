"""Civil time on a set: a working day belongs to the date of its call, hours run past 24."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from marketplace.kernel.errors import DomainError
from marketplace.kernel.sentences import say

HOURS_A_DAY: Final = 24
LATEST_HOUR: Final = 36
"""A shoot day is read up to 36:00; later than noon of the next day is a typing error."""


class TimeError(DomainError):
    """A time that cannot be read."""


def is_zone(name: str) -> bool:
    """Say whether `name` is an IANA time zone."""
    return name in available_timezones()


def at(day: date, minutes: int, zone: str) -> datetime:
    """Return the UTC instant of a wall-clock time on a set.

    minutes: after 00:00 of `day`; 1560 is 26:00, which is 02:00 on the wall of the next day.
    A wall time that happens twice (clocks set back) is the first one; one that never happens
    (clocks set forward) is moved on by the gap, as PEP 495 does with fold=0.
    """
    days, rest = divmod(minutes, HOURS_A_DAY * 60)
    wall = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60))
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def local(instant: datetime, zone: str) -> datetime:
    """Return the wall-clock time of an instant in a zone."""
    return instant.astimezone(ZoneInfo(zone))


def local_date(instant: datetime, zone: str) -> date:
    """Return the civil date of an instant in a zone."""
    return local(instant, zone).date()


def clock_minutes(instant: datetime, day: date, zone: str) -> int:
    """Return the wall-clock minutes of an instant after 00:00 of shoot date `day`.

    02:00 the morning after is 1560. The inverse of `at` except for repeated wall times.
    """
    wall = local(instant, zone)
    return (wall.date() - day).days * HOURS_A_DAY * 60 + wall.hour * 60 + wall.minute


def parse_clock(text: str) -> int:
    """Read "7:00", "07:00", "0700", "26:00" or "26：00" as minutes after midnight.

    Raises TimeError for anything else, and beyond 36:00.
    """
    match = re.fullmatch(r"\s*(\d{1,2})[:：.]?([0-5]\d)\s*", text)
    if not match or int(match[1]) > LATEST_HOUR:
        raise TimeError(say("Enter a time such as 07:00, or 26:00 for 2 in the morning."))
    return int(match[1]) * 60 + int(match[2])


def after(minutes: int, earlier: int) -> int:
    """Read a clock time that follows `earlier` on the same shoot day.

    "02:00" after a 16:00 call is 26:00; "26:00" stays 26:00.
    """
    return minutes if minutes >= earlier else minutes + HOURS_A_DAY * 60


def show_clock(minutes: int) -> str:
    """Write minutes after midnight as the set does: 1560 is "26:00"."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
