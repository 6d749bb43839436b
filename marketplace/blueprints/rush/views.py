"""Rush call: who is free and rested, how long they have, and one button."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext, ngettext
from wtforms import SelectMultipleField
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.blueprints.applicants import pages
from marketplace.domain.booking.services.rush import (
    LONGEST,
    SHORTEST,
    Free,
    RushCall,
    call,
    candidates,
    open_places,
)
from marketplace.domain.casting.queries.roles import RoleRow
from marketplace.domain.productions import queries
from marketplace.domain.productions.queries import DayRow
from marketplace.kernel.errors import DomainError
from marketplace.web.access import Permission, allow, the_production, viewer
from marketplace.web.extensions import clock, reading, transaction
from marketplace.web.forms import Between, PageForm, Required, WholeField

bp = Blueprint("rush", __name__, url_prefix="/p/<production>/days/<day>/rush")
USUAL: Final = 30


class RushForm(PageForm):
    """Who is asked, and for how long."""

    people = SelectMultipleField(
        lazy_gettext("People"),
        coerce=int,
        validators=[Required(lazy_gettext("Tick at least one person.")), Length(max=500)],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    minutes = WholeField(
        lazy_gettext("Minutes to answer"),
        [
            Required(lazy_gettext("Say how long they have.")),
            Between(SHORTEST, LONGEST, lazy_gettext("Enter a number from 5 to 240.")),
        ],
        default=USUAL,
    )


@bp.get("/<role>")
@allow(Permission.CAST)
def show(day: str, role: str) -> ResponseReturnValue:
    """Show who could come, best first."""
    found, wanted = _day(day), pages.the_role(role)
    free = candidates(reading(), wanted.id, found.id)
    return _page(found, wanted, free, _form(free)), 200


@bp.post("/<role>")
@allow(Permission.CAST)
def send(day: str, role: str) -> ResponseReturnValue:
    """Ask the ticked people; the first to answer has the place."""
    found, wanted, status = _day(day), pages.the_role(role), 422
    free = candidates(reading(), wanted.id, found.id)
    form = _form(free)
    if form.validate():
        try:
            with transaction() as session:
                sent = call(session, _asked(found, wanted, form), clock=clock())
            _say_sent(len(sent))
            return redirect(url_for("days.show", day=day), 303)
        except DomainError as refusal:
            form.refuse(refusal.message)
            status = refusal.http_status
    return _page(found, wanted, free, form), status


def _day(public_id: str) -> DayRow:
    return queries.day(reading(), the_production().id, public_id) or abort(404)


def _form(free: list[Free]) -> RushForm:
    form = RushForm()
    form.people.choices = [(one.person_id, one.name) for one in free]
    return form


def _asked(day: DayRow, role: RoleRow, form: RushForm) -> RushCall:
    where = the_production().id, role.id, day.id
    return RushCall(*where, tuple(form.people.data), form.minutes.data, viewer().user_id)


def _page(day: DayRow, role: RoleRow, free: list[Free], form: RushForm) -> str:
    left = {one.role_public_id: one.left for one in open_places(reading(), day.id)}
    return render_template(
        "rush/show.html",
        shoot_day=day,
        role=role,
        free=free,
        form=form,
        left=left.get(role.public_id, 0),
        is_over=not day.is_planned or day.call_at <= clock().now(),
    )


def _say_sent(count: int) -> None:
    flash(
        ngettext(
            "%(num)s person is asked. Whoever answers first has the place.",
            "%(num)s people are asked. Whoever answers first has the place.",
            count,
        ),
    )
