"""Somebody sets their payouts up at Stripe, in a real browser, and their held pay goes out.

Stripe is the stand-in, on a port of its own; its letters reach the site signed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from marketplace.adapters.standin.postman import Postman
from marketplace.adapters.stripe_gateway import StripeGateway
from marketplace.adapters.stripe_letters import StripeLetters
from marketplace.domain.accounts.models import User
from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.rules import PayoutState
from marketplace.domain.payments.services import check_books, pay_card
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production
from marketplace.worker.drain import Crew
from tests.support.browsing import PHONE, chromium, open_window, served
from tests.support.builders import PASSWORD
from tests.support.funds import a_fund
from tests.support.payday import VAULT, a_closed_day, an_approved_card
from tests.support.site import PASSWORDS, Site
from tests.support.standin import Running, running

pytestmark = [pytest.mark.journey, pytest.mark.embedded]

SECRETS = {"platform": "whsec_a", "connect": "whsec_b", "v2": "whsec_c"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys of this file."""
    with chromium() as found:
        yield found


@pytest.fixture
def standin(site: Site, tmp_path: Path) -> Iterator[Running]:
    """Let the site pay by Stripe, which is the stand-in."""
    with running(tmp_path / "standin.db", site.clock) as found:
        client = found.client()
        letters = StripeLetters(client, SECRETS, site.clock)
        stripe = StripeGateway(client, pages=(found.address,), letters=letters)
        site.outside = replace(site.outside, gateways=(stripe,), vault=VAULT)
        site.app.extensions["outside"] = site.outside
        found.fund(1_000_000)
        yield found


def a_held_payment(site: Site) -> User:
    """Let somebody's day be paid before they have an account; returns who that is."""
    with site.arrange() as session:
        day = a_closed_day(session)
        card = an_approved_card(session, day)
        a_fund(session, session.get_one(Production, day.production_id))
        person = session.get_one(Person, card.person_id)
        person.country = "US"
        user = session.get_one(User, person.user_id)
        user.password_hash = PASSWORDS.hash(PASSWORD)
        pay_card(session, card.id, till=site.outside.till)
        return user


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def sign_in(page: Page, user: User) -> None:
    page.goto("/sign-in")
    page.locator("[name=email]").fill(user.email)
    page.locator("[name=password]").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name="Sign in").first.click()


def work(site: Site) -> None:
    Crew(site.database.engine, site.outside).drain_all()


def states(site: Site) -> list[str]:
    with site.look() as session:
        return list(session.scalars(sa.select(Payout.state)))


def set_up(page: Page, standin: Running) -> None:
    """Go to Stripe, forget a document, learn which, and bring it."""
    press(page, "Set up payouts with Stripe")
    assert page.url.startswith(standin.address)
    press(page, "Leave a document out")
    expect(page.get_by_role("heading", name="Your payouts")).to_be_visible()
    press(page, "Check now")
    expect(page.get_by_text("a picture of an identity document")).to_be_visible()
    press(page, "Give it to Stripe")
    press(page, "Everything is right: pay me")


def test_an_account_is_set_up_and_the_held_pay_goes_out(
    browser: Browser, site: Site, standin: Running
) -> None:
    ava = a_held_payment(site)
    with served(site.app) as address:
        phone = open_window(browser, address, PHONE)
        page = phone.page
        sign_in(page, ava)
        page.goto("/me/pay")
        page.get_by_role("link", name="Set up your payouts").click()
        expect(page.get_by_text("waits for your account")).to_be_visible()

        set_up(page, standin)
        held = states(site)
        assert Postman(standin.app.store, address, SECRETS).carry(), "Stripe writes what changed"
        work(site)
        page.reload()
        expect(page.get_by_text("Ready: Stripe pays you")).to_be_visible()

        page.goto("/me/pay")
        expect(page.get_by_text("On its way").or_(page.get_by_text("Paid")).first).to_be_visible()
        assert phone.complaints == []
    assert held == [PayoutState.HELD]
    assert states(site)[0] in (PayoutState.SENT, PayoutState.PAID)
    with site.look() as session:
        assert check_books(session, vault=VAULT) == []
