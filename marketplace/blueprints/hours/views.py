"""A person's own hours: what was entered, what it pays, and their answer."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.blueprints.hours import bp
from marketplace.blueprints.hours.forms import AskForm, QueryForm
from marketplace.domain.payroll.rules.paper import basis
from marketplace.domain.payroll.rules.shapes import PayError
from marketplace.domain.payroll.services import earnings_of
from marketplace.domain.timecards import services
from marketplace.domain.timecards.queries import OwnCard, own_card
from marketplace.domain.timecards.queries.vouchers import vouchers_of_card
from marketplace.domain.timecards.services import AgreeHours, QueryHours
from marketplace.kernel.errors import DomainError
from marketplace.web.access import Permission, allow, person_id
from marketplace.web.extensions import clock, reading, transaction
from marketplace.web.worked import PARTS, changes_of, extra_text, extra_word

__all__ = ["bp"]


@bp.get("/<card>")
@allow(Permission.TALENT)
def show(card: str) -> ResponseReturnValue:
    """Show the hours of one day and what they pay."""
    return _page(_card(card), QueryForm())


@bp.post("/<card>/agree")
@allow(Permission.TALENT)
def agree(card: str) -> ResponseReturnValue:
    """Agree to the version of the hours that was shown."""
    found, form = _card(card), QueryForm()
    try:
        with transaction() as session:
            command = AgreeHours(found.id, person_id(), _seen())
            services.agree(session, command, clock=clock())
    except DomainError as refusal:
        form.refuse(refusal.message)
        return _page(_card(card), form), refusal.http_status
    flash(gettext("Agreed. The production approves next; then you are paid."))
    return redirect(url_for("hours.show", card=card), 303)


@bp.post("/<card>/query")
@allow(Permission.TALENT)
def query(card: str) -> ResponseReturnValue:
    """Say what is wrong with the hours."""
    found, form = _card(card), QueryForm()
    if not form.validate():
        return _page(found, form), 422
    try:
        with transaction() as session:
            command = QueryHours(found.id, person_id(), _seen(), form.text.data)
            services.query(session, command, clock=clock())
    except DomainError as refusal:
        form.refuse(refusal.message)
        return _page(_card(card), form), refusal.http_status
    flash(gettext("Sent. The production looks at it; you are told when the hours change."))
    return redirect(url_for("hours.show", card=card), 303)


@bp.post("/<card>/ask")
@allow(Permission.TALENT)
def ask(card: str) -> ResponseReturnValue:
    """Agree, and ask about one thing; the pay does not wait for the answer."""
    found, form = _card(card), AskForm()
    if not form.validate():
        return _page(found, QueryForm(formdata=None), form), 422
    try:
        with transaction() as session:
            command = form.to_command(found.id, person_id(), _seen())
            services.agree_and_ask(session, command, clock=clock())
    except DomainError as refusal:
        form.refuse(refusal.message)
        return _page(_card(card), QueryForm(formdata=None), form), refusal.http_status
    flash(gettext("Sent. You are paid without waiting for the answer."))
    return redirect(url_for("hours.show", card=card), 303)


def _card(public_id: str) -> OwnCard:
    return own_card(reading(), person_id(), public_id) or abort(404)


def _seen() -> int:
    """Return the version of the hours that was on the page."""
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() else 0


def _page(card: OwnCard, form: QueryForm, asking: AskForm | None = None) -> str:
    try:
        earnings, problem = earnings_of(reading(), card.id), None
    except PayError as refusal:
        earnings, problem = None, refusal.message
    return render_template(
        "hours/show.html",
        card=card,
        form=form,
        asking=asking or AskForm(formdata=None),
        parts=PARTS,
        earnings=earnings,
        problem=problem,
        basis=basis,
        extra_word=extra_word,
        extra_text=extra_text,
        changes=changes_of(card.versions, card.shoot_date, card.zone),
        vouchers=vouchers_of_card(reading(), card.id),
    )
