"""The pay runs of a production, and which day's hours are next."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from marketplace.domain.productions import queries as productions
from marketplace.domain.productions.queries import DayRow
from marketplace.domain.reports import queries
from marketplace.domain.timecards.queries import DayCounts, counts_of
from marketplace.web.access import Permission, allow, the_production
from marketplace.web.extensions import reading

bp = Blueprint("payroll", __name__, url_prefix="/p/<production>")


@bp.get("/payroll")
@allow(Permission.SEE_PAY)
def runs() -> ResponseReturnValue:
    """List the pay runs, newest first."""
    found = queries.runs(reading(), the_production().id)
    return render_template("payroll/runs.html", runs=found, waiting=_waiting())


def _waiting() -> list[tuple[DayRow, DayCounts]]:
    """Return the days whose hours can be approved now, oldest first."""
    counts = counts_of(reading(), the_production().id)
    days = productions.days(reading(), the_production().id)
    found = [(day, counts.get(day.id, DayCounts())) for day in days]
    return [(day, count) for day, count in found if count.to_approve]
