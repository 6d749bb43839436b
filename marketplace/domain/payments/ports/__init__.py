"""What the product asks of whoever carries money: an answer has three values, never two.

`Refused`: nothing moved, a new attempt may follow under a new key. `Unknown`: money may have
moved; ask again with the same key and the same order, or look at the gateway's list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, TypeVar, runtime_checkable

from marketplace.domain.accounts.rules import PaysBy
from marketplace.domain.banking.rules.orders import BankFormat
from marketplace.domain.payments.ports.answers import (
    PayoutOrder,
    Refused,
    Sent,
    Transfer,
    Unknown,
)
from marketplace.domain.payments.ports.desks import (
    FundingDesk,
    FundingOrder,
    FundingStart,
    FundingState,
    Hint,
    HookDesk,
    Link,
    Opened,
    PayeeDesk,
    PayeeRef,
    PayeeStatus,
    PayerRef,
)
from marketplace.domain.payments.rules import BANK_FILE, PayoutError
from marketplace.domain.payments.rules.events import BankPayout, Told
from marketplace.domain.payments.rules.matching import Theirs
from marketplace.domain.payroll.ports import Write
from marketplace.domain.people.ports import Vault
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import EXPONENTS
from marketplace.kernel.sentences import say

__all__ = [
    "ONE_AFTER_ANOTHER",
    "Callers",
    "FundingDesk",
    "FundingOrder",
    "FundingStart",
    "FundingState",
    "Gateway",
    "Hint",
    "HookDesk",
    "Link",
    "MessageCheck",
    "OneAfterAnother",
    "Opened",
    "PayeeDesk",
    "PayeeRef",
    "PayeeStatus",
    "PayerRef",
    "PayoutOrder",
    "Provider",
    "Refused",
    "Sent",
    "Till",
    "Transfer",
    "Unknown",
    "Watched",
]

T = TypeVar("T")


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

    def find(self, group: str, payout_id: str | None = None) -> Sequence[Transfer] | Unknown:
        """Return every transfer of a group, or of one payout in it; Unknown: it cannot be asked."""
        ...

    def transfers(self) -> Iterable[Transfer]:
        """Return the whole statement, oldest first: for reconciliation."""
        ...


@runtime_checkable
class Provider(Gateway, PayeeDesk, FundingDesk, HookDesk, Protocol):
    """A gateway that also opens accounts for payees and takes money in."""


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

    def desk_for(self, country: str) -> PayeeDesk | None:
        """Return where people of a country need an account to be paid, if anywhere."""
        for one in self.gateways:
            pays = any(one.supports(country, currency) for currency in EXPONENTS)
            if pays and isinstance(one, PayeeDesk) and one.needs_account:
                return one
        return None

    def desk_named(self, name: str) -> PayeeDesk:
        """Return where an account was opened; raises PayoutError when it is not set up here."""
        found = self.gateway_named(name)
        if not isinstance(found, PayeeDesk):
            raise PayoutError(say("The payment gateway %(name)s has no accounts.", name=name))
        return found

    def carrier(self, country: str, currency: str, pays_by: str) -> str:
        """Choose who carries the money to a person of a country: a gateway, or the company's bank.

        The company's own bank does when it wants to, and where no gateway pays. Nothing is ever
        converted to another currency to find one.
        """
        found = None if pays_by == PaysBy.OWN_BANK else self.gateway_for(country, currency)
        return found.name if found else BANK_FILE

    def still_pays(self, carrier: str, country: str, currency: str) -> bool:
        """Say whether a carrier that was chosen before can carry the money there now."""
        if carrier == BANK_FILE:
            return True
        known = {one.name: one for one in self.gateways}
        return carrier in known and known[carrier].supports(country, currency)

    def gateway_for(self, country: str, currency: str) -> Gateway | None:
        """Return the first gateway that pays people of a country in a currency."""
        return next((one for one in self.gateways if one.supports(country, currency)), None)


class MessageCheck(Protocol):
    """Holds a file against the published schema of its format, before it is stored."""

    def __call__(self, content: bytes, format_: BankFormat) -> None:
        """Return when the file is sound, or has no schema; raises BankError when it is not."""
        ...
