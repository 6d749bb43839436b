from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pytest
import sqlalchemy as sa

from marketplace.domain.accounts.models import Company, User
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.audit.models import AuditEntry
from marketplace.domain.booking.models import Booking
from marketplace.domain.payments.models import Payout
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.people.models import Person
from marketplace.domain.timecards.models import TimeCard
from marketplace.domain.timecards.rules import CardState
from marketplace.kernel.money import Money
from marketplace.web.presentation import exact
from marketplace.worker.drain import Crew
from tests.support.builders import a_member, a_person
from tests.support.payday import VAULT, a_closed_day, an_approved_card
from tests.support.site import Browser, Site
from tests.support.slipdays import days_of_money, days_with_papers


@dataclass
class Mine:
    """A person with one slip."""

    browser: Browser
    slip: PaySlip

    @property
    def net(self) -> str:
        return exact(Money(self.slip.net_minor, self.slip.currency))


@pytest.fixture(autouse=True)
def _same_vault(site: Site) -> None:
    object.__setattr__(site.outside, "vault", VAULT)


def of_first(site: Site, slip: PaySlip) -> Mine:
    return Mine(site.browser(user_of(site, slip.person_id)), slip)


def user_of(site: Site, person_id: int) -> User:
    with site.look() as session:
        person = session.get_one(Person, person_id)
        return session.get_one(User, person.user_id)


@pytest.fixture
def mine(site: Site) -> Mine:
    days = days_of_money(site.database, site.settings.instance, site.clock)
    return of_first(site, days.slips[0])


def a_card(site: Site, state: CardState, *, has_payee: bool = True) -> tuple[TimeCard, Browser]:
    with site.arrange() as session:
        card = an_approved_card(session, a_closed_day(session), has_payee=has_payee)
        card.state = state
    return card, site.browser(user_of(site, card.person_id))


def test_paid_money_stands_under_its_production_with_the_date(mine: Mine) -> None:
    page = mine.browser.get("/me/pay").text

    assert "Divorced at Dawn" in page
    assert mine.net in page
    assert "Paid " in page
    assert "Next payment" not in page


def test_money_on_its_way_stands_on_top_with_its_date(site: Site, mine: Mine) -> None:
    with site.arrange() as session:
        wanted = sa.select(Payout).where(Payout.pay_slip_id == mine.slip.id)
        payout = session.scalars(wanted).one()
        payout.state, payout.paid_at = "sent", None

    page = mine.browser.get("/me/pay").text

    assert "Next payment" in page
    assert f'<p class="big mt-2">{mine.net}</p>' in page
    assert "Should arrive" in page


def test_a_payment_without_an_account_needs_the_person(site: Site, mine: Mine) -> None:
    with site.arrange() as session:
        wanted = sa.select(Payout).where(Payout.pay_slip_id == mine.slip.id)
        payout = session.scalars(wanted).one()
        payout.state, payout.gateway_ref, payout.paid_at = "held", None, None
        payout.problem_code = "no_account"

    page = mine.browser.get("/me/pay").text

    assert "1 payment needs you" in page
    assert "Finish your payment details" in page
    assert "Finish your payment details" in mine.browser.get(f"/me/pay/{mine.slip.public_id}").text


def test_a_payment_the_company_must_solve_asks_nothing_of_the_person(
    site: Site, mine: Mine
) -> None:
    with site.arrange() as session:
        wanted = sa.select(Payout).where(Payout.pay_slip_id == mine.slip.id)
        payout = session.scalars(wanted).one()
        payout.state, payout.gateway_ref, payout.paid_at = "blocked", None, None
        payout.problem_code, payout.problem = "bank_offline", "The bank is closed"

    page = mine.browser.get("/me/pay").text

    assert "The company is looking into it" in page
    assert "Needs you" not in page


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (CardState.SENT, "Check your hours"),
        (CardState.AGREED, "The production approves your hours next."),
        (CardState.QUERIED, "Hours sent"),
        (CardState.APPROVED, "The slip follows"),
    ],
)
def test_hours_without_a_slip_show_what_they_will_earn(
    site: Site, state: CardState, words: str
) -> None:
    _card, browser = a_card(site, state)
    page = browser.get("/me/pay").text

    assert words in page
    assert "before tax" in page


def test_approved_hours_without_a_legal_name_need_the_person(site: Site) -> None:
    _card, browser = a_card(site, CardState.APPROVED, has_payee=False)

    assert "A pay slip needs your legal name" in browser.get("/me/pay").text


def test_somebody_without_work_is_shown_the_way(site: Site) -> None:
    with site.arrange() as session:
        person = a_person(session)

    assert "Nothing to be paid yet" in site.browser(user_of(site, person.id)).get("/me/pay").text


def test_a_slip_of_mine_shows_every_line(mine: Mine) -> None:
    page = mine.browser.get(f"/me/pay/{mine.slip.public_id}").text

    assert mine.net in page
    assert "Overtime" in page
    assert "Lin Yuting" in page


def test_slips_of_others_are_not_there(site: Site, mine: Mine) -> None:
    with site.look() as session:
        wanted = sa.select(PaySlip.public_id).where(PaySlip.person_id != mine.slip.person_id)
        other = session.scalars(wanted).first()

    mine.browser.get(f"/me/pay/{other}", 404)
    mine.browser.get(f"/me/pay/{other}.pdf", 404)


def test_the_paper_of_a_slip_waits_until_it_is_printed(mine: Mine) -> None:
    page = mine.browser.get(f"/me/pay/{mine.slip.public_id}.pdf", 202).text

    assert "is being printed" in page


def test_the_paper_of_a_slip_is_taken_and_written_down(site: Site) -> None:
    crew = Crew(site.database.engine, site.outside)
    slip = days_with_papers(site.database, crew, site.clock).slips[0]
    answer = of_first(site, slip).browser.get(f"/me/pay/{slip.public_id}.pdf")

    assert answer.data.startswith(b"%PDF")
    with site.look() as session:
        wanted = sa.select(AuditEntry.subject).where(AuditEntry.action == "download")
        assert list(session.scalars(wanted)) == [f"slip:{slip.public_id}"]


def test_my_pay_reads_in_chinese(mine: Mine) -> None:
    mine.browser.client.set_cookie("lang", "zh_Hans")

    assert 'lang="zh-Hans"' in mine.browser.get("/me/pay").text
    assert 'lang="zh-Hans"' in mine.browser.get(f"/me/pay/{mine.slip.public_id}").text


def test_an_upgraded_person_reads_the_new_role_before_the_slip(site: Site) -> None:
    card, browser = a_card(site, CardState.SENT)
    with site.arrange() as session:
        session.get_one(Booking, card.booking_id).upgraded_to = "Nurse, two lines"

    page = browser.get("/me/pay").text

    assert "Nurse, two lines" in page


def bank_says(site: Site, slip: PaySlip, **said: datetime | None) -> None:
    """Let the last way of a slip's money end like this."""
    with site.arrange() as session:
        session.execute(sa.update(Payout).where(Payout.pay_slip_id == slip.id).values(**said))


def test_money_that_is_at_the_persons_bank_says_so(site: Site, mine: Mine) -> None:
    assert "At your bank," not in mine.browser.get(f"/me/pay/{mine.slip.public_id}").text
    bank_says(site, mine.slip, banked_at=site.clock.now())

    text = mine.browser.get(f"/me/pay/{mine.slip.public_id}").text

    assert "At your bank," in text
    assert f"sent {mine.net} back" not in text


def test_money_the_bank_returned_asks_for_another_account_and_is_not_paid_again(
    site: Site, mine: Mine
) -> None:
    with site.arrange() as session:
        company = session.get_one(Company, mine.slip.company_id)
        member = a_member(session, company, CompanyRole.ACCOUNTANT)
    accountant = site.browser(member)
    office = f"/c/{company.public_id}/slips/{mine.slip.public_id}"
    bank_says(site, mine.slip, bank_returned_at=site.clock.now())

    text = mine.browser.get(f"/me/pay/{mine.slip.public_id}").text
    their = accountant.get(office).text

    assert f"Your bank sent {mine.net} back" in text
    assert 'href="/me/payouts"' in text
    assert "Do not pay it again." in their
    assert "Sent back by the payee" in their
    bank_says(site, mine.slip, bank_returned_at=None, banked_at=site.clock.now())
    assert "Do not pay it again." not in accountant.get(office).text
    assert "own bank" in accountant.get(office).text
