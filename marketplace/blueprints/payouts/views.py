"""A talent's account at the gateway that pays them: set it up there, and see how far it is."""

from __future__ import annotations

from urllib.parse import unquote

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from marketplace.domain.payments.jobs import payees
from marketplace.domain.payments.jobs.payees import SetUp
from marketplace.domain.payments.queries import payee_accounts as queries
from marketplace.domain.payments.queries.payee_accounts import AccountRow
from marketplace.domain.payments.rules.gateways import PayeeState, name_of
from marketplace.domain.people.queries import payee as payee_of
from marketplace.domain.people.queries import zone_of
from marketplace.kernel.errors import DomainError, NotFoundError
from marketplace.web.access import Permission, allow, person_id
from marketplace.web.extensions import outside, reading, transaction
from marketplace.web.headers import let_forms_lead_to_gateway
from marketplace.web.presentation import sentence

bp = Blueprint("payouts", __name__, url_prefix="/me/payouts")


@bp.get("")
@allow(Permission.TALENT)
def show() -> ResponseReturnValue:
    """Show how far the reader's account is, and the one thing to do next."""
    row = own_account()
    let_forms_lead_to_gateway()
    return render_template(
        "payouts/show.html",
        account=row,
        gateway=name_of(row.gateway) if row else "",
        payee=payee_of(reading(), person_id(), outside().vault),
        zone=zone_of(reading(), current_user.user_id),
        waiting=queries.waiting(reading(), person_id(), row.gateway) if row else [],
    )


@bp.post("")
@allow(Permission.TALENT)
def set_up() -> ResponseReturnValue:
    """Lead to the gateway's own pages, by a link made for this click."""
    return _to_the_gateway()


@bp.get("/<payee>/again")
@allow(Permission.TALENT)
def again(payee: str) -> ResponseReturnValue:
    """Make a new link for one that was used or is too old; only for whose account it is."""
    row = own_account()
    if row is None or row.name != payee:
        abort(404)
    return _to_the_gateway()


@bp.post("/<payee>/check")
@allow(Permission.TALENT)
def check(payee: str) -> ResponseReturnValue:
    """Ask the gateway now."""
    try:
        state = payees.check_own(transaction, person_id(), payee, till=outside().till)
    except NotFoundError:
        abort(404)
    except DomainError as refusal:
        flash(sentence(refusal.message), "warn")
    else:
        is_ready = state is PayeeState.READY
        flash(gettext("Your payouts are set up.") if is_ready else gettext("Checked just now."))
    return redirect(url_for("payouts.show"), 303)


def own_account() -> AccountRow | None:
    """Return the reader's account, or where they need one; None when nobody keeps one for them."""
    session, mine = reading(), person_id()
    found = outside().till.desk_for(queries.country_of(session, mine))
    names = [found.name] if found else queries.account_gateways(session, mine)
    return queries.payee_account(session, mine, names[0]) if names else None


def _to_the_gateway() -> ResponseReturnValue:
    command = SetUp(
        person_id(),
        return_url=url_for("payouts.show", _external=True),
        refresh_url=unquote(url_for("payouts.again", payee="{account}", _external=True)),
    )
    try:
        return redirect(payees.set_up(transaction, command, till=outside().till), 303)
    except DomainError as refusal:
        flash(sentence(refusal.message), "bad")
        return redirect(url_for("payouts.show"), 303)
