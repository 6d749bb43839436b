"""Whether this process answers, whether the installation can work, and how it stands."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from marketplace.blueprints.health.metrics import may_read, written
from marketplace.web.access import Permission, allow
from marketplace.web.extensions import outside, reading
from marketplace.web.readiness import unready

bp = Blueprint("health", __name__)

METRICS = "text/plain; version=0.0.4; charset=utf-8"


@bp.get("/healthz")
@allow(Permission.PUBLIC)
def check() -> Response:
    """Answer "ok" while this process lives; nothing else is asked."""
    return Response("ok", mimetype="text/plain")


@bp.get("/readyz")
@allow(Permission.PUBLIC)
def ready() -> Response:
    """Answer "ready", or 503 with what is not."""
    found = list(unready(reading(), outside().machine))
    return Response("\n".join(found or ["ready"]), 503 if found else 200, mimetype="text/plain")


@bp.get("/metrics")
@allow(Permission.PUBLIC)
def metrics() -> Response:
    """Give every figure to a monitoring system that may read it; to all others this is not here."""
    if not may_read(request, outside().settings.metrics_token):
        abort(404)
    return Response(written(reading(), outside()), content_type=METRICS)
