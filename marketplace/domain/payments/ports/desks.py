"""What a gateway does besides paying: accounts of payees, money of productions, its letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from marketplace.domain.payments.ports.answers import Refused, Sent, Unknown
from marketplace.domain.payments.rules.gateways import FundingStep, PayeeState
from marketplace.kernel.money import Money


@dataclass(frozen=True, slots=True)
class PayeeRef:
    """Whom to open an account for. ref: the person's public id."""

    ref: str
    country: str
    email: str
    legal_name: str


@dataclass(frozen=True, slots=True)
class PayerRef:
    """Which company to make a customer. ref: its public id."""

    ref: str
    name: str


@dataclass(frozen=True, slots=True)
class Opened:
    """The account is there. account: what the gateway calls it."""

    account: str


@dataclass(frozen=True, slots=True)
class Link:
    """A page of the gateway for one person, one use and some minutes: never kept, never mailed."""

    url: str


@dataclass(frozen=True, slots=True)
class PayeeStatus:
    """What a gateway says about an account. needs: its own words for what is missing."""

    state: PayeeState
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FundingOrder:
    """A production pays in: frozen with its row and sent byte-equal again.

    lines: what it is for, and how much; together the whole amount. group: as that of payouts, or
    empty. return_url may hold `{CHECKOUT_SESSION_ID}`. way: the one way to pay, as `rules.funding`
    names it, because its cost is in the lines; empty: as the payer likes. customer: what the
    gateway calls the company, for ways that need it; the e-mail address is left out then.
    """

    funding_id: str
    email: str
    lines: tuple[tuple[str, Money], ...]
    group: str
    description: str
    return_url: str
    cancel_url: str
    way: str = ""
    customer: str = ""

    @property
    def amount(self) -> Money:
        """What is paid in all."""
        (_, total), *others = self.lines
        for _, amount in others:
            total += amount
        return total


@dataclass(frozen=True, slots=True)
class FundingStart:
    """A checkout is open. ref: what the gateway calls it."""

    ref: str
    url: str


@dataclass(frozen=True, slots=True)
class FundingState:
    """What a gateway says about a funding.

    payment: what the gateway calls the payment, once there is one. fee, net, available_on: known
    some time after it is paid. refunded: so far; disputed: while a dispute is open or lost;
    is_lost: it will not come back. instructions: where the payer reads how to send a transfer.
    dispute: what the gateway calls the one that holds money.
    """

    step: FundingStep
    amount: Money
    payment: str = ""
    fee: Money | None = None
    net: Money | None = None
    available_on: datetime | None = None
    refunded: Money | None = None
    disputed: Money | None = None
    dispute_fee: Money | None = None
    is_lost: bool = False
    instructions: str = ""
    dispute: str = ""


@dataclass(frozen=True, slots=True)
class Hint:
    """A signed letter of the gateway: something happened to an object, which is to be read again.

    account: whose object it is; empty: the platform's own.
    """

    event_id: str
    kind: str
    account: str
    ref: str
    is_live: bool
    made_at: datetime


@runtime_checkable
class PayeeDesk(Protocol):
    """Where payees get accounts. Never raises for the gateway's own reasons."""

    @property
    def name(self) -> str:
        """The word stored with each account."""
        ...

    @property
    def pages(self) -> Sequence[str]:
        """The origins of its own pages: forms of ours may lead there."""
        ...

    @property
    def needs_account(self) -> bool:
        """Whether nobody is paid before they have opened an account there."""
        ...

    def open_payee(self, payee: PayeeRef, key: str) -> Opened | Refused | Unknown:
        """Open an account, once for a key."""
        ...

    def payee_link(
        self,
        account: str,
        return_url: str,
        refresh_url: str,
    ) -> Link | Refused | Unknown:
        """Make a link to the pages on which the payee gives their details."""
        ...

    def payee_status(self, account: str) -> PayeeStatus | Unknown:
        """Return how far an account is."""
        ...


@runtime_checkable
class FundingDesk(Protocol):
    """Where productions pay in and get back. Never raises for the gateway's own reasons."""

    def open_payer(self, payer: PayerRef, key: str) -> Opened | Refused | Unknown:
        """Make a company a customer, once for a key."""
        ...

    def start_funding(self, order: FundingOrder, key: str) -> FundingStart | Refused | Unknown:
        """Open a checkout, once for a key."""
        ...

    def funding(self, ref: str) -> FundingState | Unknown:
        """Return where the money of a checkout is."""
        ...

    def refund(self, payment: str, amount: Money, key: str) -> Sent | Refused | Unknown:
        """Give money of a payment back to who paid it, once for a key."""
        ...

    def take_back(self, transfer: str, amount: Money, key: str) -> Sent | Refused | Unknown:
        """Take money of a transfer back while the payee's balance covers it, once for a key."""
        ...


class HookDesk(Protocol):
    """Where a gateway's letters are opened."""

    def event(self, source: str, body: bytes, headers: Mapping[str, str]) -> Hint | None:
        """Check a letter's signature and read it; None: it is not from there, or not of now.

        source: which of the gateway's endpoints it came to: "platform", "connect" or "v2".
        """
        ...
