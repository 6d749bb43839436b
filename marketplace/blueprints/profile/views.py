"""A talent's own profile, and how they are paid."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.blueprints.profile import bp, crew, entries, looks, photos
from marketplace.blueprints.profile.certificates import shown
from marketplace.blueprints.profile.forms import PayeeForm, ProfileForm
from marketplace.domain.payments.queries.payee_accounts import country_of
from marketplace.domain.payments.rules.gateways import name_of
from marketplace.domain.payments.services import keep_payee as keep_details
from marketplace.domain.people import queries, services
from marketplace.kernel.errors import DomainError
from marketplace.web.access import Permission, allow, person_id
from marketplace.web.extensions import clock, outside, reading, transaction
from marketplace.web.proof import prove_again

__all__ = ["bp", "crew", "entries", "looks", "photos"]


@bp.get("")
@allow(Permission.SIGNED_IN)
def edit() -> ResponseReturnValue:
    """Show the profile, or an empty one for somebody who only hired so far."""
    known = queries.profile(reading(), current_user.user_id)
    return _profile_page(ProfileForm(formdata=None, obj=known), 200)


def _profile_page(form: ProfileForm, status: int) -> ResponseReturnValue:
    who = current_user
    payee = queries.payee(reading(), who.person_id, outside().vault) if who.person_id else None
    known = queries.profile(reading(), who.user_id)
    return render_template("profile/edit.html", form=form, known=known, payee=payee), status


@bp.post("")
@allow(Permission.SIGNED_IN)
def keep() -> ResponseReturnValue:
    """Keep the profile."""
    form, user_id = ProfileForm(), current_user.user_id
    if not form.validate():
        return _profile_page(form, 422)
    with transaction() as session:
        services.keep_profile(session, user_id, form.profile(), clock=clock())
    flash(_("Your profile is saved."))
    return redirect(url_for("profile.edit"), 303)


@bp.get("/payee")
@allow(Permission.TALENT)
def payee() -> ResponseReturnValue:
    """Show how the reader is paid; numbers show their last four."""
    known = queries.payee(reading(), person_id(), outside().vault)
    declared = shown(known.certificate, is_state_nonresident=known.is_state_nonresident)
    form = PayeeForm(formdata=None, obj=known, data=declared)
    form.known = known
    return _payee_page(form)


@bp.post("/payee")
@allow(Permission.TALENT)
def keep_payee() -> ResponseReturnValue:
    """Keep how the reader is paid, proved with the password."""
    form, vault, mine = PayeeForm(), outside().vault, person_id()
    form.known = queries.payee(reading(), mine, vault)
    if not form.validate():
        return _payee_page(form), 422
    try:
        prove_again(form.password.data)
        with transaction() as session:
            keep_details(session, form.to_command(mine), vault=vault, clock=clock())
    except DomainError as refusal:
        form.refuse(refusal.message)
        return _payee_page(form), refusal.http_status
    flash(_("Saved. The next payment goes to these details."))
    return redirect(url_for("profile.payee"), 303)


def _payee_page(form: PayeeForm) -> str:
    desk = outside().till.desk_for(country_of(reading(), person_id()))
    gateway = name_of(desk.name) if desk else ""
    return render_template("profile/payee.html", form=form, known=form.known, gateway=gateway)
