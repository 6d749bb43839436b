"""From a new company to money in the bank, as people do it: in real browsers, on real pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from marketplace.domain.payments.services import check_books
from marketplace.worker.drain import Crew
from tests.support.browsing import LAPTOP, PHONE, Window, chromium, open_window, served
from tests.support.pdf import text_of
from tests.support.site import Site

pytestmark = pytest.mark.journey

WORDS = "a quiet harbour at dawn 41"
WRAPPED = datetime(2026, 12, 6, 10, 5, tzinfo=UTC)
"""Five past two in the morning in Los Angeles: day 6 wrapped at 26:00."""

# What the day must pay, worked out by hand from the agreement (/12 crew deal) and the role:
#   the rate            280.00 covers  8 h at 1 ×           -> 280.00 / 8 = 35.00 an hour
#   worked              16:00-26:00 is 10 h, less the meal 22:30-23:30 = 1 h  -> 9 h
#   the first 8 hours    8 h × 35.00                         -> 280.00
#   the ninth hour       1 h × 35.00 × 1.5                   ->  52.50
#   the meal was due at 22:00, six hours after call; it came 30 minutes late,
#   more than the 12 minutes' grace: one half hour of the ladder ->   7.50
#   gross                280.00 + 52.50 + 7.50               -> 340.00
#   withheld             not a United States person: 30% of 340.00 -> 102.00
#   net                  340.00 - 102.00                     -> 238.00
RATE, OVERTIME, MEAL_PENALTY = "280.00", "52.50", "7.50"
GROSS, WITHHELD, NET = "340.00", "102.00", "238.00"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys."""
    with chromium() as found:
        yield found


def press(page: Page, name: str) -> None:
    """Press a button, by what it says."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def follow(page: Page, name: str) -> None:
    """Follow a link, by what it says."""
    with page.expect_navigation():
        page.get_by_role("link", name=name).first.click()


def fill(page: Page, **typed: str) -> None:
    """Type into fields, by name."""
    for name, text in typed.items():
        page.locator(f"[name={name}]").first.fill(text)


def heading(page: Page, text: str) -> None:
    """Fail unless this is the page with that heading."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(text)


def found_company(page: Page) -> None:
    page.goto("/sign-up/hire")
    fill(page, company="Redwood Vertical", name="Rosa Delgado", email="rosa@example.test")
    page.locator("[name=country]").select_option("US")
    fill(page, password=WORDS)
    press(page, "Start the company")
    heading(page, "Productions")


def make_production(page: Page) -> None:
    follow(page, "New production")
    fill(page, title="Divorced at Dawn", city="Los Angeles")
    page.locator("[name=agreement]").select_option("us_film_crew_12")
    page.locator("[name=scheme]").select_option("us_nra_services")
    page.locator("[name=withholding_agent][value=production]").check()
    page.locator("[name=engagement][value=contractor]").check()
    press(page, "Save and add shoot days")
    heading(page, "Add shoot days")


def add_six_days(page: Page) -> None:
    fill(page, shoot_date="2026-11-30", count="5", call="07:00", wrap="19:00")
    press(page, "Add shoot days")
    page.goto(page.url.split("/days")[0] + "/days/new")
    fill(page, shoot_date="2026-12-05", count="1", call="16:00", wrap="26:00")
    fill(page, unit_base="Villa Marisol")
    press(page, "Add shoot days")
    expect(page.get_by_text("Day 6").first).to_be_visible()


def add_role(page: Page) -> None:
    page.goto(page.url.split("/days")[0] + "/roles/new")
    fill(page, name="Nurse Dana", who="Female, plays 24–34", rate="280", hours="8")
    page.locator("[name=kind]").select_option("featured")
    page.get_by_label("Day 6").fill("1")
    fill(page, apply_by="2026-11-30T18:00")
    press(page, "Save")
    expect(page.get_by_text("Nurse Dana").first).to_be_visible()


def publish(page: Page) -> str:
    """Publish the production; returns its address."""
    board = page.url.split("/roles")[0]
    page.goto(board)
    press(page, "Publish production")
    expect(page.get_by_text("Live", exact=True).first).to_be_visible()
    return board


def sign_up_talent(page: Page) -> None:
    page.goto("/sign-up")
    page.get_by_label("Actor").check()
    fill(page, stage_name="Mei Alvarez", city="Los Angeles", email="mei@example.test")
    page.locator("[name=country]").select_option("US")
    fill(page, password=WORDS)
    press(page, "Sign up")
    page.goto("/me/payee")
    fill(page, legal_name="Alvarez Rui Mei", address="8 Vine Street, Los Angeles, CA 90038")
    page.get_by_label("W-8BEN").check()
    fill(page, tax_number="P4471209", bank_name="First Western", account="000123456789")
    fill(page, password=WORDS)
    press(page, "Save how you are paid")
    expect(page.get_by_text("••6789").first).to_be_visible()


def find_and_apply(stranger: Page, talent: Page) -> None:
    """Find the role without an account; apply with one."""
    stranger.goto("/roles")
    follow(stranger, "Nurse Dana")
    expect(stranger.get_by_text("280.00").first).to_be_visible()
    address = stranger.url
    follow(stranger, "Apply")
    heading(stranger, "Sign in")
    talent.goto(address)
    talent.get_by_role("link", name="Apply", exact=True).click()
    press(talent, "Apply at")
    expect(talent.get_by_text("Nurse Dana").first).to_be_visible()


def offer(page: Page, board: str) -> None:
    """Shortlist the only applicant and send an offer."""
    page.goto(f"{board}/roles")
    follow(page, "Nurse Dana")
    press(page, "Shortlist")
    expect(page.get_by_role("link", name="Offer Mei")).to_be_visible()
    follow(page, "Offer Mei")
    press(page, "Offer Mei 1 day")
    heading(page, "Nurse Dana")


def accept(page: Page) -> None:
    """Accept on the phone, coming from the inbox."""
    page.goto("/me/inbox")
    page.get_by_text("Nurse Dana").first.click()
    press(page, "Accept the ticked dates")
    expect(page.get_by_text("You are booked for 1 day")).to_be_visible()


def see_day_board(page: Page, board: str) -> str:
    """See who is on set on day 6; returns the address of the day."""
    page.goto(f"{board}/days")
    page.get_by_role("link", name="Day 6").first.click()
    if "/edit" in page.url:
        page.goto(page.url.removesuffix("/edit"))
    row = page.get_by_role("row").filter(has_text="Mei Alvarez")
    expect(row).to_contain_text("16:00")
    expect(row).to_contain_text("Confirmed")
    return page.url


def enter_hours(page: Page, day: str) -> None:
    """Sign in again after the long pause, and type the hours as the set writes them."""
    page.goto(f"{day}/time-cards")
    heading(page, "Sign in")
    fill(page, email="rosa@example.test", password=WORDS)
    press(page, "Sign in")
    heading(page, "Time cards, day 6")
    for label, typed in (
        ("In", "16:00"),
        ("Meal out", "22:30"),
        ("Meal in", "23:30"),
        ("Wrap", "26:00"),
    ):
        page.get_by_label(f"{label}, Mei Alvarez", exact=True).fill(typed)
    press(page, "Save and send hours")
    expect(page.get_by_text(GROSS).first).to_be_visible()


def agree(page: Page) -> None:
    """Agree to the hours on the phone."""
    page.goto("/me/pay")
    follow(page, "Check your hours")
    expect(page.get_by_text("16:00–02:00")).to_be_visible()
    expect(page.get_by_text(MEAL_PENALTY, exact=False).first).to_be_visible()
    press(page, "Agree: 9")
    expect(page.get_by_text("Agreed", exact=True).first).to_be_visible()


def approve(page: Page, day: str) -> None:
    """Approve the day, typing the total."""
    page.goto(f"{day}/approve")
    typed = page.locator("[name=typed]")
    if typed.count():
        typed.fill(GROSS)
    press(page, "Approve 1 person")
    expect(page.get_by_text("Approved").first).to_be_visible()


def invite_accountant(owner: Page, accountant: Page, company: str) -> None:
    """Invite the accountant with the link that is shown once."""
    owner.goto(f"{company}/members")
    fill(owner, email="rosa@example.test", password=WORDS)
    press(owner, "Sign in")
    invitation = owner.locator("form", has=owner.get_by_role("button", name="Invite"))
    invitation.locator("[name=email]").fill("ingrid@example.test")
    invitation.locator("[name=role]").select_option("accountant")
    press(owner, "Invite")
    accountant.goto(owner.locator("#join-link").input_value())
    fill(accountant, name="Ingrid Falk", password=WORDS)
    press(accountant, "Sign up and join")
    heading(accountant, "Productions")


def download_slip(page: Page, company: str) -> str:
    """Download the paper of the only slip; returns its text."""
    page.goto(f"{company}/slips")
    expect(page.get_by_text(NET).first).to_be_visible()
    page.locator("main a[href*='/slips/']").first.click()
    heading(page, "Pay slip")
    with page.expect_download() as expected:
        page.get_by_role("link", name="Download PDF").click()
    return text_of(Path(expected.value.path()).read_bytes())


def see_pay(page: Page) -> None:
    """See on the phone that the money is there."""
    page.goto("/me/pay")
    expect(page.get_by_text(NET).first).to_be_visible()
    expect(page.get_by_text("Paid").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def work(site: Site, until: datetime) -> None:
    """Let time pass and do the work that becomes due."""
    crew = Crew(site.database.engine, site.outside)
    while site.clock.at < until:
        site.clock.at = min(until, site.clock.at + timedelta(hours=6))
        crew.drain_all()


def walk(browser: Browser, site: Site, *, has_scripts: bool) -> tuple[str, list[str]]:
    """Go the whole way; returns what the paper says, and what the browsers complained about."""
    look = {"java_script_enabled": has_scripts}
    hand = look | {"has_touch": True, "is_mobile": True}
    with served(site.app) as address:
        rosa, ingrid = (open_window(browser, address, LAPTOP, **look) for _ in range(2))
        mei, stranger = (open_window(browser, address, PHONE, **hand) for _ in range(2))
        board = cast_day_six(rosa, mei, stranger)
        company = rosa.page.locator("a[href^='/c/']").first.get_attribute("href") or ""
        company = "/".join(company.split("/")[:3])
        day = see_day_board(rosa.page, board)
        site.clock.at = WRAPPED
        enter_hours(rosa.page, day)
        agree(mei.page)
        approve(rosa.page, day)
        work(site, WRAPPED + timedelta(days=7))
        invite_accountant(rosa.page, ingrid.page, company)
        paper = download_slip(ingrid.page, company)
        see_pay(mei.page)
        windows = (rosa, ingrid, mei, stranger)
        for window in windows:
            window.context.close()
    return paper, [one for window in windows for one in window.complaints]


def test_a_day_goes_from_an_empty_company_to_money_in_the_bank(
    browser: Browser, site_on_each: Site
) -> None:
    site = site_on_each

    paper, complaints = walk(browser, site, has_scripts=True)

    assert complaints == []
    for figure in (RATE, OVERTIME, MEAL_PENALTY, GROSS, WITHHELD, NET):
        assert figure in paper, f"{figure} is not on the slip: {paper}"
    assert "Alvarez Rui Mei" in paper
    assert "Divorced at Dawn" in paper
    with site.look() as session:
        assert check_books(session, gateways=site.outside.gateways, vault=site.outside.vault) == []


def test_the_whole_way_needs_no_javascript(browser: Browser, site: Site) -> None:
    paper, complaints = walk(browser, site, has_scripts=False)

    assert complaints == []
    assert NET in paper


def cast_day_six(rosa: Window, mei: Window, stranger: Window) -> str:
    """Go from two sign-ups to one confirmed booking; returns the address of the board."""
    found_company(rosa.page)
    make_production(rosa.page)
    add_six_days(rosa.page)
    add_role(rosa.page)
    board = publish(rosa.page)
    sign_up_talent(mei.page)
    find_and_apply(stranger.page, mei.page)
    offer(rosa.page, board)
    accept(mei.page)
    return board
