"""One person of a shoot day: sent home, upgraded, or not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from marketplace.blueprints.timecards import bp
from marketplace.blueprints.timecards.forms import ReasonForm, UpgradeForm, upgrade_form
from marketplace.domain.booking.rules.cancelling import read_policy, sent_home_fee
from marketplace.domain.productions import queries
from marketplace.domain.productions.queries import DayRow
from marketplace.domain.timecards import services
from marketplace.domain.timecards.queries import PersonOfDay, person_of_day
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import DomainError
from marketplace.web.access import Permission, allow, the_production, viewer
from marketplace.web.extensions import clock, reading, transaction

Command_contra = TypeVar("Command_contra", contravariant=True)


class Service(Protocol[Command_contra]):
    """A use case about one person of a day."""

    def __call__(self, session: Session, command: Command_contra, /, *, clock: Clock) -> object:
        """Do it; raises DomainError."""
        ...


@bp.get("/days/<day>/people/<booking>")
@allow(Permission.RUN_DAYS)
def person(day: str, booking: str) -> ResponseReturnValue:
    """Show the terms of one person's day, and what can be noted about it."""
    found = _person(day, booking)
    return _page(day, found, ReasonForm(), upgrade_form(found))


@bp.post("/days/<day>/people/<booking>/sent-home")
@allow(Permission.RUN_DAYS)
def send_home(day: str, booking: str) -> ResponseReturnValue:
    """Note that the person came and was not used."""
    said = gettext("Noted as sent home. Enter when the person came and left.")
    return _note(day, booking, ReasonForm.send_home, services.send_home, said)


@bp.post("/days/<day>/people/<booking>/used")
@allow(Permission.RUN_DAYS)
def take_back(day: str, booking: str) -> ResponseReturnValue:
    """Note that the person was used after all."""
    said = gettext("The day counts as worked.")
    return _note(day, booking, ReasonForm.take_back, services.send_home, said)


@bp.post("/days/<day>/people/<booking>/not-there")
@allow(Permission.RUN_DAYS)
def miss(day: str, booking: str) -> ResponseReturnValue:
    """Note that the person did not come."""
    said = gettext("Noted as not there. The person is told and can object.")
    return _note(day, booking, ReasonForm.miss, services.miss, said)


@bp.post("/days/<day>/people/<booking>/upgrade")
@allow(Permission.RUN_DAYS)
def upgrade(day: str, booking: str) -> ResponseReturnValue:
    """Engage the person for more than was agreed, for the whole day."""
    found = _person(day, booking)
    form = upgrade_form(found)
    if not form.validate():
        return _page(day, found, ReasonForm(formdata=None), form), 422
    command = form.to_command(found.booking_id, the_production().id, viewer().user_id)
    try:
        with transaction() as session:
            services.upgrade(session, command, clock=clock())
    except DomainError as refusal:
        form.refuse(refusal.message)
        return _page(day, found, ReasonForm(formdata=None), form), refusal.http_status
    flash(gettext("Upgraded. The person is told; the new terms price the whole day."))
    return redirect(url_for("timecards.day", day=day), 303)


def _note(
    day: str,
    booking: str,
    command_of: Callable[[ReasonForm, int, int, int], Command_contra],
    service: Service[Command_contra],
    said: str,
) -> ResponseReturnValue:
    """Do one thing about a person with its reason, or say on the page why not."""
    found, form, status = _person(day, booking), ReasonForm(), 422
    if form.validate():
        by_id = viewer().user_id
        command = command_of(form, found.booking_id, the_production().id, by_id)
        try:
            with transaction() as session:
                service(session, command, clock=clock())
            flash(said)
            return redirect(url_for("timecards.day", day=day), 303)
        except DomainError as refusal:
            form.refuse(refusal.message)
            status = refusal.http_status
    return _page(day, found, form, upgrade_form(found)), status


def _day(public_id: str) -> DayRow:
    return queries.day(reading(), the_production().id, public_id) or abort(404)


def _person(day: str, booking: str) -> PersonOfDay:
    found = person_of_day(reading(), the_production().id, _day(day).id, booking)
    return found or abort(404)


def _page(day: str, found: PersonOfDay, form: ReasonForm, upgrading: UpgradeForm) -> str:
    policy = read_policy(found.cancellation_policy)
    return render_template(
        "timecards/person.html",
        shoot_day=_day(day),
        found=found,
        form=form if form.errors else upgrading,
        reason=form,
        upgrading=upgrading,
        policy=policy,
        least=sent_home_fee(policy).of(found.rate),
        now=clock().now(),
    )
