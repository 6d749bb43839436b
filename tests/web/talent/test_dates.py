"""My dates: next call, offers, the month, the calendar feed."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from icalendar import Calendar

from marketplace.domain.accounts.models import User
from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules import BookingState
from marketplace.domain.people.models import BookOut, Person
from tests.support.builders import a_booking, a_person, a_production, a_role, a_shoot_day
from tests.support.site import Browser, Site


def talent(site: Site) -> tuple[Person, Browser]:
    with site.arrange() as session:
        person = a_person(session, "Mei Alvarez")
        user = session.get_one(User, person.user_id)
        session.expunge_all()
    return person, site.browser(user)


def book(
    site: Site, person: Person, on: str, *, state: BookingState = BookingState.CONFIRMED
) -> str:
    with site.arrange() as session:
        show = a_production(session)
        day = a_shoot_day(session, show, on)
        return a_booking(session, a_role(session, show, [day]), person, day, state=state).public_id


def away(site: Site, person: Person) -> list[date]:
    with site.look() as session:
        return list(
            session.scalars(sa.select(BookOut.on_date).where(BookOut.person_id == person.id)),
        )


def test_nothing_booked_says_what_will_stand_here(site: Site) -> None:
    _person, browser = talent(site)

    assert "Nothing is booked" in browser.get("/me/dates").text


def test_the_next_call_is_on_top_with_place_and_map(site: Site) -> None:
    person, browser = talent(site)
    book(site, person, "2026-12-02")
    book(site, person, "2026-11-29")

    page = browser.get("/me/dates").text

    found = re.search(
        r'<span class="big">(\d\d:\d\d)</span> <span class="fig">([^<]+)</span>', page
    )
    assert found
    assert found.groups() == ("07:00", "Sun 29 Nov")
    assert "Hotel Alder" in page
    assert "411+Lankershim+Blvd" in page


def test_short_rest_between_two_booked_days_is_shown(site: Site) -> None:
    person, browser = talent(site)
    with site.arrange() as session:
        show = a_production(session, minimum_rest_minutes=0)
        days = [
            a_shoot_day(session, show, call="10:00", wrap="26:00"),
            a_shoot_day(session, show, "2026-11-30", call="07:00"),
        ]
        role = a_role(session, show, days)
        for day in days:
            a_booking(session, role, person, day)

    assert "Short rest: 5 h" in browser.get("/me/dates").text


def test_offers_wait_for_an_answer_and_color_the_month(site: Site) -> None:
    person, browser = talent(site)
    book(site, person, "2026-11-29", state=BookingState.OFFERED)

    page = browser.get("/me/dates").text

    assert "Offers that wait for your answer" in page
    assert "Sun 29 Nov 2026, offered" in page


def test_a_tap_marks_a_date_busy_and_another_one_frees_it(site: Site) -> None:
    person, browser = talent(site)

    page = browser.follow("/me/dates/mark", {"busy": "2026-12-24"}).text
    browser.post("/me/dates/mark", {"busy": "2026-12-24"})

    assert 'name="free" value="2026-12-24"' in page
    assert away(site, person) == [date(2026, 12, 24)]
    browser.post("/me/dates/mark", {"free": "2026-12-24"})
    assert away(site, person) == []
    browser.post("/me/dates/mark", {"busy": "Christmas"}, 400)


def test_the_month_turns_and_does_not_run_away(site: Site) -> None:
    _person, browser = talent(site)

    assert "December 2026" in browser.get("/me/dates?month=2026-12").text
    for odd in ("2031-01", "2020-01", "soon", "2026-13"):
        assert "November 2026" in browser.get(f"/me/dates?month={odd}").text


def test_the_feed_follows_bookings_for_whoever_has_its_address(site: Site) -> None:
    person, browser = talent(site)
    kept = book(site, person, "2026-11-29")
    gone = book(site, person, "2026-12-02")
    with site.arrange() as session:
        booking = session.scalars(sa.select(Booking).where(Booking.public_id == gone)).one()
        booking.state, booking.calendar_sequence = BookingState.CANCELLED_BY_PRODUCTION, 1

    page = browser.follow("/me/dates/feed", {}).text
    found = re.search(r'href="http://localhost(/calendar/[^"]+\.ics)"', page)
    assert found
    answer = site.browser().get(found[1])

    events = Calendar.from_ical(answer.data).walk("VEVENT")
    assert answer.mimetype == "text/calendar"
    assert [(str(one["uid"]), one["sequence"], str(one["status"])) for one in events] == [
        (f"booking-{kept}@localhost", 0, "CONFIRMED"),
        (f"booking-{gone}@localhost", 1, "CANCELLED"),
    ]
    assert b"TZID" not in answer.data
    start = events[0].decoded("dtstart")
    assert isinstance(start, datetime)
    assert start.utcoffset() == timedelta(0)
    assert f"{start:%H:%M}" == "15:00"

    browser.post("/me/dates/feed", {})
    site.browser().get(found[1], 404)
