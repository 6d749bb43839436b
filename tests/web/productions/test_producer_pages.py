"""What a producer does on the pages: set up a show, its days and roles, and publish it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.domain.accounts.models import Company
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules import BookingState
from marketplace.domain.casting.models import Role, RoleDate
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import ProductionState
from tests.support.builders import (
    NOW,
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

PRODUCTION = {
    "title": "Night Bride",
    "second_title": "夜新娘",
    "format": "Vertical series",
    "episodes": "62",
    "country": "US",
    "city": "Los Angeles",
    "zone": "America/Los_Angeles",
    "registration_number": "",
    "currency": "USD",
    "budget": "50,000",
    "agreement": "us_film_crew_12",
    "scheme": "us_contractor",
    "withholding_agent": "production",
    "engagement": "contractor",
    "payroll_period": "daily",
    "rest": "",
}
DAYS = {
    "shoot_date": "2026-11-29",
    "count": "6",
    "call": "16:00",
    "wrap": "02:00",
    "unit_base": "Hotel Alder",
    "address": "",
}
ROLE = {
    "name": "Nurse Dana",
    "kind": "principal",
    "department": "",
    "who": "Woman, plays 24–34",
    "description": "",
    "rate": "280",
    "currency": "USD",
    "hours": "12",
    "apply_by": "2026-11-25T18:00",
    "disclosures": ["night"],
}


@dataclass
class Show:
    """A live production with a browser of its owner."""

    browser: Browser
    company: Company
    production: Production
    day: ShootDay
    role: Role

    @property
    def url(self) -> str:
        return f"/p/{self.production.public_id}"


@pytest.fixture
def show(site: Site) -> Show:
    with site.arrange() as session:
        company = a_company(session)
        owner = a_member(session, company)
        production = a_production(session, company)
        day = a_shoot_day(session, production, call="16:00", wrap="26:00")
        role = a_role(session, production, [day], headcount=3)
        a_booking(session, role, a_person(session, "Ava Lin"), day)
        a_booking(session, role, a_person(session, "Bo"), day, state=BookingState.OFFERED)
        an_application(session, role, a_person(session, "Wen Qiu"))
    return Show(site.browser(owner), company, production, day, role)


def test_a_show_is_set_up_from_nothing_to_published(site: Site) -> None:
    with site.arrange() as session:
        company = a_company(session)
        producer = a_member(session, company, CompanyRole.PRODUCER)
    browser = site.browser(producer)

    to_days = browser.post(f"/c/{company.public_id}/productions/new", PRODUCTION).location
    board = to_days.removesuffix("/days/new")
    assert "6 shoot days saved" in browser.follow(to_days, DAYS).text
    grid = re.findall(r'name="(need_\w+)"', browser.get(f"{board}/roles/new").text)
    needs = {grid[0]: "1", grid[2]: "40"}
    assert "Role saved as a draft" in browser.follow(f"{board}/roles/new", ROLE | needs).text
    published = browser.follow(f"{board}/publish", {})

    assert "Published with 1 role." in published.text
    with site.look() as session:
        made = session.scalars(sa.select(Production)).one()
        role = session.scalars(sa.select(Role)).one()
        counts = session.scalars(sa.select(RoleDate.headcount).order_by(RoleDate.id)).all()
    assert (made.state, made.minimum_rest_minutes, made.budget_minor) == ("live", 600, 5_000_000)
    assert (role.state, role.day_rate_minor, role.guaranteed_minutes) == ("open", 28_000, 720)
    assert role.apply_by_at.isoformat() == "2026-11-26T02:00:00+00:00"
    assert counts == [1, 40]


def test_the_board_shows_places_money_offers_and_what_needs_somebody(show: Show) -> None:
    page = show.browser.get(show.url).text

    assert "1 of 3" in page
    assert "$280" in page
    assert "Offers without an answer" in page
    assert "1 new application for Claire Hart" in page


def test_everybody_in_the_company_sees_the_board_but_only_producers_change_it(
    site: Site, show: Show
) -> None:
    with site.arrange() as session:
        casting = a_member(session, show.company, CompanyRole.CASTING)
    browser = site.browser(casting)

    assert "Add role" not in browser.get(show.url).text
    browser.get(f"{show.url}/edit", status=403)
    browser.get(f"{show.url}/roles/new", status=403)
    browser.get(f"{show.url}/days/new", status=403)


def test_another_company_does_not_find_the_production(site: Site, show: Show) -> None:
    with site.arrange() as session:
        elsewhere = a_member(session, a_company(session, "Northlight"))
    stranger = site.browser(elsewhere)

    for page in ("", "/edit", "/days", "/roles", f"/roles/{show.role.public_id}/edit"):
        stranger.get(show.url + page, status=404)


def test_a_day_and_a_role_of_another_production_are_not_found_under_this_one(
    site: Site, show: Show
) -> None:
    with site.arrange() as session:
        other = a_production(session, show.company, "Northlight")
        day = a_shoot_day(session, other)
        role = a_role(session, other, [day])

    show.browser.get(f"{show.url}/days/{day.public_id}/edit", status=404)
    show.browser.get(f"{show.url}/roles/{role.public_id}/edit", status=404)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"title": " "}, "Enter the title."),
        ({"budget": "50.123"}, "USD has 2 decimals"),
        ({"agreement": "cn_microdrama_day"}, "This agreement pays in CNY"),
        ({"scheme": "cn_labor_per_payment"}, "This scheme withholds CNY"),
        ({"rest": "a lot"}, "Enter a number of hours"),
        ({"episodes": "many"}, "Enter a whole number"),
    ],
)
def test_a_production_form_says_what_is_wrong_and_keeps_what_was_typed(
    show: Show, changed: dict[str, str], sentence: str
) -> None:
    url = f"/c/{show.company.public_id}/productions/new"

    page = show.browser.post(url, PRODUCTION | {"city": "Pasadena"} | changed, status=422).text

    assert sentence in page
    assert "Pasadena" in page
    assert "<title>Error: " in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"engagement": ""}, "Choose how people are engaged"),
        ({"engagement": "employee"}, "not for people engaged like this"),
        ({"country": "GB", "scheme": "us_ca_contractors"}, "for work in another country"),
    ],
)
def test_nobody_is_engaged_without_a_choice_that_fits(
    show: Show, change: dict[str, str], said: str
) -> None:
    url = f"/c/{show.company.public_id}/productions/new"

    assert said in show.browser.post(url, PRODUCTION | change, status=422).text


def test_the_form_says_what_may_be_withheld_in_the_country(show: Show) -> None:
    page = show.browser.get(f"/c/{show.company.public_id}/productions/new").text

    assert "California: employees (W-2)" in page
    assert "Labour service (劳务): nothing here yet" in page


def test_the_cumulative_method_needs_a_platform_that_withholds(show: Show) -> None:
    china = {
        "country": "CN",
        "currency": "CNY",
        "agreement": "cn_microdrama_day",
        "scheme": "cn_labor_platform_cumulative",
        "engagement": "labour_service",
    }

    url = f"/c/{show.company.public_id}/productions/new"
    page = show.browser.post(url, PRODUCTION | china, status=422).text

    assert "The cumulative method is for a platform" in page


def test_a_published_production_keeps_its_zone(show: Show) -> None:
    changed = PRODUCTION | {"zone": "Europe/London"}

    page = show.browser.post(f"{show.url}/edit", changed, status=409).text

    assert "stay as they were published" in page


def test_a_production_that_lacks_something_says_so_on_its_board(site: Site, show: Show) -> None:
    with site.arrange() as session:
        draft = a_production(session, show.company, "Northlight")
        draft.state = ProductionState.DRAFT

    page = show.browser.post(f"/p/{draft.public_id}/publish", {}, status=409).text

    assert "Add at least one shoot day" in page


def test_a_wrap_after_midnight_says_next_day_at_once(show: Show) -> None:
    page = show.browser.follow(f"{show.url}/days/new", DAYS | {"count": "1"}).text

    assert "Wrap is after midnight, on the next day" in page
    assert "next day" in show.browser.get(f"{show.url}/days").text


def test_a_day_with_bookings_keeps_its_date_and_may_wrap_later(site: Site, show: Show) -> None:
    url = f"{show.url}/days/{show.day.public_id}/edit"

    refused = show.browser.post(url, DAYS | {"shoot_date": "2026-12-05"}, status=409).text
    show.browser.post(url, DAYS | {"wrap": "27:00"})

    assert "so the date stays" in refused
    with site.look() as session:
        wrap_at = session.get_one(ShootDay, show.day.id).wrap_at
    assert wrap_at == show.day.wrap_at + timedelta(hours=1)


def test_days_that_are_over_are_refused_on_the_form(show: Show) -> None:
    page = show.browser.post(
        f"{show.url}/days/new", DAYS | {"shoot_date": "2026-11-10", "count": "1"}, status=409
    )

    assert "is already over" in page.text


def test_a_day_nobody_needs_is_removed_and_later_days_move_up(site: Site, show: Show) -> None:
    show.browser.post(f"{show.url}/days/new", DAYS | {"count": "2"})
    with site.look() as session:
        days = session.scalars(sa.select(ShootDay).order_by(ShootDay.shoot_date)).all()
    unneeded = next(day for day in days if day.id != show.day.id)

    page = show.browser.follow(f"{show.url}/days/{unneeded.public_id}/remove", {}).text

    assert "The shoot day is gone" in page
    with site.look() as session:
        numbers = session.scalars(sa.select(ShootDay.number).order_by(ShootDay.number)).all()
    assert numbers == [1, 2]


def test_a_day_a_role_needs_cannot_be_removed(show: Show) -> None:
    page = show.browser.post(f"{show.url}/days/{show.day.public_id}/remove", {}, status=409).text

    assert "take the day out of the role first" in page


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"hours": ""}, "A day rate needs its hours"),
        ({"rate": "0"}, "Enter a day rate above zero"),
        ({"kind": "crew"}, "Choose the department"),
        ({"apply_by": ""}, "Enter until when people can apply"),
    ],
)
def test_a_role_form_says_what_is_wrong(show: Show, changed: dict[str, str], sentence: str) -> None:
    page = show.browser.post(f"{show.url}/roles/new", ROLE | changed, status=422).text

    assert sentence in page


def test_a_headcount_below_what_is_confirmed_is_refused_on_the_form(show: Show) -> None:
    url = f"{show.url}/roles/{show.role.public_id}/edit"

    page = show.browser.post(url, ROLE | {f"need_{show.day.public_id}": "0"}, status=409).text

    assert "People confirmed on" in page


def test_one_more_place_goes_to_whoever_is_first_on_standby(site: Site, show: Show) -> None:
    with site.arrange() as session:
        role = a_role(session, show.production, [show.day])
        a_booking(session, role, a_person(session, "Marcus Bell"), show.day)
        waiting = a_booking(
            session, role, a_person(session, "Priya"), show.day, state=BookingState.OFFERED
        )
        waiting.state, waiting.standby_rank = BookingState.STANDBY, 1

    url = f"/p/{show.production.public_id}/roles/{role.public_id}/edit"
    show.browser.post(url, ROLE | {f"need_{show.day.public_id}": "2"})

    with site.look() as session:
        assert session.get_one(Booking, waiting.id).state == BookingState.CONFIRMED


def test_a_role_is_closed_copied_and_opened_again(site: Site, show: Show) -> None:
    url = f"{show.url}/roles/{show.role.public_id}"

    closed = show.browser.follow(f"{url}/close", {}).text
    copy = show.browser.follow(f"{url}/duplicate", {}).text
    show.browser.post(f"{url}/publish", {})

    assert "1 applicant was told" in closed
    assert "This is the copy" in copy
    with site.look() as session:
        states = session.scalars(sa.select(Role.state).order_by(Role.id)).all()
    assert states == ["open", "draft"]


def test_a_role_with_bookings_is_not_cut(show: Show) -> None:
    page = show.browser.post(f"{show.url}/roles/{show.role.public_id}/cut", {}, status=409).text

    assert "offer or a booking for this role: 1" in page


def test_the_grid_shows_each_role_day_by_day_with_its_cost(show: Show) -> None:
    page = show.browser.get(f"{show.url}/roles").text

    assert "1 of 3" in page
    assert "1 offered" in page
    assert "$840" in page


def test_pages_without_anything_yet_say_what_comes_first(site: Site, show: Show) -> None:
    with site.arrange() as session:
        empty = a_production(session, show.company, "Northlight")
        empty.state = ProductionState.DRAFT

    url = f"/p/{empty.public_id}"

    assert "Add the shoot days" in show.browser.get(url).text
    assert "No roles yet" in show.browser.get(f"{url}/roles").text
    assert "No shoot days yet" in show.browser.get(f"{url}/days").text
    assert "There are no shoot days to come" in show.browser.get(f"{url}/roles/new").text


def test_the_board_is_quiet_when_nothing_waits(site: Site, show: Show) -> None:
    with site.arrange() as session:
        quiet = a_production(session, show.company, "Northlight")
        role = a_role(session, quiet, [a_shoot_day(session, quiet, "2026-12-20")])
        role.apply_by_at = NOW + timedelta(days=9)

    assert "Nothing waits for you" in show.browser.get(f"/p/{quiet.public_id}").text
