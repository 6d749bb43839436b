"""What casting meets when it opens an application that was withdrawn meanwhile."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.blueprints.applicants import pages
from marketplace.blueprints.asking import bp
from marketplace.domain.booking.services.inviting import AskBack, ask_back
from marketplace.domain.casting.queries.applicants import WithdrawnRow, withdrawn
from marketplace.domain.casting.queries.roles import RoleRow
from marketplace.kernel.errors import DomainError
from marketplace.web.access import Permission, allow, the_production, viewer
from marketplace.web.extensions import clock, reading, transaction
from marketplace.web.presentation import sentence


@bp.get("/withdrawn/<application>")
@allow(Permission.CAST)
def gone(role: str, application: str) -> ResponseReturnValue:
    """Say when somebody withdrew, and that nothing was sent."""
    found = pages.the_role(role)
    return render_template("asking/gone.html", role=found, row=_row(found, application))


@bp.post("/withdrawn/<application>")
@allow(Permission.CAST)
def ask_again(role: str, application: str) -> ResponseReturnValue:
    """Ask the person whether they would apply again, once."""
    row = _row(pages.the_role(role), application)
    command = AskBack(row.application_id, the_production().id, viewer().user_id)
    try:
        with transaction() as session:
            is_new = ask_back(session, command, clock=clock())
        said = gettext("%(name)s is asked to apply again.", name=row.name)
        flash(said if is_new else gettext("%(name)s was asked before.", name=row.name))
    except DomainError as error:
        flash(sentence(error.message), "bad")
    return redirect(url_for("asking.gone", role=role, application=application), 303)


def _row(role: RoleRow, application: str) -> WithdrawnRow:
    return withdrawn(reading(), role.id, application) or abort(404)
