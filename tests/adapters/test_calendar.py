"""The calendar file, byte for byte."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from icalendar import Calendar

from marketplace.adapters.calendar import write_calendar
from marketplace.domain.booking.ports import CalendarDay

GOLDEN = Path(__file__).parent / "calendar.ics"
NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
CALL = datetime(2026, 11, 29, 15, 0, tzinfo=UTC)

BOOKED = CalendarDay(
    uid="booking-k3m9wq2t7abc@dayrate.example",
    sequence=0,
    starts_at=CALL,
    ends_at=CALL + timedelta(hours=12),
    title="Claire Hart, Divorced at Dawn",
    place="Hotel Alder, 411 Lankershim Blvd, Los Angeles",
    notes="Call $280.00 per day",
    url="https://dayrate.example/me/dates",
    is_cancelled=False,
)
CANCELLED = CalendarDay(
    uid="booking-zzzzwq2t7abc@dayrate.example",
    sequence=2,
    starts_at=CALL + timedelta(days=1),
    ends_at=CALL + timedelta(days=1, hours=19),
    title="女二号 林晚; 闪婚后，前夫跪了",
    place="",
    notes="",
    url="",
    is_cancelled=True,
)


def test_the_calendar_is_written_as_it_always_was() -> None:
    assert write_calendar("Dayrate", [BOOKED, CANCELLED], NOW) == GOLDEN.read_bytes()


def test_a_calendar_program_reads_back_what_was_booked_and_what_was_cancelled() -> None:
    calendar = Calendar.from_ical(write_calendar("Dayrate", [BOOKED, CANCELLED], NOW))

    booked, cancelled = calendar.walk("VEVENT")
    assert (str(booked["uid"]), booked["sequence"]) == (BOOKED.uid, 0)
    assert booked.decoded("dtstart") == CALL
    assert booked.decoded("dtend") - booked.decoded("dtstart") == timedelta(hours=12)
    assert (str(booked["status"]), str(cancelled["status"])) == ("CONFIRMED", "CANCELLED")
    assert cancelled["sequence"] == 2
    assert str(cancelled["summary"]) == CANCELLED.title
