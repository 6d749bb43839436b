"""The pages of replacing a person and of a rush call."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.rules import BookingState, OfferState
from marketplace.domain.casting.rules import ApplicationState
from tests.support import builders
from tests.support.moving import HALF
from tests.support.site import Browser, Site


@dataclass
class Cast:
    """One booked lead and one applicant, on a day with a free place in another role."""

    site: Site
    browser: Browser
    base: str
    role: str
    second: str
    day: str
    lead: str
    other: str
    booking_id: int
    person_id: int


@pytest.fixture
def cast(site: Site) -> Cast:
    """Arrange it."""
    with site.arrange() as session:
        company = builders.a_company(session)
        producer = builders.a_member(session, company)
        show = builders.a_production(session, company)
        day = builders.a_shoot_day(session, show)
        role = builders.a_role(session, show, [day])
        second = builders.a_role(session, show, [day], name="Waiter")
        ava, nora = builders.a_person(session), builders.a_person(session, "Nora")
        lead = builders.an_application(session, role, ava, state=ApplicationState.BOOKED)
        other = builders.an_application(session, role, nora)
        builders.an_application(session, second, nora)
        booking = builders.a_booking(session, role, ava, day)
        booking.cancellation_policy = HALF
        session.get_one(Offer, booking.offer_id).application_id = lead.id
        session.flush()
        found = (role.public_id, second.public_id, day.public_id, lead.public_id, other.public_id)
        base = f"/p/{show.public_id}"
        ids = booking.id, nora.id
    return Cast(site, site.browser(producer), base, *found, *ids)


def test_a_person_is_replaced_after_a_look_at_the_fees(cast: Cast) -> None:
    panel = f"{cast.base}/roles/{cast.role}/applicants?a={cast.lead}"
    assert "Replace from a day on" in cast.browser.get(panel).text
    url = f"{cast.base}/roles/{cast.role}/applicants/{cast.lead}/replace"
    page = cast.browser.get(url).text
    assert "$140.00" in page
    seen = re.findall(r'name="seen" value="(\w+)"', page)[0]
    form = {"first": "2026-11-29", "reason": "Look", "seen": seen, "successor": cast.other}
    assert "until when" in cast.browser.post(url, form, 422).text
    form |= {"expires": "2026-11-24T10:00"}
    cast.browser.post(url, form | {"reason": ""}, 422)
    assert "changed meanwhile" in cast.browser.post(url, form | {"seen": "x"}, 409).text

    cast.browser.post(url, form)

    with cast.site.look() as session:
        assert session.get_one(Booking, cast.booking_id).state == BookingState.REPLACED
        sent = session.query(Offer).filter_by(person_id=cast.person_id).one()
        assert sent.state == OfferState.SENT
    assert "No date is left" in cast.browser.get(url).text


def test_a_rush_call_asks_the_ticked_people(cast: Cast) -> None:
    board = cast.browser.get(f"{cast.base}/days/{cast.day}").text
    url = f"{cast.base}/days/{cast.day}/rush/{cast.second}"
    assert url in board
    assert "Nora" in cast.browser.get(url).text
    assert "Tick at least one" in cast.browser.post(url, {"minutes": "30"}, 422).text

    form = {"people": cast.person_id, "minutes": "30"}
    sent = cast.browser.follow(url, form).text

    assert "1 person is asked" in sent
    cast.browser.post(url, form, 422)
    assert "Nobody is free and rested" in cast.browser.get(url).text
    full = f"{cast.base}/days/{cast.day}/rush/{cast.role}"
    assert "There is nothing to fill" in cast.browser.get(full).text
