"""What will this day pay, on a phone, in a browser that runs no scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from marketplace.kernel.clock import FixedClock
from tests.support.browsing import PHONE, Window, chromium, open_window, served
from tests.support.databases import Database
from tests.support.site import Site

pytestmark = [pytest.mark.journey, pytest.mark.embedded]


@pytest.fixture
def phone(embedded_database: Database, tmp_path: Path, clock: FixedClock) -> Iterator[Window]:
    """A phone without scripts, on an empty site."""
    site = Site(embedded_database, tmp_path, clock)
    with served(site.app) as address, chromium() as browser:
        window = open_window(browser, address, PHONE, java_script_enabled=False)
        yield window
        window.context.close()
    site.close()


def test_somebody_without_an_account_works_out_a_day_and_shares_it(phone: Window) -> None:
    page = phone.page
    page.goto("/")
    page.get_by_role("link", name="What will this day pay?").first.click()
    page.get_by_label("Day rate").fill("800")
    page.get_by_label("Hours the rate covers").fill("10")
    page.get_by_label("Wrap", exact=True).fill("22:30")
    page.get_by_label("2nd meal out").fill("19:30")
    page.get_by_label("2nd meal in").fill("20:00")
    page.get_by_role("button", name="Work out the day").click()

    result = page.locator("#result")
    # 800 / 11 pay hours = 72.727272…: 8 h = 581.82, 4 h at 1.5 = 436.36, 2.5 h at 2 = 363.64
    assert [amount in result.inner_text() for amount in ("$581.82", "$436.36", "$363.64")] == [
        True,
        True,
        True,
    ]
    assert "$1,381.82" in result.inner_text()
    assert "rate=800" in page.url
    assert page.url.endswith("#result")

    shared = page.context.new_page()
    shared.goto(page.url)
    assert "$1,381.82" in shared.locator("#result").inner_text()
    assert shared.get_by_label("Day rate").input_value() == "800"
    assert phone.take_complaints() == []


def test_what_is_wrong_is_said_beside_the_field_and_an_example_fills_it_in(phone: Window) -> None:
    page = phone.page
    page.goto("/calculator")
    page.get_by_label("Call", exact=True).fill("seven")
    page.get_by_role("button", name="Work out the day").click()

    assert page.get_by_label("Call", exact=True).input_value() == "seven"
    assert "Enter a time such as 07:00" in page.locator("#call-error").inner_text()
    assert page.title().startswith("Error: What will this day pay?")

    page.get_by_role("link", name="Hengdian extra, 12 hours").click()
    text = page.locator("#result").inner_text()
    assert "2 h × 13.50" in text
    assert "CN¥145.80" in text  # 135 + 27 less a tenth for the guild
