"""Letters of the gateways: find one, read it without names, have it looked at again."""

from __future__ import annotations

import json
from typing import Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.blueprints.events.words import OUTCOMES
from marketplace.domain.payments.queries.letters import Wanted, counts, letter, letters
from marketplace.domain.payments.rules.events import Upshot
from marketplace.domain.payments.services.letters import replay_letter
from marketplace.web.access import Permission, allow, viewer
from marketplace.web.extensions import clock, reading, transaction
from marketplace.web.numbers import row_number

bp = Blueprint("events", __name__, url_prefix="/operator/events")

PAGE: Final = 50
LONGEST: Final = 100


@bp.get("")
@allow(Permission.OPERATE)
def index() -> ResponseReturnValue:
    """List the letters that match, the newest first."""
    wanted = _wanted()
    before = request.args.get("before", type=row_number)
    rows = letters(reading(), wanted, before=before, limit=PAGE)
    older = rows[-1].id if len(rows) == PAGE else None
    page = {"rows": rows, "wanted": wanted, "older": older, "words": OUTCOMES}
    return render_template("events/index.html", counts=counts(reading()), **page)


@bp.get("/<event>")
@allow(Permission.OPERATE)
def show(event: str) -> ResponseReturnValue:
    """Show one letter: what it names, what came of it, its body without names."""
    found = letter(reading(), event)
    if found is None:
        abort(404)
    body = json.dumps(found.body, indent=2, ensure_ascii=False, sort_keys=True)
    return render_template("events/show.html", letter=found, body=body, words=OUTCOMES)


@bp.post("/<event>/replay")
@allow(Permission.OPERATE)
def replay(event: str) -> ResponseReturnValue:
    """Have a letter looked at again; what is known already stays as it is."""
    with transaction() as session:
        replay_letter(session, event, actor_id=viewer().user_id, clock=clock())
    flash(_("It is being looked at again."))
    return redirect(url_for("events.show", event=event), 303)


def _wanted() -> Wanted:
    """Return what is asked for; an outcome nobody knows is none."""
    outcome = request.args.get("outcome", "")
    known = outcome if outcome in set(Upshot) else ""
    return Wanted(_typed("type"), _typed("account"), known)


def _typed(name: str) -> str:
    text = request.args.get(name, "")
    return "".join(sign for sign in text if sign.isprintable()).strip()[:LONGEST]
