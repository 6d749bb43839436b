from __future__ import annotations

from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from marketplace.domain.accounts.models import Company, User
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.rules import BookingState, OfferState
from marketplace.domain.casting.models import Application, Role
from marketplace.domain.casting.rules import ApplicationState
from marketplace.domain.people.models import Person, SpokenLanguage
from marketplace.domain.productions.models import Production, ShootDay
from tests.support.builders import (
    a_booking,
    a_company,
    a_member,
    a_person,
    a_production,
    a_role,
    a_shoot_day,
    an_application,
)
from tests.support.site import Browser, Site


@dataclass
class Show:
    """A role of two dates that three people applied to: free, away on a date, too tired."""

    url: str
    browser: Browser
    production: Production
    role: Role
    days: list[ShootDay]
    ava: Application
    jo: Application
    wen: Application
    caster: User


@pytest.fixture
def show(site: Site) -> Show:
    with site.arrange() as session:
        company = a_company(session)
        caster = a_member(session, company, CompanyRole.CASTING)
        production = a_production(session, company)
        days = [a_shoot_day(session, production, on) for on in ("2026-11-29", "2026-12-01")]
        role = a_role(session, production, days)
        other = a_production(session, title="Secret Show")
        overlap = a_shoot_day(session, other, "2026-11-29", call="09:00", wrap="15:00")
        late = a_shoot_day(session, other, "2026-11-30", call="16:00", wrap="26:00")
        jo, wen = a_person(session, "Jo Okafor"), a_person(session, "Wen Qiu")
        a_booking(session, a_role(session, other, [overlap]), jo, overlap)
        a_booking(session, a_role(session, other, [late]), wen, late)
        applications = [
            an_application(session, role, person) for person in (jo, wen, a_person(session))
        ]
    jo_, wen_, ava = applications
    url = f"/p/{production.public_id}/roles/{role.public_id}/applicants"
    browser = site.browser(caster)
    return Show(url, browser, production, role, days, ava, jo_, wen_, caster)


def state_of(site: Site, application: Application) -> str:
    with site.look() as session:
        return session.get_one(Application, application.id).state


def test_the_best_fit_comes_first_and_no_page_names_the_other_show(show: Show) -> None:
    page = show.browser.get(show.url).text

    names = [
        page.index(f'class="name" href="{show.url}?a={one.public_id}')
        for one in (show.ava, show.jo, show.wen)
    ]
    assert names == sorted(names)
    assert "Secret" not in page
    assert "Short rest" in page
    assert "Not free" in page


def test_the_panel_says_the_languages_of_the_profile_and_how_well_they_are_spoken(
    site: Site, show: Show
) -> None:
    with site.arrange() as session:
        jo, wen = (session.get_one(Person, one.person_id) for one in (show.jo, show.wen))
        jo.languages = wen.languages = "A little of everything"
        for place, (code, level) in enumerate([("zh", "native"), ("en", "fluent")]):
            row = SpokenLanguage(person_id=wen.id, position=place, code=code, level=level)
            session.add(row)

    kept = show.browser.get(f"{show.url}?a={show.wen.public_id}").text
    before = show.browser.get(f"{show.url}?a={show.jo.public_id}").text

    assert "Mandarin (Native), English (Fluent)" in kept
    assert "A little of everything" not in kept
    assert "A little of everything" in before


def test_looking_tells_nobody_anything(site: Site, show: Show) -> None:
    show.browser.get(f"{show.url}?a={show.wen.public_id}")

    assert state_of(site, show.wen) == ApplicationState.SUBMITTED


def test_free_on_all_dates_leaves_out_everybody_else(show: Show) -> None:
    page = show.browser.get(f"{show.url}?free=1").text

    assert "Select Ava Lin" in page
    assert "Select Jo Okafor" not in page


def test_one_button_shortlists_its_row_and_the_bar_passes_the_ticked_ones(
    site: Site, show: Show
) -> None:
    show.browser.follow(show.url, {"shortlist": show.ava.public_id})
    ticked = [show.jo.public_id, show.wen.public_id]
    page = show.browser.follow(show.url, {"pass": "", "application": ticked}).text

    assert "2 applicants updated" in page
    assert state_of(site, show.ava) == ApplicationState.SHORTLISTED
    assert state_of(site, show.jo) == ApplicationState.NOT_SELECTED
    assert "Select Jo Okafor" not in show.browser.get(f"{show.url}?stage=shortlist").text


def test_all_new_applicants_are_marked_as_viewed_at_once(site: Site, show: Show) -> None:
    show.browser.post(show.url, {"view_all": "1"})

    assert state_of(site, show.jo) == ApplicationState.VIEWED


def test_an_unknown_button_is_a_bad_request(show: Show) -> None:
    show.browser.post(show.url, {"application": show.ava.public_id}, status=400)


def test_an_offer_is_sent_from_a_page_that_says_the_cost(site: Site, show: Show) -> None:
    url = f"{show.url}/{show.ava.public_id}/offer"
    assert "Offer Ava 2 days for $560.00" in show.browser.get(url).text

    dates = [str(day.id) for day in show.days]
    page = show.browser.follow(url, {"dates": dates, "expires": "2026-11-24T18:00"}).text

    assert "Offer sent: Ava Lin, 2 days, $560.00" in page
    assert "Waits for an answer until Tue 24 Nov, 18:00" in page
    assert state_of(site, show.ava) == ApplicationState.OFFERED


def test_the_cost_follows_the_ticks_and_nothing_is_sent(site: Site, show: Show) -> None:
    url = f"{show.url}/{show.ava.public_id}/offer/price"
    form = {"dates": [str(show.days[0].id)], "expires": "2026-11-24T18:00"}

    page = show.browser.post(url, form, status=200).text

    assert "Offer Ava 1 day for $280.00" in page
    assert state_of(site, show.ava) == ApplicationState.SUBMITTED


def test_a_date_with_other_work_is_not_offered(site: Site, show: Show) -> None:
    url = f"{show.url}/{show.jo.public_id}/offer"
    form = {"dates": [str(show.days[0].id)], "expires": "2026-11-24T18:00"}

    page = show.browser.post(url, form, status=422).text

    assert "There is 1 problem" in page
    assert state_of(site, show.jo) == ApplicationState.SUBMITTED


def test_a_deadline_in_the_past_is_refused_on_the_form(show: Show) -> None:
    url = f"{show.url}/{show.ava.public_id}/offer"
    form = {"dates": [str(show.days[0].id)], "expires": "2026-11-20T18:00"}

    assert "must be in the future" in show.browser.post(url, form, status=409).text


def test_an_offer_without_dates_or_deadline_is_refused_on_the_form(show: Show) -> None:
    page = show.browser.post(f"{show.url}/{show.ava.public_id}/offer", {}, status=422).text

    assert "Tick at least one date." in page
    assert "Say until when the offer stands." in page


def test_an_offer_is_withdrawn_from_the_panel(site: Site, show: Show) -> None:
    url = f"{show.url}/{show.ava.public_id}"
    dates = [str(show.days[0].id)]
    show.browser.post(f"{url}/offer", {"dates": dates, "expires": "2026-11-24T18:00"})
    with site.look() as session:
        offer = session.scalars(sa.select(Offer).where(Offer.role_id == show.role.id)).one()

    page = show.browser.follow(f"{url}/offers/{offer.public_id}/withdraw", {}).text

    assert "Offer withdrawn" in page
    with site.look() as session:
        assert session.get_one(Offer, offer.id).state == OfferState.WITHDRAWN
    assert state_of(site, show.ava) == ApplicationState.SHORTLISTED


def booked(site: Site, show: Show) -> Booking:
    with site.arrange() as session:
        person = session.get_one(Application, show.ava.id).person_id
        ava = session.merge(show.ava)
        ava.state = ApplicationState.BOOKED
        role = session.get_one(Role, show.role.id)
        day = session.get_one(ShootDay, show.days[0].id)
        booking = a_booking(session, role, session.get_one(Person, person), day)
        session.get_one(Offer, booking.offer_id).application_id = ava.id
    return booking


def test_a_booking_is_cancelled_with_a_reason(site: Site, show: Show) -> None:
    booking = booked(site, show)
    url = f"{show.url}/{show.ava.public_id}/bookings/{booking.public_id}/cancel"
    assert "Cancel…" in show.browser.get(f"{show.url}?a={show.ava.public_id}").text
    show.browser.get(url)

    assert "Say why." in show.browser.post(url, {"reason": " "}, status=422).text
    show.browser.follow(url, {"reason": "The scene was cut"})

    with site.look() as session:
        assert session.get_one(Booking, booking.id).state == BookingState.CANCELLED_BY_PRODUCTION


def test_what_belongs_to_another_role_is_not_found(site: Site, show: Show) -> None:
    booking = booked(site, show)
    with site.arrange() as session:
        production = session.get_one(Production, show.production.id)
        other = a_role(session, production, [], name="Other")
    url = f"/p/{show.production.public_id}/roles/{other.public_id}/applicants"

    show.browser.get(f"{url}/{show.ava.public_id}/offer", status=404)
    show.browser.get(f"{url}/{show.ava.public_id}/bookings/{booking.public_id}/cancel", status=404)
    show.browser.get(url.replace(other.public_id, "nothing"), status=404)
    assert "Nobody has applied yet" in show.browser.get(url).text


def test_an_assistant_director_does_not_cast(site: Site, show: Show) -> None:
    with site.arrange() as session:
        company = session.get_one(Production, show.production.id).company_id
        director = a_member(session, session.get_one(Company, company), CompanyRole.AD)

    site.browser(director).get(show.url, status=403)
