"""The breakdown: write, publish, close, cut and copy roles."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from marketplace.blueprints.roles.forms import DISCLOSURES, KINDS, RoleForm, edit_form, role_form
from marketplace.blueprints.roles.grid import grid_of
from marketplace.blueprints.roles.pricing import Pricing, of_form, of_role
from marketplace.domain.booking.services import breakdown, edit_role
from marketplace.domain.casting.queries import roles as queries
from marketplace.domain.casting.queries.roles import RoleRow
from marketplace.domain.casting.services import roles as services
from marketplace.domain.casting.services.roles import CreateRole, EditRole, RoleAct
from marketplace.domain.productions.queries import DayRow, days
from marketplace.kernel.errors import DomainError
from marketplace.web.access import Permission, allow, the_production, viewer
from marketplace.web.extensions import clock, reading, transaction

bp = Blueprint("roles", __name__, url_prefix="/p/<production>/roles")


@bp.get("")
@allow(Permission.SEE_COMPANY)
def index() -> ResponseReturnValue:
    """Show the breakdown as a grid of roles and shoot days."""
    grid = grid_of(reading(), the_production().id)
    return render_template("roles/index.html", grid=grid, kinds=KINDS)


@bp.get("/new")
@allow(Permission.MANAGE_PRODUCTIONS)
def new() -> ResponseReturnValue:
    """Show the form of a new role."""
    start = {"currency": the_production().currency, "kind": "principal"}
    form = role_form(_days(), the_production().zone, start)
    return render_template("roles/new.html", form=form, pricing=None)


@bp.post("/new")
@allow(Permission.MANAGE_PRODUCTIONS)
def create() -> ResponseReturnValue:
    """Add a role as a draft."""
    form, status = role_form(_days(), the_production().zone), 422
    if form.validate():
        command = CreateRole(the_production().id, viewer().user_id, form.terms())
        try:
            with transaction() as session:
                public_id = services.create(session, command, clock=clock()).public_id
            flash(gettext("Role saved as a draft."))
            return redirect(url_for("roles.edit", role=public_id), 303)
        except DomainError as refusal:
            form.refuse(refusal.message)
            status = refusal.http_status
    return render_template("roles/new.html", form=form, pricing=None), status


@bp.post("/new/price")
@allow(Permission.MANAGE_PRODUCTIONS)
def price() -> ResponseReturnValue:
    """Price the days of a new role as typed; nothing is stored."""
    form = role_form(_days(), the_production().zone)
    pricing = of_form(reading(), the_production().id, form)
    status = 200 if pricing else 422
    return render_template("roles/new.html", form=form, pricing=pricing), status


@bp.post("/<role>/price")
@allow(Permission.MANAGE_PRODUCTIONS)
def price_changed(role: str) -> ResponseReturnValue:
    """Price the days of a role as typed; nothing is stored."""
    found, form = _role(role), role_form(_days(), the_production().zone)
    pricing = of_form(reading(), the_production().id, form)
    return _edit_page(form, found, 200 if pricing else 422, pricing)


@bp.get("/<role>/edit")
@allow(Permission.MANAGE_PRODUCTIONS)
def edit(role: str) -> ResponseReturnValue:
    """Show the form of a role, and what can be done with it."""
    found = _role(role)
    return _edit_page(edit_form(found, _days(), the_production().zone), found, 200)


@bp.post("/<role>/edit")
@allow(Permission.MANAGE_PRODUCTIONS)
def update(role: str) -> ResponseReturnValue:
    """Change a role."""
    found, form, status = _role(role), role_form(_days(), the_production().zone), 422
    if form.validate():
        command = EditRole(found.id, viewer().user_id, form.terms())
        try:
            with transaction() as session:
                edit_role(session, command, clock=clock())
            flash(gettext("Saved."))
            return redirect(url_for("roles.edit", role=role), 303)
        except DomainError as refusal:
            form.refuse(refusal.message)
            status = refusal.http_status
    return _edit_page(form, found, status)


@bp.post("/<role>/duplicate")
@allow(Permission.MANAGE_PRODUCTIONS)
def duplicate(role: str) -> ResponseReturnValue:
    """Copy a role and open the copy."""
    command = RoleAct(_role(role).id, viewer().user_id)
    with transaction() as session:
        public_id = services.duplicate(session, command, clock=clock()).public_id
    flash(gettext("This is the copy, a draft. Change its name."))
    return redirect(url_for("roles.edit", role=public_id), 303)


@bp.post("/<role>/publish")
@allow(Permission.MANAGE_PRODUCTIONS)
def publish(role: str) -> ResponseReturnValue:
    """Open a role to applications."""

    def act(command: RoleAct) -> str:
        with transaction() as session:
            name = services.publish(session, command, clock=clock()).name
        return str(gettext("%(role)s is open: people can apply.", role=name))

    return _carry_out(role, act)


@bp.post("/<role>/close")
@allow(Permission.MANAGE_PRODUCTIONS)
def close(role: str) -> ResponseReturnValue:
    """Take no more applications and tell everyone who waits."""

    def act(command: RoleAct) -> str:
        with transaction() as session:
            return _told(breakdown.close_role(session, command, clock=clock()))

    return _carry_out(role, act)


@bp.post("/<role>/cut")
@allow(Permission.MANAGE_PRODUCTIONS)
def cut(role: str) -> ResponseReturnValue:
    """Take a role out of the show and tell everyone who waits."""

    def act(command: RoleAct) -> str:
        with transaction() as session:
            return _told(breakdown.cut_role(session, command, clock=clock()))

    return _carry_out(role, act)


def _carry_out(public_id: str, act: Callable[[RoleAct], str]) -> ResponseReturnValue:
    """Do one thing with a role; a refusal is shown on the role's own page."""
    found = _role(public_id)
    try:
        flash(act(RoleAct(found.id, viewer().user_id)))
    except DomainError as refusal:
        form = edit_form(found, _days(), the_production().zone)
        form.refuse(refusal.message)
        return _edit_page(form, found, refusal.http_status)
    return redirect(url_for("roles.index"), 303)


def _told(people: int) -> str:
    return str(
        ngettext("Done. %(num)s applicant was told.", "Done. %(num)s applicants were told.", people)
    )


def _edit_page(
    form: RoleForm, role: RoleRow, status: int, pricing: Pricing | None = None
) -> ResponseReturnValue:
    pricing = pricing or of_role(reading(), the_production().id, role)
    words = {"kinds": KINDS, "disclosures": DISCLOSURES, "pricing": pricing}
    return render_template("roles/edit.html", form=form, role=role, **words), status


def _days() -> list[DayRow]:
    return days(reading(), the_production().id)


def _role(public_id: str) -> RoleRow:
    return queries.one(reading(), the_production().id, public_id) or abort(404)
