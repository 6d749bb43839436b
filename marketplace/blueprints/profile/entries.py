"""The lists of a profile: reels, credits, kit, certificates. One page each to add or change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.blueprints.profile import bp
from marketplace.blueprints.profile.lists import FORMS, EntryForm
from marketplace.domain.people.queries.whole import WholeProfile, whole
from marketplace.domain.people.services import entries as services
from marketplace.kernel.errors import DomainError
from marketplace.web.access import Permission, allow, person_id
from marketplace.web.extensions import clock, reading, transaction

KIND: Final = "any(reels,credits,kit,certificates):kind"
HOMES: Final = {
    "reels": "profile.work",
    "credits": "profile.work",
    "kit": "profile.crew",
    "certificates": "profile.crew",
}
"""The page each list is on."""

STEPS: Final = {"up": -1, "down": 1}


@bp.get("/work")
@allow(Permission.TALENT)
def work() -> ResponseReturnValue:
    """Show reels and credits."""
    return render_template("profile/work.html", found=whole(reading(), person_id()))


@bp.get(f"/<{KIND}>/new")
@allow(Permission.TALENT)
def new_entry(kind: str) -> ResponseReturnValue:
    """Show the empty form of a list."""
    return _page(kind, FORMS[kind](formdata=None), None), 200


@bp.post(f"/<{KIND}>/new")
@allow(Permission.TALENT)
def add_entry(kind: str) -> ResponseReturnValue:
    """Put something on a list."""
    return _keep(kind, FORMS[kind](), None)


@bp.get(f"/<{KIND}>/<entry>")
@allow(Permission.TALENT)
def entry(kind: str, entry: str) -> ResponseReturnValue:
    """Show the form of something on a list."""
    form = FORMS[kind](formdata=None)
    form.show(_row(kind, entry))
    return _page(kind, form, entry), 200


@bp.post(f"/<{KIND}>/<entry>")
@allow(Permission.TALENT)
def change_entry(kind: str, entry: str) -> ResponseReturnValue:
    """Change something on a list."""
    form = FORMS[kind]()
    form.known = _row(kind, entry)
    return _keep(kind, form, entry)


@bp.post(f"/<{KIND}>/<entry>/place")
@allow(Permission.TALENT)
def place_entry(kind: str, entry: str) -> ResponseReturnValue:
    """Move something up or down its list, or take it off, as the pressed button says."""
    do, mine = request.form.get("do", ""), person_id()
    with transaction() as session:
        if do == "remove":
            services.remove_entry(session, mine, kind, entry, clock=clock())
        else:
            move = services.MoveEntry(kind, entry, STEPS.get(do, 0))
            services.move_entry(session, mine, move, clock=clock())
    return redirect(url_for(HOMES[kind], _anchor=kind), 303)


def _keep(kind: str, form: EntryForm, public_id: str | None) -> ResponseReturnValue:
    """Keep what was entered, or show the form again with everything in it."""
    status = 422
    if form.validate():
        try:
            with transaction() as session:
                if public_id is None:
                    services.add_entry(session, person_id(), form.to_command(), clock=clock())
                else:
                    mine = (person_id(), public_id)
                    services.change_entry(session, *mine, form.to_command(), clock=clock())
            flash(gettext("Saved."))
            return redirect(url_for(HOMES[kind], _anchor=kind), 303)
        except DomainError as refusal:
            form.refuse(refusal.message)
            status = refusal.http_status
    return _page(kind, form, public_id), status


def _page(kind: str, form: EntryForm, public_id: str | None) -> str:
    return render_template(
        "profile/entry.html", kind=kind, form=form, public_id=public_id, home=HOMES[kind]
    )


def _row(kind: str, public_id: str) -> object:
    """Return something of the reader's own list; anything else is 404."""
    found: WholeProfile = whole(reading(), person_id())
    rows: Sequence[object] = getattr(found, kind)
    mine = [row for row in rows if getattr(row, "public_id", None) == public_id]
    return mine[0] if mine else abort(404)
