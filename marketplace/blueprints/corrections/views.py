"""Adjustments on the pages of a production: propose, read, approve, reject, give up."""

from __future__ import annotations

from typing import Final

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.blueprints.corrections import bp, office, own
from marketplace.blueprints.corrections.deciding import Desk
from marketplace.blueprints.corrections.forms import ReasonForm
from marketplace.blueprints.corrections.proposal import Proposal, proposal_of
from marketplace.domain.payments.services import approve_adjustment
from marketplace.domain.timecards import services
from marketplace.domain.timecards.queries.vouchers import (
    PaidCard,
    paid_card,
    vouchers_of_production,
)
from marketplace.domain.timecards.rules import HoursError
from marketplace.domain.timecards.services import ProposeAdjustment
from marketplace.kernel.errors import DomainError
from marketplace.kernel.sentences import say
from marketplace.web.access import Permission, allow, the_production, viewer
from marketplace.web.extensions import clock, reading, transaction
from marketplace.web.worked import WORDS

__all__ = ["bp", "office", "own"]

DESK: Final = Desk("corrections.show", lambda: [the_production().id])


@bp.get("/p/<production>/time-cards/<card>/adjust")
@allow(Permission.RUN_DAYS)
def propose(card: str) -> ResponseReturnValue:
    """Show the hours that were paid, ready to be changed."""
    return _proposal_page(proposal_of(reading(), _card(card), the_production().zone))


@bp.post("/p/<production>/time-cards/<card>/adjust")
@allow(Permission.RUN_DAYS)
def send(card: str) -> ResponseReturnValue:
    """Work out what other hours change, or send them to the person."""
    page = proposal_of(reading(), _card(card), the_production().zone, request.form)
    if page.form_errors or request.form.get("action") == "work_out":
        return _proposal_page(page), 422 if page.form_errors else 200
    try:
        with transaction() as session:
            voucher = services.propose(session, _command(page), clock=clock()).public_id
    except DomainError as refusal:
        page.refuse(refusal)
        return _proposal_page(page), refusal.http_status
    flash(gettext("Sent. The person agrees or queries it within 72 hours."))
    return redirect(url_for("corrections.show", voucher=voucher), 303)


@bp.get("/p/<production>/adjustments")
@allow(Permission.RUN_DAYS)
def index() -> ResponseReturnValue:
    """List the adjustments of this production."""
    rows = vouchers_of_production(reading(), the_production().id)
    return render_template("corrections/index.html", rows=rows)


@bp.get("/p/<production>/adjustments/<voucher>")
@allow(Permission.RUN_DAYS)
def show(voucher: str) -> ResponseReturnValue:
    """Show one adjustment: before and now, the price, every signature."""
    return DESK.page(voucher, ReasonForm())


@bp.post("/p/<production>/adjustments/<voucher>/approve")
@allow(Permission.APPROVE_HOURS)
def approve(voucher: str) -> ResponseReturnValue:
    """Approve an adjustment for the production."""
    return DESK.decide(voucher, approve_adjustment, gettext("Approved."), needs_reason=False)


@bp.post("/p/<production>/adjustments/<voucher>/reject")
@allow(Permission.APPROVE_HOURS)
def reject(voucher: str) -> ResponseReturnValue:
    """Send an adjustment back with a reason."""
    return DESK.decide(
        voucher, services.reject_adjustment, gettext("Rejected. The maker was told.")
    )


@bp.post("/p/<production>/adjustments/<voucher>/void")
@allow(Permission.RUN_DAYS)
def void(voucher: str) -> ResponseReturnValue:
    """Give an adjustment up."""
    done = gettext("Given up. The pay slip stays as it is, and the person was told.")
    return DESK.decide(voucher, services.void_adjustment, done)


def _card(public_id: str) -> PaidCard:
    return paid_card(reading(), the_production().id, public_id) or abort(404)


def _command(page: Proposal) -> ProposeAdjustment:
    if page.hours is None:
        raise HoursError("in_", say("Enter both times, or neither."))
    by_id = viewer().user_id
    return ProposeAdjustment(page.card.id, the_production().id, page.hours, page.reason, by_id)


def _proposal_page(page: Proposal) -> str:
    return render_template("corrections/propose.html", page=page, form=page, words=WORDS)
