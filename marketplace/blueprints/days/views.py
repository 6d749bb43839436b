"""Shoot days: the list, several new ones at once, and changes."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from marketplace.blueprints.days import board, bp, cost, moving
from marketplace.blueprints.days.forms import DayForm, DaysForm, edit_form
from marketplace.domain.booking.queries import boards
from marketplace.domain.productions import queries, services
from marketplace.domain.productions.queries import DayRow
from marketplace.domain.productions.services import AddDays, EditDay, RemoveDay
from marketplace.kernel.errors import DomainError
from marketplace.web.access import Permission, allow, the_production, viewer
from marketplace.web.extensions import clock, reading, transaction

__all__ = ["board", "bp", "cost", "moving"]


@bp.get("")
@allow(Permission.SEE_COMPANY)
def index() -> ResponseReturnValue:
    """List the shoot days of a production."""
    called_off = queries.called_off(reading(), the_production().id)
    return render_template("days/index.html", days=_days(), called_off=called_off)


@bp.get("/new")
@allow(Permission.MANAGE_PRODUCTIONS)
def new() -> ResponseReturnValue:
    """Show the form that adds shoot days, with the times of the last one."""
    return render_template("days/new.html", form=_next_form(), days=_days())


@bp.post("/new")
@allow(Permission.MANAGE_PRODUCTIONS)
def create() -> ResponseReturnValue:
    """Add shoot days."""
    form, status = DaysForm(), 422
    if form.validate():
        command = AddDays(the_production().id, viewer().user_id, form.terms(), form.count.data)
        try:
            with transaction() as session:
                services.add_days(session, command, clock=clock())
            _say_saved(form, form.count.data)
            return redirect(url_for("days.index"), 303)
        except DomainError as refusal:
            form.refuse(refusal.message)
            status = refusal.http_status
    return render_template("days/new.html", form=form, days=_days()), status


@bp.get("/<day>/edit")
@allow(Permission.MANAGE_PRODUCTIONS)
def edit(day: str) -> ResponseReturnValue:
    """Show the form of one day."""
    found = _day(day)
    form = edit_form(found, the_production().zone)
    return render_template("days/edit.html", form=form, shoot_day=found)


@bp.post("/<day>/edit")
@allow(Permission.MANAGE_PRODUCTIONS)
def update(day: str) -> ResponseReturnValue:
    """Change one day."""
    found, form, status = _day(day), DayForm(), 422
    if form.validate():
        command = EditDay(found.id, viewer().user_id, form.terms())
        try:
            with transaction() as session:
                engaged = boards.is_engaged
                services.edit_day(session, command, is_engaged=engaged, clock=clock())
            _say_saved(form, 1)
            return redirect(url_for("days.index"), 303)
        except DomainError as refusal:
            form.refuse(refusal.message)
            status = refusal.http_status
    return render_template("days/edit.html", form=form, shoot_day=found), status


@bp.post("/<day>/remove")
@allow(Permission.MANAGE_PRODUCTIONS)
def remove(day: str) -> ResponseReturnValue:
    """Take a day away that no role needs."""
    found = _day(day)
    try:
        with transaction() as session:
            command = RemoveDay(found.id, viewer().user_id)
            services.remove_day(session, command, clock=clock())
    except DomainError as refusal:
        form = edit_form(found, the_production().zone)
        form.refuse(refusal.message)
        page = render_template("days/edit.html", form=form, shoot_day=found)
        return page, refusal.http_status
    flash(gettext("The shoot day is gone; later days have new numbers."))
    return redirect(url_for("days.index"), 303)


def _days() -> list[DayRow]:
    return queries.days(reading(), the_production().id)


def _day(public_id: str) -> DayRow:
    found = queries.day(reading(), the_production().id, public_id)
    return found or abort(404)


def _next_form() -> DaysForm:
    """Return an empty form; after the first days it starts where the last one ended."""
    days = _days()
    if not days:
        return DaysForm()
    last = days[-1]
    call, wrap = last.minutes(the_production().zone)
    data = {"call": call, "wrap": wrap, "unit_base": last.unit_base, "address": last.address}
    return DaysForm(data={**data, "count": 1})


def _say_saved(form: DayForm, count: int) -> None:
    flash(ngettext("%(num)s shoot day saved.", "%(num)s shoot days saved.", count))
    if form.is_past_midnight:
        flash(gettext("Wrap is after midnight, on the next day; it belongs to this shoot day."))
