"""One paper four ways: a page, a table, a workbook, a PDF; and the accounts it is booked by."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from marketplace.blueprints.papers import NAMES, bp, charts
from marketplace.blueprints.papers.asked import Page, the_office, the_page, the_paper
from marketplace.domain.reports import queries, services
from marketplace.domain.reports.queries import Office
from marketplace.domain.reports.rules import Paper, file_name
from marketplace.domain.reports.services import AskPaper, Reading, note_reading
from marketplace.web.access import Permission, allow, the_company, viewer
from marketplace.web.downloads import streamed
from marketplace.web.extensions import clock, outside, reading, transaction
from marketplace.web.numbers import row_number
from marketplace.web.presentation import sentence
from marketplace.web.sheets import Words, sheets_csv, shown

__all__ = ["bp", "charts"]

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get(f"/<{NAMES}:paper>")
@allow(Permission.SEE_PAY, by_production=True)
def show(paper: str) -> ResponseReturnValue:
    """Show a paper: the newest run or the present year, or what the address asks for."""
    page = the_page(paper, the_office(paper))
    return _shown(page, 200)


@bp.get(f"/<{NAMES}:paper>.csv")
@allow(Permission.SEE_PAY, by_production=True)
def table(paper: str) -> ResponseReturnValue:
    """Give a paper as a table."""
    office = the_office(paper)
    _note(paper, "download", office)
    found = the_paper(paper, office)
    if found.problem:
        return _refused(paper, office)
    return streamed(sheets_csv(found.sheets, str(get_locale())), _name(found, office, "csv"), CSV)


@bp.get(f"/<{NAMES}:paper>.xlsx")
@allow(Permission.SEE_PAY, by_production=True)
def workbook(paper: str) -> ResponseReturnValue:
    """Give a paper as a workbook."""
    office = the_office(paper)
    _note(paper, "download", office)
    found = the_paper(paper, office)
    if found.problem:
        return _refused(paper, office)
    content = outside().sheets.workbook(found.sheets, Words(), made_at=clock().now())
    return streamed([content], _name(found, office, "xlsx"), XLSX)


@bp.post(f"/<{NAMES}:paper>/pdf")
@allow(Permission.SEE_PAY, by_production=True)
def print_it(paper: str) -> ResponseReturnValue:
    """Ask for a paper as a PDF; its page says when it is ready."""
    office = the_office(paper)
    found = the_paper(paper, office)
    if found.problem:
        return _refused(paper, office)
    title, who = _title(found, office), (the_company().id, viewer().user_id)
    command = AskPaper(*who, paper, office.scope, title, office.within)
    with transaction() as session:
        job = services.ask_paper(session, command, clock=clock()).public_id
    return redirect(url_for("payslips.export", job=job), 303)


@bp.get("/payroll-runs")
@allow(Permission.SEE_PAY, by_production=True)
def runs() -> ResponseReturnValue:
    """List the pay runs of all productions, newest first."""
    before = request.args.get("before", type=row_number)
    found, older = queries.company_runs(reading(), the_company().id, viewer().within, before=before)
    return render_template("papers/runs.html", runs=found, older=older)


def _shown(page: Page, status: int) -> ResponseReturnValue:
    if page.paper.has_names and not page.is_empty:
        action = "see_tax_identity" if "year" in page.name else "see_legal_names"
        _write_down(action, [page.name, *page.scope.args.values()])
    return render_template("papers/show.html", page=page, shown=shown), status


def _refused(paper: str, office: Office) -> ResponseReturnValue:
    """Show the page with the reason why the paper may not leave."""
    return _shown(the_page(paper, office), 409)


def _note(paper: str, verb: str, office: Office) -> None:
    _write_down(f"{verb}_{paper.replace('-', '_')}", list(office.scope.args.values()))


def _write_down(action: str, about: list[str]) -> None:
    company = the_company()
    seen = Reading(company.id, viewer().user_id, f"company:{company.public_id}", action, about)
    with transaction() as session:
        note_reading(session, seen, clock=clock())


def _title(found: Paper, office: Office) -> str:
    """Name a paper and what it is about, for people."""
    scope = office.scope
    runs = queries.run_choices(reading(), office.company_id, office.within) if scope.run else []
    run = next((one for one in runs if one.public_id == scope.run), None)
    about = [sentence(found.title)]
    if run:
        number = _("run %(number)s", number=run.number)
        about += [run.production_title, str(number), run.shoot_date.isoformat()]
    about += [str(one) for one in (scope.year, scope.first, scope.last) if one]
    return " ".join(about)


def _name(found: Paper, office: Office, ending: str) -> str:
    return file_name(_title(found, office), ending=ending)
