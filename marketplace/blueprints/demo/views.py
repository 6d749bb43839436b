"""What only the demo has: its mail, its gateway's faults, and a clock that can be moved."""

from __future__ import annotations

from itertools import islice
from typing import Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.blueprints.demo.forms import FAULTS, FaultForm, ForwardForm, PayeeStateForm
from marketplace.domain.notices import queries
from marketplace.domain.payments.jobs import payees
from marketplace.domain.payments.ports import Transfer
from marketplace.domain.payments.queries import payee_accounts as queries_of_people
from marketplace.domain.payments.rules.gateways import PayeeState
from marketplace.kernel.sentences import say
from marketplace.outside import Stage
from marketplace.web.access import Permission, allow
from marketplace.web.extensions import outside, reading, transaction
from marketplace.web.numbers import row_number

bp = Blueprint("demo", __name__, url_prefix="/demo")

NEWEST: Final = 50
SANDBOX: Final = "sandbox"


@bp.before_request
def only_in_the_demo() -> None:
    """Hide everything here from an installation that pays real people."""
    stage()


def stage() -> Stage:
    """Return what the demo may move and break."""
    found = outside().stage
    if found is None:
        abort(404)
    return found


@bp.get("/mail")
@allow(Permission.DEMO)
def mail() -> ResponseReturnValue:
    """Show what was mailed to whom, and one letter whole."""
    to_address = request.args.get("to", "").strip().lower()
    before = request.args.get("before", type=row_number)
    rows = queries.newest_mail(reading(), before=before, to_address=to_address, limit=NEWEST)
    chosen = queries.mail_named(reading(), request.args.get("mail", ""))
    letter = outside().compose(chosen) if chosen else None
    older = rows[-1].id if len(rows) == NEWEST else None
    return render_template(
        "demo/mail.html", rows=rows, letter=letter, to_address=to_address, older=older
    )


@bp.get("/gateway")
@allow(Permission.DEMO)
def gateway() -> ResponseReturnValue:
    """Show what the gateway paid, what is wrong with it, and what time it is."""
    return gateway_page(FaultForm(formdata=None), ForwardForm(formdata=None))


@bp.post("/gateway/break")
@allow(Permission.DEMO)
def switch_on() -> ResponseReturnValue:
    """Let something go wrong at the gateway."""
    form = FaultForm()
    if not form.validate():
        return gateway_page(form, ForwardForm(formdata=None)), 422
    stage().switches.switch_on(form.name.data, times=form.count())
    flash(gettext("The gateway is broken as you wished."), "warn")
    return redirect(url_for("demo.gateway"), 303)


@bp.post("/gateway/repair")
@allow(Permission.DEMO)
def switch_off() -> ResponseReturnValue:
    """Let the gateway work again."""
    stage().switches.switch_off()
    flash(gettext("The gateway works again."))
    return redirect(url_for("demo.gateway"), 303)


@bp.post("/gateway/payee")
@allow(Permission.DEMO)
def set_payee() -> ResponseReturnValue:
    """Let the gateway say something else of a payee's account."""
    form = PayeeStateForm()
    person = queries_of_people.payee_named(reading(), form.email.data or "")
    if form.validate() and person is None:
        form.refuse(say("Nobody with this e-mail is paid."))
    if form.errors or person is None:
        return gateway_page(FaultForm(formdata=None), ForwardForm(formdata=None), form), 422
    state = PayeeState(form.state.data)
    stage().switches.set_payee(person.public_id, state, form.needs())
    payees.adopt(transaction, person.id, SANDBOX, person.public_id, till=outside().till)
    flash(gettext("The gateway says so from now on."))
    return redirect(url_for("demo.gateway"), 303)


@bp.post("/forward")
@allow(Permission.DEMO)
def forward() -> ResponseReturnValue:
    """Move the clock; the worker does what becomes due."""
    form = ForwardForm()
    if not form.validate():
        return gateway_page(FaultForm(formdata=None), form), 422
    clock = stage().clock
    clock.move_to(clock.now() + form.to_length())
    flash(gettext("Time has passed. What became due is being done."))
    return redirect(url_for("demo.gateway"), 303)


def gateway_page(
    fault: FaultForm,
    passing: ForwardForm,
    payee: PayeeStateForm | None = None,
) -> str:
    """Return the page of the gateway with its forms."""
    switches = stage().switches
    paid = list(switches.transfers())
    return render_template(
        "demo/gateway.html",
        fault=fault,
        passing=passing,
        payee=payee or PayeeStateForm(formdata=None),
        faults=[(FAULTS[one.name], one.remaining) for one in switches.faults()],
        paid=newest(paid),
        count=len(paid),
        now=outside().clock.now(),
    )


def newest(paid: list[Transfer]) -> list[Transfer]:
    """Return the newest payments, newest first."""
    return list(islice(reversed(paid), NEWEST))
