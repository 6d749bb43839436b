"""An offer on the old page of somebody who withdrew (S8), in a real browser.

Set DAYRATE_PICTURES to a folder to keep pictures of the pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from marketplace.domain.accounts.rules import CompanyRole
from tests.journeys.test_same_date import keep, press, window_of
from tests.support import builders
from tests.support.browsing import LAPTOP, PHONE, chromium, served
from tests.support.site import Site

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys."""
    with chromium() as found:
        yield found


@dataclass
class Role:
    """A role somebody applied for, open on both sides."""

    office: Page
    talent: Page
    application: str
    form: str
    posting: str


@pytest.fixture
def role(browser: Browser, site: Site) -> Iterator[Role]:
    """Open the offer form and the application, before anything happens."""
    with site.arrange() as session:
        company = builders.a_company(session)
        casting = builders.a_member(session, company, CompanyRole.CASTING)
        production = builders.a_production(session, company)
        role = builders.a_role(session, production, [builders.a_shoot_day(session, production)])
        user = builders.a_user(session, "Mei Alvarez")
        person = builders.a_person(session, "Mei Alvarez", user=user)
        application = builders.an_application(session, role, person).public_id
        form = f"/p/{production.public_id}/roles/{role.public_id}/applicants/{application}/offer"
    with served(site.app) as base:
        office = window_of(browser, base, site, casting, LAPTOP)
        talent = window_of(browser, base, site, user, PHONE)
        posting = f"/roles/{role.public_id}"
        yield Role(office, talent, f"/me/applications/{application}", form, posting)


def press_primary(page: Page) -> None:
    """Press the one button a form is for."""
    with page.expect_navigation():
        page.locator("main form button.primary").first.click()


def test_casting_reads_when_they_withdrew_and_asks_again(site: Site, role: Role) -> None:
    role.office.goto(role.form)
    role.talent.goto(role.application)
    press(role.talent, "Withdraw")
    site.clock.move_to(site.clock.now() + timedelta(seconds=1))

    press_primary(role.office)

    expect(role.office.get_by_role("heading", name="Mei Alvarez withdrew")).to_be_visible()
    expect(role.office.get_by_text("the offer was not sent")).to_be_visible()
    keep(role.office, "s8-gone")
    press(role.office, "Ask them to apply again")
    expect(role.office.get_by_text("Mei Alvarez is asked to apply again")).to_be_visible()
    role.talent.goto("/me/inbox")
    expect(role.talent.get_by_text("Would you apply again?").first).to_be_visible()
    role.talent.goto(f"{role.posting}/apply")
    role.talent.locator("main input[type=checkbox]").first.check()
    press_primary(role.talent)
    role.office.reload()
    expect(role.office.get_by_text("They have applied again since")).to_be_visible()
    with role.office.expect_navigation():
        role.office.get_by_role("link", name="See the new application").click()
    expect(role.office.get_by_text("Withdrew before")).to_be_visible()
    keep(role.office, "s8-again")
