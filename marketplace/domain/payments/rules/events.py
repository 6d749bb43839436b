"""What a gateway tells by itself: letters that are hints, never facts.

A letter names an object; what is true is read from the gateway afterwards. So the order of
letters, doubles of them and letters that never come do not matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

SIGNED_WITHIN: Final = timedelta(minutes=5)
"""How far the time of a signature may be from ours, in either direction."""

LARGEST_LETTER: Final = 256 * 1024
"""Bytes of one letter; real ones have a few thousand."""

MASK: Final = "•••"


FORGOTTEN_AFTER: Final = timedelta(days=30)
"""How long a gateway lists what happened."""

ON_ITS_WAY: Final = timedelta(minutes=10)
"""A letter that is so young may still come by itself."""

LISTENED: Final = (
    "account.",
    "balance.available",
    "capability.",
    "charge.",
    "checkout.session.",
    "payout.",
    "refund.",
    "transfer.",
    "v2.core.account",
)
"""How the types begin that anything here listens to."""


class Channel(StrEnum):
    """Which door a letter came through; each has a secret of its own.

    platform: about our own account; connect: about payees' accounts; v2: of the second API.
    """

    PLATFORM = "platform"
    CONNECT = "connect"
    V2 = "v2"


class Upshot(StrEnum):
    """What came of a letter.

    waiting: not looked at yet; applied: something was read that we did not know; no_change: we
    knew it; not_ours: it is about nothing of ours; not_used: a type nothing here listens to;
    failed: what was read cannot be, a person must look.
    """

    WAITING = "waiting"
    APPLIED = "applied"
    NO_CHANGE = "no_change"
    NOT_OURS = "not_ours"
    NOT_USED = "not_used"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Told:
    """One letter that is known to be genuine. body: without anybody's personal data.

    account: the payee's account it is about; "" for the platform's own.
    """

    event_id: str
    type: str
    account: str
    object_id: str
    made_at: datetime
    body: Mapping[str, Any] = field(hash=False)


class BankStep(StrEnum):
    """How far money is on the last way, from the payee's account to their bank."""

    UNDER_WAY = "under_way"
    BANKED = "banked"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class BankPayout:
    """One last way of money, from a payee's account to their bank.

    transfers: what the gateway calls the payments it carries; money that came back sets out
    again on another way, which then carries it. problem: the bank's word for why it came back.
    """

    ref: str
    made_at: datetime
    step: BankStep
    transfers: tuple[str, ...]
    problem: str = ""


def is_news(known_ref: str | None, known_made_at: datetime | None, told: BankPayout) -> bool:
    """Say whether what was read is about the last way known of a payment, or a later one."""
    if known_ref is None or known_made_at is None:
        return True
    return (told.made_at, told.ref) >= (known_made_at, known_ref)


_OPEN: Final = frozenset(
    {
        "account",
        "api_version",
        "capability",
        "charge",
        "code",
        "currency",
        "destination",
        "failure_code",
        "funding_id",
        "id",
        "latest_charge",
        "mode",
        "object",
        "payment_intent",
        "payment_status",
        "payout_id",
        "reason",
        "source",
        "source_transaction",
        "status",
        "transfer_group",
        "type",
    },
)
"""Fields whose words are words of the gateway, or names of objects: never a person's."""

_COUNTED: Final = frozenset(
    {
        "amount",
        "amount_refunded",
        "amount_reversed",
        "amount_total",
        "arrival_date",
        "available_on",
        "created",
        "expires_at",
        "fee",
        "net",
        "pending_webhooks",
    },
)
"""Fields whose numbers are money or moments; others may be somebody's birthday."""


def masked(body: Mapping[str, object]) -> dict[str, object]:
    """Return a letter's content without what may be personal: fields that are not known here."""
    return {name: _masked(value, name) for name, value in body.items()}


def _masked(value: object, name: str) -> object:
    if isinstance(value, Mapping):
        return masked(value)
    if isinstance(value, list):
        return [_masked(inner, name) for inner in value]
    if value is None or isinstance(value, bool) or value == "":
        return value
    return value if name in (_OPEN if isinstance(value, str) else _COUNTED) else MASK
