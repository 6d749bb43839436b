"""Booked days as iCalendar (RFC 5545), through the icalendar package."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from icalendar import Calendar, Event, vDuration, vText

from marketplace.domain.booking.ports import CalendarDay

ASK_AGAIN: Final = timedelta(hours=1)


def write_calendar(name: str, days: Sequence[CalendarDay], now: datetime) -> bytes:
    """Return a calendar with one event per day, in UTC, so that no time zone table is needed."""
    calendar = Calendar()
    calendar.add("prodid", "-//Dayrate//Booked days//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar["refresh-interval"] = vDuration(ASK_AGAIN, params={"VALUE": "DURATION"})
    calendar["x-published-ttl"] = vDuration(ASK_AGAIN)
    for day in days:
        calendar.add_component(_event(day, now))
    return bytes(calendar.to_ical())


def _event(day: CalendarDay, now: datetime) -> Event:
    event = Event()
    event.add("uid", day.uid)
    event.add("sequence", day.sequence)
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", day.starts_at.astimezone(UTC))
    event.add("dtend", day.ends_at.astimezone(UTC))
    event.add("summary", day.title)
    event["status"] = vText("CANCELLED" if day.is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if day.is_cancelled else "OPAQUE")
    for name, value in (("location", day.place), ("description", day.notes), ("url", day.url)):
        if value:
            event.add(name, value)
    return event
