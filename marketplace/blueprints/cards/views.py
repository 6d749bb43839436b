"""The profile as others see it. Who may see none finds nothing: there is no way to ask who is."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.blueprints.cards import facts
from marketplace.blueprints.cards.printing import card_of
from marketplace.domain.booking.queries.seeing import visible_person
from marketplace.domain.documents.queries import open_file, pieces
from marketplace.domain.people.queries.whole import WholeProfile, photo_place, whole
from marketplace.domain.people.queries.words import kept
from marketplace.domain.people.services.photos import photo_subject
from marketplace.kernel.errors import DomainError
from marketplace.kernel.zones import local_date
from marketplace.web.access import Permission, allow, viewer
from marketplace.web.downloads import streamed
from marketplace.web.extensions import clock, outside, reading
from marketplace.web.presentation import sentence

bp = Blueprint("cards", __name__)

KEPT_FOR: Final = 24 * 3600
"""How long a browser keeps a photo; whoever may not see it any more asks in vain after that."""


@bp.get("/people/<person>")
@allow(Permission.SIGNED_IN)
def show(person: str) -> ResponseReturnValue:
    """Show a profile."""
    found = _found(person)
    names, is_own = facts.names_of(found), viewer().person_id == found.id
    today = local_date(clock().now(), found.zone)
    said = {"found": found, "names": names, "is_own": is_own, "kept": kept(), "today": today}
    return render_template("cards/show.html", facts=facts, **said)


@bp.get("/people/<person>/comp-card.pdf")
@allow(Permission.SIGNED_IN)
def pdf(person: str) -> ResponseReturnValue:
    """Give the comp card; a text no font can print is said on the profile."""
    found = _found(person)
    card = card_of(reading(), found, clock=clock())
    try:
        paper = outside().cards.print_card(card)
    except DomainError as refusal:
        flash(sentence(refusal.message), "bad")
        return redirect(url_for("cards.show", person=person), 303)
    name = gettext("Comp card %(name)s", name=card.name)
    return streamed([paper], f"{name}.pdf", "application/pdf")


@bp.get("/photos/<photo>/<any(large,thumb):size>.jpg")
@allow(Permission.SIGNED_IN)
def photo(photo: str, size: str) -> ResponseReturnValue:
    """Give a photo to whoever may see the profile it is on."""
    place = photo_place(reading(), photo) or abort(404)
    if visible_person(reading(), place.person, viewer().user_id) is None:
        abort(404)
    stored = open_file(reading(), photo_subject(place.person, place.digest, size)) or abort(404)
    answer = Response(b"".join(pieces(reading(), stored.id)), content_type=stored.media_type)
    answer.set_etag(stored.sha256)
    answer.headers["Cache-Control"] = f"private, max-age={KEPT_FOR}"
    return answer.make_conditional(request)


def _found(person: str) -> WholeProfile:
    """Return a profile the reader may see; anything else is 404."""
    person_id = visible_person(reading(), person, viewer().user_id) or abort(404)
    return whole(reading(), person_id)
