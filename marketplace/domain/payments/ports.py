"""What the product asks of whoever carries money: an answer has three values, never two.

`Refused`: nothing moved, a new attempt may follow under a new key. `Unknown`: money may have
moved; ask again with the same key and the same order, or look at the gateway's list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeVar, runtime_checkable

from marketplace.domain.banking.rules.orders import BankFormat
from marketplace.domain.payments.rules import PayoutError
from marketplace.domain.payments.rules.events import BankPayout, Told
from marketplace.domain.payments.rules.gateways import FundingStep, PayeeState
from marketplace.domain.payments.rules.matching import Theirs
from marketplace.domain.payroll.ports import Write
from marketplace.domain.people.ports import Vault
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import EXPONENTS, Money
from marketplace.kernel.sentences import say

T = TypeVar("T")


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


@dataclass(frozen=True, slots=True)
class PayeeRef:
    """Whom to open an account for. ref: the person's public id."""

    ref: str
    country: str
    currency: str
    email: str
    legal_name: str


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
    names it, because its cost is in the lines; empty: as the payer likes.
    """

    funding_id: str
    email: str
    lines: tuple[tuple[str, Money], ...]
    group: str
    description: str
    return_url: str
    cancel_url: str
    way: str = ""

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
    is_lost: it will not come back.
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


class FundingDesk(Protocol):
    """Where productions pay in and get back. Never raises for the gateway's own reasons."""

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


@runtime_checkable
class Provider(Gateway, PayeeDesk, FundingDesk, HookDesk, Protocol):
    """A gateway that also opens accounts for payees and takes money in."""

    @property
    def pages(self) -> Sequence[str]:
        """The origins of its own pages: forms of ours may lead there."""
        ...


@runtime_checkable
class Watched(Gateway, Protocol):
    """A gateway that shows what it did. Unknown: it cannot be asked now."""

    def statement(self, since: datetime) -> Sequence[Theirs] | Unknown:
        """Return every transfer made since an instant, also those that name none of ours."""
        ...

    def holdings(self) -> Mapping[str, int] | Unknown:
        """Return what our trade left there: minor units by currency.

        Money we took out to our own bank, or put in ourselves, is no part of it.
        """
        ...

    def happened(self, since: datetime) -> Sequence[Told] | Unknown:
        """Return what the platform should have been told since an instant, oldest first."""
        ...

    def bank_payout(self, account: str, ref: str) -> BankPayout | Unknown | None:
        """Return a payout of a payee's account to their bank; None when there is none such."""
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

    @property
    def provider(self) -> Provider | None:
        """The gateway at which payees have accounts and productions pay in, if there is one."""
        return next((one for one in self.gateways if isinstance(one, Provider)), None)

    def desk_for(self, country: str) -> tuple[PayeeDesk, str] | None:
        """Return where people of a country need an account to be paid, and in which currency."""
        for one in self.gateways:
            pays = [currency for currency in EXPONENTS if one.supports(country, currency)]
            if isinstance(one, PayeeDesk) and one.needs_account and pays:
                return one, pays[0]
        return None

    def desk_named(self, name: str) -> PayeeDesk:
        """Return where an account was opened; raises PayoutError when it is not set up here."""
        found = self.gateway_named(name)
        if not isinstance(found, PayeeDesk):
            raise PayoutError(say("The payment gateway %(name)s has no accounts.", name=name))
        return found

    def gateway_for(self, country: str, currency: str) -> Gateway | None:
        """Return the first gateway that pays people of a country in a currency."""
        return next((one for one in self.gateways if one.supports(country, currency)), None)


class MessageCheck(Protocol):
    """Holds a file against the published schema of its format, before it is stored."""

    def __call__(self, content: bytes, format_: BankFormat) -> None:
        """Return when the file is sound, or has no schema; raises BankError when it is not."""
        ...
