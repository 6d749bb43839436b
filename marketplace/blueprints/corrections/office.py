"""Adjustments on the pages of a company: what waits for the accountant, what people owe."""

from __future__ import annotations

from typing import Final

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.blueprints.corrections import bp
from marketplace.blueprints.corrections.deciding import Desk
from marketplace.blueprints.corrections.forms import ReasonForm
from marketplace.domain.payments.services import approve_adjustment_for_payroll
from marketplace.domain.reports.queries.corrections import claims_of_company
from marketplace.domain.timecards import services
from marketplace.domain.timecards.queries.vouchers import (
    vouchers_of_company,
)
from marketplace.web.access import Permission, allow, the_company, viewer
from marketplace.web.extensions import reading

DESK: Final = Desk("corrections.office_show", lambda: viewer().within)


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
    return DESK.page(voucher, ReasonForm())


@bp.post("/c/<company>/adjustments/<voucher>/sign")
@allow(Permission.APPROVE_PAYROLL, by_production=True)
def sign(voucher: str) -> ResponseReturnValue:
    """Approve an adjustment for payroll."""
    done = gettext("Approved. The corrected pay slip follows within a minute.")
    return DESK.decide(voucher, approve_adjustment_for_payroll, done, needs_reason=False)


@bp.post("/c/<company>/adjustments/<voucher>/send-back")
@allow(Permission.APPROVE_PAYROLL, by_production=True)
def send_back(voucher: str) -> ResponseReturnValue:
    """Send an adjustment back to the production with a reason."""
    return DESK.decide(voucher, services.reject_adjustment, gettext("Sent back to the production."))
