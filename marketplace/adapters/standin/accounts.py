"""Accounts of payees, in both versions of the API, their onboarding links and their states."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any, Final

from marketplace.adapters.standin.answers import missing, refused
from marketplace.adapters.standin.events import happened, happened_thin
from marketplace.adapters.standin.store import Body, Books

COUNTRIES: Final = ("us", "gb", "ca", "de", "fr", "ie", "nl", "es", "it", "ch")
LINKS_LIVE: Final = timedelta(minutes=5)
STATES: Final = ("new", "checking", "needs", "ready", "paused")
"""How far a payee is: has not begun, Stripe checks, Stripe needs more, may be paid, was paused."""

_STATUS: Final = {
    "new": "restricted",
    "checking": "pending",
    "needs": "restricted",
    "ready": "active",
    "paused": "restricted",
}
_WHY: Final = {
    "new": ("requirements_past_due", "provide_info"),
    "checking": ("requirements_pending_verification", "no_resolution"),
    "needs": ("requirements_past_due", "provide_info"),
    "paused": ("rejected_other", "contact_stripe"),
}
_NEEDED: Final = {"new": ["identity"], "needs": ["identity.individual.documents"]}


def open_v2(books: Books, asked: dict[str, Any]) -> Body:
    """Open an account of the second API."""
    identity = asked.get("identity", {})
    country = str(identity.get("country", "")).lower()
    duties = asked.get("defaults", {}).get("responsibilities", {})
    if country not in COUNTRIES:
        text = f"Connected accounts in {country or 'no country'} are not supported."
        raise refused("country_unsupported", text, param="identity[country]")
    if asked.get("dashboard") == "express" and duties.get("losses_collector") == "stripe":
        raise refused("invalid_fields", "An express dashboard needs losses of the application.")
    kept = ("contact_email", "display_name", "dashboard", "defaults", "metadata")
    made = books.make(
        "v2.core.account",
        "acct",
        {
            **{name: asked[name] for name in kept if name in asked},
            "created": books.now.isoformat(),
            "identity": identity,
            "livemode": False,
            "state": "new",
        },
    )
    return shown_v2(made)


def open_v1(books: Books, asked: dict[str, Any]) -> Body:
    """Open an account of the first API."""
    country = str(asked.get("country", "US")).lower()
    if country not in COUNTRIES:
        text = f"Connected accounts in {country} are not supported."
        raise refused("country_unsupported", text, param="country")
    kept = ("email", "type", "business_type", "metadata")
    made = books.make(
        "account",
        "acct",
        {
            **{name: asked[name] for name in kept if name in asked},
            "country": country.upper(),
            "created": books.second,
            "state": "new",
        },
    )
    return shown_v1(made)


def get(books: Books, kind: str, account: str) -> Body:
    """Return an account as its API shows it; kind: "account" or "v2.core.account"."""
    shown = shown_v1 if kind == "account" else shown_v2
    return shown(_find(books, kind, account))


def shown_v2(kept: Body) -> Body:
    """Return an account as the second API shows it."""
    state = kept["state"]
    capability: Body = {"status": _STATUS[state], "status_details": []}
    if state != "ready":
        code, resolution = _WHY[state]
        capability["status_details"] = [{"code": code, "resolution": resolution}]
    entries = [
        {"description": one, "awaiting_action_from": "user"} for one in _NEEDED.get(state, [])
    ]
    identity = dict(kept["identity"])
    if state != "new":
        identity["individual"] = {"email": kept.get("contact_email")}
    return {
        **{name: value for name, value in kept.items() if name != "state"},
        "closed": False,
        "configuration": {
            "recipient": {
                "applied": True,
                "capabilities": {"stripe_balance": {"stripe_transfers": capability}},
            },
        },
        "identity": identity,
        "requirements": {"entries": entries},
    }


def shown_v1(kept: Body) -> Body:
    """Return an account as the first API shows it."""
    state = kept["state"]
    due = {"new": ["individual.dob.day"], "needs": ["individual.verification.document"]}
    return {
        **{name: value for name, value in kept.items() if name != "state"},
        "capabilities": {
            "transfers": {"ready": "active", "checking": "pending"}.get(state, "inactive")
        },
        "details_submitted": state != "new",
        "payouts_enabled": state == "ready",
        "requirements": {
            "currently_due": due.get(state, []),
            "disabled_reason": "rejected.other" if state == "paused" else None,
        },
    }


def link(books: Books, account: str, return_url: str, refresh_url: str) -> Body:
    """Make a link to the onboarding page: for one use, and for five minutes."""
    token = secrets.token_urlsafe(24)
    books.make(
        "link",
        "link",
        {
            "account": account,
            "refresh_url": refresh_url,
            "return_url": return_url,
            "token": token,
            "until": int((books.now + LINKS_LIVE).timestamp()),
            "used": False,
        },
    )
    return {"created": books.second, "path": f"/standin/onboarding/{token}"}


def find_link(books: Books, token: str) -> Body | None:
    """Return the link of an onboarding page."""
    return next((one for one in books.newest("link") if one["token"] == token), None)


def is_over(books: Books, link: Body) -> bool:
    """Say whether a link was used, or is too old."""
    return bool(link["used"]) or link["until"] <= books.second


def change(books: Books, account: str, state: str) -> None:
    """Move an account to another state and tell it as both APIs do."""
    if state not in STATES:
        raise ValueError(f"{state} is not one of {', '.join(STATES)}")
    for kind in ("v2.core.account", "account"):
        found = books.get(kind, account)
        if found is not None:
            books.keep({**found, "state": state})
    if books.get("account", account) is not None:
        happened(books, "account.updated", get(books, "account", account), account=account)
    else:
        name = "v2.core.account[configuration.recipient].capability_status_updated"
        happened_thin(books, name, get(books, "v2.core.account", account))


def may_receive(books: Books, account: str) -> bool:
    """Say whether transfers to an account are possible now."""
    found = books.get("v2.core.account", account) or books.get("account", account)
    return found is not None and found["state"] == "ready"


def _find(books: Books, kind: str, account: str) -> Body:
    found = books.get(kind, account)
    if found is None:
        raise missing("account", account, "account")
    return found
