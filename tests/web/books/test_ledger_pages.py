"""An accountant reads the books: every account, each posting, what stands afterwards."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from itertools import pairwise

import pytest
import sqlalchemy as sa

from marketplace.domain.ledger.models import LedgerAccount, LedgerTransfer
from marketplace.domain.ledger.services import Posting, post_all
from marketplace.domain.reports.queries import ledgers
from marketplace.kernel.money import Money
from tests.support.builders import a_company, a_member
from tests.support.payday import VAULT
from tests.support.site import Browser, Site
from tests.support.slipdays import PaidDays, days_of_money


@dataclass
class Books:
    """An accountant in front of the books of two paid days."""

    site: Site
    browser: Browser
    days: PaidDays
    url: str

    def account(self, code: str, currency: str) -> str:
        """Return the public id of an account."""
        with self.site.look() as session:
            return session.scalars(
                sa.select(LedgerAccount.public_id).where(
                    LedgerAccount.code == code, LedgerAccount.currency == currency
                ),
            ).one()


@pytest.fixture
def books(site: Site) -> Books:
    object.__setattr__(site.outside, "vault", VAULT)
    days = days_of_money(site.database, site.settings.instance, site.clock)
    return Books(site, site.browser(days.accountant), days, f"/c/{days.company}/ledger")


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))[1:]


def test_every_currency_balances_and_nothing_of_the_company_is_left_out(books: Books) -> None:
    with books.site.look() as session:
        trials = ledgers.trials(ledgers.accounts(session, books.days.company_id))
        sums = {
            currency: int(total)
            for currency, total in session.execute(
                sa.select(
                    LedgerTransfer.currency, sa.func.sum(LedgerTransfer.amount_minor)
                ).group_by(LedgerTransfer.currency),
            )
        }
    assert {trial.currency: trial.debit.minor for trial in trials} == sums
    assert [trial.debit for trial in trials] == [trial.credit for trial in trials]

    page = books.browser.get(books.url).text
    assert page.count("Balanced") == len(trials)
    assert "Out of balance" not in page


def test_a_kind_with_several_accounts_opens_them_by_name(books: Books) -> None:
    page = books.browser.get(books.url).text
    (link,) = set(re.findall(r'href="([^"]*accounts\?kind=payable[^"]*USD[^"]*)"', page))

    listed = books.browser.get(link.replace("&amp;", "&")).text
    everything = books.browser.get(f"{books.url}/accounts").text

    assert "Dayrate Sandbox" in everything
    assert "Paid through the gateway" in everything
    assert ">sandbox<" not in everything
    with books.site.look() as session:
        found = ledgers.accounts(session, books.days.company_id, "payable", "USD")
    assert len(found) > 1
    for one in found:
        assert one.name in listed
        assert f"/ledger/accounts/{one.public_id}" in listed


def test_a_statement_runs_down_to_its_first_posting(books: Books) -> None:
    account = books.account(f"wages:{books.days.company_id}", "USD")

    page = books.browser.get(f"{books.url}/accounts/{account}").text
    table = rows_of(books.browser.get(f"{books.url}/accounts/{account}.csv").text)

    assert "Earned on a pay slip" in page
    running = 0
    for _at, _what, _key, _other, debit, credit, balance in table:
        running += int(debit.replace(".", "") or 0) - int(credit.replace(".", "") or 0)
        assert int(balance.replace(".", "")) == running
    assert running > 0


def test_a_long_statement_goes_on_without_losing_a_cent(books: Books) -> None:
    company = books.days.company_id
    with books.site.arrange() as session:
        many = [
            Posting(f"fee:{number}", "platform:fees", "bank:x", Money(number, "EUR"), company)
            for number in range(1, ledgers.PAGE + 11)
        ]
        post_all(session, many, clock=books.site.clock)
    account = books.account("platform:fees", "EUR")
    with books.site.look() as session:
        found = ledgers.account_named(session, company, account)
        assert found is not None
        first = ledgers.statement(session, company, found)
        last = ledgers.statement(session, company, found, first.older)

    assert (len(first.rows), len(last.rows), last.older) == (ledgers.PAGE, 10, None)
    shown = [*first.rows, *last.rows]
    assert [row.key for row in shown] == [f"fee:{n}" for n in range(ledgers.PAGE + 10, 0, -1)]
    for newer, older in pairwise(shown):
        assert newer.debit is not None
        assert newer.balance - newer.debit == older.balance
    assert last.rows[-1].balance == last.rows[-1].debit
    page = books.browser.get(f"{books.url}/accounts/{account}").text
    assert f"before={first.older}" in page
    assert "fee:60" in page


def test_the_trial_balance_is_a_table_too(books: Books) -> None:
    table = rows_of(books.browser.get(f"{books.url}.csv").text)

    with books.site.look() as session:
        accounts = ledgers.accounts(session, books.days.company_id)
    assert [row[5] for row in table] == [f"{one.balance.decimal:f}" for one in accounts]


def test_another_company_sees_nothing_of_it(books: Books) -> None:
    with books.site.arrange() as session:
        other = a_company(session)
        member = a_member(session, other)
    account = books.account(f"wages:{books.days.company_id}", "USD")
    browser = books.site.browser(member)

    assert "Nothing is booked yet" in browser.get(f"/c/{other.public_id}/ledger").text
    browser.get(f"/c/{other.public_id}/ledger/accounts/{account}", 404)
    empty = browser.get(f"/c/{other.public_id}/ledger/accounts?kind=payable&currency=USD").text
    assert "No such account" in empty
    browser.get(f"{books.url}/accounts/{account}", 404)
