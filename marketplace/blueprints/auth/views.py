"""Sign up, sign in and out, new passwords, invitations."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.blueprints.auth import forms
from marketplace.domain.accounts import queries
from marketplace.domain.accounts.rules import NOTED_EVERY, ROLE_WORDS
from marketplace.domain.accounts.services import companies, passwords
from marketplace.domain.accounts.services import sign_in as sessions
from marketplace.domain.people import services as people
from marketplace.kernel.errors import DomainError
from marketplace.kernel.sentences import say
from marketplace.web import signed_in
from marketplace.web.access import Permission, allow
from marketplace.web.browsers import address, browser_name
from marketplace.web.extensions import clock, limiter, outside, reading, transaction
from marketplace.web.proof import prove
from marketplace.web.redirects import safe_path

bp = Blueprint("auth", __name__)

SIGN_UPS = "100 per hour"
"""New accounts from one network address; a whole unit base may share one."""


@bp.before_app_request
def note_use() -> None:
    """Write down, once an hour at most, that a session is in use."""
    if request.endpoint in (None, "static") or not current_user.is_authenticated:
        return
    if clock().now() - current_user.last_seen_at >= NOTED_EVERY:
        with transaction() as session:
            sessions.note_use(session, current_user.session_id, clock=clock())


def open_session(user_id: int) -> None:
    """Sign this browser in; whatever session it had before ends."""
    old_token = str(cookie.get("_user_id", ""))
    browser = browser_name(request.user_agent.string)
    with transaction() as session:
        command = sessions.OpenSession(user_id, address(), browser, old_token)
        token = sessions.open_session(session, command, clock=clock())
    signed_in.sign_in(token)


def first_page() -> str:
    """Return where somebody begins who wanted no page: their company, or the roles."""
    if current_user.is_authenticated and current_user.company_public_id:
        return url_for("companies.home", company=current_user.company_public_id)
    return url_for("public.roles")


@bp.get("/sign-in")
@allow(Permission.PUBLIC)
def sign_in() -> ResponseReturnValue:
    """Ask for address and password."""
    form = forms.SignInForm(next=safe_path(request.args.get("next"), ""))
    return _sign_in_page(form, 200)


@bp.post("/sign-in")
@allow(Permission.PUBLIC)
def enter() -> ResponseReturnValue:
    """Sign somebody in, or say why not."""
    form = forms.SignInForm()
    if not form.validate():
        return _sign_in_page(form, 422)
    try:
        open_session(prove(form.email.data, form.password.data))
    except DomainError as refusal:
        form.refuse(refusal.message)
        return _sign_in_page(form, refusal.http_status, refusal)
    return redirect(safe_path(form.next.data, first_page()), 303)


def _sign_in_page(
    form: forms.SignInForm, status: int, refusal: DomainError | None = None
) -> ResponseReturnValue:
    page = render_template(
        "auth/sign_in.html", form=form, demo_logins=_demo_logins(), first_page=first_page()
    )
    if isinstance(refusal, sessions.TooManyTriesError):
        return page, status, {"Retry-After": str(-(-refusal.wait // timedelta(seconds=1)))}
    return page, status


def _demo_logins() -> list[dict[str, Any]]:
    """Return the invented people of the demo: label, email, password."""
    settings = outside().settings
    path = settings.instance / "demo-logins.json"
    if not settings.is_demo or not path.is_file():
        return []
    logins: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return logins


@bp.post("/sign-out")
@allow(Permission.SIGNED_IN)
def sign_out() -> ResponseReturnValue:
    """End this browser's session; a copy of its cookie is worth nothing afterwards."""
    session_id = current_user.session_id
    with transaction() as session:
        sessions.end_session(session, session_id)
    signed_in.sign_out()
    flash(_("You are signed out."))
    return redirect(url_for("auth.sign_in"), 303)


@bp.get("/sign-up")
@allow(Permission.PUBLIC)
def sign_up() -> ResponseReturnValue:
    """Ask somebody who looks for work for what an account needs."""
    form = forms.TalentForm(formdata=None)
    return render_template("auth/sign_up.html", form=form, next=_next())


@bp.post("/sign-up")
@limiter.limit(SIGN_UPS)
@allow(Permission.PUBLIC)
def start_talent() -> ResponseReturnValue:
    """Make an account with a talent profile."""
    form = forms.TalentForm()
    if not form.validate():
        return render_template("auth/sign_up.html", form=form, next=_next()), 422
    account, profile = form.account(outside().passwords), form.profile()
    with transaction() as session:
        user_id = people.sign_up_talent(session, account, profile, clock=clock())
    if user_id is None:
        form.refuse(_KNOWN)
        return render_template("auth/sign_up.html", form=form, next=_next()), 409
    open_session(user_id)
    return redirect(safe_path(_next(), url_for("public.roles")), 303)


@bp.get("/sign-up/hire")
@allow(Permission.PUBLIC)
def hire() -> ResponseReturnValue:
    """Ask somebody who hires for what an account needs."""
    return render_template("auth/hire.html", form=forms.CompanyForm(formdata=None))


@bp.post("/sign-up/hire")
@limiter.limit(SIGN_UPS)
@allow(Permission.PUBLIC)
def start_company() -> ResponseReturnValue:
    """Make an account that owns a new company."""
    form = forms.CompanyForm()
    if not form.validate():
        return render_template("auth/hire.html", form=form), 422
    account, name, country = form.account(outside().passwords), form.company, form.country
    with transaction() as session:
        user_id = companies.sign_up_company(
            session, account, name.data, country.data, clock=clock()
        )
    if user_id is None:
        form.refuse(_KNOWN)
        return render_template("auth/hire.html", form=form), 409
    open_session(user_id)
    return redirect(first_page(), 303)


_KNOWN = say(
    "No account was made with this address. If it is yours, look in your mail, or sign in.",
)


def _next() -> str:
    return safe_path(request.values.get("next"), "")


@bp.get("/forgot")
@allow(Permission.PUBLIC)
def forgot() -> ResponseReturnValue:
    """Ask where to send a link for a new password."""
    return render_template("auth/forgot.html", form=forms.ForgotForm(formdata=None))


@bp.post("/forgot")
@allow(Permission.PUBLIC)
def ask_reset() -> ResponseReturnValue:
    """Send the link; the answer is the same for an unknown address."""
    form = forms.ForgotForm()
    if not form.validate():
        return render_template("auth/forgot.html", form=form), 422
    with transaction() as session:
        passwords.ask_reset(session, form.email.data, clock=clock())
    flash(_("If this address has an account, a link is on its way. It works for 30 minutes."))
    return redirect(url_for("auth.sign_in"), 303)


@bp.get("/reset/<token>")
@allow(Permission.PUBLIC)
def reset(token: str) -> ResponseReturnValue:
    """Ask for a new password; an ended link says how to get a new one."""
    is_open = queries.reset_is_open(reading(), token, clock().now())
    form = forms.ResetForm(formdata=None) if is_open else None
    return render_template("auth/reset.html", form=form, token=token), 200 if is_open else 410


@bp.post("/reset/<token>")
@allow(Permission.PUBLIC)
def set_password(token: str) -> ResponseReturnValue:
    """Set a new password, sign every browser out and this one in."""
    form = forms.ResetForm()
    form.own_words = queries.reset_owner(reading(), token)
    if not form.validate():
        return render_template("auth/reset.html", form=form, token=token), 422
    command = form.to_command(token, outside().passwords)
    try:
        with transaction() as session:
            user_id = passwords.reset(session, command, clock=clock())
    except passwords.LinkEndedError:
        return render_template("auth/reset.html", form=None, token=token), 410
    open_session(user_id)
    flash(_("Your password was changed. All other browsers were signed out."))
    return redirect(first_page(), 303)


@bp.get("/join/<token>")
@allow(Permission.PUBLIC)
def join(token: str) -> ResponseReturnValue:
    """Show an invitation: accept it, or sign in or up first."""
    return _join_page(token, forms.InvitedForm(formdata=None), 200)


def _join_page(token: str, form: forms.InvitedForm, status: int) -> ResponseReturnValue:
    invitation = queries.invited(reading(), token, clock().now())
    is_mine = current_user.is_authenticated and (
        invitation is not None and current_user.email == invitation.email
    )
    page = render_template(
        "auth/join.html",
        form=form,
        invitation=invitation,
        is_mine=is_mine,
        role_words=ROLE_WORDS,
        token=token,
    )
    return page, status if invitation else 410


@bp.post("/join/<token>")
@allow(Permission.SIGNED_IN)
def accept(token: str) -> ResponseReturnValue:
    """Join a company; an ended or foreign invitation says so."""
    form, user_id = forms.InvitedForm(formdata=None), current_user.user_id
    try:
        with transaction() as session:
            company = companies.join(session, user_id, token, clock=clock())
    except DomainError as refusal:
        form.refuse(refusal.message)
        return _join_page(token, form, refusal.http_status)
    return redirect(url_for("companies.home", company=company), 303)


@bp.post("/join/<token>/sign-up")
@limiter.limit(SIGN_UPS)
@allow(Permission.PUBLIC)
def start_invited(token: str) -> ResponseReturnValue:
    """Make an account for the invited address, and join."""
    form = forms.InvitedForm()
    invitation = queries.invited(reading(), token, clock().now()) or abort(410)
    if not form.validate():
        return _join_page(token, form, 422)
    account = form.account(invitation.email, outside().passwords)
    with transaction() as session:
        user_id = companies.sign_up_invited(session, account, token, clock=clock())
    if user_id is None:
        form.refuse(_KNOWN)
        return _join_page(token, form, 409)
    open_session(user_id)
    return redirect(first_page(), 303)
