"""Fund a production: the plan, the way to the gateway and back, and what became of it."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.blueprints.funding.forms import RefundForm
from marketplace.blueprints.funding.planning import Draft, command_of, draft_of, the_plan
from marketplace.domain.payments.jobs.funding import (
    begin_funding,
    look_at_funding,
    resume_funding,
)
from marketplace.domain.payments.queries.fundings import FundingRow, fundings, refunds
from marketplace.domain.payments.rules.funding import FUNDING_WORDS, FundingError, ways_for
from marketplace.domain.payments.services.funds import require_funds
from marketplace.domain.payments.services.refunds import ask_refund
from marketplace.kernel.errors import DomainError
from marketplace.kernel.ids import secret_token
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence
from marketplace.web.access import Permission, allow, the_company, the_production, viewer
from marketplace.web.extensions import clock, outside, reading, transaction
from marketplace.web.headers import let_forms_lead_to_gateway
from marketplace.web.presentation import sentence

bp = Blueprint("funding", __name__, url_prefix="/p/<production>/funding")


@bp.get("")
@allow(Permission.SEE_COST)
def index() -> ResponseReturnValue:
    """Show what the coming days cost, what is there, and what was put in."""
    found = fundings(reading(), the_production().id)
    ways = ways_for(the_production().currency)
    return render_template(
        "funding/index.html", plan=the_plan(), fundings=found, ways=ways, words=FUNDING_WORDS
    )


@bp.get("/new")
@allow(Permission.SEE_COST)
def new() -> ResponseReturnValue:
    """Show what some days cost, line by line, before anything is paid."""
    try:
        return _new_page(draft_of(request.args))
    except FundingError as refusal:
        flash(sentence(refusal.message), "warn")
        return redirect(url_for("funding.index"), 303)


def _new_page(draft: Draft, refusal: Sentence | None = None) -> str:
    let_forms_lead_to_gateway()
    ways = ways_for(the_production().currency)
    return render_template(
        "funding/new.html", draft=draft, ways=ways, token=secret_token(), refusal=refusal
    )


@bp.post("")
@allow(Permission.SEE_COST)
def start() -> ResponseReturnValue:
    """Write the funding down and lead to the gateway's own page, where it is paid."""
    try:
        url = begin_funding(transaction, command_of(request.form), till=outside().till)
    except DomainError as refusal:
        return _not_started(refusal)
    return redirect(url, 303)


def _not_started(refusal: DomainError) -> ResponseReturnValue:
    """Show the lines again with the refusal; without any, the overview."""
    try:
        return _new_page(draft_of(request.form), refusal.message), refusal.http_status
    except DomainError:
        flash(sentence(refusal.message), "bad")
        return redirect(url_for("funding.index"), 303)


@bp.get("/<funding>")
@allow(Permission.SEE_COST)
def show(funding: str) -> ResponseReturnValue:
    """Show where the money of one funding is."""
    found = _the_funding(funding)
    let_forms_lead_to_gateway()
    back = refunds(reading(), found.id)
    return render_template("funding/show.html", funding=found, refunds=back, words=FUNDING_WORDS)


@bp.post("/<funding>/resume")
@allow(Permission.SEE_COST)
def resume(funding: str) -> ResponseReturnValue:
    """Lead to the checkout again that was left."""
    _the_funding(funding)
    production = the_production()
    try:
        url = resume_funding(transaction, production.id, funding, till=outside().till)
    except DomainError as refusal:
        return _to_funding(funding, sentence(refusal.message), "bad")
    return redirect(url, 303)


@bp.post("/<funding>/check")
@allow(Permission.SEE_COST)
def check(funding: str) -> ResponseReturnValue:
    """Ask the gateway now."""
    found = _the_funding(funding)
    try:
        look_at_funding(transaction, found.id, till=outside().till)
    except DomainError as refusal:
        return _to_funding(funding, sentence(refusal.message), "bad")
    return _to_funding(funding, _("Checked just now."))


@bp.get("/<funding>/refund")
@allow(Permission.SEE_PAY)
def back(funding: str) -> ResponseReturnValue:
    """Show the form that gives unspent money back."""
    return _refund_page(_the_funding(funding), RefundForm(data={"token": secret_token()}))


def _refund_page(found: FundingRow, form: RefundForm) -> str:
    plan = the_plan()
    left = (found.amount - found.refunded).minor
    most = Money(min(left, plan.available.minor), found.amount.currency)
    return render_template("funding/back.html", funding=found, form=form, most=most)


@bp.post("/<funding>/refund")
@allow(Permission.SEE_PAY)
def refund(funding: str) -> ResponseReturnValue:
    """Take money out of the fund; the worker has it given back."""
    found, form = _the_funding(funding), RefundForm()
    if not form.validate():
        return _refund_page(found, form), 422
    try:
        with transaction() as session:
            ask_refund(session, form.to_command(found), clock=clock())
    except DomainError as refusal:
        form.refuse(refusal.message)
        return _refund_page(found, form), refusal.http_status
    return _to_funding(funding, _("The money goes back to who paid it."))


@bp.post("/require")
@allow(Permission.MANAGE_PRODUCTIONS)
def require() -> ResponseReturnValue:
    """Say whether payments wait for the money put in; only where the gateway leaves the choice."""
    production, is_required = the_production(), request.form.get("is_required") == "1"
    if not the_plan().may_choose:
        abort(404)
    key = (production.id, the_company().id, production.currency)
    actor = viewer().user_id
    with transaction() as session:
        require_funds(session, key, is_required=is_required, actor_id=actor, clock=clock())
    flash(_("Payments wait for the funds.") if is_required else _("Payments wait for no funds."))
    return redirect(url_for("funding.index"), 303)


def _the_funding(name: str) -> FundingRow:
    found = fundings(reading(), the_production().id, name)
    return found[0] if found else abort(404)


def _to_funding(name: str, text: str, tone: str = "message") -> ResponseReturnValue:
    flash(text, tone)
    return redirect(url_for("funding.show", funding=name), 303)
