"""Whether this process and its database answer."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, Response

from marketplace.web.access import Permission, allow
from marketplace.web.extensions import reading

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@allow(Permission.PUBLIC)
def check() -> Response:
    """Answer "ok" when the database does."""
    reading().execute(sa.select(1))
    return Response("ok", mimetype="text/plain")
