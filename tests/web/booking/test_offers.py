from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.domain.accounts.models import User
from marketplace.domain.booking import services
from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.rules import BookingState, OfferState
from marketplace.domain.booking.services import SendOffer
from marketplace.domain.casting.models import Role
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import ShootDay
from tests.support.builders import (
    NOW,
    a_booking,
    a_person,
    a_production,
    a_role,
    a_shoot_day,
)
from tests.support.site import Browser, Site


@dataclass
class Asked:
    """Somebody with an offer of two dates, the second one past midnight."""

    url: str
    offer: Offer
    browser: Browser
    person: Person
    role: Role
    days: list[ShootDay]
    bookings: list[Booking]

    @property
    def ticks(self) -> list[str]:
        return [str(booking.id) for booking in self.bookings]


@pytest.fixture
def asked(site: Site) -> Asked:
    with site.arrange() as session:
        production = a_production(session)
        days = [
            a_shoot_day(session, production, "2026-11-29"),
            a_shoot_day(session, production, "2026-11-30", call="16:00", wrap="26:00"),
        ]
        role = a_role(session, production, days)
        person = a_person(session)
        user = session.get_one(User, person.user_id)
        command = SendOffer(
            role.id,
            person.id,
            None,
            [day.id for day in days],
            NOW + timedelta(days=1, hours=2),
            "Bring black shoes.",
            production.created_by_id,
        )
        offer = services.send_offer(session, command, clock=site.clock)
        bookings = list(
            session.scalars(sa.select(Booking).where(Booking.offer_id == offer.id)),
        )
    url = f"/me/offers/{offer.public_id}"
    return Asked(url, offer, site.browser(user), person, role, days, bookings)


def states(site: Site, asked: Asked) -> list[str]:
    with site.look() as session:
        found = sa.select(Booking.state).where(Booking.offer_id == asked.offer.id)
        return list(session.scalars(found.order_by(Booking.call_at)))


def test_the_offer_says_rate_dates_total_note_and_deadline(asked: Asked) -> None:
    page = asked.browser.get(asked.url).text

    for words in (
        "$280",
        "12 h",
        "$560.00",
        "16:00–02:00 next day",
        "Answer in 26 h",
        "Bring black shoes.",
        "You are free",
    ):
        assert words in page


def test_the_deadline_is_given_in_the_persons_own_zone_too(site: Site, asked: Asked) -> None:
    with site.arrange() as session:
        session.get_one(Person, asked.person.id).zone = "Asia/Shanghai"

    page = asked.browser.get(asked.url).text

    assert "Mon 23 Nov, 14:00 Los Angeles time" in page
    assert "Tue 24 Nov, 06:00 Shanghai time" in page


def test_accepting_all_dates_says_what_happens_next(site: Site, asked: Asked) -> None:
    page = asked.browser.follow(f"{asked.url}/accept", {"dates": asked.ticks}).text

    assert "You are booked for 2 days" in page
    assert "What happens next" in page
    assert states(site, asked) == [BookingState.CONFIRMED] * 2


def test_a_double_tap_is_no_error(site: Site, asked: Asked) -> None:
    asked.browser.post(f"{asked.url}/accept", {"dates": asked.ticks})
    asked.browser.post(f"{asked.url}/accept", {"dates": asked.ticks})

    assert states(site, asked) == [BookingState.CONFIRMED] * 2


def test_a_full_date_shows_the_place_in_the_line(site: Site, asked: Asked) -> None:
    with site.arrange() as session:
        role, day = (
            session.get_one(Role, asked.role.id),
            session.get_one(ShootDay, asked.days[0].id),
        )
        a_booking(session, role, a_person(session, "Jo Okafor"), day)

    page = asked.browser.follow(f"{asked.url}/accept", {"dates": asked.ticks}).text

    assert "Standby, place 1" in page
    assert "You are booked for 1 day" in page


def test_other_work_is_refused_on_the_page_and_the_other_date_can_be_taken(
    site: Site, asked: Asked
) -> None:
    with site.arrange() as session:
        other = a_production(session, title="Secret Show")
        day = a_shoot_day(session, other, "2026-11-29", call="08:00", wrap="12:00")
        person = session.get_one(Person, asked.person.id)
        a_booking(session, a_role(session, other, [day]), person, day)

    page = asked.browser.post(f"{asked.url}/accept", {"dates": asked.ticks}, status=409).text
    assert "You have other work at the same time as the call on Sun 29 Nov." in page
    assert "Secret" not in page
    assert states(site, asked) == [BookingState.OFFERED] * 2

    asked.browser.post(f"{asked.url}/accept", {"dates": asked.ticks[1]})
    assert states(site, asked) == [BookingState.DECLINED, BookingState.CONFIRMED]


def test_accepting_without_a_tick_says_what_to_do(asked: Asked) -> None:
    page = asked.browser.post(f"{asked.url}/accept", {}, status=422).text

    assert "Tick at least one date, or decline the offer." in page


def test_an_expired_offer_says_so_and_cannot_be_accepted(site: Site, asked: Asked) -> None:
    site.clock.at = asked.offer.expires_at

    assert "This offer has expired" in asked.browser.get(asked.url).text
    asked.browser.post(f"{asked.url}/accept", {"dates": asked.ticks}, status=409)
    asked.browser.post(f"{asked.url}/decline", {}, status=409)
    assert states(site, asked) == [BookingState.OFFERED] * 2


def test_declining_needs_no_reason(site: Site, asked: Asked) -> None:
    page = asked.browser.follow(f"{asked.url}/decline", {"reason": ""}).text

    assert "You declined this offer" in page
    with site.look() as session:
        assert session.get_one(Offer, asked.offer.id).state == OfferState.DECLINED


def test_a_booked_date_is_given_back_before_its_call_only(site: Site, asked: Asked) -> None:
    asked.browser.post(f"{asked.url}/accept", {"dates": asked.ticks})
    first, second = (f"/me/bookings/{one.public_id}/give-back" for one in asked.bookings)
    assert "Give back Sun 29 Nov" in asked.browser.get(first).text

    asked.browser.follow(first, {"reason": "Ill"})
    site.clock.at = asked.days[1].call_at

    asked.browser.post(second, {"reason": ""}, status=409)
    assert states(site, asked) == [BookingState.CANCELLED_BY_TALENT, BookingState.CONFIRMED]


def test_an_offer_of_somebody_else_is_not_found(site: Site, asked: Asked) -> None:
    with site.arrange() as session:
        stranger = session.get_one(User, a_person(session, "Jo Okafor").user_id)
    browser = site.browser(stranger)

    browser.get(asked.url, status=404)
    browser.get(f"/me/bookings/{asked.bookings[0].public_id}/give-back", status=404)
    browser.post(f"{asked.url}/accept", {"dates": asked.ticks}, status=404)
    assert site.browser().get(asked.url, status=302).location.startswith("/sign-in")
