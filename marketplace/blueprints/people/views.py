"""Find people for a production: search, suggestions for a role, invitations, offers."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.blueprints.applicants.forms import offer_form
from marketplace.blueprints.people import asked, pages
from marketplace.domain.booking import services
from marketplace.domain.casting.services import invitations
from marketplace.domain.casting.services.invitations import InvitePerson
from marketplace.kernel.errors import DomainError, NotFoundError
from marketplace.web.access import Permission, allow, the_production, viewer
from marketplace.web.extensions import clock, transaction
from marketplace.web.presentation import sentence
from marketplace.web.redirects import safe_path

bp = Blueprint("people", __name__, url_prefix="/p/<production>/people")


@bp.get("")
@allow(Permission.CAST)
def index() -> ResponseReturnValue:
    """List the people a search finds, with how each chosen date fits them."""
    return render_template("people/index.html", page=pages.people(asked.read(request.args)))


@bp.get("/for/<role>")
@allow(Permission.CAST)
def suggest(role: str) -> ResponseReturnValue:
    """Open the search with the filters of a role, for people who have not applied for it."""
    wanted = pages.suggested(pages.the_role(role))
    return redirect(url_for("people.index", **wanted.args()))


@bp.post("/<person>/invite/<role>")
@allow(Permission.CAST)
def invite(person: str, role: str) -> ResponseReturnValue:
    """Invite somebody to apply for a role; they are told once."""
    command = InvitePerson(the_production().id, role, person, viewer().user_id)
    try:
        with transaction() as session:
            is_new = invitations.invite(session, command, clock=clock())
        said = gettext("Invited. They are told once.") if is_new else gettext("Invited before.")
        flash(said)
    except NotFoundError:
        abort(404)
    except DomainError as refusal:
        flash(sentence(refusal.message), "bad")
    return redirect(safe_path(request.referrer, url_for("people.index", role=role)), 303)


@bp.get("/<person>/offer/<role>")
@allow(Permission.CAST)
def offer(person: str, role: str) -> ResponseReturnValue:
    """Show the offer form for somebody who did not apply."""
    found, chosen = pages.the_role(role), pages.the_person(person, role)
    form = offer_form(chosen, the_production().zone, clock().now())
    return pages.offer_page(found, chosen, form), 200


@bp.post("/<person>/offer/<role>/price")
@allow(Permission.CAST)
def price(person: str, role: str) -> ResponseReturnValue:
    """Show the offer form again with the cost of the ticked dates; nothing is sent."""
    return offer(person, role)


@bp.post("/<person>/offer/<role>")
@allow(Permission.CAST)
def send(person: str, role: str) -> ResponseReturnValue:
    """Send the offer, or say on the form why not."""
    found, chosen, status = pages.the_role(role), pages.the_person(person, role), 422
    form = offer_form(chosen, the_production().zone, clock().now())
    if form.validate():
        zone, by_id = the_production().zone, viewer().user_id
        try:
            with transaction() as session:
                command = form.to_command(found.id, chosen, by_id, zone)
                services.send_offer(session, command, clock=clock())
            flash(gettext("Offer sent to %(name)s.", name=chosen.row.name))
            return redirect(url_for("people.index", role=role), 303)
        except DomainError as refusal:
            form.refuse(refusal.message)
            status = refusal.http_status
    return pages.offer_page(found, chosen, form), status
