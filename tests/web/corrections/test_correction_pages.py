"""A paid day is adjusted through the pages: the production, the person, the accountant."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from marketplace.domain.accounts.models import User
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.payments.services import pay_card
from marketplace.domain.payroll.models import Overpayment, PaySlip
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production
from marketplace.domain.timecards.models import AdjustmentVoucher, TimeCard
from marketplace.worker.drain import Crew
from tests.support import builders
from tests.support.payday import VAULT, a_closed_day, an_approved_card
from tests.support.pdf import text_of
from tests.support.site import Browser, Site

PAID = {"in_": "07:00", "out": "19:00", "meal_out": "12:30", "meal_in": "13:00"}


@dataclass
class Paid:
    """One paid day and everybody who has to do with it."""

    site: Site
    crew: Crew
    company: str
    show: str
    card: str
    card_id: int
    producer: User
    accountant: User
    talent: User

    @property
    def adjust(self) -> str:
        """The address of the page that proposes."""
        return f"/p/{self.show}/time-cards/{self.card}/adjust"

    def browser(self, user: User) -> Browser:
        """Return somebody's browser."""
        return self.site.browser(user)

    def propose(self, **changed: str) -> str:
        """Send a proposal as the producer; returns the adjustment's public id."""
        form = {**PAID, "reason": "The mileage was forgotten.", "action": "send", **changed}
        location = self.browser(self.producer).post(self.adjust, form).location
        return location.rsplit("/", 1)[-1]

    def voucher(self) -> AdjustmentVoucher:
        """Return the newest adjustment."""
        with self.site.look() as session:
            found = sa.select(AdjustmentVoucher).order_by(AdjustmentVoucher.id.desc()).limit(1)
            return session.scalars(found).one()

    def slips(self) -> list[PaySlip]:
        """Return every slip, oldest first."""
        with self.site.look() as session:
            return list(session.scalars(sa.select(PaySlip).order_by(PaySlip.id)))

    def answer(self, voucher: str, verb: str, **form: str) -> None:
        """Answer as the person."""
        version = str(self.voucher().version)
        url = f"/me/adjustments/{voucher}/{verb}"
        self.browser(self.talent).post(url, {"version": version, **form})

    def approve(self, voucher: str) -> None:
        """Approve as the production."""
        url = f"/p/{self.show}/adjustments/{voucher}/approve"
        version = str(self.voucher().version)
        self.browser(self.producer).post(url, {"version": version})

    def work(self) -> None:
        """Let the worker do what is due."""
        self.crew.drain_all()


@pytest.fixture
def paid(site: Site) -> Paid:
    object.__setattr__(site.outside, "vault", VAULT)
    crew = Crew(site.database.engine, site.outside)
    with site.arrange() as session:
        company = builders.a_company(session)
        producer = builders.a_member(session, company)
        accountant = builders.a_member(session, company, CompanyRole.ACCOUNTANT)
        production = builders.a_production(session, company)
        card = an_approved_card(session, a_closed_day(session, production))
        pay_card(session, card.id, till=site.outside.till)
        talent = session.get_one(User, session.get_one(Person, card.person_id).user_id)
    crew.drain_all()
    names = (company.public_id, production.public_id, card.public_id, card.id)
    return Paid(site, crew, *names, producer, accountant, talent)


def test_a_proposal_shows_what_it_changes_before_it_is_sent(paid: Paid) -> None:
    form = {**PAID, "out": "21:00", "reason": "", "action": "work_out"}

    page = paid.browser(paid.producer).post(paid.adjust, form, 200).text

    assert "+$" in page
    with paid.site.look() as session:
        assert session.scalar(sa.select(sa.func.count(AdjustmentVoucher.id))) == 0


def test_paid_hours_do_not_change_without_a_reason(paid: Paid) -> None:
    form = {**PAID, "out": "21:00", "reason": " ", "action": "send"}

    page = paid.browser(paid.producer).post(paid.adjust, form, 422).text

    assert "Say why paid hours change" in page


def test_a_forgotten_mileage_line_is_paid_after_every_signature(paid: Paid) -> None:
    voucher = paid.propose(**{"extra-mileage": "34.50"})
    assert "Mileage" in paid.browser(paid.talent).get(f"/me/adjustments/{voucher}").text

    paid.answer(voucher, "agree")
    paid.approve(voucher)
    paid.work()

    original, reversal, correction = paid.slips()
    assert correction.gross_minor == original.gross_minor + 3_450
    assert correction.net_minor == 3_450
    paper = paid.browser(paid.talent).client.get(f"/me/pay/{correction.public_id}.pdf").data
    assert f"Correction of {original.number}" in " ".join(text_of(paper).split())
    page = paid.browser(paid.talent).get(f"/me/pay/{original.public_id}").text
    assert reversal.number in page
    assert correction.number in page
    page = paid.browser(paid.accountant).get(f"/c/{paid.company}/slips/{correction.public_id}").text
    assert "Corrects" in page
    assert original.number in page
    office = f"/c/{paid.company}"
    paid.browser(paid.accountant).get(f"{office}/slips/{reversal.public_id}")
    issued = paid.browser(paid.accountant).get(f"{office}/adjustments/{voucher}").text
    assert reversal.number in issued
    assert "+$34.50" in issued


def test_changing_a_proposal_begins_with_the_proposal(paid: Paid) -> None:
    extras = {"extra-mileage": "0.67", "extra-mileage-quantity": "40", "extra-phone": "9"}
    paid.propose(out="21:00", **extras, **{"extra-phone-receipt": "1"})

    page = paid.browser(paid.producer).get(paid.adjust).text
    sent = dict(re.findall(r'name="([^"]+)"[^>]*? value="([^"]*)"', page))

    assert (sent["out"], sent["extra-mileage"], sent["extra-mileage-quantity"]) == (
        "21:00",
        "0.67",
        "40",
    )
    assert "The mileage was forgotten.</textarea>" in page
    assert re.search(r'name="extra-phone-receipt"[^>]* checked', page)
    assert "<td>19:00</td>" in page


def test_the_person_says_what_is_wrong(paid: Paid) -> None:
    voucher = paid.propose(out="18:00")

    paid.answer(voucher, "query", text="I wrapped at seven.")

    page = paid.browser(paid.producer).get(f"/p/{paid.show}/adjustments/{voucher}").text
    assert "I wrapped at seven." in page


def test_the_accountant_signs_where_the_production_wants_it(paid: Paid) -> None:
    with paid.site.arrange() as session:
        session.execute(sa.update(Production).values(needs_payroll_approval=True))
    voucher = paid.propose(out="21:00")
    paid.answer(voucher, "agree")
    paid.approve(voucher)
    paid.work()
    assert len(paid.slips()) == 1
    listed = paid.browser(paid.accountant).get(f"/c/{paid.company}/adjustments").text
    assert "Waits for the accountant" in listed

    url = f"/c/{paid.company}/adjustments/{voucher}/sign"
    paid.browser(paid.accountant).post(url, {"version": "1"})
    paid.work()

    assert [one.kind for one in paid.slips()] == ["original", "reversal", "correction"]


def test_the_accountant_sends_it_back_with_a_reason(paid: Paid) -> None:
    with paid.site.arrange() as session:
        session.execute(sa.update(Production).values(needs_payroll_approval=True))
    voucher = paid.propose(out="21:00")
    paid.answer(voucher, "agree")
    paid.approve(voucher)
    url = f"/c/{paid.company}/adjustments/{voucher}/send-back"
    browser = paid.browser(paid.accountant)

    browser.post(url, {"version": "1", "reason": ""}, 422)
    browser.post(url, {"version": "1", "reason": "Which car?"})

    page = paid.browser(paid.producer).get(f"/p/{paid.show}/adjustments/{voucher}").text
    assert "Which car?" in page
    assert "Rejected" in page


def test_an_adjustment_is_given_up_before_it_is_issued(paid: Paid) -> None:
    voucher = paid.propose(out="21:00")
    url = f"/p/{paid.show}/adjustments/{voucher}/void"

    paid.browser(paid.producer).post(url, {"version": "1", "reason": "It was right."})

    paid.work()
    assert len(paid.slips()) == 1
    assert "It was right." in paid.browser(paid.talent).get(f"/me/adjustments/{voucher}").text


def test_a_version_nobody_has_seen_is_not_approved(paid: Paid) -> None:
    voucher = paid.propose(out="21:00")
    paid.answer(voucher, "agree")
    url = f"/p/{paid.show}/adjustments/{voucher}/approve"

    page = paid.browser(paid.producer).post(url, {"version": "0"}, 409).text

    assert "changed meanwhile" in page


def test_what_was_paid_too_much_is_answered_on_a_page_of_its_own(paid: Paid) -> None:
    voucher = paid.propose(**{"extra-mileage": "34.50"})
    paid.answer(voucher, "agree")
    paid.approve(voucher)
    paid.work()
    again = paid.propose()
    paid.answer(again, "agree")
    paid.approve(again)
    paid.work()
    browser = paid.browser(paid.talent)
    url = re.findall(r"/me/pay/owed/\w+", browser.get("/me/pay").text)[0]
    assert "$34.50" in browser.get(url).text

    browser.post(url, {"answer": "agree"})

    with paid.site.look() as session:
        assert session.scalars(sa.select(Overpayment.state)).one() == "agreed"
    assert "$34.50" in paid.browser(paid.accountant).get(f"/c/{paid.company}/adjustments").text
    browser.post(url, {"answer": "perhaps"}, 400)


def test_the_day_leads_to_the_adjustment(paid: Paid) -> None:
    with paid.site.look() as session:
        day = session.get_one(TimeCard, paid.card_id).shoot_day_id
        name = session.execute(
            sa.text("SELECT public_id FROM shoot_day WHERE id = :id"), {"id": day}
        ).scalar_one()

    page = paid.browser(paid.producer).get(f"/p/{paid.show}/days/{name}/time-cards").text

    assert paid.adjust in page
    paid.propose(out="21:00")
    listed = paid.browser(paid.producer).get(f"/p/{paid.show}/adjustments").text
    assert "The mileage was forgotten." in listed
    assert "Adjustment 1" in paid.browser(paid.talent).get(f"/me/time-cards/{paid.card}").text
