"""An accountant pays a day from the company's own bank, page by page; the person sees it."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import date

import pytest
import sqlalchemy as sa

from marketplace.adapters.passwords import Argon2Passwords
from marketplace.domain.accounts.models import Company, User
from marketplace.domain.accounts.rules import CompanyRole, PaysBy
from marketplace.domain.audit.models import AuditEntry
from marketplace.domain.banking.rules.orders import BankFormat
from marketplace.domain.payments.models import BankFile, BankProfile, Payout
from marketplace.domain.payments.queries.bank_profiles import profile_of
from marketplace.domain.payments.rules import PayoutState
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.people.models import Payee, Person
from tests.support.bankfiles import a_payer, due_payouts
from tests.support.builders import PASSWORD, a_member
from tests.support.payday import VAULT
from tests.support.site import PASSWORDS, Browser, Site

NAMES = ("刘芳", "陈浩")


@dataclass
class Desk:
    """An accountant and an owner in front of a Chinese day that waits for a file."""

    site: Site
    accountant: Browser
    owner: Browser
    owner_user: User
    url: str
    payouts: list[Payout]

    def payout(self, place: int = 0) -> Payout:
        with self.site.look() as session:
            return session.get_one(Payout, self.payouts[place].id)

    def order(self, *payouts: Payout, **changed: str) -> dict[str, object]:
        chosen = payouts or tuple(self.payouts)
        total = sum(one.amount_minor for one in chosen)
        order: dict[str, object] = {
            "currency": "CNY",
            "on": "2026-11-24",
            "total": str(total),
            "payout": [one.public_id for one in chosen],
        }
        return order | changed

    def file(self) -> str:
        """Make a file of everything; returns its address."""
        return self.accountant.post(self.url, self.order()).location


@pytest.fixture(autouse=True)
def _same_vault(site: Site) -> None:
    object.__setattr__(site.outside, "vault", VAULT)


@pytest.fixture
def desk(site: Site) -> Desk:
    with site.arrange() as session:
        production = a_payer(session, BankFormat.CN_CSV, is_chinese=True)
        company = session.get_one(Company, production.company_id)
        owner = a_member(session, company, CompanyRole.OWNER)
        owner.password_hash = PASSWORDS.hash(PASSWORD)
        accountant = a_member(session, company, CompanyRole.ACCOUNTANT)
        payouts = due_payouts(session, production, site.settings.instance, site.clock, NAMES)
        url = f"/c/{company.public_id}/bank-files"
    return Desk(site, site.browser(accountant), site.browser(owner), owner, url, payouts)


def test_the_way_from_due_to_paid(desk: Desk) -> None:
    overview = desk.accountant.get(desk.url).text
    assert "2 payments in CNY wait for a file" in overview
    draft = desk.accountant.get(f"{desk.url}/new?currency=CNY").text
    assert "刘芳" in draft
    assert "Public holidays of this country are not checked here" in draft

    address = desk.file()

    page = desk.accountant.get(address).text
    assert "At the bank: 2" in page
    download = desk.accountant.client.get(f"{address}/content")
    assert download.headers["Content-Disposition"].startswith('attachment; filename="20261124-CNY')
    table = download.data.decode("gbk")
    assert desk.payouts[0].public_id in table
    answer = table.splitlines()[0] + ",状态,流水号\r\n"
    answer += "\r\n".join(f"{line},成功,BK{n}" for n, line in enumerate(table.splitlines()[1:]))
    upload = {"currency": "CNY", "answer": (io.BytesIO(answer.encode("gbk")), "回单.csv")}
    preview = desk.accountant.post(f"{desk.url}/answers", upload).location
    assert "2 payments would change" in desk.accountant.get(preview).text
    assert desk.payout().state == PayoutState.SENT
    taken = desk.accountant.follow(preview, {})
    assert "This answer is taken over" in taken.text
    assert desk.payout().state == PayoutState.PAID
    again = desk.accountant.post(
        f"{desk.url}/answers",
        {"currency": "CNY", "answer": (io.BytesIO(answer.encode("gbk")), "回单.csv")},
    )
    assert again.location == preview
    assert "Paid: 2" in desk.accountant.get(desk.url).text


def test_taking_a_file_away_is_noted(desk: Desk) -> None:
    address = desk.file()

    desk.accountant.client.get(f"{address}/content")

    with desk.site.look() as session:
        noted = sa.select(AuditEntry).where(
            AuditEntry.action == "download", AuditEntry.subject.startswith("bank_file:")
        )
        assert len(session.scalars(noted).all()) == 1


def test_only_ticked_people_go_into_the_file(desk: Desk) -> None:
    first, second = desk.payouts
    draft = desk.accountant.get(f"{desk.url}/new?currency=CNY&payout={second.public_id}&choose=1")
    assert "Make the file: 1 payment" in draft.text

    desk.accountant.post(desk.url, desk.order(second))

    assert desk.payout(0).state == PayoutState.DUE
    assert desk.payout(1).state == PayoutState.SENT
    assert first.public_id in desk.accountant.get(f"{desk.url}/new?currency=CNY").text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"on": "2026-11-28"}, "Banks are closed on"),
        ({"on": "soon"}, "Choose the day"),
        ({"total": "1"}, "Amounts changed meanwhile"),
        ({"total": "x"}, "Amounts changed meanwhile"),
    ],
)
def test_a_refused_file_says_why_and_changes_nothing(
    desk: Desk, changed: dict[str, str], words: str
) -> None:
    page = desk.accountant.post(desk.url, desk.order(**changed), 409).text

    assert "No file was made" in page
    assert words in page
    assert desk.payout().state == PayoutState.DUE


def test_a_large_total_has_to_be_typed(desk: Desk) -> None:
    with desk.site.arrange() as session:
        company = session.get_one(Company, desk.payouts[0].company_id)
        company.typed_total_limit_minor = 100
    page = desk.accountant.get(f"{desk.url}/new?currency=CNY").text
    assert "Type the total to confirm" in page

    wrong = desk.accountant.post(desk.url, desk.order(typed="1"), 409).text
    assert "Type the total as it is shown" in wrong
    total = sum(one.amount_minor for one in desk.payouts)
    desk.accountant.post(desk.url, desk.order(typed=f"{total / 100:.2f}"))
    assert desk.payout().state == PayoutState.SENT


def test_nonsense_leads_back_to_the_overview(desk: Desk) -> None:
    assert desk.accountant.post(desk.url, {"currency": "XXX"}).location == desk.url
    assert desk.accountant.client.get(f"{desk.url}/new?currency=USD").location == desk.url
    assert desk.accountant.post(f"{desk.url}/ask", {"currency": "XXX"}).location == desk.url
    assert desk.accountant.post(f"{desk.url}/again", {"payout": "x"}).location == desk.url
    assert desk.accountant.post(f"{desk.url}/answers", {}).location == desk.url
    assert "Choose the file your bank gave you." in desk.accountant.get(desk.url).text


def test_people_whose_details_are_missing_are_left_out_and_asked(desk: Desk) -> None:
    with desk.site.arrange() as session:
        payee = session.query(Payee).filter_by(person_id=desk.payouts[0].person_id).one()
        payee.bank_name = ""
    draft = desk.accountant.get(f"{desk.url}/new?currency=CNY").text
    assert "1 payment is left out" in draft
    assert "The name of the bank is missing." in draft

    desk.accountant.post(f"{desk.url}/ask", {"currency": "CNY"})

    assert desk.payout().state == PayoutState.HELD
    overview = desk.accountant.get(desk.url).text
    assert "1 person was asked." in overview
    assert "Waiting for somebody" in overview
    desk.accountant.post(f"{desk.url}/again", {"payout": desk.payouts[0].public_id})
    assert desk.payout().state == PayoutState.DUE


def test_rows_are_marked_one_by_one_and_all_at_once(desk: Desk) -> None:
    address = desk.file()
    marks = {"fate": "paid", "on": "2026-11-22", "reference": "BK-9", "row": ["1"]}

    desk.accountant.post(f"{address}/marks", marks)

    assert [desk.payout(place).state for place in (0, 1)] == [PayoutState.PAID, PayoutState.SENT]
    page = desk.accountant.get(address).text
    assert "BK-9" in page
    assert "Cancel the file…" not in page
    desk.accountant.post(f"{address}/marks", {"fate": "paid", "all": "1", "on": ""})
    assert desk.payout(1).state == PayoutState.PAID
    back = {"fate": "returned", "row": ["2"], "reason": "户名不符"}
    desk.accountant.post(f"{address}/marks", back)
    assert desk.payout(1).state == PayoutState.HELD
    assert "户名不符" in desk.accountant.get(address).text


@pytest.mark.parametrize(
    ("marks", "words"),
    [
        ({"fate": "lost", "all": "1"}, "Say whether"),
        ({"fate": "paid"}, "at least one"),
        ({"fate": "paid", "all": "1", "on": "x"}, "Choose the day"),
        ({"fate": "paid", "all": "1", "on": "2027-01-01"}, "still to come"),
    ],
)
def test_marks_that_cannot_be_are_refused(desk: Desk, marks: dict[str, object], words: str) -> None:
    address = desk.file()

    page = desk.accountant.post(f"{address}/marks", marks, 409).text

    assert words in page
    assert desk.payout().state == PayoutState.SENT


def test_a_file_is_cancelled_with_a_reason(desk: Desk) -> None:
    address = desk.file()
    assert "Say why" in desk.accountant.post(f"{address}/cancel", {"reason": ""}, 409).text

    page = desk.accountant.follow(f"{address}/cancel", {"reason": "wrong day"}).text

    assert "This file is cancelled" in page
    assert "wrong day" in page
    assert desk.payout().state == PayoutState.DUE
    assert "Download for the bank" not in page


def test_an_answer_that_changes_nothing_says_so(desk: Desk) -> None:
    desk.file()
    table = "备注,状态\nnobody,成功\n"
    upload = {"currency": "CNY", "answer": (io.BytesIO(table.encode()), "a.csv")}
    address = desk.accountant.post(f"{desk.url}/answers", upload).location

    page = desk.accountant.get(address).text

    assert "Nothing would change" in page
    assert "No file of yours holds this payment." in page
    assert "Nothing in this answer" in desk.accountant.post(address, {}, 409).text


def test_the_owner_says_which_account_pays(desk: Desk) -> None:
    form = {
        "format": "nacha",
        "name": "Redwood Vertical LLC",
        "bank": "First Bank",
        "number": "7650321",
        "routing": "021000021",
        "company_code": "1123456789",
        "purpose": "Pay",
        "encoding": "gbk",
        "password": PASSWORD,
    }
    page = desk.owner.get(f"{desk.url}/banks/USD").text
    assert "Account that pays USD" in page
    columns = re.search(r'name="columns" value="([^"]+)"', page)
    assert columns
    form["columns"] = columns[1]

    wrong = desk.owner.post(f"{desk.url}/banks/USD", form | {"company_code": "1"}, 409).text
    assert "ten signs" in wrong
    assert "1 problem" in desk.owner.post(f"{desk.url}/banks/USD", form | {"number": ""}, 422).text
    denied = desk.owner.post(f"{desk.url}/banks/USD", form | {"password": "wrong"}, 422).text
    assert "There is 1 problem" in denied
    assert desk.owner.post(f"{desk.url}/banks/USD", form).location == desk.url

    with desk.site.look() as session:
        found = profile_of(session, desk.payouts[0].company_id, "USD", VAULT)
    assert found is not None
    assert (found.format, found.payer.number) == (BankFormat.NACHA, "7650321")
    kept = desk.owner.get(f"{desk.url}/banks/USD").text
    assert "••0321" in kept
    assert "7650321" not in kept
    desk.owner.post(f"{desk.url}/banks/USD", form | {"number": ""})
    assert desk.owner.client.get(f"{desk.url}/banks/XXX").status_code == 404


def test_columns_of_a_table_are_checked_on_the_form(desk: Desk) -> None:
    with desk.site.look() as session:
        sealed = session.query(BankProfile).one().details_sealed
    form = {"format": "cn_csv", "columns": "户名 = nobody", "password": PASSWORD}

    page = desk.owner.post(f"{desk.url}/banks/CNY", form, 422).text

    assert "title = field" in page
    assert b"41050167" not in sealed


def test_the_owner_decides_who_carries_the_payments(desk: Desk) -> None:
    desk.owner.post(f"{desk.url}/payer", {"pays_by": "platform"})
    assert "paid through Dayrate" in desk.owner.get(desk.url).text
    desk.owner.post(f"{desk.url}/payer", {"pays_by": "own_bank"})
    desk.owner.post(f"{desk.url}/payer", {"pays_by": "own_bank"})
    desk.owner.post(f"{desk.url}/payer", {"pays_by": "nobody"}, 400)

    with desk.site.look() as session:
        company = session.get_one(Company, desk.payouts[0].company_id)
        logged = sa.select(AuditEntry).where(AuditEntry.action == "choose_payer")
        assert company.pays_by == PaysBy.OWN_BANK
        assert len(session.scalars(logged).all()) == 2


def test_the_person_reads_that_they_were_paid_and_what_the_bank_calls_it(desk: Desk) -> None:
    address = desk.file()
    desk.accountant.post(
        f"{address}/marks", {"fate": "paid", "all": "1", "on": "", "reference": "BK-2026-7"}
    )
    with desk.site.look() as session:
        person = session.get_one(Person, desk.payouts[0].person_id)
        user = session.get_one(User, person.user_id)
        slip = session.get_one(PaySlip, desk.payouts[0].pay_slip_id).public_id

    inbox = desk.site.browser(user).get("/me/inbox").text

    assert "You were paid" in inbox
    browser = desk.site.browser(user)
    assert "Paid" in browser.get("/me/pay").text
    assert "Bank reference BK-2026-7" in browser.get(f"/me/pay/{slip}").text
    office = desk.url.removesuffix("/bank-files")
    assert "Bank reference BK-2026-7" in desk.accountant.get(f"{office}/slips/{slip}").text


def test_files_of_another_company_are_not_there(desk: Desk) -> None:
    address = desk.file()
    with desk.site.arrange() as session:
        production = a_payer(session)
        company = session.get_one(Company, production.company_id)
        stranger = a_member(session, company, CompanyRole.ACCOUNTANT)
        other = f"/c/{company.public_id}/bank-files"
        made = session.query(BankFile).one()
    browser = desk.site.browser(stranger)

    browser.get(address, 404)
    browser.get(f"{other}/{made.public_id}", 404)
    browser.get(f"{other}/answers/{made.public_id}", 404)
    assert browser.client.get(f"{other}/{made.public_id}/content").status_code == 404
    assert isinstance(desk.site.outside.passwords, Argon2Passwords)
    assert made.value_date == date(2026, 11, 24)
