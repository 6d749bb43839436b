"""Figures of the installation, and the rows behind each: public ids, never names or amounts."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.blueprints.operator.words import STATES
from marketplace.domain.payments.rules import PayoutState
from marketplace.domain.payments.services.halts import resume as resume_gateway
from marketplace.domain.reports.queries import operation
from marketplace.domain.tasks import queries as work_queries
from marketplace.domain.tasks import services as tasks
from marketplace.domain.tasks.rules import public_problem
from marketplace.kernel.errors import DomainError
from marketplace.web.access import Permission, allow, viewer
from marketplace.web.extensions import clock, outside, reading, transaction
from marketplace.web.numbers import row_number
from marketplace.web.overview import overview
from marketplace.web.presentation import sentence

bp = Blueprint("operator", __name__, url_prefix="/operator")

LONGEST_WORD: Final = 40


@bp.get("")
@allow(Permission.OPERATE)
def index() -> ResponseReturnValue:
    """Show how everything stands."""
    page = overview(reading(), outside())
    return render_template("operator/index.html", page=page, states=STATES)


@bp.get("/work")
@allow(Permission.OPERATE)
def work() -> ResponseReturnValue:
    """List work that is not done, of one kind or all, or only what was given up."""
    kind = request.args.get("kind", "")[:LONGEST_WORD]
    is_parked = bool(request.args.get("parked"))
    after = request.args.get("after", 0, type=row_number)
    found = work_queries.open_work(reading(), kind, is_parked=is_parked, after=after)
    rows = found[: work_queries.PAGE]
    page = {"rows": rows, "kind": kind, "is_parked": is_parked, "why": public_problem}
    more = rows[-1].id if len(found) > len(rows) else None
    return render_template("operator/work.html", more=more, **page)


@bp.post("/work/again")
@allow(Permission.OPERATE)
def again() -> ResponseReturnValue:
    """Let work that was given up be tried again."""
    task_id = request.form.get("task", 0, type=row_number)
    with transaction() as session:
        is_revived = tasks.revive(session, task_id, now=clock().now())
    if is_revived:
        flash(_("It is tried again."))
    else:
        flash(_("This work is not given up any more."), "warn")
    return redirect(url_for("operator.work", parked=1), 303)


@bp.get("/payouts")
@allow(Permission.OPERATE)
def payouts() -> ResponseReturnValue:
    """List payments that are not done with, in one state or all, for one reason or any."""
    state = request.args.get("state", "")
    code = request.args.get("code", "")[:LONGEST_WORD]
    after = request.args.get("after", 0, type=row_number)
    chosen = [PayoutState(state)] if state in set(STATES) else list(STATES)
    found = operation.payouts(reading(), chosen, code, after)
    rows = found[: operation.PAGE]
    page = {"rows": rows, "state": state, "code": code, "states": STATES}
    more = rows[-1].id if len(found) > len(rows) else None
    return render_template("operator/payouts.html", more=more, **page)


@bp.get("/books")
@allow(Permission.OPERATE)
def checks() -> ResponseReturnValue:
    """Show what the last checks of the books found."""
    return render_template("operator/checks.html", checks=operation.checks(reading()))


@bp.post("/resume")
@allow(Permission.OPERATE)
def resume() -> ResponseReturnValue:
    """Let payments of a stopped gateway be tried now."""
    gateway = request.form.get("gateway", "")[:LONGEST_WORD]
    try:
        with transaction() as session:
            resume_gateway(session, gateway, viewer().user_id, clock=clock())
        flash(_("Payments are tried again now."))
    except DomainError as refusal:
        flash(sentence(refusal.message), "warn")
    return redirect(url_for("operator.index"), 303)
