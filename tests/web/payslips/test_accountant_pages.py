from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.audit.models import AuditEntry
from marketplace.domain.documents.models import ExportJob
from marketplace.domain.documents.services import forget
from marketplace.domain.payments.models import Payout
from marketplace.domain.reports.queries import totals
from marketplace.domain.reports.rules import Totals
from marketplace.web.presentation import exact
from marketplace.worker.drain import Crew
from tests.support.builders import a_company, a_member
from tests.support.payday import VAULT
from tests.support.site import Browser, Site
from tests.support.slipdays import PaidDays, days_of_money, days_with_papers


@dataclass
class Office:
    """An accountant in front of the slips of two paid days."""

    browser: Browser
    days: PaidDays
    url: str
    totals: dict[str, Totals]

    def opened(self, path: str, status: int = 200) -> str:
        return self.browser.get(f"{self.url}{path}", status).text


def an_office(site: Site, days: PaidDays) -> Office:
    with site.look() as session:
        found = totals(session, days.company_id, days.all)
    return Office(site.browser(days.accountant), days, f"/c/{days.company}", found)


@pytest.fixture(autouse=True)
def _same_vault(site: Site) -> None:
    object.__setattr__(site.outside, "vault", VAULT)


@pytest.fixture
def office(site: Site) -> Office:
    days = days_of_money(site.database, site.settings.instance, site.clock)
    return an_office(site, days)


@pytest.fixture
def crew(site: Site) -> Crew:
    return Crew(site.database.engine, site.outside)


@pytest.fixture
def archive(site: Site, crew: Crew) -> Office:
    """The same, with every slip printed."""
    return an_office(site, days_with_papers(site.database, crew, site.clock))


def acts(site: Site, action: str) -> list[str]:
    with site.look() as session:
        found = sa.select(AuditEntry.subject).where(AuditEntry.action == action)
        return list(session.scalars(found))


def table(content: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"))))


def minor(rows: list[dict[str, str]], column: str, currency: str) -> int:
    mine = [row[column] for row in rows if row["Currency"] == currency]
    return sum(int(amount.replace(".", "")) for amount in mine)


def test_the_list_shows_legal_names_amounts_and_sums(office: Office) -> None:
    page = office.opened("/slips")

    assert page.count("Lin Yuting") >= 6
    assert "as Ava Lin USD" in page
    for one in office.totals.values():
        assert exact(one.gross) in page
        assert exact(one.net) in page
    assert "All 3 slips, USD" in page
    assert "All 3 slips, CNY" in page
    assert "Download all 6 as ZIP" in page
    assert "Bank ••6411" in page


def test_every_look_at_legal_names_is_written_down_once(site: Site, office: Office) -> None:
    office.opened("/slips")

    assert acts(site, "see_legal_names") == [f"company:{office.days.company}"]
    office.opened("/slips?q=nobody")
    assert len(acts(site, "see_legal_names")) == 1


def test_screen_table_and_register_add_up_to_the_same(office: Office) -> None:
    slips = table(office.opened("/slips.csv"))
    register = table(office.opened("/register.csv?status=paid"))

    for currency, one in office.totals.items():
        for rows in (slips, register):
            assert minor(rows, "Gross", currency) == one.gross.minor
            assert minor(rows, "Withheld", currency) == one.withheld.minor
            assert minor(rows, "Deducted", currency) == one.deducted.minor
            assert minor(rows, "Net", currency) == one.net.minor


def test_the_filters_of_the_address_narrow_page_and_table(office: Office) -> None:
    wanted = f"production={office.days.production}&from=2026-11-01&to=2026-11-22&status=paid"

    assert "3 of 3 slips" in office.opened(f"/slips?{wanted}")
    assert len(table(office.opened(f"/slips.csv?{wanted}"))) == 3
    assert "6 of 6 slips" in office.opened("/slips?q=LIN+yuting")
    assert "No slip matches" in office.opened("/slips?q=Yuting")
    assert "6 of 6 slips" in office.opened("/slips?from=never&status=odd")


def test_the_name_of_a_table_says_period_and_filters(office: Office) -> None:
    answer = office.browser.get(f"{office.url}/slips.csv?from=2026-11-01&to=2026-11-22&status=paid")

    name = answer.headers["Content-Disposition"]
    assert "Pay slips" in name
    assert "2026" in name
    assert "paid.csv" in name
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_older_slips_are_one_link_away(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marketplace.domain.reports.queries.slips.PAGE", 4)
    page = office.opened("/slips")
    older = re.search(r'href="([^"]*before=\d+)"', page)

    assert older
    assert "2 of 6 slips" in office.browser.get(older[1]).text


def test_a_slip_shows_every_line_and_the_payment(site: Site, office: Office) -> None:
    slip = office.days.slips[0]
    page = office.opened(f"/slips/{slip.public_id}")

    assert slip.number in page
    assert "Overtime" in page
    assert "us_film_crew_12@" in page
    assert "At the bank" in page
    assert slip.digest[:16] in page
    assert acts(site, "see_legal_names") == [f"slip:{slip.public_id}"]


def test_the_paper_comes_when_it_is_printed_and_is_written_down(
    site: Site, archive: Office, crew: Crew
) -> None:
    slip = archive.days.slips[0]
    answer = archive.browser.get(f"{archive.url}/slips/{slip.public_id}.pdf")

    assert answer.data.startswith(b"%PDF")
    assert answer.content_length == len(answer.data)
    assert f"{slip.number} Lin Yuting.pdf" in answer.headers["Content-Disposition"]
    assert acts(site, "download") == [f"slip:{slip.public_id}"]

    with crew.unit() as session:
        forget(session, f"slip:{slip.public_id}")
    assert "is being printed" in archive.opened(f"/slips/{slip.public_id}.pdf", 202)


def test_chosen_slips_become_one_file(site: Site, archive: Office, crew: Crew) -> None:
    chosen = [slip.public_id for slip in archive.days.slips[:2]]
    url = archive.browser.post(f"{archive.url}/exports", {"slip": chosen}).location
    page = archive.browser.get(url).text
    assert "0 of 2" in page
    assert "Preparing" in archive.opened("/slips")

    crew.drain_all()

    assert "The file is ready" in archive.browser.get(url).text
    assert "Ready" in archive.opened("/exports")
    assert "2 pay slips, ready" in archive.opened("/slips")
    content = archive.browser.get(f"{url}/file").data
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert len(file.namelist()) == 2
    assert len(acts(site, "download")) == 1


def test_all_that_match_become_one_file(site: Site, office: Office) -> None:
    form = {"all": "1", "production": office.days.production}
    page = office.browser.follow(f"{office.url}/exports", form).text

    assert "Divorced at Dawn" in page
    with site.look() as session:
        assert session.scalars(sa.select(ExportJob)).one().total == 3


def test_choosing_nothing_is_said_on_the_list(office: Office) -> None:
    assert "Choose at least one" in office.browser.follow(f"{office.url}/exports", {}).text
    nobody = {"all": "1", "q": "nobody"}
    assert "no pay slips" in office.browser.follow(f"{office.url}/exports", nobody).text


def test_an_export_is_cancelled_and_has_no_file(office: Office) -> None:
    url = office.browser.post(f"{office.url}/exports", {"all": "1"}).location

    assert "was cancelled" in office.browser.follow(f"{url}/cancel", {}).text
    assert "Nothing was kept" in office.browser.get(url).text
    assert "is over already" in office.browser.follow(f"{url}/cancel", {}).text
    office.browser.get(f"{url}/file", 404)
    office.browser.post(f"{office.url}/exports/nothing/cancel", {}, 404)


def test_the_register_shows_the_newest_run_or_the_chosen_one(office: Office) -> None:
    page = office.opened("/register")
    choice = page.split('id="run"')[1].split("</select>")[0]
    runs = re.findall(r'<option value="([^"]+)"', choice)

    assert len(runs) == 2
    assert page.count("All 3 slips") == 1
    assert exact(office.totals["CNY"].gross) in page
    assert "Hours: " in office.opened(f"/register?run={runs[1]}")
    assert exact(office.totals["USD"].gross) in office.opened(f"/register?run={runs[1]}")
    assert "run 1 2026-11-21" in _name(office, f"/register.csv?run={runs[1]}")


def _name(office: Office, path: str) -> str:
    return office.browser.get(f"{office.url}{path}").headers["Content-Disposition"]


def test_a_refused_payment_is_sent_again_from_its_slip(site: Site, office: Office) -> None:
    slip = office.days.slips[0]
    with site.arrange() as session:
        block(session, slip.id)
    assert "1 payout" in office.opened("/slips?status=needs_you")
    page = office.opened(f"/slips/{slip.public_id}")
    assert "The payment was refused: The bank is closed" in page

    url = f"{office.url}/slips/{slip.public_id}/send-again"
    assert "Say why" in office.browser.follow(url, {"reason": " "}).text
    why = {"reason": "The bank is open again"}
    assert "is sent again" in office.browser.follow(url, why).text
    with site.look() as session:
        wanted = sa.select(Payout.state).where(Payout.pay_slip_id == slip.id)
        assert session.scalar(wanted) == "due"
    assert "no longer possible" in office.browser.follow(url, why).text


def block(session: Session, slip_id: int) -> None:
    payout = session.scalars(sa.select(Payout).where(Payout.pay_slip_id == slip_id)).one()
    payout.state, payout.gateway_ref, payout.paid_at = "blocked", None, None
    payout.problem_code, payout.problem = "bank_offline", "The bank is closed"


def test_runs_of_a_production_link_to_their_slips_and_register(office: Office) -> None:
    page = office.browser.get(f"/p/{office.days.production}/payroll").text

    assert "Run 1" in page
    assert "Paid: 3" in page
    assert exact(office.totals["USD"].net) in page
    assert f"/c/{office.days.company}/register?run=" in page


def test_a_company_without_slips_is_told_what_comes_first(site: Site) -> None:
    with site.arrange() as session:
        company = a_company(session, "New Company")
        accountant = a_member(session, company, CompanyRole.ACCOUNTANT)
    browser = site.browser(accountant)

    assert "No pay slips yet" in browser.get(f"/c/{company.public_id}/slips").text
    assert "Nothing was paid here yet" in browser.get(f"/c/{company.public_id}/register").text
    assert "Nothing was exported yet" in browser.get(f"/c/{company.public_id}/exports").text


def test_another_company_and_other_roles_see_nothing(site: Site, office: Office) -> None:
    with site.arrange() as session:
        stranger = a_member(session, a_company(session, "Other"), CompanyRole.ACCOUNTANT)
        company = session.get_one(Company, office.days.company_id)
        producer = a_member(session, company, CompanyRole.PRODUCER)
    slip = office.days.slips[0].public_id

    for path in ("/slips", "/slips.csv", f"/slips/{slip}", f"/slips/{slip}.pdf", "/register"):
        site.browser(stranger).get(f"{office.url}{path}", 404)
        site.browser(producer).get(f"{office.url}{path}", 403)
    office.browser.get(f"{office.url}/slips/nothing", 404)


def test_the_pages_read_in_chinese(office: Office) -> None:
    office.browser.client.set_cookie("lang", "zh_Hans")
    slip = office.days.slips[0].public_id

    for path in ("/slips", "/register", "/exports", f"/slips/{slip}"):
        assert 'lang="zh-Hans"' in office.opened(path)
