from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Membership, ProductionAccess
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.audit.models import AuditEntry
from marketplace.domain.documents.models import ExportJob
from marketplace.domain.ledger.models import ChartAccount
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.accounts.models import User
from marketplace.domain.reports.queries import totals
from marketplace.domain.reports.rules import Totals
from marketplace.worker.drain import Crew
from tests.support.builders import a_company, a_member
from tests.support.payday import VAULT
from tests.support.site import Browser, Site
from tests.support.slipdays import PaidDays, days_of_money

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
        answer = self.browser.get(f"{self.url}/{path}")
        text = answer.data.decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))

    def book(self, path: str) -> Any:
        answer = self.browser.get(f"{self.url}/{path}")
        return openpyxl.load_workbook(io.BytesIO(answer.data))


@pytest.fixture
def office(site: Site) -> Office:
    object.__setattr__(site.outside, "vault", VAULT)
    days = days_of_money(site.database, site.settings.instance, site.clock)
    with site.look() as session:
        found = totals(session, days.company_id, days.all)
    return Office(site, site.browser(days.accountant), days, f"/c/{days.company}", found)


def amount(text: str) -> int:
    return int(Decimal(text or "0") * 100)


@pytest.mark.parametrize("paper", PAPERS)
def test_every_paper_opens_as_page_table_and_workbook(office: Office, paper: str) -> None:
    page = office.browser.get(f"{office.url}/{paper}?{ALL}").text
    rows = office.table(f"{paper}.csv?{ALL}")
    book = office.book(f"{paper}.xlsx?{ALL}")

    assert rows
    assert f"/{paper}.xlsx" in page
    assert book.worksheets[0].freeze_panes == "A2"


def test_a_printed_paper_holds_what_the_page_shows(office: Office, tmp_path: Path) -> None:
    for paper in PAPERS:
        place = office.browser.post(f"{office.url}/{paper}/pdf?{ALL}", {}).location
        Crew(office.site.database.engine, office.site.outside).drain_all()
        assert "Download" in office.browser.get(place).text
        pdf = office.browser.get(f"{place}/file")

        assert pdf.data.startswith(b"%PDF")
        (tmp_path / f"{paper}.pdf").write_bytes(pdf.data)
        (Path("/tmp") / f"rep_{paper}.pdf").write_bytes(pdf.data)
