"""Which paper an address asks for, and everything on its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from flask import request

from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.reports import queries
from marketplace.domain.reports.queries import Office, ProductionChoice, RunChoice
from marketplace.domain.reports.rules import Paper, Row, Scope, Sheet
from marketplace.web.access import the_company, viewer
from marketplace.web.extensions import clock, outside, reading

MOST_SHOWN: Final = 200
BY_RUN: Final = ("register", "journal")
BY_YEAR: Final = ("taxes", "year-end", "payee-year")


@dataclass(frozen=True, slots=True)
class Shown:
    """A sheet on a page: its first rows, and whether there are more."""

    sheet: Sheet
    rows: list[Row]
    has_more: bool

    @classmethod
    def of(cls, sheet: Sheet) -> Shown:
        """Read as many rows as a page shows."""
        rows = list(islice(sheet.rows, MOST_SHOWN + 1))
        return cls(sheet, rows[:MOST_SHOWN], len(rows) > MOST_SHOWN)


@dataclass(frozen=True, slots=True)
class Page:
    """One paper as a page, with what may be chosen."""

    name: str
    paper: Paper
    sheets: list[Shown]
    scope: Scope
    year: int
    runs: Sequence[RunChoice]
    productions: Sequence[ProductionChoice]
    years: Sequence[int]

    @property
    def run(self) -> RunChoice | None:
        """The chosen run."""
        return next((run for run in self.runs if run.public_id == self.scope.run), None)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing on it."""
        return not any(one.rows for one in self.sheets)


def the_office(name: str) -> Office:
    """Return who asks for what; without any choice a register or journal is the newest run."""
    company, within = the_company(), viewer().within
    scope = Scope.read(request.values)
    if name in BY_RUN and not scope.args:
        newest = queries.run_choices(reading(), company.id, within)[:1]
        scope = replace(scope, run=newest[0].public_id if newest else "")
    return Office(company.id, scope, outside().vault, clock().now().date(), within)


def the_paper(name: str, office: Office) -> Paper:
    """Return the paper that is asked for."""
    return queries.paper(reading(), name, office)


def the_page(name: str, office: Office) -> Page:
    """Return the page of a paper."""
    session, company_id = reading(), office.company_id
    paper = the_paper(name, office)
    is_by_run = name in BY_RUN
    return Page(
        name=name,
        paper=paper,
        sheets=[Shown.of(sheet) for sheet in paper.sheets],
        scope=office.scope,
        year=office.year,
        runs=queries.run_choices(session, company_id, office.within) if is_by_run else (),
        productions=queries.production_choices(session, company_id, office.within),
        years=_years(office) if name in BY_YEAR else (),
    )


def _years(office: Office) -> list[int]:
    """Return the years to choose from: those with slips, the present one, and the one shown."""
    mine = [PaySlip.company_id == office.company_id]
    if office.within is not None:
        mine.append(PaySlip.production_id.in_(sorted(office.within)))
    known = queries.years_of(reading(), *mine)
    return sorted({*known, office.year, office.today.year}, reverse=True)
