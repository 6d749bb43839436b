"""Pages anybody may read: the way in, roles, one role; and the switches of language and theme."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import current_user

from marketplace.blueprints.public import fitting, fragments, posting, search
from marketplace.blueprints.public.chips import FilterChip, chips_of
from marketplace.blueprints.roles.forms import DISCLOSURES
from marketplace.domain.accounts.services.sign_up import Preferences, prefer
from marketplace.domain.booking.queries.agenda import Diary, free_days
from marketplace.domain.casting.queries import applications, browse, postings
from marketplace.domain.casting.queries.browse import Facets, Found
from marketplace.domain.casting.queries.invitations import was_invited
from marketplace.web.access import Permission, allow
from marketplace.web.extensions import clock, reading, transaction
from marketplace.web.language import LANGUAGES, html_lang
from marketplace.web.redirects import safe_path

bp = Blueprint("public", __name__)

YEAR: Final = 365 * 24 * 3600
THEMES: Final = ("light", "dark")
FEW: Final = 6
KEPT: Final = timedelta(minutes=1)
"""How long the counts of the strip are kept: they are the same for everybody."""


@bp.get("/")
@allow(Permission.PUBLIC)
def home() -> ResponseReturnValue:
    """Say what this is and show the newest roles; whoever is signed in goes where they work."""
    if current_user.is_authenticated:
        if current_user.company_public_id:
            return redirect(url_for("companies.home", company=current_user.company_public_id))
        return redirect(url_for("public.roles"))
    found = browse.find(reading(), browse.Filters(), now=clock().now(), size=FEW)
    return render_template(
        "public/home.html", found=found, cards=fragments.cards(found.roles, level=3)
    )


@bp.get("/roles")
@allow(Permission.PUBLIC)
def roles() -> ResponseReturnValue:
    """Find work: search, dates, filters, newest first."""
    wanted = search.read(request.args)
    mine, known = fitting.my_diary(), _facets()
    found = browse.find(reading(), _filters(wanted, mine), now=clock().now(), after=wanted.after)
    shown = _list(wanted, found, known, mine)
    if current_user.is_authenticated:
        return render_template("public/roles.html", **shown)
    return _unless_known(shown)


@bp.get("/roles/<role>")
@allow(Permission.PUBLIC)
def role(role: str) -> ResponseReturnValue:
    """Show one role with its dates and its pay; a closed one says so and what else there is."""
    now = clock().now()
    found = postings.posting(reading(), role, now=now) or abort(404)
    if found.is_open(now):
        page = render_template("public/role.html", **_open_role(found))
    else:
        others = browse.find(reading(), browse.Filters(), now=now, size=FEW)
        page = render_template(
            "public/role.html",
            role=found,
            found=others,
            cards=fragments.cards(others.roles, level=3),
            disclosures=DISCLOSURES,
        )
    return page


@bp.post("/preferences")
@allow(Permission.PUBLIC)
def preferences() -> ResponseReturnValue:
    """Keep the chosen language or theme, here and in the account, and go back to the page."""
    answer = redirect(safe_path(request.referrer), 303)
    lang = request.form["lang"] if request.form.get("lang") in LANGUAGES else None
    theme = request.form["theme"] if request.form.get("theme") in THEMES else None
    for name, chosen in (("lang", lang), ("theme", theme)):
        if chosen:
            answer.set_cookie(name, chosen, max_age=YEAR, samesite="Lax")
    if current_user.is_authenticated and (lang or theme):
        user_id = current_user.user_id
        with transaction() as session:
            prefer(session, user_id, Preferences(locale=lang, theme=theme))
    return answer


@bp.get("/speculation.json")
@allow(Permission.PUBLIC)
def speculation() -> Response:
    """Say which links a browser may fetch ahead: pages, never files or sign-out."""
    pages = {"href_matches": "/*"}
    not_files = {"not": {"selector_matches": "[data-no-prefetch]"}}
    rule = {"where": {"and": [pages, not_files]}, "eagerness": "moderate"}
    answer = jsonify({"prefetch": [rule]})
    answer.mimetype = "application/speculationrules+json"
    return answer


def _facets() -> Facets:
    """Return what there is to choose from, at most a minute old."""
    now = clock().now()
    made, known = current_app.extensions.get("role_facets", (None, None))
    if known is None or not made <= now < made + KEPT:
        days = search.fortnight(now.date())
        known = browse.facets(reading(), days[0], days[-1], now=now)
        current_app.extensions["role_facets"] = now, known
    return known  # type: ignore[no-any-return]  # extensions holds anything


def _filters(wanted: search.Search, mine: Diary | None) -> browse.Filters:
    """Return what to ask the database; "only dates I am free" asks nothing of a visitor."""
    if not wanted.is_free or mine is None:
        return wanted.filters
    return replace(wanted.filters, free=free_days(reading(), mine))


def _helpful(chips: list[FilterChip], mine: Diary | None) -> list[FilterChip]:
    """Return the filters without which there are roles."""
    now = clock().now()
    return [one for one in chips if browse.finds(reading(), _filters(one.without, mine), now=now)]


def _list(wanted: search.Search, found: Found, known: Facets, mine: Diary | None) -> dict[str, Any]:
    """Return what the list of roles shows."""
    today = clock().now().date()
    booked = mine.booked if mine else frozenset()
    fits = fitting.chips_of(mine, found.roles)
    chips = chips_of(wanted)
    is_empty = not (found.roles or wanted.after)
    return {
        "search": wanted,
        "found": found,
        "chips": chips,
        "helpful": _helpful(chips, mine) if is_empty else [],
        "is_talent": mine is not None,
        "cards": fragments.cards(found.roles, fits),
        "panel": fragments.panel(wanted, known, today, booked, is_talent=mine is not None),
    }


def _open_role(found: postings.Posting) -> dict[str, Any]:
    """Return what the page of an open role shows; with fits when talent reads it."""
    mine = fitting.my_diary()
    fits = fitting.fits_of(mine, found) if mine else {}
    applied, is_invited = None, False
    if mine is not None:
        is_invited = was_invited(reading(), current_user.person_id, found.id)
        applied = applications.live_for(reading(), current_user.person_id, found.id)
    return {
        "role": found,
        "fits": fits,
        "fit_words": fitting.WORDS,
        "chip_of_role": fitting.summary(list(fits.values())),
        "applied": applied,
        "is_invited": is_invited and not applied,
        "overtime": posting.overtime(found),
        "job_posting": posting.job_posting(found),
        "canonical": url_for("public.role", role=found.public_id, _external=True),
        "disclosures": DISCLOSURES,
    }


def _unless_known(shown: dict[str, Any]) -> Response:
    """Return the list of a visitor, or that the one they have is still right."""
    tag = _tag(shown)
    if tag in request.if_none_match:
        return Response(status=304, headers={"ETag": f'"{tag}"'})
    page = make_response(render_template("public/roles.html", **shown))
    page.set_etag(tag)
    return page


def _tag(shown: dict[str, Any]) -> str:
    """Return what changes whenever the list a visitor sees would look otherwise."""
    around = (
        request.full_path,
        html_lang(),
        request.cookies.get("theme"),
        cookie.get("csrf_token"),
        bool(cookie.get("_flashes")),
        shown["found"].next_after,
        shown["panel"],
        [one.words for one in shown["helpful"]],
        _look(),
    )
    return hashlib.sha256(f"{around!r}{shown['cards']}".encode()).hexdigest()[:32]


@lru_cache(maxsize=1)
def _look() -> str:
    """Return a digest of the templates: a new release is a new page."""
    digest = hashlib.sha256()
    for path in sorted(Path(current_app.root_path, "templates").rglob("*.html")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
