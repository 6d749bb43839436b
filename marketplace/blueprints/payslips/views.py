"""Pay slips: the list, one slip, its paper; the same rows as a file."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.blueprints.payslips import archives, bp, printing
from marketplace.blueprints.payslips.filters import Asked
from marketplace.blueprints.payslips.listing import head, lines, listing_of, status_words
from marketplace.blueprints.payslips.reader import note, the_reader
from marketplace.domain.documents.jobs import slip_subject
from marketplace.domain.documents.queries import open_file
from marketplace.domain.payments.queries import attempts, bank_reference_of_slip, last_way_of_slip
from marketplace.domain.payments.services import RetryPayout, retry_payout
from marketplace.domain.reports import queries
from marketplace.domain.reports.queries import SlipDetail
from marketplace.domain.reports.queries.corrections import chain_of
from marketplace.domain.reports.rules import PayoutStatus, file_name
from marketplace.kernel.errors import DomainError
from marketplace.web.access import Permission, allow, the_company, viewer
from marketplace.web.downloads import stored_file, streamed
from marketplace.web.extensions import clock, outside, reading, transaction
from marketplace.web.numbers import row_number
from marketplace.web.presentation import sentence
from marketplace.web.tables import csv_file

__all__ = ["archives", "bp", "printing"]


@bp.get("/slips")
@allow(Permission.SEE_PAY, by_production=True)
def index() -> ResponseReturnValue:
    """List the slips that match, with what they add up to."""
    asked = Asked.read(request.args)
    before = request.args.get("before", type=row_number)
    listing = listing_of(reading(), the_reader(), asked, before, clock())
    if listing.page.rows:
        numbers = [row.number for row in listing.page.rows]
        note(f"company:{the_company().public_id}", "see_legal_names", numbers)
    words = {status: status_words(status) for status in PayoutStatus}
    return render_template("payslips/index.html", listing=listing, statuses=words)


@bp.get("/slips.csv")
@allow(Permission.SEE_PAY, by_production=True)
def table() -> ResponseReturnValue:
    """Give every slip that matches as one table."""
    asked = Asked.read(request.args)
    company, vault = the_company(), outside().vault
    note(f"company:{company.public_id}", "download_table")
    rows = lines(reading(), company.id, asked.filters(vault, within=viewer().within), vault)
    titles = queries.production_choices(reading(), company.id, viewer().within)
    name = file_name(_("Pay slips"), asked.words(titles), asked.status or "", ending="csv")
    return streamed(csv_file(head(), rows), name, "text/csv; charset=utf-8")


@bp.get("/slips/<slip>")
@allow(Permission.SEE_PAY, by_production=True)
def show(slip: str) -> ResponseReturnValue:
    """Show one slip: every line and why, and where the money is."""
    detail = _slip(slip)
    document = queries.document_of(detail, outside().vault)
    tried = attempts(reading(), detail.row.id)
    note(slip_subject(slip), "see_legal_names", [detail.row.number])
    bank = bank_reference_of_slip(reading(), detail.row.id)
    page = {"attempts": tried, "chain": chain_of(reading(), detail.row.id), "bank": bank}
    page["last"] = last_way_of_slip(reading(), detail.row.id)
    return render_template("payslips/show.html", detail=detail, document=document, **page)


@bp.post("/slips/<slip>/send-again")
@allow(Permission.SEE_PAY, by_production=True)
def send_again(slip: str) -> ResponseReturnValue:
    """Send a payment again that was refused."""
    payout = _slip(slip).payout_public_id or abort(404)
    reason = request.form.get("reason", "")
    command = RetryPayout(payout, the_company().id, viewer().user_id, reason)
    try:
        with transaction() as session:
            retry_payout(session, command, till=outside().till)
        flash(_("The payment is sent again."))
    except DomainError as refusal:
        flash(sentence(refusal.message), "bad")
    return redirect(url_for("payslips.show", slip=slip), 303)


@bp.get("/slips/<slip>.pdf")
@allow(Permission.SEE_PAY, by_production=True)
def pdf(slip: str) -> ResponseReturnValue:
    """Give the paper of a slip; a page that waits for it while it is being printed."""
    detail = _slip(slip)
    paper = open_file(reading(), slip_subject(slip))
    if paper is None:
        return render_template("payslips/pdf.html", detail=detail), 202
    name = queries.legal_name(detail.row, outside().vault)
    note(slip_subject(slip), "download")
    return stored_file(paper, file_name(detail.row.number, name, ending="pdf"))


def _slip(public_id: str) -> SlipDetail:
    mine = (the_company().id, public_id, viewer().within)
    return queries.slip_of_company(reading(), *mine) or abort(404)
