"""Pages anybody may read, and the switches for language and theme."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from marketplace.web.access import Permission, allow
from marketplace.web.language import LANGUAGES
from marketplace.web.redirects import safe_path

bp = Blueprint("public", __name__)

YEAR = 365 * 24 * 3600


@bp.post("/preferences")
@allow(Permission.PUBLIC)
def preferences() -> ResponseReturnValue:
    """Keep the chosen language or theme on this device, and go back to the page."""
    answer = redirect(safe_path(request.referrer), 303)
    for name, allowed in (("lang", LANGUAGES), ("theme", ("light", "dark"))):
        if request.form.get(name) in allowed:
            answer.set_cookie(name, request.form[name], max_age=YEAR, samesite="Lax")
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
