"""Whoever is offered work reads who will pay them, and how."""

from __future__ import annotations

from dataclasses import replace

import pytest

from marketplace.adapters.stripe_gateway import StripeGateway, connect
from marketplace.domain.accounts.models import Company, User
from marketplace.domain.accounts.rules import PaysBy
from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.rules import BookingState
from marketplace.domain.payments.rules import BANK_FILE
from marketplace.domain.people.models import Person
from tests.support import builders
from tests.support.site import Site


@pytest.mark.parametrize("pays_by", list(PaysBy))
def test_an_offer_says_that_the_company_pays_from_its_own_bank(site: Site, pays_by: PaysBy) -> None:
    with site.arrange() as session:
        production = builders.a_production(session)
        session.get_one(Company, production.company_id).pays_by = pays_by
        day = builders.a_shoot_day(session, production)
        role = builders.a_role(session, production, [day])
        person = builders.a_person(session)
        booking: Booking = builders.a_booking(
            session, role, person, day, state=BookingState.OFFERED
        )
        offer = session.get_one(Offer, booking.offer_id).public_id
        user = session.get_one(User, person.user_id)

    page = site.browser(user).get(f"/me/offers/{offer}").text

    is_by_bank = "You are paid by bank transfer from Redwood Vertical" in page
    assert is_by_bank == (pays_by is PaysBy.OWN_BANK)


@pytest.mark.parametrize(
    ("country", "words"),
    [
        ("US", "You are paid through Stripe the next day"),
        ("CN", "You are paid by bank transfer from Redwood Vertical"),
    ],
)
def test_the_country_of_the_person_says_who_pays_and_it_is_kept(
    site: Site, country: str, words: str
) -> None:
    stripe = StripeGateway(connect("sk_test_nobody"))
    site.outside = replace(site.outside, gateways=(stripe,))
    site.app.extensions["outside"] = site.outside
    with site.arrange() as session:
        production = builders.a_production(session)
        day = builders.a_shoot_day(session, production)
        role = builders.a_role(session, production, [day])
        person = builders.a_person(session)
        person.country = country
        booking = builders.a_booking(session, role, person, day, state=BookingState.OFFERED)
        offer = session.get_one(Offer, booking.offer_id).public_id
        user = session.get_one(User, person.user_id)
    browser = site.browser(user)
    before = browser.get(f"/me/offers/{offer}").text

    browser.post(f"/me/offers/{offer}/accept", {"dates": str(booking.id)})

    with site.arrange() as session:
        chosen = session.get_one(Booking, booking.id).gateway
        session.get_one(Person, person.id).country = "CN" if country == "US" else "US"
    assert words in before
    assert chosen == ("stripe" if country == "US" else BANK_FILE)
    assert words in browser.get(f"/me/offers/{offer}").text, "as it was chosen"
