from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.adapters.workbooks import write_workbook
from marketplace.domain.ledger.queries import balances
from marketplace.domain.ledger.rules import DEFAULTS, Purpose
from marketplace.domain.payroll.models import PayLineRow, PaySlip
from marketplace.domain.people.models import Payee
from marketplace.domain.productions.models import ShootDay
from marketplace.domain.reports import queries, services
from marketplace.domain.reports.queries import Office, journals, taxes, years
from marketplace.domain.reports.rules import Kind, Link, Scope, Sheet, SlipFilters
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.money import Money
from marketplace.web.sheets import Words, sheets_csv
from tests.support import builders
from tests.support.adjusting import adjust
from tests.support.databases import Database
from tests.support.payday import (
    VAULT,
    a_closed_day,
    a_till,
    an_approved_card,
    run_to_the_end,
    unit_of,
)

MADE_AT = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
BUMPS: list[dict[str, Any]] = [
    {"code": "kit_rental", "amount": {"$money": [5_000, "USD"]}},
    {"code": "receipts", "amount": {"$money": [1_250, "USD"]}, "is_reimbursement": True},
]


@dataclass
class Books:
    """A company with dollars and yuan, taxes, a commission, rentals, and a corrected slip."""

    office: Office
    american: str
    chinese: str
    corrected: int
    withheld: str


@pytest.fixture
def books(database: Database, tmp_path: Path, clock: FixedClock) -> Books:
    unit, till = unit_of(database), a_till(tmp_path, clock)
    with unit() as session:
        company = builders.a_company(session)
        american = builders.a_production(session, company)
        chinese = builders.a_production(session, company, "重生", is_chinese=True)
        day = a_closed_day(session, american, wrap="21:00")
        day.episodes = "1–12"
        first = an_approved_card(session, day, "Ava Lin", hours=("07:00", "21:00"))
        backup = an_approved_card(session, day, "Ben Okafor", hours=("07:00", "21:00"))
        payee = session.scalars(sa.select(Payee).where(Payee.person_id == backup.person_id)).one()
        payee.is_backup_withholding = True
        an_approved_card(session, a_closed_day(session, chinese), "赵国强", day_rate_minor=900_000)
        ids = company.id, american.public_id, chinese.public_id, first.id
    run_to_the_end(unit, till, clock)
    adjust(unit, till, clock, ids[3], ("07:00", "20:00"), bumps=BUMPS)
    office = Office(ids[0], Scope(), VAULT, clock.now().date())
    return Books(office, ids[1], ids[2], ids[3], f"company:{ids[0]}")


@pytest.fixture
def reading(database: Database, books: Books) -> Iterator[Session]:
    assert books.corrected
    with database.session() as session:
        yield session


def rows_of(sheet: Sheet) -> list[tuple[Any, ...]]:
    return list(sheet.rows)


def totals_of(sheet: Sheet) -> list[tuple[Any, ...]]:
    return list(sheet.totals)


def column(sheet: Sheet, title: str) -> int:
    return [str(one.title) for one in sheet.columns].index(title)


def read(sheet: Sheet) -> Sheet:
    return replace(sheet, rows=list(sheet.rows))


def in_cents(value: object) -> int:
    return int(Decimal(str(value or 0)).quantize(Decimal("0.01")) * 100)


def test_page_table_workbook_totals_and_ledger_agree_to_the_cent(
    reading: Session, books: Books
) -> None:
    sheet = read(queries.paper(reading, "register", books.office).sheets[0])
    totals = queries.totals(reading, books.office.company_id, SlipFilters())
    table = list(csv.reader(io.StringIO(b"".join(sheets_csv((sheet,))).decode("utf-8-sig"))))
    book = openpyxl.load_workbook(
        io.BytesIO(write_workbook((sheet,), Words(), made_at=MADE_AT))
    ).worksheets[0]
    ledger = balances(reading)

    assert set(totals) == {"USD", "CNY"}
    assert [row[0].value for row in book.iter_rows(max_row=1, max_col=1)] == ["Legal name"]
    for currency, one in totals.items():
        for title, total in (
            ("Gross", one.gross),
            ("Withheld", one.withheld),
            ("Deducted", one.deducted),
            ("Net", one.net),
        ):
            at, of = column(sheet, title), column(sheet, "Currency")
            rows = [row for row in rows_of(sheet) if row[of] == currency]
            assert sum((row[at] for row in rows), Money(0, currency)) == total
            assert [row[at] for row in totals_of(sheet) if row[of] == currency] == [total]
            mine = [row for row in table[1:] if row[of] == currency]
            assert sum(in_cents(row[at]) for row in mine) == total.minor
            cells = [
                row
                for row in book.iter_rows(
                    min_row=2, max_row=1 + len(rows_of(sheet)), values_only=True
                )
                if row[of] == currency
            ]
            assert sum(in_cents(row[at]) for row in cells) == total.minor
        assert ledger[f"wages:{books.office.company_id}", currency] == one.gross.minor
    owed = [n for (code, _of), n in ledger.items() if code.startswith("withholding:")]
    assert -sum(owed) == sum(one.withheld.minor for one in totals.values())


def test_the_columns_of_a_register_add_up_in_every_line(reading: Session, books: Books) -> None:
    sheet = read(queries.paper(reading, "register", books.office).sheets[0])
    titles = [str(one.title) for one in sheet.columns]
    earned = [n for n, title in enumerate(titles) if title.startswith("Earned: ")]
    taken = [n for n, title in enumerate(titles) if title.startswith("Taken: ")]

    for row in (*rows_of(sheet), *totals_of(sheet)):
        zero = Money(0, row[column(sheet, "Currency")])
        gross, net = row[column(sheet, "Gross")], row[column(sheet, "Net")]
        assert sum((row[n] or zero for n in earned), zero) == gross
        assert gross - sum((row[n] or zero for n in taken), zero) == net


def test_a_reversal_stands_on_the_register_below_zero(reading: Session, books: Books) -> None:
    sheet = read(queries.paper(reading, "register", books.office).sheets[0])
    kind, gross = column(sheet, "Kind of slip"), column(sheet, "Gross")
    by_kind = {
        str(row[kind]): row[gross].minor for row in rows_of(sheet) if row[gross].currency == "USD"
    }

    assert by_kind["Reversal"] < 0 < by_kind["Correction"]
    payment = {str(row[kind]): str(row[column(sheet, "Payment")]) for row in rows_of(sheet)}
    assert payment["Reversal"] == "No payment"


def test_the_journal_balances_and_ties_to_the_ledger(reading: Session, books: Books) -> None:
    paper = queries.paper(reading, "journal", books.office)
    lines = journals.journal_lines(reading, books.office)
    booked = journals.ledger_sides(lines)
    ledger = balances(reading)

    assert paper.problem is None
    for row in totals_of(paper.sheets[0]):
        assert row[-1] == row[-2]
        assert row[-1].minor > 0
    costs = {DEFAULTS[p].code for p in Purpose if p.startswith(("wages", "penal", "allow"))}
    for currency in ("USD", "CNY"):

        def sums(codes: set[str], of: str = currency) -> int:
            return sum(
                one.minor for (code, cur), one in booked.items() if code in codes and cur == of
            )

        def owed(prefix: str, of: str = currency) -> int:
            return sum(
                n for (code, cur), n in ledger.items() if code.startswith(prefix) and cur == of
            )

        assert sums(costs) == owed("wages:")
        assert sums({DEFAULTS[Purpose.WITHHOLDING].code}) == owed("withholding:")
        assert sums({DEFAULTS[Purpose.OVERPAID].code}) == owed("overpaid:")
        assert sums({DEFAULTS[Purpose.BANK].code}) == owed("bank:")
        assert sums({DEFAULTS[Purpose.CLEARING].code}) == owed("payable:") + owed("clearing:")
        assert sums({DEFAULTS[Purpose.COMMISSION].code, DEFAULTS[Purpose.DEDUCTIONS].code}) == owed(
            "deductions:"
        )


def test_a_journal_names_episodes_for_costs_alone(reading: Session, books: Books) -> None:
    lines = journals.journal_lines(reading, books.office)
    american = [
        line for line in lines if (line.debit or line.credit or Money(0, "")).currency == "USD"
    ]

    costs = {line.account.code for line in american if line.episodes == "1–12"}
    assert DEFAULTS[Purpose.WAGES_PRINCIPAL].code in costs
    assert DEFAULTS[Purpose.CLEARING].code not in costs


def test_an_unbalanced_journal_says_so(database: Database, books: Books) -> None:
    with unit_of(database)() as session:
        slip = session.scalars(sa.select(PaySlip).where(PaySlip.kind == "original").limit(1)).one()
        line = {"label": {"$say": "Planted", "values": {}}, "unit": "unit"}
        planted = PayLineRow(
            pay_slip_id=slip.id,
            position=99,
            kind="earning",
            code="planted",
            amount_minor=1,
            currency=slip.currency,
            line=line,
        )
        session.add(planted)
    with database.session() as session:
        paper = queries.paper(session, "journal", books.office)

    assert paper.problem is not None
    assert "out of balance" in str(paper.problem)


def test_taxes_tie_to_the_ledger_month_by_month(reading: Session, books: Books) -> None:
    rows = taxes.tax_rows(reading, books.office)
    paper = queries.paper(reading, "taxes", books.office)

    assert {(row.scheme, row.base.currency) for row in rows} == {
        ("us_contractor", "USD"),
        ("cn_labor_per_payment", "CNY"),
    }
    assert all(row.difference.minor == 0 for row in rows)
    assert all(row.withheld.minor > 0 for row in rows)
    assert {row.agent for row in rows} == {books.withheld}
    assert "agrees" in str(paper.sheets[0].notes[0])
    withheld = sum((row.withheld.minor for row in rows), 0)
    slips = queries.totals(reading, books.office.company_id, SlipFilters())
    assert withheld == sum(one.withheld.minor for one in slips.values())


def test_a_corrected_slip_is_taxed_once(reading: Session, books: Books) -> None:
    rows = taxes.tax_rows(reading, books.office)
    (base,) = [row.base.minor for row in rows if row.scheme == "us_contractor"]
    gross = queries.totals(reading, books.office.company_id, SlipFilters())["USD"].gross.minor

    assert base == gross - 1_250


def boxes(sheet: Sheet) -> dict[str, list[tuple[str, int]]]:
    """Return by box what each payee has, in the order of names."""
    money = [n for n, one in enumerate(sheet.columns) if one.kind is Kind.MONEY]
    return {
        str(sheet.columns[n].title): [(str(row[0]), row[n].minor) for row in rows_of(sheet)]
        for n in money
    }


def forms(reading: Session, office: Office) -> dict[str, Sheet]:
    paper = queries.paper(reading, "year-end", office)
    return {str(sheet.title).split(":")[0]: read(sheet) for sheet in paper.sheets}


def test_the_year_end_puts_rentals_and_backup_withholding_into_their_boxes(
    reading: Session, books: Books
) -> None:
    found = forms(reading, books.office)
    gross = queries.totals(reading, books.office.company_id, SlipFilters())
    nec = boxes(found["1099-NEC"])

    assert set(found) == {"1099-NEC", "1099-MISC", "个人所得税扣缴"}
    pay = sum(minor for _name, minor in nec["1 Nonemployee compensation"])
    assert pay == gross["USD"].gross.minor - 5_000 - 1_250
    kept = sum(minor for _name, minor in nec["4 Federal income tax withheld"])
    assert kept == gross["USD"].withheld.minor > 0
    assert [minor for _name, minor in boxes(found["1099-MISC"])["1 Rents"]] == [5_000]
    china = boxes(found["个人所得税扣缴"])
    assert sum(n for _name, n in china["已扣缴税额 Tax withheld"]) == gross["CNY"].withheld.minor


def test_a_form_is_due_by_the_threshold_of_its_year_or_when_tax_was_withheld(
    reading: Session, books: Books
) -> None:
    sheet = forms(reading, books.office)["1099-NEC"]
    due, tax = column(sheet, "Form due"), column(sheet, "4 Federal income tax withheld")
    amounts = column(sheet, "1 Nonemployee compensation")

    facts = {str(label): value for label, value in sheet.facts}
    assert facts["Due from"] == Money(200_000, "USD")
    for row in rows_of(sheet):
        assert row[amounts].minor < 200_000
        assert str(row[due]) == ("Yes" if row[tax].minor else "No")


def test_tax_identities_are_masked_and_the_worker_leads_to_a_summary(
    reading: Session, books: Books
) -> None:
    sheet = forms(reading, books.office)["1099-NEC"]
    (worker, *_rest) = [row[column(sheet, "Worker")] for row in rows_of(sheet)]
    assert isinstance(worker, Link)
    mine = replace(books.office, scope=Scope(payee=worker.text, year=2026))
    summary = queries.paper(reading, "payee-year", mine)

    assert {row[column(sheet, "Tax identity")] for row in rows_of(sheet)} == {"•••6789"}
    facts = {str(label): value for label, value in summary.sheets[0].facts}
    assert facts["Worker"] == worker.text
    assert {row[2] for row in rows_of(summary.sheets[0])} <= {"1099-NEC", "1099-MISC"}


def test_a_summary_of_nobody_says_where_to_choose_somebody(reading: Session, books: Books) -> None:
    summary = queries.paper(reading, "payee-year", replace(books.office, scope=Scope(year=2026)))

    assert summary.sheets == ()
    assert "year-end page" in str(summary.problem)


def test_an_own_year_says_what_the_company_reports(reading: Session, books: Books) -> None:
    assert books.american
    slip = reading.scalars(sa.select(PaySlip).where(PaySlip.kind == "correction")).one()
    own = years.own_year(reading, slip.person_id, 2026)
    (company,) = {row[-1] for row in rows_of(own)}

    assert company == "Redwood Vertical LLC"
    rents = [row for row in rows_of(own) if row[2] == "1099-MISC"]
    assert rents[0][1] == Money(5_000, "USD")
    assert years.own_year(reading, slip.person_id, 2025).rows == []
    assert queries.years_of(reading, PaySlip.person_id == slip.person_id) == [2026]


def test_a_remittance_covers_every_slip_paid_to_somebody_on_the_same_date(
    reading: Session, books: Books
) -> None:
    slip = reading.scalars(
        sa.select(PaySlip).where(PaySlip.kind == "original", PaySlip.currency == "CNY")
    ).one()
    paper = queries.paper(
        reading, "remittance", replace(books.office, scope=Scope(slip=slip.public_id))
    )
    facts = {str(label): value for label, value in paper.sheets[0].facts}

    assert paper.problem is None
    assert facts["Amount"] == Money(slip.net_minor, "CNY")
    assert facts["Payer"] == "Redwood Vertical LLC"
    assert facts["Payee"] == "Lin Yuting"
    assert [row[0].text for row in rows_of(paper.sheets[0])] == [slip.number]


def test_nothing_is_remitted_before_it_is_paid(reading: Session, books: Books) -> None:
    reversal = reading.scalars(sa.select(PaySlip).where(PaySlip.kind == "reversal")).one()
    for slip in (reversal.public_id, "nothing"):
        office = replace(books.office, scope=Scope(slip=slip))
        assert queries.paper(reading, "remittance", office).problem is not None


@pytest.mark.parametrize("name", ["register", "journal", "taxes", "year-end"])
def test_somebody_limited_to_a_production_sees_no_other(
    reading: Session, books: Books, name: str
) -> None:
    show = next(
        one
        for one in queries.production_choices(reading, books.office.company_id)
        if one.public_id == books.american
    )
    limited = replace(books.office, within=frozenset({show.id}))
    nowhere = replace(books.office, within=frozenset())

    found = queries.paper(reading, name, limited)
    cells = [cell for sheet in found.sheets for row in rows_of(sheet) for cell in row]
    assert cells
    assert not [cell for cell in cells if isinstance(cell, Money) and cell.currency != "USD"]
    empty = queries.paper(reading, name, nowhere)
    assert [list(rows_of(sheet)) for sheet in empty.sheets if list(rows_of(sheet))] == []


def test_a_period_narrows_by_date_of_payment(reading: Session, books: Books) -> None:
    late = replace(books.office, scope=Scope(first=date(2027, 1, 1)))

    assert list(queries.paper(reading, "register", late).sheets[0].rows) == []
    assert list(queries.paper(reading, "journal", late).sheets[0].rows) == []


def test_episodes_and_accounts_are_kept_and_logged(session: Session, clock: FixedClock) -> None:
    company = builders.a_company(session)
    show = builders.a_production(session, company)
    day = builders.a_shoot_day(session, show)
    other = builders.a_shoot_day(session, builders.a_production(session, company))
    typed = {day.public_id: " 3–4 ", other.public_id: "9"}
    command = services.KeepEpisodes(show.id, company.id, show.created_by_id, typed)
    named = services.NamedAccount(Purpose.WAGES_CREW, "Camera", "3300", "Camera crew")
    chart = services.KeepChart(company.id, show.created_by_id, (named,))

    services.keep_episodes(session, command, clock=clock)
    services.keep_chart(session, chart, clock=clock)

    assert queries.episodes_of(session, show.id) == {day.public_id: "3–4"}
    assert session.get_one(ShootDay, other.id).episodes == ""
    (account,) = queries.chart_of(session, company.id).values()
    assert (account.code, str(account.name)) == ("3300", "Camera crew")
    usual = services.NamedAccount(Purpose.WAGES_CREW, "Camera", "", "")
    services.keep_chart(session, replace(chart, accounts=(usual,)), clock=clock)
    assert queries.chart_of(session, company.id) == {}


def test_too_long_a_code_and_too_long_episodes_are_refused(
    session: Session, clock: FixedClock
) -> None:
    show = builders.a_production(session)
    day = builders.a_shoot_day(session, show)
    named = services.NamedAccount(Purpose.BANK, "", "1" * 41, "Bank")
    chart = services.KeepChart(show.company_id, show.created_by_id, (named,))
    typed = {day.public_id: "1" * 41}
    command = services.KeepEpisodes(show.id, show.company_id, show.created_by_id, typed)

    with pytest.raises(services.ChartError):
        services.keep_chart(session, chart, clock=clock)
    with pytest.raises(services.EpisodesError):
        services.keep_episodes(session, command, clock=clock)
