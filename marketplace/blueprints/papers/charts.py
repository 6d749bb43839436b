"""The chart of accounts: by which numbers of the company's own books everything is booked."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.blueprints.papers import bp
from marketplace.blueprints.papers.forms import to_command
from marketplace.domain.ledger.rules import BY_DEPARTMENT
from marketplace.domain.reports import queries, services
from marketplace.kernel.errors import DomainError
from marketplace.kernel.sentences import Sentence
from marketplace.web.access import Permission, allow, the_company, viewer
from marketplace.web.extensions import clock, reading, transaction


@bp.get("/accounts")
@allow(Permission.SEE_PAY)
def chart() -> ResponseReturnValue:
    """Show the chart of accounts."""
    return _page(None, 200)


@bp.post("/accounts")
@allow(Permission.SEE_PAY)
def keep_chart() -> ResponseReturnValue:
    """Keep the chart of accounts."""
    command = to_command(the_company().id, viewer().user_id, request.form)
    try:
        with transaction() as session:
            services.keep_chart(session, command, clock=clock())
    except DomainError as refusal:
        return _page(refusal.message, refusal.http_status)
    flash(_("The accounts are kept."))
    return redirect(url_for("papers.chart"), 303)


def _page(problem: Sentence | None, status: int) -> ResponseReturnValue:
    rows = queries.chart_rows(reading(), the_company().id)
    page = render_template(
        "papers/chart.html",
        rows=rows,
        costs=[row for row in rows if row.purpose in BY_DEPARTMENT and not row.department],
        problem=problem,
    )
    return page, status
