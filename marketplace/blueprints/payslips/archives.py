"""Exports: ask for papers in one file, watch it being made, take it."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.blueprints.payslips import bp
from marketplace.blueprints.payslips.filters import Asked
from marketplace.blueprints.payslips.reader import note
from marketplace.domain.documents.queries import open_file
from marketplace.domain.reports import queries, services
from marketplace.domain.reports.queries import ExportRow
from marketplace.domain.reports.services import AskExport
from marketplace.kernel.errors import DomainError
from marketplace.web.access import Permission, allow, the_company, viewer
from marketplace.web.downloads import stored_file
from marketplace.web.extensions import clock, outside, reading, transaction
from marketplace.web.presentation import sentence


@bp.get("/exports")
@allow(Permission.SEE_PAY, by_production=True)
def exports() -> ResponseReturnValue:
    """List what was exported in the last seven days."""
    jobs = queries.exports(reading(), the_company().id, clock().now(), _only_mine())
    return render_template("payslips/exports.html", jobs=jobs)


@bp.post("/exports")
@allow(Permission.SEE_PAY, by_production=True)
def ask() -> ResponseReturnValue:
    """Start an archive of the ticked slips, or of all that match."""
    asked, ticked = Asked.read(request.form), request.form.getlist("slip")
    if not ticked and "all" not in request.form:
        flash(_("Choose at least one pay slip."), "warn")
        return redirect(url_for("payslips.index", **asked.args), 303)
    try:
        with transaction() as session:
            job = services.ask_export(session, _command(asked, ticked), clock=clock())
            public_id = job.public_id
    except DomainError as refusal:
        flash(sentence(refusal.message), "bad")
        return redirect(url_for("payslips.index", **asked.args), 303)
    return redirect(url_for("payslips.export", job=public_id), 303)


@bp.get("/exports/<job>")
@allow(Permission.SEE_PAY, by_production=True)
def export(job: str) -> ResponseReturnValue:
    """Show how far an export is; with its file when it is done."""
    return render_template("payslips/export.html", job=_job(job), now=clock().now())


@bp.post("/exports/<job>/cancel")
@allow(Permission.SEE_PAY, by_production=True)
def cancel(job: str) -> ResponseReturnValue:
    """Stop making an export."""
    _job(job)
    try:
        with transaction() as session:
            who = the_company().id, job
            services.cancel_export(session, *who, actor_id=viewer().user_id, clock=clock())
        flash(_("The export was cancelled."))
    except DomainError as refusal:
        if refusal.http_status == 404:  # noqa: PLR2004 - not found
            abort(404)
        flash(sentence(refusal.message), "warn")
    return redirect(url_for("payslips.exports"), 303)


@bp.get("/exports/<job>/file")
@allow(Permission.SEE_PAY, by_production=True)
def export_file(job: str) -> ResponseReturnValue:
    """Give the file of an export."""
    row = _job(job)
    stored = open_file(reading(), row.file_subject) if row.file_subject else None
    if stored is None or row.expires_at <= clock().now():
        abort(404)
    note(stored.subject, "download")
    return stored_file(stored, stored.name)


def _job(public_id: str) -> ExportRow:
    company_id = the_company().id
    return queries.export(reading(), company_id, public_id, _only_mine()) or abort(404)


def _only_mine() -> int | None:
    """Say whose exports are shown: all of the company, or to limited members their own alone."""
    return viewer().user_id if viewer().within is not None else None


def _command(asked: Asked, ticked: list[str]) -> AskExport:
    company = the_company()
    productions = queries.production_choices(reading(), company.id, viewer().within)
    title = _("Chosen pay slips") if ticked else _("Pay slips")
    words = title if ticked else f"{title}, {asked.words(productions)}"
    filters = asked.filters(outside().vault, ticked, within=viewer().within)
    return AskExport(company.id, viewer().user_id, filters, words)
