"""What happened, as events: kept for ever here, thirty days at Stripe, and signed for webhooks."""

from __future__ import annotations

import hashlib
import hmac
import json

from marketplace.adapters.standin.answers import is_since, listed, missing
from marketplace.adapters.standin.store import PLATFORM, Body, Books

API_VERSION = "2026-10-28.endive"


def happened(books: Books, name: str, about: Body, *, account: str = PLATFORM) -> Body:
    """Note an event about an object, with a picture of it as it is now."""
    event = {
        "api_version": API_VERSION,
        "created": books.second,
        "data": {"object": dict(about)},
        "livemode": False,
        "pending_webhooks": 1,
        "type": name,
    }
    if account != PLATFORM:
        event["account"] = account
    return books.make("event", "evt", event)


def happened_thin(books: Books, name: str, about: Body) -> Body:
    """Note a thin event of the second API: it names the object, and shows nothing of it."""
    related = {
        "id": about["id"],
        "type": about["object"],
        "url": f"/v2/core/accounts/{about['id']}",
    }
    event = {"created": books.now.isoformat(), "livemode": False, "type": name}
    return books.make("v2.core.event", "evt", event | {"related_object": related})


def events(books: Books, asked: Body) -> Body:
    """List the platform's own events, the newest first; `type` and `created` choose."""
    found = (
        one
        for one in books.newest("event")
        if asked.get("type", one["type"]) == one["type"]
        and is_since(one, asked)
        and "account" not in one
    )
    return listed("/v1/events", found, asked)


def event(books: Books, event_id: str) -> Body:
    """Return one event."""
    found = books.get("event", event_id)
    if found is None:
        raise missing("event", event_id, "id")
    return found


def letter(body: Body, secret: str, at: int) -> tuple[bytes, str]:
    """Return a webhook's bytes and its signature header, made at a second."""
    raw = json.dumps(body, separators=(",", ":")).encode()
    signed = hmac.new(secret.encode(), f"{at}.".encode() + raw, hashlib.sha256).hexdigest()
    return raw, f"t={at},v1={signed}"
