"""A day that moved: the old and the new date side by side, yes or no."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.blueprints.moved.forms import AnswerForm
from marketplace.domain.booking.queries.moved import MovedPage, moved_page
from marketplace.domain.booking.services.reconfirming import reconfirm
from marketplace.domain.timecards.services.called_off import refuse_move
from marketplace.kernel.errors import DomainError
from marketplace.web.access import Permission, allow, person_id
from marketplace.web.extensions import clock, reading, transaction

bp = Blueprint("moved", __name__, url_prefix="/me/moved")


@bp.get("/<booking>")
@allow(Permission.TALENT)
def show(booking: str) -> ResponseReturnValue:
    """Show what moved, and what was answered."""
    return _page(_moved(booking), AnswerForm()), 200


@bp.post("/<booking>/yes")
@allow(Permission.TALENT)
def agree(booking: str) -> ResponseReturnValue:
    """Come along to the new day, or read why that does not fit."""
    found, form = _moved(booking), AnswerForm()
    try:
        with transaction() as session:
            reconfirm(session, form.to_command(found.id, person_id()), clock=clock())
    except DomainError as refusal:
        form.refuse(refusal.message)
        return _page(_moved(booking), form), refusal.http_status
    flash(gettext("You are booked for the new day. The production is told."))
    return redirect(url_for("moved.show", booking=booking), 303)


@bp.post("/<booking>/no")
@allow(Permission.TALENT)
def refuse(booking: str) -> ResponseReturnValue:
    """Do not come along; a fee for the old date is paid."""
    found, form, status = _moved(booking), AnswerForm(), 422
    if form.validate():
        try:
            with transaction() as session:
                refuse_move(session, form.to_command(found.id, person_id()), clock=clock())
            flash(gettext("You are free of the new day. The production is told."))
            return redirect(url_for("moved.show", booking=booking), 303)
        except DomainError as refusal:
            form.refuse(refusal.message)
            status = refusal.http_status
    return _page(_moved(booking), form), status


def _moved(public_id: str) -> MovedPage:
    return moved_page(reading(), person_id(), public_id) or abort(404)


def _page(moved: MovedPage, form: AnswerForm) -> str:
    return render_template("moved/show.html", moved=moved, form=form, now=clock().now())
