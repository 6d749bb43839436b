"""Pages anybody may read, and the switches for language and theme."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from marketplace.domain.accounts.services.sign_up import Preferences, prefer
from marketplace.web.access import Permission, allow
from marketplace.web.extensions import transaction
from marketplace.web.language import LANGUAGES
from marketplace.web.redirects import safe_path

bp = Blueprint("public", __name__)

YEAR = 365 * 24 * 3600
THEMES = ("light", "dark")


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
