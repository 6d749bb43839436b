"""Doors for a gateway's letters: checked, kept, answered at once; the worker looks at them later.

What is genuine is answered with 200, also of types and about objects nobody here knows: anything
else makes the gateway close the door. What is not is answered with 400, and nothing is kept.
"""

from __future__ import annotations

import json

import structlog
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from marketplace.domain.payments.ports import Hint
from marketplace.domain.payments.rules.events import LARGEST_LETTER, Channel, Told, masked
from marketplace.domain.payments.services.letters import keep_letter
from marketplace.web.access import Permission, allow
from marketplace.web.extensions import clock, csrf, limiter, outside, transaction

bp = Blueprint("webhooks", __name__, url_prefix="/hooks")
log = structlog.get_logger()


@bp.post("/stripe")
@allow(Permission.PUBLIC)
@limiter.exempt
def platform() -> ResponseReturnValue:
    """Take a letter about our own account."""
    return _take(Channel.PLATFORM)


@bp.post("/stripe/connect")
@allow(Permission.PUBLIC)
@limiter.exempt
def connect() -> ResponseReturnValue:
    """Take a letter about a payee's account."""
    return _take(Channel.CONNECT)


@bp.post("/stripe/v2")
@allow(Permission.PUBLIC)
@limiter.exempt
def v2() -> ResponseReturnValue:
    """Take a letter of the second API, which names an object and shows nothing of it."""
    return _take(Channel.V2)


for door in (platform, connect, v2):
    csrf.exempt(f"{door.__module__}.{door.__name__}")  # whoever writes has no session


def _take(channel: Channel) -> Response:
    request.max_content_length = LARGEST_LETTER
    body = request.get_data()
    desk = outside().till.provider
    hint = desk.event(channel, body, dict(request.headers)) if desk else None
    if desk is None or hint is None:
        log.warning("letter_refused", channel=str(channel), size=len(body))
        return Response(status=400)
    with transaction() as session:
        is_new = keep_letter(session, desk.name, channel, _told(hint, body), clock=clock())
    log.info("letter_kept", channel=str(channel), kind=hint.kind, is_new=is_new)
    return Response(status=200)


def _told(hint: Hint, body: bytes) -> Told:
    return Told(
        event_id=hint.event_id,
        type=hint.kind,
        account=hint.account,
        object_id=hint.ref,
        made_at=hint.made_at,
        body=masked(json.loads(body)),
    )
