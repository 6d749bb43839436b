"""Productions: start, change and publish them; the board."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from marketplace.blueprints.productions.board import board_of
from marketplace.blueprints.productions.forms import ProductionForm, edit_form, new_form
from marketplace.domain.casting.services import publication
from marketplace.domain.casting.services.publication import Published, PublishProduction
from marketplace.domain.productions import queries, services
from marketplace.domain.productions.services import CreateProduction, EditProduction
from marketplace.domain.timecards.services import ask_for_approved
from marketplace.kernel.errors import DomainError
from marketplace.web.access import Permission, allow, the_company, the_production, viewer
from marketplace.web.extensions import clock, reading, transaction

bp = Blueprint("productions", __name__)


@bp.get("/c/<company>/productions/new")
@allow(Permission.MANAGE_PRODUCTIONS)
def new() -> ResponseReturnValue:
    """Show the form of a new production."""
    form = new_form(queries.country_of(reading(), the_company().id))
    return render_template("productions/new.html", form=form)


@bp.post("/c/<company>/productions/new")
@allow(Permission.MANAGE_PRODUCTIONS)
def create() -> ResponseReturnValue:
    """Start a production as a draft; its shoot days come next."""
    form = ProductionForm()
    if not form.validate():
        return render_template("productions/new.html", form=form), 422
    command = CreateProduction(the_company().id, viewer().user_id, form.terms())
    with transaction() as session:
        public_id = services.create(session, command, clock=clock()).public_id
    flash(gettext("Production saved as a draft. Add its shoot days next."))
    return redirect(url_for("days.new", production=public_id), 303)


@bp.get("/p/<production>")
@allow(Permission.SEE_COMPANY)
def board() -> ResponseReturnValue:
    """Show how far a production is and what needs somebody today."""
    found = board_of(reading(), the_production(), clock().now())
    return render_template("productions/board.html", board=found)


@bp.get("/p/<production>/edit")
@allow(Permission.MANAGE_PRODUCTIONS)
def edit() -> ResponseReturnValue:
    """Show the form of a production as it is."""
    facts = queries.facts(reading(), the_production().id)
    return render_template("productions/edit.html", form=edit_form(facts), facts=facts)


@bp.post("/p/<production>/edit")
@allow(Permission.MANAGE_PRODUCTIONS)
def update() -> ResponseReturnValue:
    """Change a production."""
    form = ProductionForm()
    status = 422
    if form.validate():
        command = EditProduction(the_production().id, viewer().user_id, form.terms())
        try:
            with transaction() as session:
                publication.edit_production(session, command, clock=clock())
                ask_for_approved(session, command.production_id, clock=clock())
            flash(gettext("Saved."))
            return redirect(url_for("productions.board"), 303)
        except DomainError as refusal:
            form.refuse(refusal.message)
            status = refusal.http_status
    return _edit_again(form, status)


@bp.post("/p/<production>/publish")
@allow(Permission.MANAGE_PRODUCTIONS)
def publish() -> ResponseReturnValue:
    """Make a production and its complete roles visible, or say on the board what is missing."""
    command = PublishProduction(the_production().id, viewer().user_id)
    try:
        with transaction() as session:
            published = publication.publish_production(session, command, clock=clock())
    except DomainError as refusal:
        found = board_of(reading(), the_production(), clock().now())
        page = render_template("productions/board.html", board=found, refusal=refusal.message)
        return page, refusal.http_status
    _say_published(published)
    return redirect(url_for("productions.board"), 303)


def _edit_again(form: ProductionForm, status: int) -> ResponseReturnValue:
    facts = queries.facts(reading(), the_production().id)
    return render_template("productions/edit.html", form=form, facts=facts), status


def _say_published(published: Published) -> None:
    opened = len(published.opened)
    flash(ngettext("Published with %(num)s role.", "Published with %(num)s roles.", opened))
    for name in published.left:
        flash(gettext("%(role)s stays a draft because it is not complete.", role=name), "warn")
