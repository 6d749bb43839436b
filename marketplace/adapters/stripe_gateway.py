"""Payments by Stripe transfers: one order once, and an answer with three values.

Stripe keeps an answer under its key once the work has begun, also a refusal or a 500; a request
that was cut, timed out or met a proxy tells nothing. docs/adr/0008-payouts.md has the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, cast

import requests
import stripe

from marketplace.adapters.stripe_answers import meaning, unread
from marketplace.adapters.stripe_funding import StripeFunding
from marketplace.adapters.stripe_letters import StripeLetters
from marketplace.adapters.stripe_payees import AccountsV1, AccountsV2, StripePayees
from marketplace.adapters.stripe_watch import StripeWatch
from marketplace.domain.payments.ports import Hint, PayoutOrder, Refused, Sent, Transfer, Unknown
from marketplace.kernel.money import Money

API_VERSION: Final = "2026-10-28.endive"
TIME_OUT: Final = 20
RETRIES: Final = 2
PAGES: Final = ("https://connect.stripe.com", "https://checkout.stripe.com")
PAGE: Final = 100

PAYS: Final = {
    "US": "USD",
    "GB": "GBP",
    **dict.fromkeys(("AT", "BE", "DE", "ES", "FI", "FR", "IE", "IT", "LU", "NL", "PT"), "EUR"),
}
"""Countries whose payees can have an account, and its currency. There are none in mainland China:
yuan never reach Stripe (docs.stripe.com/connect/cross-border-payouts)."""


def connect(key: str, base: str = "") -> stripe.StripeClient:
    """Return a client of the pinned version that retries under one key and never waits for ever.

    base: the address of another server that speaks the API, for tests and the demo.
    """
    stripe.enable_telemetry = False
    addresses: Any = {"base_addresses": {"api": base}} if base else {}
    return stripe.StripeClient(
        key,
        stripe_version=API_VERSION,
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=TIME_OUT),
        **addresses,
    )


class StripeGateway(StripePayees, StripeFunding, StripeWatch):
    """Moves money from the platform's balance to payees' accounts.

    The payee of an order is their account at Stripe. pages: where Stripe's own pages are.
    """

    name = "stripe"
    needs_account = True

    def __init__(
        self,
        client: stripe.StripeClient,
        *,
        accounts_api: str = "v2",
        home: str = "US",
        pages: Sequence[str] = PAGES,
        letters: StripeLetters | None = None,
    ) -> None:
        """Talk through a client made by `connect`; home: the platform's own country."""
        super().__init__(client)
        self._letters = letters
        self._accounts = AccountsV1(client, home) if accounts_api == "v1" else AccountsV2(client)
        self.pages = tuple(pages)

    def supports(self, country: str, currency: str) -> bool:
        """Pay people in the currency of their own country, where Stripe has accounts."""
        return PAYS.get(country) == currency

    def pay(self, order: PayoutOrder, key: str) -> Sent | Refused | Unknown:
        """Make the transfer of an order, once for a key."""
        try:
            made = self._client.v1.transfers.create(_asked(order), {"idempotency_key": key})
        except stripe.StripeError as problem:
            return meaning(problem)
        except (requests.RequestException, ValueError) as problem:
            return unread(problem)
        if not _is_of(made, order):
            return Unknown("The answer is about another payment.", is_saved=True)
        return Sent(made.id, _instant(made.created))

    def find(self, group: str, payout_id: str | None = None) -> Sequence[Transfer] | Unknown:
        """Return the transfers of a group, or of one payout in it."""
        try:
            found = list(self._listed(transfer_group=group))
            return [one for one in found if payout_id in (None, one.payout_id)]
        except (stripe.StripeError, requests.RequestException, ValueError) as problem:
            return Unknown(f"The list could not be read: {type(problem).__name__}.")

    def event(self, source: str, body: bytes, headers: Mapping[str, str]) -> Hint | None:
        """Check a letter's signature and read it; None: it is not from there, or not of now."""
        return self._letters.event(source, body, headers) if self._letters else None

    def transfers(self) -> Iterator[Transfer]:
        """Return every transfer that is ours, oldest first."""
        return reversed(list(self._listed()))

    def _listed(self, **wanted: str) -> Iterator[Transfer]:
        asked = cast("stripe.params.TransferListParams", {"limit": PAGE, **wanted})
        found = self._client.v1.transfers.list(asked)
        for one in found.auto_paging_iter():
            if "payout_id" in one.metadata:
                yield _transfer(one)


def _asked(order: PayoutOrder) -> stripe.params.TransferCreateParams:
    """Return the parameters of an order; the same order always gives the same ones."""
    return {
        "amount": order.amount.minor,
        "currency": order.amount.currency.lower(),
        "destination": order.payee,
        "transfer_group": order.group,
        "description": order.statement,
        "metadata": {"payout_id": order.payout_id},
    }


def _is_of(made: stripe.Transfer, order: PayoutOrder) -> bool:
    asked = _asked(order)
    names = ("amount", "currency", "destination", "transfer_group")
    same = all(made[name] == asked[name] for name in names)  # type: ignore[literal-required]  # listed above
    return same and made.metadata.to_dict() == asked["metadata"]


def _transfer(one: stripe.Transfer) -> Transfer:
    """Return a line of the list. The money is in the payee's account as soon as it is made."""
    made_at = _instant(one.created)
    return Transfer(
        ref=one.id,
        payout_id=one.metadata["payout_id"],
        group=one.transfer_group or "",
        amount=Money(one.amount, one.currency.upper()),
        made_at=made_at,
        arrives_at=made_at,
        arrived_at=made_at,
    )


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
