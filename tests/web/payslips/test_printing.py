"""Slips on paper: one file to print, the lines as a table, a slip mailed again."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

import pikepdf
import pytest
import sqlalchemy as sa

from marketplace.blueprints.payslips import printing
from marketplace.domain.accounts.models import User
from marketplace.domain.audit.models import AuditEntry
from marketplace.domain.documents.rules import SlipDocument
from marketplace.domain.notices.models import Mail
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.payroll.rules.slips import document_owner
from marketplace.domain.people.models import Person
from marketplace.worker.drain import Crew
from tests.support.payday import VAULT
from tests.support.pdf import text_of
from tests.support.site import Browser, Site
from tests.support.slipdays import PaidDays, days_of_money, days_with_papers


@dataclass
class Desk:
    """An accountant's browser, and the slips in front of them."""

    browser: Browser
    days: PaidDays

    @property
    def url(self) -> str:
        return f"/c/{self.days.company}"


@pytest.fixture(autouse=True)
def _same_vault(site: Site) -> None:
    object.__setattr__(site.outside, "vault", VAULT)


@pytest.fixture
def desk(site: Site) -> Desk:
    days = days_of_money(site.database, site.settings.instance, site.clock)
    return Desk(site.browser(days.accountant), days)


def acts(site: Site, action: str) -> list[str]:
    with site.look() as session:
        found = sa.select(AuditEntry.subject).where(AuditEntry.action == action)
        return list(session.scalars(found))


def document_of(slip: PaySlip) -> SlipDocument:
    sealed = VAULT.open(slip.document_sealed, document_owner(slip.public_id))
    return SlipDocument.from_json(sealed)


def mails_of(site: Site, subject: str) -> list[Mail]:
    with site.look() as session:
        found = session.scalars(sa.select(Mail).order_by(Mail.id))
        return [mail for mail in found if subject in mail.subject["$say"]]


def test_all_slips_that_match_are_one_tagged_file(site: Site) -> None:
    crew = Crew(site.database.engine, site.outside)
    days = days_with_papers(site.database, crew, site.clock)
    desk = Desk(site.browser(days.accountant), days)

    answer = desk.browser.get(f"{desk.url}/slips.pdf?production={days.production}")

    ours = [slip.number for slip in days.slips if slip.currency == "USD"]
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    with pikepdf.open(io.BytesIO(answer.data)) as file:
        assert len(file.pages) == len(ours) == 3
        parts = file.Root.StructTreeRoot.K[0].K
        assert [str(part.S) for part in parts] == ["/Part"] * 3
        assert file.Root.MarkInfo.Marked
    text = text_of(answer.data)
    places = [text.index(f"{number} ") for number in ours]
    assert places == sorted(places)
    assert acts(site, "print") == [f"company:{days.company}"]


def test_slips_that_are_not_ready_or_too_many_are_not_half_printed(
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused(query: str) -> str:
        return desk.browser.get(desk.browser.get(f"{desk.url}/slips.pdf{query}", 303).location).text

    assert "6 slips are still being made ready" in refused("")
    assert "nothing to print" in refused("?q=nobody")
    monkeypatch.setattr(printing, "MOST_PRINTED", 5)
    assert "One file holds 5 slips at most" in refused("")


def test_page_paper_and_table_explain_a_line_in_the_same_words(site: Site, desk: Desk) -> None:
    slip = desk.days.slips[0]
    document = document_of(slip)
    page = desk.browser.get(f"{desk.url}/slips/{slip.public_id}").text
    table = desk.browser.get(f"{desk.url}/slips/{slip.public_id}.csv").text
    paper = text_of(site.outside.printer.print_slip(document))

    rows = list(csv.reader(io.StringIO(table.removeprefix("\ufeff"))))[1:]
    assert [row[0] for row in rows] == [line.label for line in document.lines]
    for line, row in zip(document.lines, rows, strict=True):
        assert len(line.explained) >= 2
        for part in line.explained:
            assert part.text in row
            assert part.text in page
            assert part.text.replace(" ", "") in paper.replace(" ", "")
    assert acts(site, "download_table") == [f"slip:{slip.public_id}"]


def test_a_slip_is_mailed_again_once_per_press_to_its_person_alone(site: Site, desk: Desk) -> None:
    slip = desk.days.slips[0]
    url = f"{desk.url}/slips/{slip.public_id}"
    first, second = (
        re.findall(r'name="press" value="([a-z0-9]+)"', desk.browser.get(url).text)
        for _ in range(2)
    )

    for press in (first[0], first[0], second[0]):
        assert "mailed" in desk.browser.follow(f"{url}/email", {"press": press}).text
    assert "mailed already" in desk.browser.follow(f"{url}/email", {"press": ""}).text

    with site.look() as session:
        person = session.get_one(Person, slip.person_id)
        address = session.get_one(User, person.user_id).email
    mails = mails_of(site, "Your pay slip")
    assert [mail.to_address for mail in mails] == [address, address]
    assert {mail.path for mail in mails} == {f"/me/pay/{slip.public_id}"}
    assert "$" not in "".join(str(mail.lines) for mail in mails).replace("$say", "").replace(
        "$date", ""
    )
    assert len(acts(site, "email_again")) == 2


def test_a_slip_of_another_company_is_not_there(site: Site, desk: Desk) -> None:
    slip = desk.days.slips[0].public_id
    other = days_of_money(site.database, site.settings.instance / "other", site.clock)
    stranger = site.browser(other.accountant)

    stranger.get(f"/c/{other.company}/slips/{slip}.csv", 404)
    stranger.post(f"/c/{other.company}/slips/{slip}/email", {"press": "abcdefgh1234"}, 404)
    assert mails_of(site, "Your pay slip") == []
