"""A person's own adjustments, and what they were paid too much."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.blueprints.corrections import bp
from marketplace.blueprints.corrections.forms import AnswerForm, QueryForm
from marketplace.blueprints.corrections.seen import seen_version
from marketplace.blueprints.corrections.shown import shown
from marketplace.domain.payments.services import AnswerOverpayment, answer_overpayment
from marketplace.domain.payroll.rules.basis import basis
from marketplace.domain.reports.queries.corrections import Claim, own_claim
from marketplace.domain.timecards import services
from marketplace.domain.timecards.queries.vouchers import VoucherRow, own_voucher
from marketplace.domain.timecards.services import AnswerAdjustment
from marketplace.kernel.errors import DomainError
from marketplace.web.access import Permission, allow, person_id
from marketplace.web.extensions import clock, reading, transaction


@bp.get("/me/adjustments/<voucher>")
@allow(Permission.TALENT)
def mine(voucher: str) -> ResponseReturnValue:
    """Show what is to change about a paid day, and what it pays."""
    return _page(_voucher(voucher), QueryForm())


@bp.post("/me/adjustments/<voucher>/agree")
@allow(Permission.TALENT)
def agree(voucher: str) -> ResponseReturnValue:
    """Agree to the version that was shown."""
    found, form = _voucher(voucher), QueryForm()
    try:
        with transaction() as session:
            command = AnswerAdjustment(found.id, person_id(), seen_version())
            services.agree_to_adjustment(session, command, clock=clock())
    except DomainError as refusal:
        form.refuse(refusal.message)
        return _page(_voucher(voucher), form), refusal.http_status
    flash(gettext("Agreed. The production approves next; then a new pay slip follows."))
    return redirect(url_for("corrections.mine", voucher=voucher), 303)


@bp.post("/me/adjustments/<voucher>/query")
@allow(Permission.TALENT)
def query(voucher: str) -> ResponseReturnValue:
    """Say what is wrong with an adjustment."""
    found, form = _voucher(voucher), QueryForm()
    if not form.validate():
        return _page(found, form), 422
    try:
        with transaction() as session:
            command = AnswerAdjustment(found.id, person_id(), seen_version(), form.text.data or "")
            services.query_adjustment(session, command, clock=clock())
    except DomainError as refusal:
        form.refuse(refusal.message)
        return _page(_voucher(voucher), form), refusal.http_status
    flash(gettext("Sent. The production looks at it; nothing changes before you agree."))
    return redirect(url_for("corrections.mine", voucher=voucher), 303)


@bp.get("/me/pay/owed/<claim>")
@allow(Permission.TALENT)
def owed(claim: str) -> ResponseReturnValue:
    """Show what was paid too much, from which slip, and ask whether it may be kept."""
    return _owed(_claim(claim), AnswerForm())


@bp.post("/me/pay/owed/<claim>")
@allow(Permission.TALENT)
def answer(claim: str) -> ResponseReturnValue:
    """Keep the answer about what was paid too much."""
    _claim(claim)
    is_agreed = {"agree": True, "decline": False}.get(request.form.get("answer", ""))
    if is_agreed is None:
        abort(400)
    try:
        with transaction() as session:
            command = AnswerOverpayment(claim, person_id(), is_agreed)
            answer_overpayment(session, command, clock=clock())
    except DomainError as refusal:
        form = AnswerForm()
        form.refuse(refusal.message)
        return _owed(_claim(claim), form), refusal.http_status
    flash(gettext("Your answer is kept, and the company was told."))
    return redirect(url_for("corrections.owed", claim=claim), 303)


def _voucher(public_id: str) -> VoucherRow:
    return own_voucher(reading(), person_id(), public_id) or abort(404)


def _claim(public_id: str) -> Claim:
    return own_claim(reading(), person_id(), public_id) or abort(404)


def _page(row: VoucherRow, form: QueryForm) -> str:
    page = shown(reading(), row)
    return render_template("corrections/mine.html", page=page, form=form, basis=basis)


def _owed(claim: Claim, form: AnswerForm) -> str:
    return render_template("corrections/owed.html", claim=claim, form=form)
