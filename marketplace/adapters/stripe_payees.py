"""Payees' accounts at Stripe: opened without their details, which they give on Stripe's own pages.

Two versions of the API do the same: accounts v2 for new platforms, v1 for those that began with
it. Neither ever says in words of ours why somebody is not ready; the states below do.
"""

from __future__ import annotations

from typing import Any, Final

import requests
import stripe

from marketplace.adapters.stripe_answers import meaning, unread
from marketplace.domain.payments.ports import (
    Link,
    Opened,
    PayeeRef,
    PayeeStatus,
    Refused,
    Unknown,
)
from marketplace.domain.payments.rules.gateways import PayeeState

READ: Final[Any] = ["configuration.recipient", "identity", "requirements"]
GONE: Final = frozenset({"resource_missing", "account_invalid"})
LOOKING: Final = frozenset({"determining_status", "requirements_pending_verification"})
UNDER_REVIEW: Final = frozenset({"under_review", "requirements.pending_verification"})
NEEDING: Final = frozenset({"requirements.past_due", "action_required.requested_capabilities"})


class AccountsV2:
    """Payees by the second version of the accounts API: recipients with an Express dashboard."""

    def __init__(self, client: stripe.StripeClient) -> None:
        """Talk through a client."""
        self._client = client

    def open(self, payee: PayeeRef, key: str) -> str:
        """Open an account and return its id."""
        asked: Any = {
            "contact_email": payee.email,
            "display_name": payee.legal_name,
            "dashboard": "express",
            "identity": {"country": payee.country.lower(), "entity_type": "individual"},
            "defaults": {
                "responsibilities": {
                    "fees_collector": "application",
                    "losses_collector": "application",
                },
            },
            "configuration": {
                "recipient": {
                    "capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}},
                },
            },
            "metadata": {"person": payee.ref},
            "include": READ,
        }
        return self._client.v2.core.accounts.create(asked, {"idempotency_key": key}).id

    def link(self, account: str, return_url: str, refresh_url: str) -> str:
        """Return the address of a page that is for one use."""
        made = self._client.v2.core.account_links.create(
            {
                "account": account,
                "use_case": {
                    "type": "account_onboarding",
                    "account_onboarding": {"refresh_url": refresh_url, "return_url": return_url},
                },
            },
        )
        return made.url

    def status(self, account: str) -> PayeeStatus:
        """Return how far an account is."""
        return status_v2(
            self._client.v2.core.accounts.retrieve(account, {"include": READ}).to_dict()
        )


class AccountsV1:
    """Payees by the first version of the accounts API: Express accounts that take transfers.

    home: the platform's own country; payees elsewhere are recipients.
    """

    def __init__(self, client: stripe.StripeClient, home: str) -> None:
        """Talk through a client."""
        self._client = client
        self._home = home

    def open(self, payee: PayeeRef, key: str) -> str:
        """Open an account and return its id."""
        asked: Any = {
            "type": "express",
            "country": payee.country,
            "email": payee.email,
            "business_type": "individual",
            "business_profile": {"name": payee.legal_name},
            "capabilities": {"transfers": {"requested": True}},
            "metadata": {"person": payee.ref},
        }
        if payee.country != self._home:
            asked["tos_acceptance"] = {"service_agreement": "recipient"}
        return self._client.v1.accounts.create(asked, {"idempotency_key": key}).id

    def link(self, account: str, return_url: str, refresh_url: str) -> str:
        """Return the address of a page that is for one use."""
        made = self._client.v1.account_links.create(
            {
                "account": account,
                "type": "account_onboarding",
                "refresh_url": refresh_url,
                "return_url": return_url,
            },
        )
        return made.url

    def status(self, account: str) -> PayeeStatus:
        """Return how far an account is."""
        return status_v1(self._client.v1.accounts.retrieve(account).to_dict())


class StripePayees:
    """The desk at which payees get accounts (port `PayeeDesk`)."""

    _accounts: AccountsV1 | AccountsV2

    def open_payee(self, payee: PayeeRef, key: str) -> Opened | Refused | Unknown:
        """Open an account, once for a key."""
        try:
            return Opened(self._accounts.open(payee, key))
        except stripe.StripeError as problem:
            return meaning(problem)
        except (requests.RequestException, ValueError) as problem:
            return unread(problem)

    def payee_link(
        self,
        account: str,
        return_url: str,
        refresh_url: str,
    ) -> Link | Refused | Unknown:
        """Make a link to the pages on which the payee gives their details."""
        try:
            return Link(self._accounts.link(account, return_url, refresh_url))
        except stripe.StripeError as problem:
            return meaning(problem)
        except (requests.RequestException, ValueError) as problem:
            return unread(problem)

    def payee_status(self, account: str) -> PayeeStatus | Unknown:
        """Return how far an account is; one that nobody knows is gone."""
        try:
            return self._accounts.status(account)
        except stripe.StripeError as problem:
            found = meaning(problem)
            if isinstance(found, Refused) and found.code in GONE:
                return PayeeStatus(PayeeState.GONE)
            return Unknown(found.text)
        except (requests.RequestException, ValueError) as problem:
            return unread(problem)


def status_v2(account: dict[str, Any]) -> PayeeStatus:
    """Return how far an account of the second version is."""
    if account.get("closed"):
        return PayeeStatus(PayeeState.GONE)
    recipient = (account.get("configuration") or {}).get("recipient") or {}
    balance = (recipient.get("capabilities") or {}).get("stripe_balance") or {}
    capability = balance.get("stripe_transfers") or {}
    status, details = capability.get("status"), capability.get("status_details") or []
    if status in ("active", "pending"):
        return PayeeStatus(PayeeState.READY if status == "active" else PayeeState.CHECKING)
    if any(one["resolution"] == "provide_info" for one in details):
        return PayeeStatus(_begun_v2(account), _needs_v2(account))
    if details and all(one["code"] in LOOKING for one in details):
        return PayeeStatus(PayeeState.CHECKING)
    return PayeeStatus(PayeeState.PAUSED)


def _begun_v2(account: dict[str, Any]) -> PayeeState:
    """Tell whether the payee has given anything: then there is a person in the account."""
    given = (account.get("identity") or {}).get("individual")
    return PayeeState.NEEDS if given else PayeeState.NEW


def _needs_v2(account: dict[str, Any]) -> tuple[str, ...]:
    entries = (account.get("requirements") or {}).get("entries") or []
    mine = (one for one in entries if one.get("awaiting_action_from", "user") == "user")
    return tuple(dict.fromkeys(str(one["description"]) for one in mine))


def status_v1(account: dict[str, Any]) -> PayeeStatus:
    """Return how far an account of the first version is."""
    required = account.get("requirements") or {}
    due = tuple(required.get("currently_due") or ())
    reason = required.get("disabled_reason") or ""
    if (account.get("capabilities") or {}).get("transfers") == "active":
        return PayeeStatus(PayeeState.READY)
    if not account.get("details_submitted"):
        return PayeeStatus(PayeeState.NEW, due)
    if due:
        return PayeeStatus(PayeeState.NEEDS, due)
    is_stopped = reason and reason not in UNDER_REVIEW | NEEDING
    return PayeeStatus(PayeeState.PAUSED if is_stopped else PayeeState.CHECKING)
