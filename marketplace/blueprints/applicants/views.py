"""The applicants of a role: look, choose, offer, withdraw, cancel."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from marketplace.blueprints.applicants import pages
from marketplace.blueprints.applicants.forms import (
    CancelForm,
    OfferForm,
    SelectionForm,
    offer_form,
)
from marketplace.domain.booking import services
from marketplace.domain.booking.queries.applicants import (
    Applicant,
    HeldBooking,
    held_booking,
    offer_id_of,
)
from marketplace.domain.booking.services import WithdrawOffer, fees_of
from marketplace.domain.casting.queries.roles import RoleRow
from marketplace.domain.casting.services import selects
from marketplace.domain.casting.services.selects import Selected
from marketplace.domain.timecards.services import cancel as cancel_booking
from marketplace.kernel.errors import DomainError
from marketplace.web.access import Permission, allow, the_production, viewer
from marketplace.web.extensions import clock, reading, transaction
from marketplace.web.presentation import money, sentence
from marketplace.web.redirects import safe_path

bp = Blueprint("applicants", __name__, url_prefix="/p/<production>/roles/<role>/applicants")


@bp.get("")
@allow(Permission.CAST)
def index(role: str) -> ResponseReturnValue:
    """List who applied; looking at the list tells nobody anything."""
    listing = pages.listing(pages.the_role(role))
    return render_template("applicants/index.html", listing=listing, form=SelectionForm())


@bp.post("")
@allow(Permission.CAST)
def select(role: str) -> ResponseReturnValue:
    """Shortlist, pass or mark as viewed: one applicant, the ticked ones, or all new ones."""
    found, form = pages.the_role(role), SelectionForm()
    command = form.to_command(found.id, viewer().user_id)
    if not form.validate() or (command is None and not form.is_view_all):
        abort(400)
    with transaction() as session:
        if command is None:
            done = selects.view_all(session, found.id, viewer().user_id, clock=clock())
        else:
            done = selects.select(session, command, clock=clock())
    _say_selected(done)
    return redirect(_list_address(role), 303)


@bp.get("/<application>/offer")
@allow(Permission.CAST)
def offer(role: str, application: str) -> ResponseReturnValue:
    """Show the offer form: dates, deadline, note and what it costs."""
    found = pages.the_role(role)
    applicant = pages.the_applicant(found, application)
    form = offer_form(applicant, the_production().zone, clock().now())
    return _offer_page(found, applicant, form), 200


@bp.post("/<application>/offer/price")
@allow(Permission.CAST)
def price(role: str, application: str) -> ResponseReturnValue:
    """Show the offer form again with the cost of the ticked dates; nothing is sent."""
    found = pages.the_role(role)
    applicant = pages.the_applicant(found, application)
    form = offer_form(applicant, the_production().zone, clock().now())
    return _offer_page(found, applicant, form), 200


@bp.post("/<application>/offer")
@allow(Permission.CAST)
def send(role: str, application: str) -> ResponseReturnValue:
    """Send the offer, or say on the form why not."""
    found, status = pages.the_role(role), 422
    applicant = pages.the_applicant(found, application)
    form = offer_form(applicant, the_production().zone, clock().now())
    if form.validate():
        zone, by_id = the_production().zone, viewer().user_id
        try:
            with transaction() as session:
                command = form.to_command(found.id, applicant, by_id, zone)
                services.send_offer(session, command, clock=clock())
            return _sent(found, applicant, len(form.dates.data))
        except DomainError as refusal:
            form.refuse(refusal.message)
            status = refusal.http_status
    return _offer_page(found, applicant, form), status


@bp.post("/<application>/offers/<offer>/withdraw")
@allow(Permission.CAST)
def withdraw(role: str, application: str, offer: str) -> ResponseReturnValue:
    """Take back an offer that was not answered."""
    offer_id = offer_id_of(reading(), pages.the_role(role).id, offer) or abort(404)
    command = WithdrawOffer(offer_id, the_production().id, viewer().user_id)
    try:
        with transaction() as session:
            services.withdraw_offer(session, command, clock=clock())
        flash(gettext("Offer withdrawn. The person is told."))
    except DomainError as refusal:
        flash(sentence(refusal.message), "bad")
    return redirect(_panel(role, application), 303)


@bp.get("/<application>/bookings/<booking>/cancel")
@allow(Permission.CAST)
def cancellation(role: str, application: str, booking: str) -> ResponseReturnValue:
    """Ask for the reason before a booking is cancelled."""
    found = pages.the_role(role)
    held = _booking(found, booking)
    return _cancel_page(found, application, held, CancelForm()), 200


@bp.post("/<application>/bookings/<booking>/cancel")
@allow(Permission.CAST)
def cancel(role: str, application: str, booking: str) -> ResponseReturnValue:
    """Cancel a booking; the next standby who is free gets the place."""
    found, form, status = pages.the_role(role), CancelForm(), 422
    held = _booking(found, booking)
    if form.validate():
        command = form.to_command(held.id, the_production().id, viewer().user_id)
        try:
            with transaction() as session:
                cancel_booking(session, command, clock=clock())
            flash(gettext("Cancelled. The person is told, with the reason."))
            return redirect(_panel(role, application), 303)
        except DomainError as refusal:
            form.refuse(refusal.message)
            status = refusal.http_status
    return _cancel_page(found, application, held, form), status


def _booking(role: RoleRow, public_id: str) -> HeldBooking:
    found = held_booking(reading(), role.id, public_id)
    if found is None:
        abort(404)
    return found


def _offer_page(role: RoleRow, applicant: Applicant, form: OfferForm) -> str:
    return render_template("applicants/offer.html", role=role, form=form, applicant=applicant)


def _cancel_page(role: RoleRow, application: str, held: HeldBooking, form: CancelForm) -> str:
    return render_template(
        "applicants/cancel.html",
        role=role,
        form=form,
        applicant=pages.the_applicant(role, application),
        held=held,
        fees=fees_of(reading(), held.id, clock().now()),
    )


def _sent(role: RoleRow, applicant: Applicant, dates: int) -> ResponseReturnValue:
    said = ngettext(
        "Offer sent: %(name)s, %(num)s day, %(total)s.",
        "Offer sent: %(name)s, %(num)s days, %(total)s.",
        dates,
        name=applicant.row.name,
        total=money(role.day_rate.times(dates)),
    )
    flash(said)
    return redirect(_panel(role.public_id, applicant.row.public_id), 303)


def _say_selected(done: Selected) -> None:
    flash(ngettext("%(num)s applicant updated.", "%(num)s applicants updated.", done.moved))
    if done.left:
        flash(
            ngettext(
                "%(num)s applicant had moved on meanwhile and was left as they are.",
                "%(num)s applicants had moved on meanwhile and were left as they are.",
                done.left,
            ),
            "warn",
        )


def _list_address(role: str) -> str:
    return safe_path(request.referrer, url_for("applicants.index", role=role))


def _panel(role: str, application: str) -> str:
    return url_for("applicants.index", role=role, a=application, _anchor="applicant")
