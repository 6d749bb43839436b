"""A company pays a day from its own bank, in a real browser, until the person reads "Paid"."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from marketplace.domain.accounts.models import Company, User
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.banking.rules.orders import BankFormat
from marketplace.domain.payments.services import check_books
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.people.models import Person
from tests.support.bankfiles import a_payer, due_payouts
from tests.support.browsing import LAPTOP, PHONE, chromium, open_window, served
from tests.support.builders import PASSWORD, a_member
from tests.support.payday import VAULT
from tests.support.site import PASSWORDS, Site

pytestmark = [pytest.mark.journey, pytest.mark.embedded]

NAMES = ("林晚", "陈浩")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys of this file."""
    with chromium() as found:
        yield found


def a_waiting_day(site: Site) -> tuple[str, str, User, User]:
    """Let a paid day wait for a file.

    Returns the addresses of the files and of one person's slip, the accountant and that person.
    """
    with site.arrange() as session:
        production = a_payer(session, BankFormat.CN_CSV, is_chinese=True)
        company = session.get_one(Company, production.company_id)
        accountant = a_member(session, company, CompanyRole.ACCOUNTANT)
        payouts = due_payouts(session, production, site.settings.instance, site.clock, NAMES)
        person = session.get_one(Person, payouts[0].person_id)
        user = session.get_one(User, person.user_id)
        for one in (accountant, user):
            one.password_hash = PASSWORDS.hash(PASSWORD)
        slip = session.get_one(PaySlip, payouts[0].pay_slip_id)
        files = f"/c/{company.public_id}/bank-files"
        return files, f"/me/pay/{slip.public_id}", accountant, user


def sign_in(page: Page, user: User) -> None:
    page.goto("/sign-in")
    page.locator("[name=email]").fill(user.email)
    page.locator("[name=password]").fill(PASSWORD)
    press(page, "Sign in")


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name=name).first.click()


def answered(table: Path, folder: Path) -> Path:
    """Write what the bank answers: its own table with a status and a reference on every row."""
    head, *rows = table.read_bytes().decode("gbk").splitlines()
    lines = [f"{head},状态,流水号", *(f"{row},成功,ZZ{n}" for n, row in enumerate(rows, 1))]
    answer = folder / "回单.csv"
    answer.write_bytes("\r\n".join(lines).encode("gbk"))
    return answer


def order(page: Page, url: str, folder: Path) -> Path:
    """Make the file and take it away; returns what the bank answers to it."""
    page.goto(url)
    page.get_by_role("link", name="Make a file…").click()
    press(page, "Make the file: 2 payments")
    expect(page.get_by_text("At the bank: 2")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download for the bank").click()
    download.value.save_as(folder / "file.csv")
    return answered(folder / "file.csv", folder)


def take_over(page: Page, url: str, answer: Path) -> None:
    page.goto(url)
    page.locator("#answer").set_input_files(answer)
    press(page, "Look at the answer")
    expect(page.get_by_text("2 payments would change")).to_be_visible()
    press(page, "Take the answer over")
    expect(page.get_by_text("This answer is taken over")).to_be_visible()


def test_a_day_is_paid_by_file_and_by_the_banks_answer(
    browser: Browser, site: Site, tmp_path: Path
) -> None:
    object.__setattr__(site.outside, "vault", VAULT)
    url, slip, accountant, talent = a_waiting_day(site)
    with served(site.app) as address:
        desk = open_window(browser, address, LAPTOP)
        phone = open_window(browser, address, PHONE)
        sign_in(desk.page, accountant)
        take_over(desk.page, url, order(desk.page, url, tmp_path))
        sign_in(phone.page, talent)
        phone.page.goto(slip)
        expect(phone.page.get_by_text("Bank reference ZZ1")).to_be_visible()
        expect(phone.page.get_by_text("Paid").first).to_be_visible()
        assert [desk.complaints, phone.complaints] == [[], []]
    with site.look() as session:
        assert check_books(session, vault=VAULT) == []
