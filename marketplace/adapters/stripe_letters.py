"""Stripe's letters (webhooks): a signature per door, and nothing of yesterday or tomorrow."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import stripe

from marketplace.domain.payments.ports import Hint
from marketplace.domain.payments.rules.events import SIGNED_WITHIN, Channel
from marketplace.kernel.clock import Clock

SIGNATURE: Final = "Stripe-Signature"
NOT_BY_THE_SDK: Final = 0
"""The SDK compares signatures; it lets times from the future pass, so the time is ours."""


class StripeLetters:
    """Opens letters (port `HookDesk`).

    secrets: of each door, by channel; a door without a secret takes nothing, because anybody
    could sign with an empty one. is_live: whether our key moves real money.
    """

    def __init__(
        self,
        client: stripe.StripeClient,
        secrets: Mapping[str, str],
        clock: Clock,
        *,
        is_live: bool = False,
    ) -> None:
        """Read with the SDK's own client."""
        self._client = client
        self._secrets = secrets
        self._clock = clock
        self._is_live = is_live

    def event(self, source: str, body: bytes, headers: Mapping[str, str]) -> Hint | None:
        """Check a letter's signature and read it; None: it is not from there, or not of now."""
        secret, signature = self._secrets.get(source, ""), headers.get(SIGNATURE, "")
        if not secret or not self._is_of_now(signature):
            return None
        check = (
            self._client.parse_event_notification
            if source == Channel.V2
            else self._client.construct_event
        )
        try:
            check(body, signature, secret, NOT_BY_THE_SDK)
            hint = _hint(json.loads(body))
        except (stripe.SignatureVerificationError, ValueError, LookupError, TypeError):
            return None
        return hint if hint.is_live == self._is_live else None

    def _is_of_now(self, signature: str) -> bool:
        stamp = re.search(r"(?:^|,)t=(\d{1,12})(?:,|$)", signature)
        if stamp is None:
            return False
        return abs(self._clock.now() - _instant(int(stamp[1]))) <= SIGNED_WITHIN


def _hint(letter: Mapping[str, Any]) -> Hint:
    """Return what a letter is about. A thin one names the object; an account may be its own."""
    is_thin = letter["object"] == "v2.core.event"
    about = (letter.get("related_object") or {}) if is_thin else letter["data"]["object"]
    made = letter["created"]
    return Hint(
        event_id=str(letter["id"]),
        kind=str(letter["type"]),
        account=str(letter.get("account") or letter.get("context") or ""),
        ref=str(about.get("id") or ""),
        is_live=bool(letter["livemode"]),
        made_at=datetime.fromisoformat(made) if is_thin else _instant(made),
    )


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
