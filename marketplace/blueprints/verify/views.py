"""Prove a pay slip genuine to whoever holds it: no account, no name, no amount."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.domain.reports.queries.genuine import genuine
from marketplace.web.access import Permission, allow
from marketplace.web.extensions import limiter, outside, reading

bp = Blueprint("verify", __name__, url_prefix="/verify")

LOOKS: Final = "30 per minute"
"""How often one address may look: nobody comes near guessing a code of 48 bits."""

LONGEST: Final = 64


@bp.after_request
def keep_out(response: Response) -> Response:
    """Keep these pages out of search engines and caches."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("")
@allow(Permission.PUBLIC)
def index() -> ResponseReturnValue:
    """Ask for the number and the code of a slip."""
    number, code = _typed("number"), _typed("code")
    if number:
        return redirect(url_for("verify.show", number=number, code=code or None), 303)
    return render_template("verify/index.html")


@bp.get("/<number>")
@limiter.limit(LOOKS)
@allow(Permission.PUBLIC)
def show(number: str) -> ResponseReturnValue:
    """Say whether a slip is genuine, and whether it still counts; ask for a missing code."""
    number, code = _clean(number), _typed("code")
    slip = genuine(reading(), number, code, outside().vault) if code else None
    status = 404 if code and slip is None else 200
    return render_template("verify/show.html", number=number, code=code, slip=slip), status


def _typed(name: str) -> str:
    return _clean(request.args.get(name, ""))


def _clean(text: str) -> str:
    """Return what can be printed of a text, and not more than anybody types."""
    return "".join(character for character in text if character.isprintable()).strip()[:LONGEST]
