from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import openpyxl
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company, Membership, ProductionAccess, User
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.audit.models import AuditEntry
from marketplace.domain.ledger.models import ChartAccount
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.reports.queries import totals
from marketplace.domain.reports.rules import Column, Kind, Sheet, Totals
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say
from marketplace.web.sheets import sheets_csv
from marketplace.worker.drain import Crew
from tests.support.builders import a_member
from tests.support.payday import VAULT
from tests.support.pdf import text_of
from tests.support.site import Browser, Site
from tests.support.slipdays import PaidDays, days_of_money, days_with_papers

PAPERS = ("register", "journal", "taxes", "year-end")
ALL = "from=2020-01-01"
"""A period that holds every payment, for papers that show the newest run otherwise."""


@dataclass
class Office:
    """An accountant in front of the papers of two paid days."""

    site: Site
    browser: Browser
    days: PaidDays
    url: str
    totals: dict[str, Totals]

    def table(self, path: str) -> list[dict[str, str]]:
        """Return the rows of a CSV file."""
        text = self.browser.get(f"{self.url}/{path}").data.decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))

    def book(self, path: str) -> openpyxl.Workbook:
        """Return a workbook."""
        return openpyxl.load_workbook(io.BytesIO(self.browser.get(f"{self.url}/{path}").data))

    def works(self) -> None:
        """Do the work that is due."""
        Crew(self.site.database.engine, self.site.outside).drain_all()

    def acts(self, action: str) -> int:
        """Return how often something was written down."""
        with self.site.look() as session:
            counted = sa.select(sa.func.count(AuditEntry.id)).where(AuditEntry.action == action)
            return session.scalar(counted) or 0


def an_office(site: Site, days: PaidDays) -> Office:
    with site.look() as session:
        found = totals(session, days.company_id, days.all)
    return Office(site, site.browser(days.accountant), days, f"/c/{days.company}", found)


@pytest.fixture(autouse=True)
def _same_vault(site: Site) -> None:
    object.__setattr__(site.outside, "vault", VAULT)


@pytest.fixture
def office(site: Site) -> Office:
    return an_office(site, days_of_money(site.database, site.settings.instance, site.clock))


def cents(text: str) -> int:
    return int(Decimal(text or "0") * 100)


@pytest.mark.parametrize("paper", PAPERS)
def test_every_paper_opens_as_page_table_and_workbook(office: Office, paper: str) -> None:
    page = office.browser.get(f"{office.url}/{paper}?{ALL}").text
    rows = office.table(f"{paper}.csv?{ALL}")
    book = office.book(f"{paper}.xlsx?{ALL}")

    assert rows
    assert f"/{paper}.xlsx" in page
    assert book.worksheets[0].freeze_panes == "A2"
    assert office.acts(f"download_{paper.replace('-', '_')}") == 2


def test_the_register_shows_the_newest_run_until_another_is_chosen(office: Office) -> None:
    newest = office.table("register.csv")
    everything = office.table(f"register.csv?{ALL}")

    assert {row["Currency"] for row in newest} == {"CNY"}
    assert len(everything) == 6
    for currency, one in office.totals.items():
        mine = [row for row in everything if row["Currency"] == currency]
        assert sum(cents(row["Gross"]) for row in mine) == one.gross.minor
        assert sum(cents(row["Total cost"]) for row in mine) == one.gross.minor


def test_a_workbook_has_typed_cells_and_ids_as_text(office: Office) -> None:
    sheet = office.book(f"register.xlsx?{ALL}").worksheets[0]
    head = [cell.value for cell in sheet[1]]
    row = dict(zip(head, sheet[2], strict=True))

    assert isinstance(row["Gross"].value, int | float)
    assert row["Gross"].number_format == "#,##0.00"
    assert row["Worked on"].value == datetime(2026, 11, 21)  # noqa: DTZ001 - sheets know no zones
    assert row["Pay slip"].data_type == "s"
    assert row["Account"].value == "2100"


def test_nothing_in_a_table_makes_a_spreadsheet_compute() -> None:
    columns = (Column(say("Name")), Column(say("Amount"), Kind.MONEY))
    sheet = Sheet(say("Register"), columns, [("=1+1", Money(-5, "USD")), ("@x", None)])

    lines = b"".join(sheets_csv((sheet,))).decode("utf-8-sig").splitlines()

    assert lines[1:] == ["'=1+1,-0.05", "'@x,"]


def test_a_printed_paper_says_what_the_page_says(office: Office) -> None:
    place = office.browser.post(f"{office.url}/journal/pdf?{ALL}", {}).location
    office.works()
    pdf = office.browser.get(f"{place}/file")
    words = text_of(pdf.data)

    assert "Net pay clearing" in words
    assert "Redwood Vertical LLC" in words
    for one in office.totals.values():
        assert f"{one.gross.decimal:,.2f}" in words


def test_looking_at_names_and_tax_identities_is_written_down(office: Office) -> None:
    office.browser.get(f"{office.url}/register")
    office.browser.get(f"{office.url}/year-end")
    office.browser.get(f"{office.url}/journal")

    assert office.acts("see_legal_names") == 1
    assert office.acts("see_tax_identity") == 1


def test_tax_identities_are_never_shown_whole(office: Office) -> None:
    page = office.browser.get(f"{office.url}/year-end").text

    assert "•••6789" in page
    assert "123-45" not in page


def test_the_chart_of_accounts_is_what_the_journal_books_by(site: Site, office: Office) -> None:
    form = {
        "code.wages_principal.": "5100",
        "name.wages_principal.": "Cast, Los Angeles",
        "new_purpose": "wages_crew",
        "new_department": "Camera",
        "new_code": "3300",
        "new_name": "",
    }
    office.browser.follow(f"{office.url}/accounts", form)
    journal = office.table(f"journal.csv?{ALL}")

    assert {"5100"} <= {row["Account"] for row in journal}
    assert "Cast, Los Angeles" in {row["Name of the account"] for row in journal}
    with site.look() as session:
        codes = session.scalars(sa.select(ChartAccount.code).order_by(ChartAccount.code))
        assert list(codes) == ["3300", "5100"]
    office.browser.post(f"{office.url}/accounts", {"code.bank.": "1" * 50}, 409)


def test_episodes_are_kept_by_shoot_day(site: Site, office: Office) -> None:
    with site.look() as session:
        show = session.scalars(
            sa.select(Production).where(Production.public_id == office.days.production)
        ).one()
        day = session.scalars(sa.select(ShootDay).where(ShootDay.production_id == show.id)).one()
    url = f"/p/{office.days.production}/payroll"

    page = office.browser.follow(f"{url}/episodes", {day.public_id: "1–12"}).text

    assert 'value="1–12"' in page
    journal = office.table(f"journal.csv?{ALL}")
    assert {row["Episodes"] for row in journal if row["Currency"] == "USD"} == {"", "1–12"}
    assert "40 signs" in office.browser.follow(f"{url}/episodes", {day.public_id: "x" * 41}).text


def test_the_runs_of_all_productions_stand_on_one_page(office: Office) -> None:
    page = office.browser.get(f"{office.url}/payroll-runs").text

    assert "Divorced at Dawn, run 1" in page
    assert "重生之闪婚总裁, run 1" in page


def test_a_show_leaves_the_house_in_one_file(site: Site) -> None:
    crew = Crew(site.database.engine, site.outside)
    office = an_office(site, days_with_papers(site.database, crew, site.clock))
    place = office.browser.post(f"/p/{office.days.production}/payroll/everything", {}).location
    office.works()
    answer = office.browser.get(f"{place}/file")

    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        names = set(file.namelist())
        totals_table = file.read("totals.csv").decode("utf-8-sig")
        day = file.read("days/2026-11-21.csv").decode("utf-8-sig")
        journal = list(csv.DictReader(io.StringIO(file.read("journal.csv").decode("utf-8-sig"))))
    rows = list(csv.DictReader(io.StringIO(totals_table)))
    assert {"commissions.csv", "kit-rental.csv", "fees.csv", "register.csv"} < names
    assert {"register-journal.xlsx"} < names
    assert len([name for name in names if name.startswith("pay-slips/")]) == 3
    assert [row["Currency"] for row in rows] == ["USD"]
    assert cents(rows[0]["Net"]) == office.totals["USD"].net.minor
    assert day.count("Lin Yuting") == 3
    banked = [row for row in journal if row["Text"] == "Paid out" and row["Credit"]]
    assert sum(cents(row["Credit"]) for row in banked) == office.totals["USD"].net.minor


# --- Somebody who may see one production alone ---------------------------------------------


@pytest.fixture
def limited(site: Site, office: Office) -> Browser:
    """An accountant who was invited for the American show alone."""
    with site.arrange() as session:
        user = a_member(session, _company(session, office), CompanyRole.ACCOUNTANT)
        mine = session.scalars(sa.select(Membership).where(Membership.user_id == user.id)).one()
        mine.is_limited = True
        show = sa.select(Production.id).where(Production.public_id == office.days.production)
        access = ProductionAccess(membership_id=mine.id, production_id=session.scalars(show).one())
        session.add(access)
    return site.browser(user)


def _company(session: Session, office: Office) -> Company:
    return session.get_one(Company, office.days.company_id)


def test_lists_and_files_of_somebody_limited_hold_one_production(
    office: Office, limited: Browser
) -> None:
    mine = Office(office.site, limited, office.days, office.url, office.totals)

    assert "重生" not in limited.get(f"{office.url}/slips").text
    assert "重生" not in limited.get(f"{office.url}/payroll-runs").text
    assert "重生" not in limited.get(office.url).text
    assert {row["Currency"] for row in mine.table("slips.csv")} == {"USD"}
    for paper in PAPERS[:3]:
        assert {row["Currency"] for row in mine.table(f"{paper}.csv?{ALL}")} == {"USD"}


def test_another_production_is_not_there_for_somebody_limited(
    office: Office, limited: Browser
) -> None:
    chinese = office.days.slips[-1]
    with office.site.look() as session:
        other = session.get_one(Production, chinese.production_id).public_id

    limited.get(f"{office.url}/slips/{chinese.public_id}", 404)
    limited.get(f"{office.url}/slips/{chinese.public_id}.pdf", 404)
    limited.get(f"/p/{other}/payroll", 404)
    limited.get(f"{office.url}/accounts", 404)
    assert limited.get(f"{office.url}/slips/{office.days.slips[0].public_id}").status_code == 200


def test_exports_of_somebody_limited_are_their_own_and_hold_no_more(
    office: Office, limited: Browser
) -> None:
    theirs = office.browser.post(f"{office.url}/exports", {"all": "1"}).location
    mine = limited.post(f"{office.url}/exports", {"all": "1"}).location

    limited.get(theirs, 404)
    limited.post(f"{theirs}/cancel", {}, 404)
    assert "3 pay slips" in limited.get(mine).text
    assert limited.get(f"{office.url}/exports").text.count("/exports/") == 1


def test_an_owner_chooses_which_productions_somebody_sees(site: Site, office: Office) -> None:
    with site.arrange() as session:
        owner = a_member(session, _company(session, office), CompanyRole.OWNER)
    browser, url = site.browser(owner), f"{office.url}/members"
    accountant = office.days.accountant.public_id
    form = {"role": "accountant", "sees": "some", "production": office.days.production}

    page = browser.follow(f"{url}/{accountant}", form).text

    assert "Sees 1 production only" in page
    assert "重生" not in office.browser.get(f"{office.url}/slips").text
    browser.post(f"{url}/{accountant}", {"role": "accountant", "sees": "some"}, 409)
    browser.post(f"{url}/{owner.public_id}", form | {"role": "owner"}, 409)
    browser.follow(f"{url}/{accountant}", {"role": "accountant", "sees": "all"})
    assert "重生" in office.browser.get(f"{office.url}/slips").text


def test_an_invitation_for_one_production_opens_that_one_alone(site: Site, office: Office) -> None:
    with site.arrange() as session:
        owner = a_member(session, _company(session, office), CompanyRole.OWNER)
    form = {
        "email": "guest@example.test",
        "role": "accountant",
        "sees": "some",
        "production": office.days.production,
    }
    page = site.browser(owner).follow(f"{office.url}/members", form).text
    token = page.split("/join/")[1].split('"')[0]
    with site.arrange() as session:
        guest = User(
            email="guest@example.test",
            password_hash="!",  # noqa: S106 - nobody signs in with it
            display_name="Guest",
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        session.add(guest)
    browser = site.browser(guest)
    browser.post(f"/join/{token}", {})

    assert "重生" not in browser.get(f"{office.url}/slips").text
    assert "Divorced at Dawn" in browser.get(f"{office.url}/slips").text


# --- What people see of their own ------------------------------------------------------------


@pytest.fixture
def talent(site: Site, office: Office) -> Browser:
    with site.look() as session:
        person = session.get_one(Person, office.days.slips[0].person_id)
        return site.browser(session.get_one(User, person.user_id))


def test_people_read_what_a_payment_was_for(office: Office, talent: Browser) -> None:
    slip = office.days.slips[0]
    page = talent.get(f"/me/pay/{slip.public_id}/remittance").text
    waiting = talent.get(f"/me/pay/{slip.public_id}/remittance.pdf", 202).text
    office.works()
    pdf = talent.get(f"/me/pay/{slip.public_id}/remittance.pdf")

    assert "Redwood Vertical LLC" in page
    assert "is being printed" in waiting
    words = text_of(pdf.data)
    assert slip.number in words
    assert "Lin Yuting" in words
    talent.get(f"/me/pay/{office.days.slips[1].public_id}/remittance", 404)


def test_people_read_their_own_year(talent: Browser) -> None:
    page = talent.get("/me/pay/year").text

    assert "1099-NEC" in page
    assert "Redwood Vertical LLC" in page
    assert "Nothing was paid in 2024" in talent.get("/me/pay/year?year=2024").text


def test_an_accountant_reads_the_remittance_of_a_slip(office: Office) -> None:
    slip = office.days.slips[0].public_id
    page = office.browser.get(f"{office.url}/remittance?slip={slip}").text

    assert "Paid together" in page
    assert "Nothing has been paid" in office.browser.get(f"{office.url}/remittance?slip=x").text
    office.browser.get(f"{office.url}/remittance.csv?slip=x", 409)
