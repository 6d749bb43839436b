"""Who carries a company's payments, and which account pays a currency: the owner says it."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.blueprints.bankfiles import bp
from marketplace.blueprints.bankfiles.forms import BankForm
from marketplace.domain.accounts.rules import PaysBy
from marketplace.domain.payments.queries.bank_profiles import Profile, profile_of
from marketplace.domain.payments.services.bank_profiles import (
    KeepProfile,
    choose_payer,
    keep_profile,
)
from marketplace.kernel.errors import DomainError
from marketplace.kernel.money import EXPONENTS
from marketplace.web.access import Permission, allow, the_company, viewer
from marketplace.web.extensions import clock, outside, reading, transaction
from marketplace.web.proof import prove_again


@bp.post("/payer")
@allow(Permission.MANAGE_COMPANY)
def choose() -> ResponseReturnValue:
    """Decide who carries the company's payments from now on."""
    company, user_id = the_company().id, viewer().user_id
    chosen = request.form.get("pays_by", "")
    if chosen not in set(PaysBy):
        abort(400)
    with transaction() as session:
        choose_payer(session, company, PaysBy(chosen), actor_id=user_id, clock=clock())
    flash(_("Saved. Payments that are under way stay where they are."))
    return redirect(url_for("bankfiles.index"), 303)


@bp.get("/banks/<currency>")
@allow(Permission.MANAGE_COMPANY)
def bank(currency: str) -> ResponseReturnValue:
    """Show which account pays a currency; its number is not shown again."""
    return _bank_page(currency, BankForm(currency, _known(currency), formdata=None))


@bp.post("/banks/<currency>")
@allow(Permission.MANAGE_COMPANY)
def keep_bank(currency: str) -> ResponseReturnValue:
    """Keep which account pays a currency, proved with the password."""
    company, user_id, vault = the_company().id, viewer().user_id, outside().vault
    form = BankForm(currency, _known(currency))
    if not form.validate():
        return _bank_page(currency, form), 422
    try:
        prove_again(form.password.data)
        command = KeepProfile(company, user_id, currency, form.profile())
        with transaction() as session:
            keep_profile(session, command, vault=vault, clock=clock())
    except DomainError as refusal:
        form.refuse(refusal.message)
        return _bank_page(currency, form), refusal.http_status
    flash(_("Saved. The next file is paid from this account."))
    return redirect(url_for("bankfiles.index"), 303)


def _known(currency: str) -> Profile | None:
    if currency not in EXPONENTS:
        abort(404)
    return profile_of(reading(), the_company().id, currency, outside().vault)


def _bank_page(currency: str, form: BankForm) -> str:
    return render_template("bankfiles/bank.html", form=form, currency=currency)
