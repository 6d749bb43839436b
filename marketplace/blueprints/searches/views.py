"""Saved searches of talent, and the page that ends mails about new roles without signing in."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.blueprints.public import search as address
from marketplace.blueprints.public.chips import chips_of
from marketplace.blueprints.public.search import Search
from marketplace.blueprints.searches.forms import LONGEST_NAME, SearchForm
from marketplace.domain.casting.queries.searches import search_of, searches_of
from marketplace.domain.casting.rules import CADENCE_WORDS
from marketplace.domain.casting.services import searches as services
from marketplace.kernel.errors import DomainError, NotFoundError
from marketplace.web.access import Permission, allow, person_id
from marketplace.web.extensions import clock, outside, reading, transaction

bp = Blueprint("searches", __name__)


@bp.get("/me/searches")
@allow(Permission.TALENT)
def index() -> ResponseReturnValue:
    """List what the reader keeps looking for."""
    rows = [
        (row, address.of(row.kept, row.public_id)) for row in searches_of(reading(), person_id())
    ]
    shown = [(row, wanted, chips_of(wanted)) for row, wanted in rows]
    return render_template("searches/index.html", rows=shown, cadences=CADENCE_WORDS)


@bp.get("/me/searches/new")
@allow(Permission.TALENT)
def new() -> ResponseReturnValue:
    """Show the form of a search that the address describes: a new one, or one to be changed."""
    wanted = address.read(request.args)
    return _page(wanted, _form(wanted), 200)


@bp.post("/me/searches/new")
@allow(Permission.TALENT)
def create() -> ResponseReturnValue:
    """Keep the search that the address describes."""
    wanted, form, status = address.read(request.args), SearchForm(), 422
    if form.validate():
        command = form.to_command(person_id(), wanted)
        try:
            with transaction() as session:
                services.keep(session, command, clock=clock())
            flash(gettext("Search saved."))
            return redirect(url_for("searches.index"), 303)
        except DomainError as refusal:
            form.refuse(refusal.message)
            status = refusal.http_status
    return _page(wanted, form, status)


@bp.post("/me/searches/<search>/delete")
@allow(Permission.TALENT)
def delete(search: str) -> ResponseReturnValue:
    """Forget a search."""
    try:
        with transaction() as session:
            services.delete(session, person_id(), search)
    except NotFoundError:
        abort(404)
    flash(gettext("Search deleted."))
    return redirect(url_for("searches.index"), 303)


@bp.get("/alerts/<token>")
@allow(Permission.PUBLIC)
def stop(token: str) -> ResponseReturnValue:
    """Ask before mails about new roles end; the link of a mail proves for whom."""
    try:
        services.person_to_stop(reading(), token, outside().vault)
    except NotFoundError:
        abort(404)
    return render_template("searches/stop.html", token=token, is_stopped=False)


@bp.post("/alerts/<token>")
@allow(Permission.PUBLIC)
def stopped(token: str) -> ResponseReturnValue:
    """End mails about new roles; the searches stay. Doing it twice changes nothing."""
    try:
        with transaction() as session:
            services.stop_all(session, token, vault=outside().vault)
    except NotFoundError:
        abort(404)
    return render_template("searches/stop.html", token=token, is_stopped=True)


def _form(wanted: Search) -> SearchForm:
    """Return the form: as the search is kept, or named after its filters."""
    kept = search_of(reading(), person_id(), wanted.saved) if wanted.saved else None
    if kept is not None:
        return SearchForm(data={"name": kept.name, "cadence": kept.cadence.value})
    words = ", ".join(one.words for one in chips_of(wanted))
    return SearchForm(data={"name": words[:LONGEST_NAME]})


def _page(wanted: Search, form: SearchForm, status: int) -> ResponseReturnValue:
    shown = {"search": wanted, "chips": chips_of(wanted), "form": form}
    return render_template("searches/new.html", **shown), status
