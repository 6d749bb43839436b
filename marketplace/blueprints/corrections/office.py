"""Adjustments on the pages of a company: what waits for the accountant, what people owe."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.blueprints.corrections import bp
from marketplace.blueprints.corrections.forms import ReasonForm
from marketplace.blueprints.corrections.seen import seen_version
from marketplace.blueprints.corrections.shown import shown
from marketplace.domain.payments.services import approve_adjustment_for_payroll
from marketplace.domain.reports.queries.corrections import claims_of_company
from marketplace.domain.timecards import services
from marketplace.domain.timecards.queries.vouchers import (
    VoucherRow,
    voucher_of,
    vouchers_of_company,
)
from marketplace.domain.timecards.services import DecideAdjustment
from marketplace.kernel.errors import DomainError
from marketplace.web.access import Permission, allow, the_company, viewer
from marketplace.web.extensions import clock, reading, transaction


@bp.get("/c/<company>/adjustments")
@allow(Permission.SEE_PAY, by_production=True)
def office() -> ResponseReturnValue:
    """List the adjustments of the company, and what people were paid too much."""
    company, within = the_company().id, viewer().within
    return render_template(
        "corrections/office.html",
        rows=vouchers_of_company(reading(), company, within),
        claims=claims_of_company(reading(), company, within),
    )


@bp.get("/c/<company>/adjustments/<voucher>")
@allow(Permission.SEE_PAY, by_production=True)
def office_show(voucher: str) -> ResponseReturnValue:
    """Show one adjustment to the accountant."""
    return _page(voucher, ReasonForm())


@bp.post("/c/<company>/adjustments/<voucher>/sign")
@allow(Permission.APPROVE_PAYROLL, by_production=True)
def sign(voucher: str) -> ResponseReturnValue:
    """Approve an adjustment for payroll."""
    done = gettext("Approved. The corrected pay slip follows within a minute.")
    return _decide(voucher, approve_adjustment_for_payroll, done, needs_reason=False)


@bp.post("/c/<company>/adjustments/<voucher>/send-back")
@allow(Permission.APPROVE_PAYROLL, by_production=True)
def send_back(voucher: str) -> ResponseReturnValue:
    """Send an adjustment back to the production with a reason."""
    return _decide(voucher, services.reject_adjustment, gettext("Sent back to the production."))


def _voucher(public_id: str) -> VoucherRow:
    company = the_company().id
    return voucher_of(reading(), company, public_id, viewer().within) or abort(404)


def _page(public_id: str, form: ReasonForm) -> str:
    page = shown(reading(), _voucher(public_id))
    return render_template("corrections/office_show.html", page=page, form=form)


def _decide(
    public_id: str,
    verb: Callable[..., object],
    done: str,
    *,
    needs_reason: bool = True,
) -> ResponseReturnValue:
    row, form = _voucher(public_id), ReasonForm()
    if needs_reason and not form.validate():
        return _page(public_id, form), 422
    who = the_company().id, seen_version(), viewer().user_id
    try:
        with transaction() as session:
            verb(session, DecideAdjustment(row.id, *who, form.reason.data or ""), clock=clock())
    except DomainError as refusal:
        form.refuse(refusal.message)
        return _page(public_id, form), refusal.http_status
    flash(done)
    return redirect(url_for("corrections.office_show", voucher=public_id), 303)
