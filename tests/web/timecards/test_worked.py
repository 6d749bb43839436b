"""How worked hours look: what the grid shows is read back as the same hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.timecards.queries import Version
from marketplace.domain.timecards.rules import Hours, TypedHours, adjustment, read_hours
from marketplace.kernel import zones
from marketplace.web.worked import changes_of, clock_texts

ZONE = "America/Los_Angeles"
DATES = st.dates(date(2026, 1, 1), date(2027, 12, 31))
MINUTES = st.integers(0, 24 * 60 - 1)


@given(on=DATES, call=MINUTES, early=st.integers(0, 60), length=st.integers(60, 20 * 60))
def test_what_is_shown_is_read_again_as_the_same_hours(
    on: date, call: int, early: int, length: int
) -> None:
    call_at = zones.at(on, call, ZONE)
    day = 24 * 60
    begin = call - early
    typed = TypedHours(
        zones.show_clock(begin % day),
        zones.show_clock((begin + length) % day),
        ndb=zones.show_clock((begin + 20) % day),
    )
    hours = read_hours(typed, on, call_at, ZONE)

    shown = TypedHours(**clock_texts(hours, on, ZONE))

    assert read_hours(shown, on, call_at, ZONE) == hours


def test_a_correction_names_what_changed_before_and_now() -> None:
    on, at = date(2026, 11, 22), datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    old = Hours(at, at + timedelta(hours=12))
    breakfast = at + timedelta(hours=1)
    new = Hours(at, at + timedelta(hours=19), (), (adjustment("wet", 2),), breakfast)
    versions = [
        Version(1, old, "Rosa Delgado", at, ""),
        Version(2, new, "Rosa Delgado", at, "Missed wrap"),
    ]

    (change,) = changes_of(versions, on, ZONE)

    assert [(word.text, before, after) for word, before, after in change.items] == [
        ("Breakfast (NDB)", "\N{EN DASH}", "08:00"),
        ("Wrap", "19:00", "26:00"),
        ("Wet work", "\N{EN DASH}", "× 2"),
    ]
    assert change.version.reason == "Missed wrap"
