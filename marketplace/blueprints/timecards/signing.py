"""The accountant's signature: days that wait for it, one day, and what goes back."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from marketplace.blueprints.timecards import bp
from marketplace.blueprints.timecards.approval import (
    FOR_PAYROLL,
    Approval,
    approval_of,
)
from marketplace.blueprints.timecards.forms import ReasonForm
from marketplace.domain.productions import queries
from marketplace.domain.timecards import services
from marketplace.domain.timecards.queries import DayCounts, counts_of, typed_total_limit
from marketplace.domain.timecards.services import ApprovePayroll, SendBack
from marketplace.kernel.errors import DomainError
from marketplace.kernel.sentences import Sentence
from marketplace.web.access import Permission, allow, the_company, the_production, viewer
from marketplace.web.extensions import clock, reading, transaction
from marketplace.web.presentation import sentence


@bp.get("/payroll-approval")
@allow(Permission.APPROVE_PAYROLL)
def payroll_days() -> ResponseReturnValue:
    """List the shoot days with how many time cards wait for the accountant."""
    production_id = the_production().id
    counts = counts_of(reading(), production_id)
    days = queries.days(reading(), production_id)
    rows = [(day, counts.get(day.id, DayCounts())) for day in days]
    facts = queries.facts(reading(), production_id)
    return render_template("timecards/payroll_days.html", days=rows, facts=facts)


@bp.get("/days/<day>/payroll")
@allow(Permission.APPROVE_PAYROLL)
def approve_payroll(day: str) -> ResponseReturnValue:
    """Show what the production approved, person by person."""
    chosen = request.args.getlist("card") if "choose" in request.args else None
    return _page(_approval(day, chosen))


@bp.post("/days/<day>/payroll")
@allow(Permission.APPROVE_PAYROLL)
def sign(day: str) -> ResponseReturnValue:
    """Approve for payroll what the page showed; a second press changes nothing."""
    keys = request.form.getlist("card")
    page = _approval(day, [key.split(":")[0] for key in keys])
    try:
        lines = page.confirmed(request.form)
        seen = {line.card.card_id: line.card.version for line in lines if line.card.card_id}
        with transaction() as session:
            command = ApprovePayroll(page.day.id, the_production().id, seen, viewer().user_id)
            services.approve_payroll(session, command, clock=clock())
    except DomainError as refusal:
        return _page(_approval(day, None), refusal.message), refusal.http_status
    _say_signed(len(lines))
    return redirect(url_for("timecards.approve_payroll", day=day), 303)


@bp.post("/days/<day>/payroll/<card>/back")
@allow(Permission.APPROVE_PAYROLL)
def send_back(day: str, card: str) -> ResponseReturnValue:
    """Send one time card back to the production, with the reason."""
    page, form = _approval(day, None), ReasonForm()
    line = next((one for one in page.lines if one.card.card_public_id == card), None)
    if line is None or line.card.card_id is None:
        abort(404)
    seen = request.form.get("version", type=int) or 0
    facts = the_production().id, seen, str(form.reason.data or ""), viewer().user_id
    try:
        with transaction() as session:
            services.send_back(session, SendBack(line.card.card_id, *facts), clock=clock())
    except DomainError as refusal:
        return _page(_approval(day, None), refusal.message), refusal.http_status
    flash(gettext("Sent back; the production is told why."))
    return redirect(url_for("timecards.approve_payroll", day=day), 303)


def _approval(public_id: str, chosen: list[str] | None) -> Approval:
    day = queries.day(reading(), the_production().id, public_id) or abort(404)
    reader = viewer().user_id, typed_total_limit(reading(), the_company().id)
    return approval_of(reading(), the_production(), day, reader, chosen, FOR_PAYROLL)


def _page(page: Approval, refusal: Sentence | None = None) -> str:
    return render_template(
        "timecards/approve_payroll.html",
        page=page,
        refusal=refusal and sentence(refusal),
    )


def _say_signed(count: int) -> None:
    flash(
        ngettext(
            "%(num)s time card approved for payroll.",
            "%(num)s time cards approved for payroll.",
            count,
        ),
    )
