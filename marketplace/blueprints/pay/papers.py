"""A person's own papers: what a payment was for, and the sums of a year."""

from __future__ import annotations

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.blueprints.pay import bp
from marketplace.domain.audit.services import Act, record
from marketplace.domain.documents.queries import open_file
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.reports import queries
from marketplace.domain.reports.queries import SlipDetail
from marketplace.domain.reports.rules import Scope, file_name
from marketplace.domain.reports.services import ask_remittance, remittance_subject
from marketplace.web.access import Permission, allow, person_id
from marketplace.web.downloads import stored_file
from marketplace.web.extensions import clock, outside, reading, transaction
from marketplace.web.sheets import shown


@bp.get("/year")
@allow(Permission.TALENT)
def year() -> ResponseReturnValue:
    """Show what I was paid in a calendar year, in the boxes of the forms it is reported on."""
    this_year = clock().now().year
    chosen = Scope.read(request.args).year or this_year
    known = queries.years_of(reading(), PaySlip.person_id == person_id())
    sheet = queries.own_year(reading(), person_id(), chosen)
    years = sorted({*known, chosen, this_year}, reverse=True)
    page = {"sheet": sheet, "rows": list(sheet.rows), "year": chosen, "years": years}
    return render_template("pay/year.html", shown=shown, **page)


@bp.get("/<slip>/remittance")
@allow(Permission.TALENT)
def remittance(slip: str) -> ResponseReturnValue:
    """Show what the payment of one of my slips was made for."""
    detail = _paid(slip)
    paper = queries.own_remittance(reading(), person_id(), slip, outside().vault)
    (sheet,) = paper.sheets
    return render_template("pay/remittance.html", detail=detail, sheet=sheet, shown=shown)


@bp.get("/<slip>/remittance.pdf")
@allow(Permission.TALENT)
def remittance_pdf(slip: str) -> ResponseReturnValue:
    """Give the paper of a payment; a page that waits while it is being printed."""
    detail = _paid(slip)
    subject = remittance_subject(slip)
    paper = open_file(reading(), subject)
    with transaction() as session:
        if paper is None:
            ask_remittance(session, detail.row.id, slip, clock=clock())
        record(session, Act(subject, "download"), actor_id=current_user.user_id, clock=clock())
    if paper is None:
        return render_template("pay/remittance_pdf.html", detail=detail), 202
    return stored_file(paper, file_name(_("Remittance"), detail.row.number, ending="pdf"))


def _paid(public_id: str) -> SlipDetail:
    """Return one of my slips whose money has arrived."""
    detail = queries.slip_of_person(reading(), person_id(), public_id)
    if detail is None or not queries.is_paid(detail.row):
        abort(404)
    return detail
