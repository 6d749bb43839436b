"""Days that do not go as booked, in a real browser: called off, upgraded, asked about, paid.

Set DAYRATE_PICTURES to a folder to keep pictures of the pages.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import User
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.queries.policies import policies
from marketplace.domain.casting.models import Role
from marketplace.domain.payments.services import check_books
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.tasks import services as tasks
from marketplace.worker.drain import Crew
from tests.support import builders
from tests.support.browsing import LAPTOP, PHONE, Window, chromium, open_window, served
from tests.support.site import Site

pytestmark = pytest.mark.journey

NOTICE: Final = timedelta(hours=15, minutes=40)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys."""
    with chromium() as found:
        yield found


@dataclass
class Shoot:
    """A show that asks for its accountant: one day to be called off, one to be worked."""

    production: Production
    off: ShootDay
    worked: ShootDay
    cancel: str
    change: str
    users: dict[str, User]

    def day(self, day: ShootDay, path: str) -> str:
        """Return an address of a day."""
        return f"/p/{self.production.public_id}/days/{day.public_id}/{path}"


def arrange(session: Session, site: Site) -> Shoot:
    """Book Ava for two days under a policy, with everything a slip needs."""
    company = builders.a_company(session)
    users = {
        "producer": builders.a_member(session, company, CompanyRole.PRODUCER),
        "accountant": builders.a_member(session, company, CompanyRole.ACCOUNTANT),
        "ava": builders.a_user(session, "Ava Lin"),
    }
    production = builders.a_production(session, company)
    production.needs_payroll_approval = True
    production.cancellation_policy = policies()["day_and_half"]
    worked = builders.a_shoot_day(session, production, "2026-11-27")
    off = builders.a_shoot_day(session, production, "2026-11-29")
    role = builders.a_role(session, production, [worked, off])
    ava = builders.a_person(session, user=users["ava"])
    builders.a_payee(session, ava, site.outside.vault)
    application = builders.an_application(session, role, ava)
    bookings = [_booked(session, role, ava, day, application.id) for day in (worked, off)]
    applicant = f"/p/{production.public_id}/roles/{role.public_id}/applicants"
    cancel = f"{applicant}/{application.public_id}/bookings/{bookings[1].public_id}/cancel"
    shoot = Shoot(production, off, worked, cancel, "", users)
    shoot.change = shoot.day(worked, f"people/{bookings[0].public_id}")
    for day in (worked, off):
        key = f"close_day:{day.id}"
        tasks.ask(session, "close_day", key, day.id, run_at=day.wrap_at)
    return shoot


def _booked(
    session: Session, role: Role, ava: Person, day: ShootDay, application_id: int
) -> Booking:
    booking = builders.a_booking(session, role, ava, day)
    booking.cancellation_policy = policies()["day_and_half"]
    session.get_one(Offer, booking.offer_id).application_id = application_id
    session.flush()
    return booking


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
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=Path(folder) / f"special-{name}-{width}.png", full_page=True)


def sign_in(
    browser: Browser, site: Site, address: str, user: User, size: tuple[int, int]
) -> Window:
    """Open a window of somebody who is signed in."""
    cookie = site.browser(user).client.get_cookie("dayrate")
    assert cookie is not None
    window = open_window(browser, address, size)
    window.context.add_cookies([{"name": "dayrate", "value": cookie.value, "url": address}])
    return window


def call_off(page: Page, shoot: Shoot) -> None:
    """Cancel the day: the fee is on the page first."""
    page.goto(shoot.cancel)
    expect(page.get_by_text("The production’s decision: $140.00")).to_be_visible()
    expect(page.get_by_text("cancelled 15:20, 15 h 40 m before the call").first).to_be_visible()
    keep(page, "cancel")
    page.locator("[name=reason]").fill("The scene was cut")
    press(page, "Cancel the booking")
    expect(page.get_by_text("Cancelled. The person is told")).to_be_visible()
    page.goto(shoot.day(shoot.off, "time-cards"))
    expect(page.get_by_text("Cancelled, fee")).to_be_visible()
    keep(page, "called-off")


def upgrade(page: Page, shoot: Shoot) -> None:
    """Enter the hours of the worked day and upgrade the person."""
    page.goto(shoot.day(shoot.worked, "time-cards"))
    page.locator("[name$='-in_']").fill("07:00")
    page.locator("[name$='-meal_out']").fill("12:30")
    page.locator("[name$='-meal_in']").fill("13:00")
    page.locator("[name$='-out']").first.fill("19:00")
    press(page, "Save and send hours")
    page.goto(shoot.change)
    keep(page, "person")
    page.locator("[name=role]").fill("Nurse, two lines")
    page.locator("[name=rate]").fill("400")
    page.locator("[name=why]").fill("Spoke two lines")
    press(page, "Upgrade Ava")
    expect(page.get_by_text("Nurse, two lines")).to_be_visible()
    keep(page, "grid")


def agree_and_ask(page: Page) -> None:
    """Agree to the upgraded day and ask about one thing."""
    page.goto("/me/pay")
    page.get_by_role("link", name="Check your hours").first.click()
    expect(page.get_by_text("Upgraded on the day")).to_be_visible()
    expect(page.get_by_role("button", name="Agree: 11 h 30 m, $400.00")).to_be_visible()
    page.get_by_text("Agree, and ask about one thing…").click()
    page.get_by_label("Extras and allowances").check()
    page.locator("[name=question]").fill("Was the smoke bump paid?")
    keep(page, "ask")
    press(page, "Agree and send the question")
    expect(page.get_by_text("Your pay does not wait for the answer")).to_be_visible()
    keep(page, "asked")


def agree_to_fee(page: Page) -> None:
    """Agree to what the cancelled day pays."""
    page.goto("/me/pay")
    page.locator("main a[href*='/me/time-cards/']", has_text="Check").first.click()
    expect(page.get_by_role("heading", name="Cancelled, fee")).to_be_visible()
    keep(page, "fee")
    press(page, "Agree: $140.00")


def sign(producer: Page, accountant: Page, shoot: Shoot, day: ShootDay) -> None:
    """Approve a day as the production, then as the accountant."""
    producer.goto(shoot.day(day, "approve"))
    keep(producer, f"approve-{day.number}")
    press(producer, "Approve 1 person")
    accountant.goto(f"/p/{shoot.production.public_id}/payroll-approval")
    keep(accountant, f"payroll-days-{day.number}")
    accountant.goto(shoot.day(day, "payroll"))
    keep(accountant, f"payroll-{day.number}")
    press(accountant, "Approve 1 person for payroll")
    expect(accountant.get_by_text("1 time card approved for payroll")).to_be_visible()


def work(site: Site, shoot: Shoot) -> None:
    """Let both days end and do what becomes due."""
    crew = Crew(site.database.engine, site.outside)
    for hours in (1, 30, 60):
        site.clock.move_to(shoot.off.wrap_at + timedelta(hours=hours))
        crew.drain_all()


def answer(page: Page, shoot: Shoot) -> None:
    """Answer the question after the money is on its way."""
    page.goto(f"/p/{shoot.production.public_id}/questions")
    keep(page, "questions")
    page.get_by_label("It stays as it is").check()
    page.locator("[name=text]").fill("There was no smoke on the day")
    press(page, "Answer Ava")
    expect(page.get_by_text("No open questions")).to_be_visible()


def test_special_days_are_paid_with_their_reasons(browser: Browser, site: Site) -> None:
    with site.arrange() as session:
        shoot = arrange(session, site)
    site.clock.move_to(shoot.off.call_at - NOTICE)
    with served(site.app) as address:
        producer, accountant = (
            sign_in(browser, site, address, shoot.users[name], LAPTOP)
            for name in ("producer", "accountant")
        )
        ava = sign_in(browser, site, address, shoot.users["ava"], PHONE)
        upgrade(producer.page, shoot)
        agree_and_ask(ava.page)
        call_off(producer.page, shoot)
        agree_to_fee(ava.page)
        for day in (shoot.worked, shoot.off):
            sign(producer.page, accountant.page, shoot, day)
        work(site, shoot)
        ava.page.goto("/me/pay")
        expect(ava.page.get_by_text("$140.00").first).to_be_visible()
        expect(ava.page.get_by_text("$400.00").first).to_be_visible()
        keep(ava.page, "paid")
        answer(producer.page, shoot)
        complaints = [*producer.complaints, *accountant.complaints, *ava.complaints]
        for window in (producer, accountant, ava):
            window.context.close()

    assert complaints == []
    with site.look() as session:
        slips = session.scalars(sa.select(PaySlip).order_by(PaySlip.gross_minor)).all()
        assert [(slip.gross_minor, slip.role_name) for slip in slips] == [
            (14_000, "Claire Hart"),
            (40_000, "Nurse, two lines"),
        ]
        assert check_books(session, gateways=site.outside.gateways, vault=site.outside.vault) == []
