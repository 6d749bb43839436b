"""Replace a person from a day on: what each date pays, who is asked next, one button."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import DateTimeLocalField, SelectField, TextAreaField
from wtforms.validators import Length

from marketplace.blueprints.applicants import pages
from marketplace.domain.booking.queries.applicants import Applicant
from marketplace.domain.booking.services.replacing import (
    NextPerson,
    Remaining,
    ReplacePerson,
    digest,
    remaining,
)
from marketplace.domain.casting.queries.roles import RoleRow
from marketplace.domain.timecards.services.called_off import replace_person
from marketplace.kernel.errors import DomainError
from marketplace.kernel.zones import local
from marketplace.web.access import Permission, allow, the_production, viewer
from marketplace.web.extensions import clock, reading, transaction
from marketplace.web.forms import PageForm, Required, wall_instant
from marketplace.web.presentation import day

bp = Blueprint("recasting", __name__, url_prefix="/p/<production>/roles/<role>/applicants")
NOBODY: Final = ""


class ReplaceForm(PageForm):
    """From when on, why, and who is asked to take the places."""

    first = SelectField(lazy_gettext("From"))
    reason = TextAreaField(
        lazy_gettext("Reason"),
        [Required(lazy_gettext("Say why.")), Length(max=500)],
        description=lazy_gettext("The person reads this."),
    )
    successor = SelectField(lazy_gettext("Offer the places to"))
    expires = DateTimeLocalField(
        lazy_gettext("Answer by"),
        [Required(lazy_gettext("Say until when the offer stands."))],
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )


@bp.get("/<application>/replace")
@allow(Permission.CAST)
def show(role: str, application: str) -> ResponseReturnValue:
    """Show the dates that are left, and what each pays."""
    found = pages.the_role(role)
    applicant = pages.the_applicant(found, application)
    return _page(found, applicant, _form(found, applicant)), 200


@bp.post("/<application>/replace")
@allow(Permission.CAST)
def replace(role: str, application: str) -> ResponseReturnValue:
    """Replace the person as it was shown, or show anew what that means."""
    found, status = pages.the_role(role), 422
    applicant = pages.the_applicant(found, application)
    form = _form(found, applicant)
    if form.validate():
        try:
            with transaction() as session:
                replace_person(session, _command(found, applicant, form), clock=clock())
            flash(gettext("Replaced. Both people are told."))
            return redirect(url_for("applicants.index", role=role, a=application), 303)
        except DomainError as refusal:
            form.refuse(refusal.message)
            status = refusal.http_status
    return _page(found, applicant, form), status


def _form(role: RoleRow, applicant: Applicant) -> ReplaceForm:
    zone, now = the_production().zone, clock().now()
    dates = _left(role, applicant, date.min)
    wanted = request.args.get("first", "")
    shown = [one.shoot_date.isoformat() for one in dates]
    usual = local(now + timedelta(hours=24), zone).replace(minute=0, second=0, microsecond=0)
    first = wanted if wanted in shown else next(iter(shown), "")
    form = ReplaceForm(data={"first": first, "expires": usual.replace(tzinfo=None)})
    form.first.choices = [(one.shoot_date.isoformat(), day(one.shoot_date)) for one in dates]
    form.successor.choices = [
        (NOBODY, gettext("Nobody yet: the places are open")),
        *((one.row.public_id, one.row.name) for one in _others(role, applicant)),
    ]
    return form


def _others(role: RoleRow, applicant: Applicant) -> list[Applicant]:
    """Return the applicants who may be asked: not this one, not turned down, free on a date."""
    everyone = pages.everyone(role)
    return [
        one for one in everyone if one.row.person_id != applicant.row.person_id and one.offerable
    ]


def _left(role: RoleRow, applicant: Applicant, first: date) -> list[Remaining]:
    return remaining(reading(), role.id, applicant.row.person_id, first, clock().now())


def _first(form: ReplaceForm) -> date:
    try:
        return date.fromisoformat(str(form.first.data))
    except ValueError:
        return date.max


def _command(role: RoleRow, applicant: Applicant, form: ReplaceForm) -> ReplacePerson:
    after = None
    if form.successor.data:
        other = pages.the_applicant(role, form.successor.data)
        until: datetime = wall_instant(form.expires.data, the_production().zone)
        after = NextPerson(other.row.person_id, other.row.application_id, until)
    return ReplacePerson(
        production_id=the_production().id,
        role_id=role.id,
        person_id=applicant.row.person_id,
        from_date=_first(form),
        reason=str(form.reason.data or "").strip(),
        seen=request.form.get("seen", ""),
        by_id=viewer().user_id,
        next_person=after,
    )


def _page(role: RoleRow, applicant: Applicant, form: ReplaceForm) -> str:
    dates = _left(role, applicant, _first(form))
    return render_template(
        "recasting/show.html",
        role=role,
        applicant=applicant,
        form=form,
        dates=dates,
        seen=digest(dates),
    )
