"""One offer on a phone: terms, dates, answer; and giving a booked date back."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.blueprints.offers.forms import AcceptForm, ReasonForm, accept_form
from marketplace.domain.booking import services
from marketplace.domain.booking.queries import OfferDay, OfferPage, booked_day, offer_page
from marketplace.domain.booking.services import GiveBack
from marketplace.domain.reports.queries.memos import memos_of_offers
from marketplace.kernel.errors import DomainError
from marketplace.web.access import Permission, allow, person_id
from marketplace.web.extensions import clock, outside, reading, transaction

bp = Blueprint("offers", __name__, url_prefix="/me")


@bp.get("/offers/<offer>")
@allow(Permission.TALENT)
def show(offer: str) -> ResponseReturnValue:
    """Show an offer, or what became of it."""
    found = _offer(offer)
    return _offer_page(found, accept_form(found), ReasonForm()), 200


@bp.post("/offers/<offer>/accept")
@allow(Permission.TALENT)
def accept(offer: str) -> ResponseReturnValue:
    """Take the ticked dates, or say on the page why not."""
    found, status = _offer(offer), 422
    form = accept_form(found)
    if form.validate():
        command = form.to_command(found.id, person_id())
        try:
            with transaction() as session:
                services.accept(session, command, clock=clock(), carriers=outside().till.carrier)
            return redirect(url_for("offers.show", offer=offer), 303)
        except DomainError as refusal:
            form.refuse(refusal.message)
            status = refusal.http_status
    return _offer_page(_offer(offer), form, ReasonForm(formdata=None)), status


@bp.post("/offers/<offer>/decline")
@allow(Permission.TALENT)
def decline(offer: str) -> ResponseReturnValue:
    """Decline all dates; a reason is optional."""
    found, form, status = _offer(offer), ReasonForm(), 422
    if form.validate():
        command = form.to_command(found.id, person_id())
        try:
            with transaction() as session:
                services.decline(session, command, clock=clock())
            flash(gettext("You declined the offer. The production is told."))
            return redirect(url_for("offers.show", offer=offer), 303)
        except DomainError as refusal:
            form.refuse(refusal.message)
            status = refusal.http_status
    return _offer_page(_offer(offer), form, form), status


@bp.get("/bookings/<booking>/give-back")
@allow(Permission.TALENT)
def giving_back(booking: str) -> ResponseReturnValue:
    """Ask before a booked date is given back."""
    _, day = _booking(booking)
    return _give_back_page(booking, day, ReasonForm()), 200


@bp.post("/bookings/<booking>/give-back")
@allow(Permission.TALENT)
def give_back(booking: str) -> ResponseReturnValue:
    """Give a date back before its call; the next in line gets the place."""
    (offer, day), form, status = _booking(booking), ReasonForm(), 422
    if form.validate():
        command = GiveBack(day.id, person_id(), form.text())
        try:
            with transaction() as session:
                services.give_back(session, command, clock=clock())
            flash(gettext("You gave the date back. The production is told."))
            return redirect(url_for("offers.show", offer=offer), 303)
        except DomainError as refusal:
            form.refuse(refusal.message)
            status = refusal.http_status
    return _give_back_page(booking, day, form), status


def _offer(public_id: str) -> OfferPage:
    found = offer_page(reading(), person_id(), public_id)
    if found is None:
        abort(404)
    return found


def _booking(public_id: str) -> tuple[str, OfferDay]:
    found = booked_day(reading(), person_id(), public_id)
    if found is None:
        abort(404)
    return found


def _offer_page(offer: OfferPage, form: AcceptForm | ReasonForm, reason: ReasonForm) -> str:
    return render_template(
        "offers/show.html",
        offer=offer,
        carrier=_carrier(offer),
        form=form,
        reason=reason,
        now=clock().now(),
        memo=memos_of_offers(reading(), [offer.public_id]).get(offer.public_id),
    )


def _carrier(offer: OfferPage) -> str:
    """Return who carries the money: as it was chosen, or as it would be chosen now."""
    chosen = next((day.gateway for day in offer.days if day.gateway), "")
    currency = offer.days[0].rate.currency
    return chosen or outside().till.carrier(offer.person_country, currency, offer.pays_by)


def _give_back_page(public_id: str, booked: OfferDay, form: ReasonForm) -> str:
    offer_id, _ = _booking(public_id)
    return render_template(
        "offers/give_back.html",
        offer=_offer(offer_id),
        booked=booked,
        form=form,
    )
