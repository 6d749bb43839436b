"""The dates of a role before the offers: who is free, who gave first refusal, who wants more."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from marketplace.blueprints.applicants import pages
from marketplace.blueprints.asking import bp, withdrawn
from marketplace.blueprints.asking.forms import AskForm, ask_form
from marketplace.blueprints.asking.pricing import short_rest_price
from marketplace.domain.booking.queries import applicants as queries
from marketplace.domain.booking.queries.applicants import offer_id_of
from marketplace.domain.booking.queries.asking import Cell, asked_people, refusal_id_of
from marketplace.domain.booking.services import availability, counters, refusals
from marketplace.domain.booking.services.counters import AnswerCounter
from marketplace.domain.booking.services.refusals import ChallengeAhead, ReleaseRefusal
from marketplace.domain.booking.services.reserving import reserve
from marketplace.domain.casting.queries.roles import RoleRow
from marketplace.domain.casting.rules import ENDED
from marketplace.domain.productions.queries import facts
from marketplace.kernel.errors import DomainError
from marketplace.kernel.money import Money
from marketplace.web.access import Permission, allow, the_production, viewer
from marketplace.web.extensions import clock, reading, transaction
from marketplace.web.presentation import sentence

__all__ = ["bp", "withdrawn"]


@bp.get("")
@allow(Permission.CAST)
def index(role: str) -> ResponseReturnValue:
    """Show who was asked about the dates of a role, and what they said."""
    found = pages.the_role(role)
    people = asked_people(reading(), found.id, queries.places_of(reading(), found.id))
    agreement = facts(reading(), the_production().id).agreement

    def price(cell: Cell) -> Money | None:
        zone, rest = the_production().zone, cell.gap.rest
        return short_rest_price(found, agreement, zone, cell.place, rest) if rest else None

    return render_template("asking/index.html", role=found, people=people, price=price)


@bp.post("/choose")
@allow(Permission.CAST)
def choose(role: str) -> ResponseReturnValue:
    """Take the ticked applicants to the form."""
    ticked = request.form.getlist("application")
    return redirect(url_for("asking.new", role=role, a=ticked), 303)


@bp.get("/new")
@allow(Permission.CAST)
def new(role: str) -> ResponseReturnValue:
    """Show the form that asks people about dates."""
    found = pages.the_role(role)
    return _form_page(found, _form(found, request.args.getlist("a")))


@bp.post("/new")
@allow(Permission.CAST)
def ask(role: str) -> ResponseReturnValue:
    """Ask whether people are free, or for first refusal; or say on the form why not."""
    found, status = pages.the_role(role), 422
    form = _form(found, ())
    if form.validate():
        try:
            flash(_refusal(found, form) if form.wants_refusal else _check(found, form))
            return redirect(url_for("asking.index", role=role), 303)
        except DomainError as refusal:
            form.refuse(refusal.message)
            status = refusal.http_status
    return _form_page(found, form), status


@bp.post("/<refusal>/release")
@allow(Permission.CAST)
def release(role: str, refusal: str) -> ResponseReturnValue:
    """Let a first refusal go."""
    command = ReleaseRefusal(_held(role, refusal), the_production().id, viewer().user_id)
    try:
        with transaction() as session:
            refusals.release(session, command, clock=clock())
        flash(gettext("Released. The person is told."))
    except DomainError as error:
        flash(sentence(error.message), "bad")
    return redirect(url_for("asking.index", role=role), 303)


@bp.post("/<refusal>/challenge")
@allow(Permission.CAST)
def challenge(role: str, refusal: str) -> ResponseReturnValue:
    """Ask whoever comes before to decide."""
    command = ChallengeAhead(_held(role, refusal), the_production().id, viewer().user_id)
    try:
        with transaction() as session:
            refusals.challenge_ahead(session, command, clock=clock())
        flash(gettext("Whoever comes before you is asked to decide; you are told."))
    except DomainError as error:
        flash(sentence(error.message), "bad")
    return redirect(url_for("asking.index", role=role), 303)


@bp.post("/offers/<offer>/agree")
@allow(Permission.CAST)
def agree(role: str, offer: str) -> ResponseReturnValue:
    """Make a new offer on the terms the person asked for."""
    try:
        with transaction() as session:
            counters.agree(session, _countered(role, offer), clock=clock())
        flash(gettext("A new offer on these terms was sent."))
    except DomainError as error:
        flash(sentence(error.message), "bad")
    return _back_to_applicant(role)


@bp.post("/offers/<offer>/keep")
@allow(Permission.CAST)
def keep(role: str, offer: str) -> ResponseReturnValue:
    """Keep the terms of the offer; the person is told."""
    try:
        with transaction() as session:
            counters.keep_terms(session, _countered(role, offer), clock=clock())
        flash(gettext("The offer stands as it was. The person is told."))
    except DomainError as error:
        flash(sentence(error.message), "bad")
    return _back_to_applicant(role)


def _form(role: RoleRow, ticked: list[str] | tuple[()]) -> AskForm:
    places = queries.places_of(reading(), role.id)
    everyone = queries.applicants(reading(), role.id, places, clock().now())
    askable = [one for one in everyone if one.row.state not in ENDED]
    return ask_form(askable, places, ticked, the_production().zone, clock().now())


def _form_page(role: RoleRow, form: AskForm) -> str:
    return render_template("asking/new.html", role=role, form=form)


def _check(role: RoleRow, form: AskForm) -> str:
    production = the_production()
    command = form.check(role.id, production.id, viewer().user_id, production.zone)
    with transaction() as session:
        done = availability.ask(session, command, clock=clock())
    said = ngettext("Asked about %(num)s date.", "Asked about %(num)s dates.", done.asked)
    return f"{said} {_left(done.left)}".strip()


def _refusal(role: RoleRow, form: AskForm) -> str:
    production = the_production()
    command = form.refusal(role.id, production.id, viewer().user_id, production.zone)
    with transaction() as session:
        done = reserve(session, command, clock=clock())
        count, left = len(done.made), done.left
    said = ngettext("First refusal of %(num)s date.", "First refusal of %(num)s dates.", count)
    return f"{said} {_left(left)}".strip()


def _left(count: int) -> str:
    if not count:
        return ""
    return str(
        ngettext(
            "%(num)s date was left: asked or booked already, or not free.",
            "%(num)s dates were left: asked or booked already, or not free.",
            count,
        ),
    )


def _held(role: str, refusal: str) -> int:
    return refusal_id_of(reading(), pages.the_role(role).id, refusal) or abort(404)


def _countered(role: str, offer: str) -> AnswerCounter:
    offer_id = offer_id_of(reading(), pages.the_role(role).id, offer) or abort(404)
    return AnswerCounter(offer_id, the_production().id, viewer().user_id)


def _back_to_applicant(role: str) -> ResponseReturnValue:
    chosen = request.form.get("application")
    address = url_for("applicants.index", role=role, a=chosen, _anchor="applicant")
    return redirect(address, 303)
