"""What a person was told. Looking changes nothing: reading is marked by a POST."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from marketplace.domain.notices import services
from marketplace.domain.notices.queries import inbox
from marketplace.domain.people.queries import zone_of
from marketplace.web.access import Permission, allow
from marketplace.web.extensions import clock, reading, transaction
from marketplace.web.numbers import row_number
from marketplace.web.redirects import safe_path

bp = Blueprint("inbox", __name__, url_prefix="/me/inbox")


@bp.get("")
@allow(Permission.SIGNED_IN)
def index() -> ResponseReturnValue:
    """List what the reader was told, the newest first."""
    before = request.args.get("before", type=row_number)
    page = inbox(reading(), current_user.user_id, before)
    zone = zone_of(reading(), current_user.user_id)
    return render_template("inbox/index.html", page=page, zone=zone, is_first=before is None)


@bp.post("/open")
@allow(Permission.SIGNED_IN)
def show() -> ResponseReturnValue:
    """Mark one message read and go to the page it is about."""
    user_id, notice = current_user.user_id, request.form.get("notice", 0, type=row_number)
    with transaction() as session:
        path = services.mark_read(session, user_id, notice, clock=clock())
    if path is None:
        abort(404)
    return redirect(safe_path(path, url_for("inbox.index")), 303)


@bp.post("/read")
@allow(Permission.SIGNED_IN)
def read() -> ResponseReturnValue:
    """Mark everything read."""
    user_id = current_user.user_id
    with transaction() as session:
        services.mark_all_read(session, user_id, clock=clock())
    return redirect(url_for("inbox.index"), 303)
