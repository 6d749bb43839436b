"""What differs between a company's payments and the gateway: read it, take it along, look anew."""

from __future__ import annotations

from typing import Final

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.blueprints.reconciliations import bp, operating
from marketplace.blueprints.reconciliations.asking import ask_all
from marketplace.blueprints.reconciliations.tables import table_of
from marketplace.domain.payments.queries.reconciliations import (
    ReportRow,
    differences,
    report,
    reports,
)
from marketplace.web.access import Permission, allow, the_company
from marketplace.web.extensions import reading
from marketplace.web.numbers import row_number

__all__ = ["bp", "operating"]

PAGE: Final = 30


@bp.get("/c/<company>/reconciliations")
@allow(Permission.SEE_PAY)
def index() -> ResponseReturnValue:
    """List the comparisons, with how much of each concerns this company."""
    before = request.args.get("before", type=row_number)
    rows = reports(reading(), the_company().id, before=before, limit=PAGE)
    older = rows[-1].id if len(rows) == PAGE else None
    return render_template("reconciliations/index.html", rows=rows, older=older)


@bp.post("/c/<company>/reconciliations")
@allow(Permission.SEE_PAY)
def ask() -> ResponseReturnValue:
    """Ask for a comparison now."""
    ask_all()
    flash(_("The comparison is being made. It takes a minute."))
    return redirect(url_for("reconciliations.index"), 303)


@bp.get("/c/<company>/reconciliations/<report>")
@allow(Permission.SEE_PAY)
def show(report: str) -> ResponseReturnValue:
    """Show what one comparison found about this company's payments."""
    found = _report(report)
    rows = differences(reading(), found.id, the_company().id)
    return render_template("reconciliations/show.html", report=found, rows=rows)


@bp.get("/c/<company>/reconciliations/<report>.csv")
@allow(Permission.SEE_PAY)
def table(report: str) -> ResponseReturnValue:
    """Give the same as a file."""
    found = _report(report)
    return table_of(found, differences(reading(), found.id, the_company().id))


def _report(name: str) -> ReportRow:
    found = report(reading(), name, the_company().id)
    if found is None:
        abort(404)
    return found
