"""Apply to a role, see what became of it, withdraw."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.blueprints.applications import progress
from marketplace.blueprints.applications.forms import ApplicationForm
from marketplace.blueprints.public import fitting
from marketplace.blueprints.roles.forms import DISCLOSURES
from marketplace.domain.audit.queries import history
from marketplace.domain.booking.queries import agenda
from marketplace.domain.booking.rules import is_possible
from marketplace.domain.booking.services import applying
from marketplace.domain.casting.queries import applications, postings
from marketplace.domain.casting.queries.postings import Posting
from marketplace.domain.casting.services.applications import Withdraw
from marketplace.kernel.errors import DomainError
from marketplace.web.access import Permission, allow, person_id, viewer
from marketplace.web.extensions import clock, reading, transaction

bp = Blueprint("applications", __name__)


@bp.get("/roles/<role>/apply")
@allow(Permission.SIGNED_IN)
def new(role: str) -> ResponseReturnValue:
    """Ask which dates, with how each fits; say what is missing to somebody without a profile."""
    found = _posting(role)
    if viewer().person_id is None:
        return render_template("applications/_profile_first.html", role=found)
    sent = applications.live_for(reading(), person_id(), found.id)
    if sent is not None:
        flash(_("You have applied for this role already."), "info")
        return redirect(url_for("applications.show", application=sent), 303)
    if not found.is_open(clock().now()):
        return redirect(url_for("public.role", role=found.public_id), 303)
    return render_template("applications/new.html", **_form(found))


@bp.post("/roles/<role>/apply")
@allow(Permission.TALENT)
def send(role: str) -> ResponseReturnValue:
    """Send an application, or say on the form why not."""
    page = _form(_posting(role))
    form: ApplicationForm = page["form"]
    if not form.validate():
        return render_template("applications/new.html", **page), 422
    try:
        with transaction() as session:
            made = applying.apply(session, form.to_command(person_id()), clock=clock())
            name = made.public_id
    except DomainError as refusal:
        form.refuse(refusal.message)
        return render_template("applications/new.html", **page), refusal.http_status
    flash(_("Your application is sent."))
    return redirect(url_for("applications.show", application=name), 303)


@bp.get("/me/applications")
@allow(Permission.TALENT)
def index() -> ResponseReturnValue:
    """List my applications by state: what is under way first."""
    found = sorted(applications.mine(reading(), person_id()), key=progress.place)
    groups = [(state, list(rows)) for state, rows in groupby(found, key=lambda row: row.state)]
    return render_template("applications/index.html", groups=groups, words=progress.WORDS)


@bp.get("/me/applications/<application>")
@allow(Permission.TALENT)
def show(application: str) -> ResponseReturnValue:
    """Show the true state of one application, its history, and the way out of it."""
    found = applications.one(reading(), person_id(), application) or abort(404)
    role = _posting(found.role_public_id, now=found.submitted_at)
    acts = history(reading(), [f"application:{found.public_id}"])
    days = agenda.of_application(reading(), found.id)
    return render_template(
        "applications/show.html",
        application=found,
        role=role,
        steps=progress.steps(found, acts),
        acts=progress.written(acts),
        ticked=applications.ticked(reading(), found.id),
        waiting=next((one.offer for one in days if one.offer_state == "sent"), None),
        words=progress.WORDS,
    )


@bp.post("/me/applications/<application>/withdraw")
@allow(Permission.TALENT)
def withdraw(application: str) -> ResponseReturnValue:
    """Take an application back; a second press shows the same."""
    try:
        with transaction() as session:
            applying.withdraw(session, Withdraw(application, person_id()), clock=clock())
    except DomainError as refusal:
        if refusal.http_status == 404:  # noqa: PLR2004 - not there
            abort(404)
        flash(progress.say_refusal(refusal), "warn")
    else:
        flash(_("You have withdrawn. The production is told."))
    return redirect(url_for("applications.show", application=application), 303)


def _posting(role: str, *, now: datetime | None = None) -> Posting:
    """Return a role with its dates to come; with all since an earlier `now`."""
    return postings.posting(reading(), role, now=now or clock().now()) or abort(404)


def _form(role: Posting) -> dict[str, Any]:
    """Return what the page of the form shows."""
    mine = fitting.my_diary()
    fits = fitting.fits_of(mine, role) if mine else {}
    form = ApplicationForm()
    form.ask_about(role, {one for one, fit in fits.items() if is_possible(fit)})
    return {
        "form": form,
        "role": role,
        "fits": fits,
        "fit_words": fitting.WORDS,
        "disclosures": DISCLOSURES,
    }
