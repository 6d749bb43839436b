"""Whoever is offered work reads who will pay them, and how."""

from __future__ import annotations

import pytest

from marketplace.domain.accounts.models import Company, User
from marketplace.domain.accounts.rules import PaysBy
from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.rules import BookingState
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
