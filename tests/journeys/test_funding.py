"""A day nobody has paid for is funded at Stripe's stand-in, in a real browser, and pays out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from marketplace.adapters.standin import funding
from marketplace.adapters.stripe_gateway import StripeGateway
from marketplace.app import create_app
from marketplace.domain.accounts.models import Company, User
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.payments.models import Funding, PayeeAccount, Payout
from marketplace.domain.payments.rules.gateways import PayeeState
from marketplace.domain.payments.services import check_books
from marketplace.domain.productions.models import Production
from marketplace.worker.drain import Crew
from tests.support import builders
from tests.support.browsing import LAPTOP, chromium, open_window, served
from tests.support.payday import VAULT, a_closed_day, an_approved_card
from tests.support.site import PASSWORDS, Site
from tests.support.standin import Running, running

pytestmark = [pytest.mark.journey, pytest.mark.embedded]


@contextmanager
def at_stripe(site: Site, folder: Path) -> Iterator[tuple[Running, str]]:
    """Serve the site with Stripe's stand-in as its gateway; yields it and the site's address."""
    with running(folder / "standin.db", site.clock) as standin:
        gateway = StripeGateway(standin.client(), pages=[standin.address])
        site.outside = replace(site.outside, gateways=(gateway,), vault=VAULT)
        site.app = create_app(site.settings, site.outside)
        site.app.config["RATELIMIT_ENABLED"] = False
        with served(site.app) as url:
            here = replace(site.outside, settings=replace(site.settings, base_url=url))
            site.app.extensions["outside"] = here
            yield standin, url


def a_worked_day(site: Site, standin: Running) -> tuple[Production, User]:
    """Let somebody have worked a day that nobody has paid for; returns its show and producer."""
    with site.arrange() as session:
        company = builders.a_company(session)
        session.get_one(Company, company.id).fee_basis_points = 200
        producer = builders.a_member(session, company, CompanyRole.OWNER)
        producer.password_hash = PASSWORDS.hash(builders.PASSWORD)
        show = builders.a_production(session, company)
        card = an_approved_card(session, a_closed_day(session, show))
        account = PayeeAccount(
            person_id=card.person_id,
            gateway="stripe",
            account=standin.payee(),
            state=PayeeState.READY,
            created_at=site.clock.now(),
        )
        session.add(account)
    return show, producer


def work(site: Site) -> str:
    """Do all work that is due; returns where the one payment is."""
    Crew(site.database.engine, site.outside).drain_all()
    with site.look() as session:
        return session.scalars(sa.select(Payout.state)).one()


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name=name).first.click()


def to_checkout(page: Page, url: str, way: str) -> None:
    """Choose a way and go to the gateway's own page."""
    page.goto(url)
    page.get_by_label(way).check()
    press(page, "Show what it costs")
    expect(page.get_by_text("Platform fee", exact=True)).to_be_visible()
    press(page, "Pay $")


def sign_in(page: Page, user: User) -> None:
    page.goto("/sign-in")
    page.locator("[name=email]").fill(user.email)
    page.locator("[name=password]").fill(builders.PASSWORD)
    press(page, "Sign in")


def pay_by_bank_in_vain(page: Page, here: str, site: Site, standin: Running) -> None:
    to_checkout(page, here, "Bank account")
    page.get_by_role("button", name="Pay by bank account").click()
    press(page, "Check now")
    expect(page.get_by_role("heading", name="The bank is working on it")).to_be_visible()
    with site.look() as session:
        checkout = str(session.scalars(sa.select(Funding.gateway_ref)).one())
    with standin.app.store.work() as books:
        funding.end_bank_payment(books, checkout, is_good=False)
    press(page, "Check now")
    expect(page.get_by_role("heading", name="The money did not come")).to_be_visible()
    page.goto(here)
    expect(page.get_by_text("Not funded", exact=True)).to_be_visible()


def pay_by_card(page: Page, here: str) -> None:
    to_checkout(page, here, "Card")
    page.get_by_role("button", name="Pay by card").click()
    press(page, "Check now")
    expect(page.get_by_text("it can be spent from")).to_be_visible()
    page.goto(here)
    expect(page.get_by_text("Money on its way")).to_be_visible()


def test_a_day_is_funded_by_bank_in_vain_then_by_card_and_its_people_are_paid(
    site: Site, tmp_path: Path
) -> None:
    with at_stripe(site, tmp_path) as (standin, url), chromium() as browser:
        show, producer = a_worked_day(site, standin)
        here = f"/p/{show.public_id}/funding"
        page = open_window(browser, url, LAPTOP).page
        sign_in(page, producer)
        assert work(site) == "held"

        pay_by_bank_in_vain(page, here, site, standin)
        assert work(site) == "held"
        pay_by_card(page, here)
        assert work(site) == "held", "paid money has not settled yet"
        site.clock.at += timedelta(days=3)
        work(site)

        assert work(site) in {"sent", "paid"}
        sign_in(page, producer)  # whoever was away for days signs in again
        page.goto(here)
        expect(page.get_by_text("Settled", exact=True)).to_be_visible()
        expect(page.get_by_text("Not funded", exact=True)).to_have_count(0)
        with site.look() as session:
            assert check_books(session, gateways=site.outside.gateways) == []
