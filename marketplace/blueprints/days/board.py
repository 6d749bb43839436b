"""The board of one shoot day: who is called when, and whether everybody has rested."""

from __future__ import annotations

from datetime import datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext, ngettext
from wtforms import TextAreaField
from wtforms.validators import Length

from marketplace.blueprints.days import bp
from marketplace.blueprints.funding.planning import day_cover
from marketplace.domain.booking.queries.asking import asked_on_day
from marketplace.domain.booking.services.calls import MoveCalls, move_calls
from marketplace.domain.booking.services.rush import open_places
from marketplace.domain.people.queries.whole import faces
from marketplace.domain.productions import queries
from marketplace.domain.timecards.queries import DayBoard, day_board
from marketplace.domain.timecards.services import KeepCall, keep_call
from marketplace.kernel import zones
from marketplace.kernel.errors import DomainError
from marketplace.kernel.sentences import say
from marketplace.web.access import Permission, allow, the_production, viewer
from marketplace.web.extensions import clock, reading, transaction
from marketplace.web.forms import PageForm, Required


class KeepForm(PageForm):
    """Why calls stay although somebody rests too little."""

    reason = TextAreaField(
        lazy_gettext("Why the calls stay"),
        [Required(lazy_gettext("Say why the calls stay.")), Length(max=500)],
        description=lazy_gettext("Shown on this day and kept in the record."),
    )


@bp.get("/<day>")
@allow(Permission.SEE_COMPANY)
def show(day: str) -> ResponseReturnValue:
    """Show the board of a day."""
    return _page(_board(day), KeepForm())


@bp.post("/<day>/move")
@allow(Permission.RUN_DAYS)
def move(day: str) -> ResponseReturnValue:
    """Move the calls of those who rest too little to the first call that gives them their rest."""
    board, form = _board(day), KeepForm()
    at = board.first_call
    if at is None or at.isoformat() != request.form.get("call"):
        form.refuse(say("Wraps or calls changed meanwhile; please look at the day again."))
        return _page(board, form), 409
    try:
        with transaction() as session:
            moved = move_calls(session, _moving(board, at), clock=clock())
    except DomainError as refusal:
        form.refuse(refusal.message)
        return _page(_board(day), form), refusal.http_status
    _say_moved(len(moved))
    return redirect(url_for("days.show", day=day), 303)


@bp.post("/<day>/keep")
@allow(Permission.RUN_DAYS)
def keep(day: str) -> ResponseReturnValue:
    """Keep the calls and record why."""
    board, form = _board(day), KeepForm()
    if not form.validate():
        return _page(board, form), 422
    command = KeepCall(board.day.id, the_production().id, viewer().user_id, form.reason.data)
    try:
        with transaction() as session:
            keep_call(session, command, clock=clock())
    except DomainError as refusal:
        form.refuse(refusal.message)
        return _page(_board(day), form), refusal.http_status
    flash(gettext("The calls stay; the reason is on record."))
    return redirect(url_for("days.show", day=day), 303)


def _board(public_id: str) -> DayBoard:
    day = queries.day(reading(), the_production().id, public_id)
    return day_board(reading(), the_production().id, day) if day else abort(404)


def _page(board: DayBoard, form: KeepForm) -> str:
    days = queries.days(reading(), the_production().id)
    zone = the_production().zone
    return render_template(
        "days/show.html",
        board=board,
        days=days,
        form=form,
        now=clock().now(),
        faces=faces(reading(), [row.person_id for row in board.rows]),
        cover=day_cover(board.day.public_id),
        asked=asked_on_day(reading(), the_production().id, board.day.id),
        open_places=open_places(reading(), board.day.id),
        at_minutes=lambda at: zones.clock_minutes(at, board.day.shoot_date, zone),
    )


def _moving(board: DayBoard, at: datetime) -> MoveCalls:
    return MoveCalls(
        production_id=the_production().id,
        shoot_day_id=board.day.id,
        booking_ids=tuple(row.booking_id for row in board.short),
        call_at=at,
        by_id=viewer().user_id,
    )


def _say_moved(count: int) -> None:
    flash(
        ngettext(
            "The call of %(num)s person moved; they have been told.",
            "The calls of %(num)s people moved; each of them has been told.",
            count,
        ),
    )
