"""Companies, their people and their productions."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.blueprints.companies.forms import CompanyForm, InviteForm, NewCompanyForm
from marketplace.domain.accounts import queries
from marketplace.domain.accounts.rules import ROLE_WORDS, CompanyRole
from marketplace.domain.accounts.services import companies as services
from marketplace.domain.casting.queries.shows import shows_of
from marketplace.domain.reports.queries import production_choices
from marketplace.kernel.errors import DomainError
from marketplace.web.access import Permission, allow, the_company, viewer
from marketplace.web.extensions import clock, reading, transaction

bp = Blueprint("companies", __name__)

LINK = "join_link"


@bp.get("/companies/new")
@allow(Permission.SIGNED_IN)
def new() -> ResponseReturnValue:
    """Ask for the name of a company to start."""
    return render_template("companies/new.html", form=NewCompanyForm(formdata=None))


@bp.post("/companies/new")
@allow(Permission.SIGNED_IN)
def create() -> ResponseReturnValue:
    """Start a company; the reader becomes its owner."""
    form, user_id = NewCompanyForm(), current_user.user_id
    if not form.validate():
        return render_template("companies/new.html", form=form), 422
    with transaction() as session:
        company = services.open_company(session, form.to_command(user_id), clock=clock())
    return redirect(url_for("companies.home", company=company), 303)


@bp.get("/c/<company>")
@allow(Permission.SEE_COMPANY, by_production=True)
def home() -> ResponseReturnValue:
    """Show the company's productions."""
    shows = shows_of(reading(), the_company().id, clock().now(), viewer().within)
    return render_template("companies/home.html", shows=shows)


@bp.get("/c/<company>/edit")
@allow(Permission.MANAGE_COMPANY)
def edit() -> ResponseReturnValue:
    """Show what pay slips say about the company."""
    known = queries.company(reading(), the_company().id)
    return render_template("companies/edit.html", form=CompanyForm(formdata=None, obj=known))


@bp.post("/c/<company>/edit")
@allow(Permission.MANAGE_COMPANY)
def keep() -> ResponseReturnValue:
    """Keep what pay slips say about the company."""
    form, company, user_id = CompanyForm(), the_company(), current_user.user_id
    if not form.validate():
        return render_template("companies/edit.html", form=form), 422
    with transaction() as session:
        services.edit_company(session, form.to_command(company.id, user_id), clock=clock())
    flash(_("Saved."))
    return redirect(url_for("companies.members"), 303)


@bp.get("/c/<company>/members")
@allow(Permission.MANAGE_COMPANY)
def members() -> ResponseReturnValue:
    """Show who works for the company and who is invited."""
    return _members_page(InviteForm(formdata=None), 200, cookie.pop(LINK, ""))


def _members_page(form: InviteForm, status: int, link: str = "") -> ResponseReturnValue:
    company, now = the_company(), clock().now()
    page = render_template(
        "companies/members.html",
        form=form,
        productions=production_choices(reading(), company.id),
        members=queries.members_of(reading(), company.id, current_user.user_id),
        invitations=queries.invitations_of(reading(), company.id, now),
        roles=ROLE_WORDS,
        join_link=link,
    )
    return page, status


@bp.post("/c/<company>/members")
@allow(Permission.MANAGE_COMPANY)
def invite() -> ResponseReturnValue:
    """Ask somebody to join, by mail and by a link that is shown once."""
    form, company, user_id = InviteForm(), the_company(), current_user.user_id
    if not form.validate():
        return _members_page(form, 422)
    try:
        with transaction() as session:
            command = form.to_command(company.id, user_id, _chosen())
            token = services.invite(session, command, clock=clock())
    except DomainError as refusal:
        form.refuse(refusal.message)
        return _members_page(form, refusal.http_status)
    cookie[LINK] = url_for("auth.join", token=token, _external=True)
    return redirect(url_for("companies.members"), 303)


@bp.post("/c/<company>/members/<member>")
@allow(Permission.MANAGE_COMPANY)
def change(member: str) -> ResponseReturnValue:
    """Give a member another role, or end the membership."""
    chosen = request.form.get("role", "")
    if chosen not in {*CompanyRole, "end"}:
        abort(400)
    role = None if chosen == "end" else CompanyRole(chosen)
    who = the_company().id, current_user.user_id
    return _answer(services.ChangeMember(*who, member, role, _chosen()))


def _chosen() -> tuple[int, ...] | None:
    """Return the productions that were ticked, of this company alone; None when all are meant."""
    if request.form.get("sees", "all") == "all":
        return None
    choices = production_choices(reading(), the_company().id)
    ticked = request.form.getlist("production")
    return tuple(one.id for one in choices if one.public_id in ticked)


def _answer(command: services.ChangeMember) -> ResponseReturnValue:
    user_id, company = current_user.user_id, the_company().public_id
    try:
        with transaction() as session:
            services.change_member(session, command, clock=clock())
    except DomainError as refusal:
        form = InviteForm(formdata=None)
        form.refuse(refusal.message)
        return _members_page(form, refusal.http_status)
    flash(_("Saved."))
    places = queries.workplaces(reading(), user_id)
    is_owner = any(one.public_id == company and one.role == CompanyRole.OWNER for one in places)
    return redirect(url_for("companies.members" if is_owner else "settings.account"), 303)


@bp.post("/c/<company>/invitations/cancel")
@allow(Permission.MANAGE_COMPANY)
def cancel_invitation() -> ResponseReturnValue:
    """Take an open invitation back."""
    handle, company_id, by_id = request.form["invitation"], the_company().id, current_user.user_id
    with transaction() as session:
        services.cancel_invitation(session, company_id, handle, by_id, clock=clock())
    flash(_("The invitation is taken back."))
    return redirect(url_for("companies.members"), 303)
