"""Every difference with the gateways, whoever it concerns: for operators."""

from __future__ import annotations

from typing import Final

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.blueprints.reconciliations import bp
from marketplace.blueprints.reconciliations.asking import ask_all
from marketplace.blueprints.reconciliations.tables import table_of
from marketplace.domain.payments.queries.reconciliations import (
    ReportRow,
    differences,
    report,
    reports,
)
from marketplace.web.access import Permission, allow
from marketplace.web.extensions import reading
from marketplace.web.numbers import row_number

PAGE: Final = 30


@bp.get("/operator/reconciliations")
@allow(Permission.OPERATE)
def everything() -> ResponseReturnValue:
    """List the comparisons."""
    before = request.args.get("before", type=row_number)
    rows = reports(reading(), before=before, limit=PAGE)
    older = rows[-1].id if len(rows) == PAGE else None
    return render_template("reconciliations/everything.html", rows=rows, older=older)


@bp.post("/operator/reconciliations")
@allow(Permission.OPERATE)
def ask_everything() -> ResponseReturnValue:
    """Ask for a comparison now."""
    ask_all()
    flash(_("The comparison is being made. It takes a minute."))
    return redirect(url_for("reconciliations.everything"), 303)


@bp.get("/operator/reconciliations/<report>")
@allow(Permission.OPERATE)
def whole(report: str) -> ResponseReturnValue:
    """Show everything one comparison found."""
    found = _report(report)
    rows = differences(reading(), found.id)
    return render_template("reconciliations/whole.html", report=found, rows=rows)


@bp.get("/operator/reconciliations/<report>.csv")
@allow(Permission.OPERATE)
def whole_table(report: str) -> ResponseReturnValue:
    """Give the same as a file."""
    found = _report(report)
    return table_of(found, differences(reading(), found.id))


def _report(name: str) -> ReportRow:
    found = report(reading(), name)
    if found is None:
        abort(404)
    return found
