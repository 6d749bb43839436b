"""Rain moves a day, and a lead is re-cast, in a real browser (stories S6 and S7).

Set DAYRATE_PICTURES to a folder to keep pictures of the pages.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import User
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.rules import BookingState, OfferState
from marketplace.domain.casting.models import Role
from marketplace.domain.casting.rules import ApplicationState
from marketplace.domain.productions.models import Production, ShootDay
from tests.support import builders
from tests.support.browsing import LAPTOP, PHONE, Window, chromium, open_window, served
from tests.support.moving import HALF, follower
from tests.support.site import Site

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys."""
    with chromium() as found:
        yield found


@dataclass
class Show:
    """A show with a lead on two days, and an applicant who waits for a role."""

    production: Production
    role: Role
    days: list[ShootDay]
    bookings: list[Booking]
    application: str
    users: dict[str, User]

    def day(self, place: int, path: str = "") -> str:
        """Return an address of a day."""
        return f"/p/{self.production.public_id}/days/{self.days[place].public_id}{path}"


def arrange(session: Session) -> Show:
    """Book Ava for two days under a policy; Nora applied and waits."""
    company = builders.a_company(session)
    users = {
        "producer": builders.a_member(session, company, CompanyRole.PRODUCER),
        "ava": builders.a_user(session, "Ava Lin"),
        "nora": builders.a_user(session, "Nora Weiss"),
    }
    production = builders.a_production(session, company)
    days = [builders.a_shoot_day(session, production, f"2026-11-{on}") for on in (28, 29)]
    role = builders.a_role(session, production, days)
    ava = builders.a_person(session, user=users["ava"])
    nora = builders.a_person(session, "Nora Weiss", user=users["nora"])
    application = builders.an_application(session, role, ava, state=ApplicationState.BOOKED)
    builders.an_application(session, role, nora)
    bookings = []
    for day in days:
        booking = builders.a_booking(session, role, ava, day)
        booking.cancellation_policy = HALF
        session.get_one(Offer, booking.offer_id).application_id = application.id
        bookings.append(booking)
    session.flush()
    return Show(production, role, days, bookings, application.public_id, users)


def press(page: Page, name: str) -> None:
    """Press a button, by what it says."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def keep(page: Page, name: str) -> None:
    """Keep a picture when somebody wants to look; fail for a page too wide or not accessible."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    folder = os.environ.get("DAYRATE_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
    wrong = [one["id"] for one in Axe().run(page)["violations"]]
    assert wrong == [], name


@dataclass
class Stage:
    """The site with a window of everybody."""

    site: Site
    show: Show
    windows: dict[str, Window]

    def page(self, name: str) -> Page:
        """Return somebody's page."""
        return self.windows[name].page

    def booking(self, place: int) -> Booking:
        """Return what stands now for a booking."""
        with self.site.look() as session:
            return follower(session, session.get_one(Booking, self.show.bookings[place].id))


@pytest.fixture
def stage(site: Site, browser: Browser) -> Iterator[Stage]:
    """Serve the site to everybody."""
    with site.arrange() as session:
        show = arrange(session)
    with ExitStack() as open_until_the_end:
        address = open_until_the_end.enter_context(served(site.app))
        windows = {}
        for name, user in show.users.items():
            size = LAPTOP if name == "producer" else PHONE
            cookie = site.browser(user).client.get_cookie("dayrate")
            assert cookie is not None
            windows[name] = open_window(browser, address, size)
            open_until_the_end.callback(windows[name].context.close)
            windows[name].context.add_cookies(
                [{"name": "dayrate", "value": cookie.value, "url": address}]
            )
        yield Stage(site, show, windows)
        assert {name: window.take_complaints() for name, window in windows.items()} == {
            name: [] for name in windows
        }


def test_rain_moves_a_day_and_everybody_answers(stage: Stage) -> None:
    producer, ava = stage.page("producer"), stage.page("ava")
    producer.goto(stage.show.day(1))
    with producer.expect_navigation():
        producer.get_by_role("link", name="Move the day").click()
    producer.get_by_label("New date").fill("2026-12-01")
    producer.get_by_label("Weather").check()
    press(producer, "Show what this does")
    expect(producer.get_by_text("Can come along")).to_be_visible()
    expect(producer.get_by_role("cell", name="$70.00")).to_be_visible()
    keep(producer, "move-preview")
    producer.get_by_label("Reason").fill("Rain all day")
    press(producer, "Move the day and ask 1 person")
    expect(producer.get_by_text("1 person is asked to answer")).to_be_visible()
    ava.goto("/me/dates")
    keep(ava, "move-dates")
    ava.get_by_role("link", name="Answer").first.click()
    expect(ava.get_by_text("Rain all day")).to_be_visible()
    keep(ava, "move-answer")
    press(ava, "Yes, I come")
    expect(ava.get_by_role("heading", name="You are booked for the new day")).to_be_visible()
    assert stage.booking(1).state == BookingState.CONFIRMED
    producer.goto(f"/p/{stage.show.production.public_id}/days")
    expect(producer.get_by_role("heading", name="Called off")).to_be_visible()
    keep(producer, "move-days")


def test_a_no_after_a_move_pays_the_old_date_and_frees_the_place(stage: Stage) -> None:
    producer, ava = stage.page("producer"), stage.page("ava")
    producer.goto(stage.show.day(1, "/another-date"))
    producer.get_by_label("Reason").fill("Location lost")
    press(producer, "Move the day and ask 1 person")
    ava.goto(f"/me/moved/{stage.booking(1).public_id}")
    ava.get_by_text("No, I cannot").click()
    press(ava, "No, I do not come")
    expect(ava.get_by_text("You are paid $140.00 for the old date")).to_be_visible()
    keep(ava, "move-no")
    producer.reload()
    expect(producer.get_by_role("heading", name="Places without anybody")).to_be_visible()
    keep(producer, "move-place-open")


def test_a_lead_is_replaced_from_the_second_day_and_the_next_one_declines(stage: Stage) -> None:
    producer, nora = stage.page("producer"), stage.page("nora")
    stage.site.clock.at = stage.show.days[0].wrap_at + timedelta(hours=1)
    role = stage.show.role.public_id
    panel = f"/p/{stage.show.production.public_id}/roles/{role}/applicants"
    producer.goto(f"{panel}?a={stage.show.application}")
    with producer.expect_navigation():
        producer.get_by_role("link", name="Replace from a day on").click()
    expect(producer.get_by_role("cell", name="$140.00")).to_be_visible()
    producer.get_by_label("Offer the places to").select_option(label="Nora Weiss")
    producer.get_by_label("Answer by").fill("2026-11-29T06:00")
    producer.get_by_label("Reason").fill("Another look")
    keep(producer, "recast")
    press(producer, "Replace Ava Lin on 1 day")
    expect(producer.get_by_text("Replaced. Both people are told.")).to_be_visible()
    assert [stage.booking(place).state for place in (0, 1)] == [
        BookingState.CONFIRMED,
        BookingState.REPLACED,
    ]

    with stage.site.look() as session:
        offer = session.scalars(sa.select(Offer).where(Offer.state == OfferState.SENT)).one()
    nora.goto(f"/me/offers/{offer.public_id}")
    nora.get_by_text("Decline the offer…").click()
    press(nora, "Decline all dates")
    assert stage.booking(1).state == BookingState.REPLACED
    producer.goto(stage.show.day(1, f"/rush/{role}"))
    keep(producer, "rush")
