"""The payroll register: a pay run, slip by slip, with hours and amounts by code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.blueprints.payslips import bp
from marketplace.blueprints.payslips.filters import Asked
from marketplace.blueprints.payslips.listing import status_words
from marketplace.blueprints.payslips.reader import note
from marketplace.domain.people.ports import Vault
from marketplace.domain.reports import queries
from marketplace.domain.reports.queries import Columns, RegisterRow, RunChoice
from marketplace.domain.reports.rules import Totals, file_name
from marketplace.web.access import Permission, allow, the_company
from marketplace.web.downloads import streamed
from marketplace.web.extensions import outside, reading
from marketplace.web.presentation import sentence
from marketplace.web.tables import Cell, csv_file

MOST_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Register:
    """One page of the register; names by slip id; totals are of all slips, not of the page."""

    asked: Asked
    runs: list[RunChoice]
    columns: Columns
    rows: list[RegisterRow]
    names: dict[int, str]
    totals: dict[str, Totals]

    @property
    def run(self) -> RunChoice | None:
        """The chosen run; None when the address chose other slips."""
        return next((run for run in self.runs if run.public_id == self.asked.run), None)

    @property
    def count(self) -> int:
        """How many slips there are in all."""
        return sum(one.slips for one in self.totals.values())


@bp.get("/register")
@allow(Permission.SEE_PAY)
def register() -> ResponseReturnValue:
    """Show the register of one run: the newest, or the chosen one."""
    page = _register()
    if page.rows:
        numbers = [row.slip.number for row in page.rows]
        note(f"company:{the_company().public_id}", "see_legal_names", numbers)
    return render_template("payslips/register.html", page=page, words=status_words)


@bp.get("/register.csv")
@allow(Permission.SEE_PAY)
def register_table() -> ResponseReturnValue:
    """Give the register of one run as a table."""
    asked, runs = _asked()
    company, vault = the_company(), outside().vault
    note(f"company:{company.public_id}", "download_register")
    filters = asked.filters(vault)
    columns = queries.columns(reading(), company.id, filters)
    rows = queries.register(reading(), company.id, filters)
    name = file_name(_("Payroll register"), _title(asked, runs), ending="csv")
    content = csv_file(_head(columns), _lines(rows, columns, vault))
    return streamed(content, name, "text/csv; charset=utf-8")


def _asked() -> tuple[Asked, list[RunChoice]]:
    """Return what to show: without any filter the newest run."""
    asked = Asked.read(request.args)
    runs = queries.run_choices(reading(), the_company().id)
    if runs and not asked.args:
        asked = replace(asked, run=runs[0].public_id)
    return asked, runs


def _register() -> Register:
    asked, runs = _asked()
    session, company_id, vault = reading(), the_company().id, outside().vault
    filters = asked.filters(vault)
    rows = list(islice(queries.register(session, company_id, filters), MOST_SHOWN))
    return Register(
        asked=asked,
        runs=runs,
        columns=queries.columns(session, company_id, filters),
        rows=rows,
        names=queries.legal_names([row.slip for row in rows], vault),
        totals=queries.totals(session, company_id, filters),
    )


def _title(asked: Asked, runs: list[RunChoice]) -> str:
    run = next((run for run in runs if run.public_id == asked.run), None)
    if run is None:
        return asked.words(queries.production_choices(reading(), the_company().id))
    number = _("run %(number)s", number=run.number)
    return f"{run.production_title} {number} {run.shoot_date.isoformat()}"


def _head(columns: Columns) -> list[str]:
    return [
        _("Worker"),
        _("Legal name"),
        _("Stage name"),
        _("Kind of role"),
        _("Role"),
        _("Production"),
        _("Pay slip"),
        _("Worked on"),
        _("Issued on"),
        _("Minutes worked"),
        *(_("Hours: %(code)s", code=sentence(words)) for words in columns.hours.values()),
        _("Currency"),
        *(_("Earned: %(code)s", code=sentence(words)) for words in columns.earned.values()),
        _("Gross"),
        *(_("Taken: %(code)s", code=sentence(words)) for words in columns.taken.values()),
        _("Withheld"),
        _("Deducted"),
        _("Net"),
        _("Payout"),
    ]


def _lines(rows: Iterable[RegisterRow], columns: Columns, vault: Vault) -> Iterator[list[Cell]]:
    for row in rows:
        slip = row.slip
        yield [
            row.worker,
            queries.legal_name(slip, vault),
            slip.stage_name,
            slip.role_kind,
            slip.role_name,
            slip.production_title,
            slip.number,
            slip.shoot_date,
            slip.pay_date,
            row.worked_minutes,
            *(row.hours.get(code) for code in columns.hours),
            slip.gross.currency,
            *(row.earned.get(code) for code in columns.earned),
            slip.gross,
            *(row.taken.get(code) for code in columns.taken),
            slip.withheld,
            slip.deducted,
            slip.net,
            status_words(slip.status),
        ]
