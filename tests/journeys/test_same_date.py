"""Two productions want one evening (S4) in a real browser: first refusal, challenge, booking.

Set DAYRATE_PICTURES to a folder to keep pictures of the pages.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import User
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.people.models import Person
from marketplace.worker.drain import Crew
from tests.support import builders
from tests.support.browsing import LAPTOP, PHONE, chromium, open_window, served
from tests.support.site import Site

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys."""
    with chromium() as found:
        yield found


@dataclass
class Evening:
    """Mei, and two shows that want her on one day."""

    holder: Page
    rival: Page
    talent: Page
    early: str
    late: str


def a_show(session: Session, title: str, mei: Person, *, call: str, wrap: str) -> tuple[User, str]:
    """Make a show with one day that Mei applied for; returns its casting and the role's page."""
    company = builders.a_company(session, f"{title} Films")
    casting = builders.a_member(session, company, CompanyRole.CASTING)
    production = builders.a_production(session, company, title)
    day = builders.a_shoot_day(session, production, call=call, wrap=wrap)
    role = builders.a_role(session, production, [day], name=f"Guest in {title}")
    builders.an_application(session, role, mei)
    return casting, f"/p/{production.public_id}/roles/{role.public_id}"


@pytest.fixture
def evening(browser: Browser, site: Site) -> Iterator[Evening]:
    """Open the windows of both shows and of Mei."""
    with site.arrange() as session:
        user = builders.a_user(session, "Mei Alvarez")
        mei = builders.a_person(session, "Mei Alvarez", user=user)
        first, early = a_show(session, "Early Bird", mei, call="06:00", wrap="14:00")
        second, late = a_show(session, "Night Bride", mei, call="19:00", wrap="26:00")
    with served(site.app) as base:
        holder = window_of(browser, base, site, first, LAPTOP)
        rival = window_of(browser, base, site, second, LAPTOP)
        yield Evening(holder, rival, window_of(browser, base, site, user, PHONE), early, late)


def window_of(browser: Browser, base: str, site: Site, user: User, size: tuple[int, int]) -> Page:
    """Open a window of somebody who is signed in."""
    cookie = site.browser(user).client.get_cookie("dayrate")
    assert cookie is not None
    window = open_window(browser, base, size)
    window.context.add_cookies([{"name": "dayrate", "value": cookie.value, "url": base}])
    return window.page


def press(page: Page, name: str) -> None:
    """Press a button, by what it says."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def keep(page: Page, name: str) -> None:
    """Keep a picture when somebody wants to look; fail for a page too wide or not accessible."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    broken = [(one["id"], one["help"]) for one in Axe().run(page)["violations"]]
    assert broken == [], f"{name} is not accessible"
    folder = os.environ.get("DAYRATE_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def offer(page: Page, role: str) -> None:
    """Offer Mei the day, from the list of applicants."""
    page.goto(f"{role}/applicants")
    with page.expect_navigation():
        page.get_by_role("link", name="Offer Mei 1 day…").first.click()
    with page.expect_navigation():
        page.locator("main form button.primary").first.click()


def answer(page: Page) -> None:
    """Take the day that is offered."""
    page.goto("/me/dates")
    with page.expect_navigation():
        page.get_by_role("link", name="Answer", exact=True).first.click()
    press(page, "Accept the ticked dates")


def have_first_refusal(page: Page, role: str) -> None:
    """Ask for the first refusal of Mei's day."""
    page.goto(f"{role}/applicants")
    page.get_by_label("Select Mei Alvarez").check()
    press(page, "Ask about dates…")
    keep(page, "s4-ask")
    press(page, "Have first refusal")


def test_a_challenge_gives_the_evening_to_who_offers(site: Site, evening: Evening) -> None:
    holder, talent = evening.holder, evening.talent
    have_first_refusal(holder, evening.early)
    expect(holder.get_by_text("First refusal, number 1")).to_be_visible()
    offer(evening.rival, evening.late)

    answer(talent)
    expect(talent.get_by_text("Early Bird has first refusal")).to_be_visible()
    talent.goto("/me/availability")
    expect(talent.get_by_text("Also asks for this time: Night Bride")).to_be_visible()
    keep(talent, "s4-talent")
    press(talent, "Ask them to decide")
    expect(talent.get_by_text("Asked to decide by")).to_be_visible()
    holder.reload()
    expect(holder.get_by_text("Somebody else asks: make an offer by")).to_be_visible()
    expect(holder.get_by_text("Night Bride")).to_have_count(0)
    keep(holder, "s4-challenged")

    site.clock.move_to(site.clock.now() + timedelta(hours=24))
    Crew(site.database.engine, site.outside).drain_all()
    holder.reload()
    expect(holder.get_by_text("Nobody was asked yet")).to_be_visible()


def test_who_had_the_first_word_books_and_the_other_is_told(evening: Evening) -> None:
    rival = evening.rival
    have_first_refusal(evening.holder, evening.early)
    have_first_refusal(rival, evening.late)
    expect(rival.get_by_text("First refusal, number 2")).to_be_visible()
    press(rival, "Ask them to decide")
    expect(rival.get_by_text("Whoever comes before must answer by")).to_be_visible()
    keep(rival, "s4-rival")

    offer(evening.holder, evening.early)
    answer(evening.talent)
    expect(evening.talent.get_by_text("You are booked for 1 day")).to_be_visible()

    rival.reload()
    expect(rival.get_by_text("Nobody was asked yet")).to_be_visible()
    rival.goto("/me/inbox")
    expect(rival.get_by_text("your first refusal has ended").first).to_be_visible()
    expect(rival.get_by_text("Early Bird")).to_have_count(0)
