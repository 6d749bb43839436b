"""What the product asks of whoever carries money: an answer has three values, never two.

`Refused`: nothing moved, a new attempt may follow under a new key. `Unknown`: money may have
moved; ask again with the same key and the same order, or look at the gateway's list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeVar

from marketplace.domain.banking.rules.orders import BankFormat
from marketplace.domain.payments.rules import PayoutError
from marketplace.domain.payroll.ports import Write
from marketplace.domain.people.ports import Vault
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PayoutOrder:
    """One payment, complete, frozen with its attempt and sent byte-equal again.

    payee: the person's public id, which is the payee's name at the gateway; no bank details.
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


class Gateway(Protocol):
    """Carries money to payees. Never raises for the gateway's own reasons."""

    @property
    def name(self) -> str:
        """The word stored with each payout."""
        ...

    def supports(self, country: str, currency: str) -> bool:
        """Say whether a payee of a country can be paid in a currency."""
        ...

    def pay(self, order: PayoutOrder, key: str) -> Sent | Refused | Unknown:
        """Carry out an order once for a key, however often it is asked."""
        ...

    def find(self, group: str, payout_id: str) -> Sequence[Transfer] | Unknown:
        """Return every transfer of one payout in its group; Unknown when it cannot be asked."""
        ...

    def transfers(self) -> Iterable[Transfer]:
        """Return the whole statement, oldest first: for reconciliation."""
        ...


class Callers(Protocol):
    """Makes calls to a gateway, some at a time, never faster than it allows."""

    def make(self, calls: Sequence[Callable[[], T]]) -> Iterable[tuple[int, T]]:
        """Make every call once; yields its place and its answer as they come, in any order."""
        ...


class OneAfterAnother:
    """Makes calls in the caller's own thread, as fast as they are answered."""

    def make(self, calls: Sequence[Callable[[], T]]) -> Iterable[tuple[int, T]]:
        """Make every call once, in order."""
        return ((place, call()) for place, call in enumerate(calls))


ONE_AFTER_ANOTHER: Final = OneAfterAnother()


@dataclass(frozen=True, slots=True)
class Till:
    """Everything payday needs from outside, handed over as one.

    gateways: in order of preference; each payout remembers the one it was given to.
    """

    vault: Vault
    write: Write
    gateways: Sequence[Gateway]
    clock: Clock
    callers: Callers = ONE_AFTER_ANOTHER

    def gateway_named(self, name: str) -> Gateway:
        """Return the gateway of a payout; raises PayoutError when it is not set up here."""
        for gateway in self.gateways:
            if gateway.name == name:
                return gateway
        raise PayoutError(say("The payment gateway %(name)s is not set up.", name=name))

    def gateway_for(self, country: str, currency: str) -> Gateway | None:
        """Return the first gateway that pays people of a country in a currency."""
        return next((one for one in self.gateways if one.supports(country, currency)), None)


class MessageCheck(Protocol):
    """Holds a file against the published schema of its format, before it is stored."""

    def __call__(self, content: bytes, format_: BankFormat) -> None:
        """Return when the file is sound, or has no schema; raises BankError when it is not."""
        ...
