"""The pay runs of a production, and which day's hours are next."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.domain.productions import queries as productions
from marketplace.domain.productions.queries import DayRow
from marketplace.domain.reports import queries, services
from marketplace.domain.reports.rules import ExportKind, SlipFilters
from marketplace.domain.reports.services import AskExport, KeepEpisodes
from marketplace.domain.timecards.queries import DayCounts, counts_of
from marketplace.kernel.errors import DomainError
from marketplace.web.access import Permission, allow, the_company, the_production, viewer
from marketplace.web.extensions import clock, reading, transaction
from marketplace.web.presentation import sentence

bp = Blueprint("payroll", __name__, url_prefix="/p/<production>")


@bp.get("/payroll")
@allow(Permission.SEE_PAY)
def runs() -> ResponseReturnValue:
    """List the pay runs, newest first."""
    found = queries.runs(reading(), the_production().id)
    days = productions.days(reading(), the_production().id)
    episodes = queries.episodes_of(reading(), the_production().id)
    page = {"runs": found, "waiting": _waiting(), "days": days, "episodes": episodes}
    return render_template("payroll/runs.html", **page)


@bp.post("/payroll/episodes")
@allow(Permission.SEE_PAY)
def keep_episodes() -> ResponseReturnValue:
    """Keep which episodes each shoot day is booked to."""
    typed = {day: text for day, text in request.form.items() if day != "csrf_token"}
    command = KeepEpisodes(the_production().id, the_company().id, viewer().user_id, typed)
    try:
        with transaction() as session:
            services.keep_episodes(session, command, clock=clock())
        flash(_("The episodes are kept."))
    except DomainError as refusal:
        flash(sentence(refusal.message), "bad")
    return redirect(url_for("payroll.runs"), 303)


@bp.post("/payroll/everything")
@allow(Permission.SEE_PAY)
def close_show() -> ResponseReturnValue:
    """Ask for everything about the pay of this show in one file."""
    company, show = the_company(), the_production()
    filters = SlipFilters(production=show.public_id, within=viewer().within)
    who = (company.id, viewer().user_id)
    command = AskExport(*who, filters, _everything(show.title), ExportKind.SHOW)
    try:
        with transaction() as session:
            job = services.ask_export(session, command, clock=clock()).public_id
    except DomainError as refusal:
        flash(sentence(refusal.message), "bad")
        return redirect(url_for("payroll.runs"), 303)
    return redirect(url_for("payslips.export", company=company.public_id, job=job), 303)


def _everything(title: str) -> str:
    return str(_("%(show)s, everything", show=title))


def _waiting() -> list[tuple[DayRow, DayCounts]]:
    """Return the days whose hours can be approved now, oldest first."""
    counts = counts_of(reading(), the_production().id)
    days = productions.days(reading(), the_production().id)
    found = [(day, counts.get(day.id, DayCounts())) for day in days]
    return [(day, count) for day, count in found if count.to_approve]
