"""A person's own account: name, keys, password, and where they are signed in."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.blueprints.settings.forms import AccountForm, PasswordForm
from marketplace.domain.accounts import queries
from marketplace.domain.accounts.rules import ROLE_WORDS
from marketplace.domain.accounts.services import passwords
from marketplace.domain.accounts.services import sign_in as sessions
from marketplace.domain.accounts.services import sign_up as accounts
from marketplace.domain.people.queries import zone_of
from marketplace.kernel.errors import DomainError
from marketplace.web import signed_in
from marketplace.web.access import Permission, allow
from marketplace.web.extensions import clock, outside, reading, transaction
from marketplace.web.proof import prove_again

bp = Blueprint("settings", __name__, url_prefix="/settings")


@bp.get("")
@allow(Permission.SIGNED_IN)
def account() -> ResponseReturnValue:
    """Show the account."""
    return _account_page(AccountForm(formdata=None, obj=current_user), 200)


def _account_page(form: AccountForm, status: int) -> ResponseReturnValue:
    who = current_user
    page = render_template(
        "settings/account.html",
        form=form,
        sessions=queries.sessions_of(reading(), who.user_id, who.session_id, clock().now()),
        workplaces=queries.workplaces(reading(), who.user_id),
        role_words=ROLE_WORDS,
        zone=zone_of(reading(), who.user_id),
    )
    return page, status


@bp.post("")
@allow(Permission.SIGNED_IN)
def keep() -> ResponseReturnValue:
    """Keep name and keys."""
    form, user_id = AccountForm(), current_user.user_id
    if not form.validate():
        return _account_page(form, 422)
    with transaction() as session:
        accounts.prefer(session, user_id, form.to_command())
    flash(_("Saved."))
    return redirect(url_for("settings.account"), 303)


@bp.get("/password")
@allow(Permission.SIGNED_IN)
def password() -> ResponseReturnValue:
    """Ask for the present password and a new one."""
    return render_template("settings/password.html", form=PasswordForm(formdata=None))


@bp.post("/password")
@allow(Permission.SIGNED_IN)
def change_password() -> ResponseReturnValue:
    """Change the password; every other browser is signed out."""
    form = PasswordForm()
    if not form.validate():
        return render_template("settings/password.html", form=form), 422
    try:
        prove_again(form.old_password.data)
        command = form.to_command(outside().passwords)
        with transaction() as session:
            passwords.change(session, command, clock=clock())
    except DomainError as refusal:
        form.refuse(refusal.message)
        return render_template("settings/password.html", form=form), refusal.http_status
    flash(_("Your password was changed. All other browsers were signed out."))
    return redirect(url_for("settings.account"), 303)


@bp.post("/sessions/end")
@allow(Permission.SIGNED_IN)
def end_session() -> ResponseReturnValue:
    """Sign one of the reader's browsers out."""
    user_id = current_user.user_id
    with transaction() as session:
        sessions.end_session_named(session, user_id, request.form["session"], clock=clock())
    flash(_("That browser is signed out."))
    return redirect(url_for("settings.account"), 303)


@bp.post("/sessions/end-all")
@allow(Permission.SIGNED_IN)
def end_sessions() -> ResponseReturnValue:
    """Sign the reader out everywhere, here too."""
    user_id = current_user.user_id
    with transaction() as session:
        sessions.end_sessions(session, user_id, clock=clock())
    signed_in.sign_out()
    flash(_("You are signed out everywhere."))
    return redirect(url_for("auth.sign_in"), 303)
