"""Who asks for my dates: avail checks, first refusals with their ranks, and my other terms."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.blueprints.avail.forms import AnswerForm, CounterForm, counter_form
from marketplace.domain.booking.queries import OfferPage, offer_page
from marketplace.domain.booking.queries.asked import own_checks, own_refusals
from marketplace.domain.booking.services import availability, counters, refusals
from marketplace.domain.booking.services.refusals import ChallengeHolder, GiveBackRefusal
from marketplace.kernel.errors import DomainError
from marketplace.web.access import Permission, allow, person_id
from marketplace.web.extensions import clock, reading, transaction

bp = Blueprint("avail", __name__, url_prefix="/me")


@bp.get("/availability")
@allow(Permission.TALENT)
def index() -> ResponseReturnValue:
    """List what productions ask, and who has the first word about which date."""
    return _page(AnswerForm())


@bp.post("/availability/<check>")
@allow(Permission.TALENT)
def answer(check: str) -> ResponseReturnValue:
    """Say whether one date is free, or say on the page why that is no longer possible."""
    checks = own_checks(reading(), person_id(), clock().now())
    found = next((one.id for one in checks if one.public_id == check), None) or abort(404)
    form = AnswerForm()
    if not form.validate() or not form.is_answered:
        return _page(form), 422
    try:
        with transaction() as session:
            availability.answer(session, form.to_command(found, person_id()), clock=clock())
    except DomainError as refusal:
        form.refuse(refusal.message)
        return _page(form), refusal.http_status
    flash(gettext("The production is told. You can change your answer until you are booked."))
    return redirect(url_for("avail.index"), 303)


@bp.post("/first-refusals/<refusal>/give-back")
@allow(Permission.TALENT)
def give_back(refusal: str) -> ResponseReturnValue:
    """Take a first refusal back; whoever stands behind moves up."""
    command = GiveBackRefusal(_refusal(refusal), person_id())
    try:
        with transaction() as session:
            refusals.give_back(session, command, clock=clock())
    except DomainError as error:
        return _refused(error)
    flash(gettext("You took it back. The production is told."))
    return redirect(url_for("avail.index"), 303)


@bp.post("/first-refusals/<refusal>/challenge")
@allow(Permission.TALENT)
def challenge(refusal: str) -> ResponseReturnValue:
    """Ask the production that comes first to decide."""
    command = ChallengeHolder(_refusal(refusal), person_id())
    try:
        with transaction() as session:
            refusals.challenge_holder(session, command, clock=clock())
    except DomainError as error:
        return _refused(error)
    flash(gettext("They are asked to make an offer in time. You are told what they do."))
    return redirect(url_for("avail.index"), 303)


@bp.get("/offers/<offer>/counter")
@allow(Permission.TALENT)
def terms(offer: str) -> ResponseReturnValue:
    """Show the form that asks for other terms; an offer that has ended shows itself."""
    found = _offer(offer)
    if not found.can_be_countered(clock().now()):
        return redirect(url_for("offers.show", offer=offer), 303)
    return _terms_page(found, counter_form(found))


@bp.post("/offers/<offer>/counter")
@allow(Permission.TALENT)
def counter(offer: str) -> ResponseReturnValue:
    """Ask for other terms, or say on the form why not."""
    found, status = _offer(offer), 422
    form = counter_form(found)
    if form.validate():
        command = form.to_command(found.id, person_id())
        try:
            with transaction() as session:
                counters.counter(session, command, clock=clock())
            flash(gettext("The production is told what you ask for."))
            return redirect(url_for("offers.show", offer=offer), 303)
        except DomainError as refusal:
            form.refuse(refusal.message)
            status = refusal.http_status
    return _terms_page(found, form), status


def _page(form: AnswerForm) -> str:
    return render_template(
        "avail/index.html",
        checks=own_checks(reading(), person_id(), clock().now()),
        refusals=own_refusals(reading(), person_id()),
        form=form,
        now=clock().now(),
    )


def _terms_page(offer: OfferPage, form: CounterForm) -> str:
    return render_template("avail/terms.html", offer=offer, form=form)


def _refused(error: DomainError) -> ResponseReturnValue:
    form = AnswerForm(formdata=None)
    form.refuse(error.message)
    return _page(form), error.http_status


def _refusal(public_id: str) -> int:
    """Return the id of a first refusal on one's own time; anything else is 404."""
    mine = own_refusals(reading(), person_id())
    return next((one.id for one in mine if one.public_id == public_id), None) or abort(404)


def _offer(public_id: str) -> OfferPage:
    return offer_page(reading(), person_id(), public_id) or abort(404)
