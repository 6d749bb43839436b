"""The pages on which a production puts money in, and what its people see of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.domain.accounts.models import Company, User
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.payments.models import Fund, Funding, Refund
from marketplace.domain.payments.rules.funding import FundingStage
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.worker.drain import Crew
from tests.support import builders
from tests.support.funds import a_fund
from tests.support.site import Browser, Site


@dataclass
class Show:
    """A production with two days, somebody booked for each, and its people."""

    site: Site
    production: Production
    days: list[ShootDay]
    producer: Browser
    accountant: Browser
    talent: User

    @property
    def url(self) -> str:
        return f"/p/{self.production.public_id}/funding"

    def require(self) -> None:
        self.producer.post(f"{self.url}/require", {"is_required": "1"})

    def form(self, way: str = "card") -> dict[str, str]:
        """Return the form of the page that shows the lines."""
        day = self.days[0].public_id
        text = self.producer.get(f"{self.url}/new?way={way}&day={day}").text
        names = ("token", "way", "total", "day")
        return {name: re.search(f'name="{name}" value="([^"]+)"', text)[1] for name in names}  # type: ignore[index]  # the page has them

    def pay(self, way: str = "card") -> str:
        """Put in what a day lacks; returns the address of the funding's page."""
        location = str(self.producer.post(self.url, self.form(way)).location)
        return location.removeprefix("http://localhost")

    def funding(self) -> Funding:
        with self.site.arrange() as session:
            return session.scalars(sa.select(Funding).order_by(Funding.id.desc())).first()  # type: ignore[return-value]  # it is there

    def work(self) -> None:
        Crew(self.site.database.engine, self.site.outside).drain_all()


@pytest.fixture
def show(site: Site) -> Show:
    with site.arrange() as session:
        company = builders.a_company(session)
        producer = builders.a_member(session, company, CompanyRole.PRODUCER)
        accountant = builders.a_member(session, company, CompanyRole.ACCOUNTANT)
        production = builders.a_production(session, company)
        days = [builders.a_shoot_day(session, production, f"2026-11-{on}") for on in (29, 30)]
        person = builders.a_person(session)
        talent = session.get_one(User, person.user_id)
        role = builders.a_role(session, production, days)
        for day in days:
            builders.a_booking(session, role, person, day).gateway = "sandbox"
    return Show(site, production, days, site.browser(producer), site.browser(accountant), talent)


def test_a_production_that_needs_no_funds_may_choose_to(show: Show) -> None:
    assert "Payments wait for no funds here" in show.producer.get(show.url).text
    show.require()

    text = show.producer.get(show.url).text

    assert "Days are not funded" in text
    assert text.count("Not funded") == 2
    show.producer.post(f"{show.url}/require", {"is_required": "0"})
    assert "Payments wait for no funds here" in show.producer.get(show.url).text


def test_the_lines_are_shown_before_anything_is_paid(show: Show) -> None:
    with show.site.arrange() as session:
        company = session.get_one(Company, show.production.company_id)
        company.fee_basis_points = 250
    show.require()

    text = show.producer.get(f"{show.url}/new?way=card&day={show.days[0].public_id}").text

    assert "$280.00" in text
    assert "$7.00" in text, "the platform's fee"
    assert "$295.88" in text, "280 and 7, and 2.9% and thirty cents of the whole"


def test_a_card_funds_a_day_at_once(show: Show) -> None:
    show.require()

    page = show.pay()
    show.producer.post(f"{page}/check", {})

    assert "Settled" in show.producer.get(page).text
    text = show.producer.get(show.url).text
    assert "Funded" in text
    assert text.count("Not funded") == 1, "only the first day was chosen"


def test_a_bank_account_is_on_its_way_for_some_days(show: Show) -> None:
    show.require()

    page = show.pay("us_bank_account")
    show.producer.post(f"{page}/check", {})

    assert "The bank is working on it" in show.producer.get(page).text
    assert "Money on its way" in show.producer.get(show.url).text
    show.site.clock.at += timedelta(days=3)
    show.work()
    assert show.funding().stage == FundingStage.SETTLED


def test_a_transfer_is_sent_by_the_producer_and_told_how(show: Show) -> None:
    show.require()
    text = show.producer.get(f"{show.url}/new?way=customer_balance").text
    assert "Bank transfer you make yourself" in text

    page = show.pay("customer_balance")
    show.producer.post(f"{page}/check", {})
    with show.site.arrange() as session:
        session.query(Funding).one().instructions = "https://pay.stripe.test/how"

    text = show.producer.get(page).text
    assert "with the reference the gateway gave you" in text
    assert 'href="https://pay.stripe.test/how"' in text
    show.site.clock.at += timedelta(days=3)
    show.work()
    assert "How to send it" not in show.producer.get(page).text
    assert show.funding().stage == FundingStage.SETTLED


def test_a_form_sent_twice_pays_once(show: Show) -> None:
    show.require()
    form = show.form()

    first, second = (show.producer.post(show.url, form).location for _ in range(2))

    assert first == second
    with show.site.arrange() as session:
        assert session.scalar(sa.select(sa.func.count(Funding.id))) == 1


def test_amounts_that_are_not_todays_are_shown_again(show: Show) -> None:
    show.require()

    answer = show.producer.post(show.url, {**show.form(), "total": "5"}, status=409)

    assert "The plan changed meanwhile" in answer.text


def test_nothing_to_pay_leads_back(show: Show) -> None:
    show.require()
    with show.site.arrange() as session:
        a_fund(session, session.get_one(Production, show.production.id))

    assert (
        "Every day is funded"
        in show.producer.get(show.producer.get(f"{show.url}/new", status=303).location).text
    )
    answer = show.producer.post(show.url, {"way": "card", "total": "1", "token": "t"})
    assert answer.location.endswith("/funding")


def test_a_checkout_that_was_left_can_be_gone_on_with(show: Show) -> None:
    show.require()
    page = show.pay()

    text = show.producer.get(page).text
    assert "Not paid yet" in text
    assert show.producer.post(f"{page}/resume", {}).location.endswith(page)
    show.producer.post(f"{page}/check", {})
    assert (
        "not open any more"
        in show.producer.get(show.producer.post(f"{page}/resume", {}).location).text
    )


def test_an_accountant_gives_unspent_money_back(show: Show) -> None:
    show.require()
    page = show.pay()
    show.producer.post(f"{page}/check", {})
    form = show.accountant.get(f"{page}/refund").text
    token = re.search(r'name="token"[^>]*value="([^"]+)"', form)
    assert token
    filled = {"token": token[1], "amount": "100.00", "reason": "The day fell through"}

    show.accountant.post(f"{page}/refund", {**filled, "reason": ""}, status=422)
    assert (
        "At most"
        in show.accountant.post(f"{page}/refund", {**filled, "amount": "9999"}, status=409).text
    )
    third_decimal = {**filled, "amount": "1.234"}
    assert "2 decimals" in show.accountant.post(f"{page}/refund", third_decimal, status=409).text
    show.accountant.post(f"{page}/refund", filled)
    show.work()

    assert "Given back" in show.accountant.get(page).text
    with show.site.arrange() as session:
        assert session.query(Refund).one().state == "sent"
        assert session.query(Fund).one().available_minor == 18_000
    show.producer.get(f"{page}/refund", status=403)


def test_the_money_of_others_is_not_there(show: Show) -> None:
    show.require()
    page = show.pay()
    with show.site.arrange() as session:
        stranger = builders.a_member(session, builders.a_company(session), CompanyRole.PRODUCER)
    other = show.site.browser(stranger)

    other.get(page, status=404)
    show.producer.get(f"{show.url}/nothing", status=404)
    show.producer.post(f"{show.url}/nothing/check", {}, status=404)


def test_the_day_board_and_the_crew_see_what_is_not_funded(show: Show) -> None:
    board = f"/p/{show.production.public_id}/days/{show.days[1].public_id}"
    crew = show.site.browser(show.talent)
    assert "not yet funded" not in show.producer.get(board).text
    assert "Not yet funded" not in crew.get("/me/dates").text
    show.require()

    assert "This day is not yet funded" in show.producer.get(board).text
    assert "Not yet funded" in crew.get("/me/dates").text
    with show.site.arrange() as session:
        a_fund(session, session.get_one(Production, show.production.id))
    assert "not yet funded" not in show.producer.get(board).text
    assert "Not yet funded" not in crew.get("/me/dates").text


def test_a_currency_nobody_takes_in_cannot_be_funded(site: Site) -> None:
    with site.arrange() as session:
        company = builders.a_company(session)
        member = builders.a_member(session, company, CompanyRole.PRODUCER)
        chinese = builders.a_production(session, company, is_chinese=True)
    producer = site.browser(member)
    url = f"/p/{chinese.public_id}/funding"

    answer = producer.get(producer.get(f"{url}/new", status=303).location)

    assert "cannot be paid in here" in answer.text
