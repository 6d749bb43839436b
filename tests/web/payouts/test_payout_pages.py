"""The page of a talent's payout account: five states, one thing to do, and only their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests
import sqlalchemy as sa
from werkzeug.test import TestResponse

from marketplace.adapters.standin import accounts, server
from marketplace.adapters.stripe_gateway import StripeGateway
from marketplace.domain.accounts.models import User
from marketplace.domain.payments.models import PayeeAccount
from marketplace.domain.people.models import Person
from marketplace.kernel.clock import FixedClock
from tests.support import builders
from tests.support.site import Browser, Site
from tests.support.standin import Running, running

PAGE = "/me/payouts"
MANY = 50


@pytest.fixture
def standin(
    site: Site, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Running]:
    """Let the site pay by Stripe, which is the stand-in."""
    monkeypatch.setattr("stripe._http_client.HTTPClient._sleep_time_seconds", lambda *_: 0)
    with running(tmp_path / "standin.db", clock) as found:
        stripe = StripeGateway(found.client())
        site.outside = replace(site.outside, gateways=(stripe,))
        site.app.extensions["outside"] = site.outside
        yield found


def somebody(site: Site, name: str, country: str = "US", *, has_payee: bool = True) -> User:
    with site.arrange() as session:
        person = builders.a_person(session, name)
        person.country = country
        if has_payee:
            builders.a_payee(session, person, site.outside.vault)
        return session.get_one(User, person.user_id)


def account_of(site: Site, user: User) -> PayeeAccount:
    with site.look() as session:
        wanted = sa.select(PayeeAccount).join(Person).where(Person.user_id == user.id)
        return session.scalars(wanted).one()


def click(browser: Browser) -> str:
    """Press the button, and return where it leads."""
    return str(browser.post(PAGE, {}).location)


def policy(shown: TestResponse) -> str:
    return shown.headers["Content-Security-Policy"]


def test_the_button_leads_to_stripe_and_only_this_page_may(site: Site, standin: Running) -> None:
    ava = somebody(site, "Ava Lin")
    browser = site.browser(ava)

    shown = browser.get(PAGE)
    links = {click(browser) for _ in range(2)}

    assert "Set up payouts with Stripe" in shown.text
    assert "Check now" not in shown.text, "there is nothing to check yet"
    assert "form-action 'self' https://connect.stripe.com" in policy(shown)
    assert "stripe.com" not in policy(browser.get("/me/payee"))
    assert len(links) == 2
    assert all(link.startswith(f"{standin.address}/standin/onboarding/") for link in links)


@pytest.mark.parametrize(
    ("state", "words", "button"),
    [
        ("checking", "Stripe is checking", "Check now"),
        ("needs", "a picture of an identity document", "Give it to Stripe"),
        ("paused", "Paused by Stripe", "Check now"),
        ("ready", "Ready: Stripe pays you", "Check now"),
        ("new", "Set up payouts with Stripe", "Check now"),
    ],
)
def test_each_state_has_its_words_and_its_button(
    site: Site, standin: Running, state: str, words: str, button: str
) -> None:
    ava = somebody(site, "Ava Lin")
    browser = site.browser(ava)
    click(browser)
    row = account_of(site, ava)
    assert row.account
    with standin.app.store.work() as books:
        accounts.change(books, row.account, state)

    before = browser.get(PAGE).text
    after = browser.follow(f"{PAGE}/{row.public_id}/check", {}).text

    assert "Set up payouts with Stripe" in before, "nobody has looked yet"
    assert words in after
    assert button in after
    assert "rejected" not in after, "the gateway's own reason is never shown"


@pytest.mark.usefixtures("standin")
def test_coming_back_from_stripe_means_nothing(site: Site) -> None:
    browser = site.browser(somebody(site, "Ava Lin"))
    link = click(browser)

    answer = requests.post(link, {"choice": "ready"}, timeout=5, allow_redirects=False)
    back = browser.get(answer.headers["Location"]).text

    assert answer.headers["Location"].endswith(PAGE)
    assert "Ready" not in back
    assert "Check now" in back


def test_a_used_link_leads_to_a_new_one_for_its_owner_alone(site: Site, standin: Running) -> None:
    ava, bea = somebody(site, "Ava Lin"), somebody(site, "Bea Hart")
    browser = site.browser(ava)
    link = click(browser)
    requests.post(link, {"choice": "new"}, timeout=5, allow_redirects=False)
    used = requests.get(link, timeout=5, allow_redirects=False).headers["Location"]

    fresh = browser.get(used, 303).location
    site.browser(bea).get(used, 404)
    site.browser(bea).post(used.replace("/again", "/check"), {}, 404)
    unknown = site.browser().client.get(used)

    assert fresh.startswith(f"{standin.address}/standin/onboarding/")
    assert fresh != link
    assert "/sign-in" in unknown.location


def test_silence_is_said_and_the_person_stays_here(site: Site, standin: Running) -> None:
    ava = somebody(site, "Ava Lin")
    browser = site.browser(ava)
    click(browser)
    row = account_of(site, ava)
    standin.app.switch_on(server.DOWN, times=MANY)

    told = browser.follow(PAGE, {}).text
    checked = browser.follow(f"{PAGE}/{row.public_id}/check", {}).text

    assert "Stripe does not answer. Try again in a minute." in told
    assert "Stripe does not answer. Try again in a minute." in checked


def test_without_a_legal_name_the_page_asks_for_it(site: Site, standin: Running) -> None:
    browser = site.browser(somebody(site, "Ava Lin", has_payee=False))

    assert "Save your legal name first" in browser.get(PAGE).text
    assert "Save your legal name first" in browser.follow(PAGE, {}).text
    with standin.app.store.work() as books:
        assert list(books.newest("v2.core.account")) == []


def test_somebody_in_china_has_nothing_to_set_up(site: Site, standin: Running) -> None:
    zhao = site.browser(somebody(site, "赵国强", "CN"))

    assert "There is nothing to set up" in zhao.get(PAGE).text
    assert f'href="{PAGE}"' not in zhao.get("/me/payee").text
    with standin.app.store.work() as books:
        assert list(books.newest("v2.core.account")) == []


def test_the_page_of_the_bank_leads_to_that_of_the_payouts(site: Site, standin: Running) -> None:
    shown = site.browser(somebody(site, "Ava Lin")).get("/me/payee").text

    assert standin.address not in shown
    assert f'href="{PAGE}"' in shown


def test_with_the_sandbox_nobody_needs_an_account(site: Site) -> None:
    ava = somebody(site, "Ava Lin")

    assert "There is nothing to set up" in site.browser(ava).get(PAGE).text
    assert "Nobody in your country" in site.browser(ava).follow(PAGE, {}).text
    assert f'href="{PAGE}"' not in site.browser(ava).get("/me/payee").text
