"""My pay: what is coming, what came, and the slip of every day."""

from __future__ import annotations

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from marketplace.blueprints.pay import bp, papers
from marketplace.domain.audit.services import Act, record
from marketplace.domain.documents.jobs import slip_subject
from marketplace.domain.documents.queries import open_file
from marketplace.domain.payments.queries import bank_reference_of_slip, last_way_of_slip
from marketplace.domain.payments.queries.fundings import fee_of_slip
from marketplace.domain.reports import queries
from marketplace.domain.reports.queries import SlipDetail
from marketplace.domain.reports.queries.corrections import chain_of, own_claims
from marketplace.domain.reports.rules import file_name
from marketplace.web.access import Permission, allow, person_id
from marketplace.web.downloads import stored_file
from marketplace.web.extensions import clock, outside, reading, transaction
from marketplace.web.numbers import row_number

__all__ = ["bp", "papers"]


@bp.get("")
@allow(Permission.TALENT)
def index() -> ResponseReturnValue:
    """Show the next payment on top, then every day's pay by production."""
    before = request.args.get("before", type=row_number)
    pay = queries.own_pay(reading(), person_id(), before=before)
    claims = own_claims(reading(), person_id()) if before is None else []
    return render_template("pay/index.html", pay=pay, is_first=before is None, claims=claims)


@bp.get("/<slip>")
@allow(Permission.TALENT)
def show(slip: str) -> ResponseReturnValue:
    """Show one of my slips: every line and why, and where the money is."""
    detail = _slip(slip)
    document = queries.document_of(detail, outside().vault)
    own = queries.own_row(reading(), detail.row)
    bank = bank_reference_of_slip(reading(), detail.row.id)
    page = {"own": own, "chain": chain_of(reading(), detail.row.id), "bank": bank}
    page["fee"] = fee_of_slip(reading(), detail.row.id)
    page["last"] = last_way_of_slip(reading(), detail.row.id)
    return render_template("pay/show.html", detail=detail, document=document, **page)


@bp.get("/<slip>.pdf")
@allow(Permission.TALENT)
def pdf(slip: str) -> ResponseReturnValue:
    """Give the paper of one of my slips; a page that waits while it is being printed."""
    detail = _slip(slip)
    paper = open_file(reading(), slip_subject(slip))
    if paper is None:
        return render_template("pay/pdf.html", detail=detail), 202
    act = Act(slip_subject(slip), "download")
    with transaction() as session:
        record(session, act, actor_id=current_user.user_id, clock=clock())
    return stored_file(paper, file_name(detail.row.number, detail.row.role_name, ending="pdf"))


def _slip(public_id: str) -> SlipDetail:
    return queries.slip_of_person(reading(), person_id(), public_id) or abort(404)
