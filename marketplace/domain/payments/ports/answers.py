"""Orders that go to a gateway, and the three values of its answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace.kernel.money import Money


@dataclass(frozen=True, slots=True)
class PayoutOrder:
    """One payment, complete, frozen with its attempt and sent byte-equal again.

    payee: what the gateway calls the payee: their account there, else the person's public id.
    group: payouts of one shoot day share it, so that they can be listed together.
    """

    payout_id: str
    payee: str
    account_last4: str
    amount: Money
    group: str
    statement: str


@dataclass(frozen=True, slots=True)
class Sent:
    """The gateway has the order and will carry it out."""

    ref: str
    arrives_at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """Definitely not done. code: a stable word such as account_closed; text: for a person.

    stops_queue: no order would be taken now (our key is refused, our account is empty): nothing
    is wrong with this payment, and the others need not be tried.
    """

    code: str
    text: str
    stops_queue: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer, or one that does not tell.

    is_saved: the gateway keeps this answer under the key, so the same key will never tell more.
    """

    text: str
    retry_after: timedelta | None = None
    is_saved: bool = False


@dataclass(frozen=True, slots=True)
class Transfer:
    """One line of the gateway's own list. arrived_at: None while it is under way."""

    ref: str
    payout_id: str
    group: str
    amount: Money
    made_at: datetime
    arrives_at: datetime
    arrived_at: datetime | None
