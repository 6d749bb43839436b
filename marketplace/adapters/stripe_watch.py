"""What Stripe shows of what was done: transfers, sums, events, and payouts to payees' banks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeVar, cast

import requests
import stripe

from marketplace.domain.payments.ports import Unknown
from marketplace.domain.payments.rules.events import BankPayout, BankStep, Told, masked
from marketplace.domain.payments.rules.matching import Theirs
from marketplace.kernel.money import Money

PAGE: Final = 100

OUR_OWN: Final = ("topup", "topup_reversal", "payout", "payout_cancel", "payout_failure")
"""Kinds of balance transactions by which the platform moves money to and from its own bank."""

STEPS: Final[Mapping[str, BankStep]] = {
    "paid": BankStep.BANKED,
    "failed": BankStep.RETURNED,
    "canceled": BankStep.RETURNED,
}

NOT_THERE: Final = frozenset({403, 404})

T = TypeVar("T")


class StripeWatch:
    """The side of a Stripe gateway that only reads (port `Watched`)."""

    def __init__(self, client: stripe.StripeClient) -> None:
        """Talk through a client made by `connect`."""
        self._client = client

    def statement(self, since: datetime) -> Sequence[Theirs] | Unknown:
        """Return every transfer made since an instant, also those that name none of ours."""
        return _asked(lambda: [_theirs(one) for one in self._transfers_since(since)])

    def holdings(self) -> Mapping[str, int] | Unknown:
        """Return what our trade left there, by currency: the balance without our own moves."""
        return _asked(self._holdings)

    def happened(self, since: datetime) -> Sequence[Told] | Unknown:
        """Return the platform's own events since an instant, oldest first."""
        return _asked(lambda: [_told(one) for one in self._events_since(since)][::-1])

    def bank_payout(self, account: str, ref: str) -> BankPayout | Unknown | None:
        """Return a payout of a payee's account to their bank, and what it carries."""
        try:
            return _asked(lambda: self._bank_payout(account, ref))
        except LookupError:
            return None

    def _transfers_since(self, since: datetime) -> Iterator[stripe.Transfer]:
        return self._client.v1.transfers.list(_since(since)).auto_paging_iter()

    def _events_since(self, since: datetime) -> Iterator[stripe.Event]:
        return self._client.v1.events.list(_since(since)).auto_paging_iter()

    def _holdings(self) -> dict[str, int]:
        balance = self._client.v1.balance.retrieve().to_dict()
        found: dict[str, int] = {}
        for part in (*balance["available"], *balance["pending"]):
            _add(found, part["currency"], part["amount"])
        for kind in OUR_OWN:
            for line in self._lines({"type": kind}):
                _add(found, line.currency, -line.net)
        return {currency: minor for currency, minor in found.items() if minor}

    def _bank_payout(self, account: str, ref: str) -> BankPayout:
        try:
            made = self._client.v1.payouts.retrieve(ref, options={"stripe_account": account})
        except stripe.StripeError as problem:
            if problem.http_status in NOT_THERE:
                raise LookupError(ref) from problem
            raise
        return BankPayout(
            ref=made.id,
            made_at=_instant(made.created),
            step=STEPS.get(made.status, BankStep.UNDER_WAY),
            transfers=tuple(sorted(self._carried(account, made.id, set()))),
            problem=str(made.to_dict().get("failure_code") or ""),
        )

    def _carried(self, account: str, ref: str, seen: set[str]) -> set[str]:
        """Return the transfers a payout carries, also by way of payouts that came back."""
        seen.add(ref)
        found: set[str] = set()
        for line in self._lines({"payout": ref, "expand": ["data.source"]}, account):
            source = line.to_dict()["source"]
            if not isinstance(source, dict):
                continue
            if source.get("source_transfer"):
                found.add(str(source["source_transfer"]))
            elif source["object"] == "payout" and source["id"] not in seen:
                found |= self._carried(account, source["id"], seen)
        return found

    def _lines(
        self,
        wanted: Mapping[str, object],
        account: str = "",
    ) -> Iterator[stripe.BalanceTransaction]:
        asked = cast("stripe.params.BalanceTransactionListParams", {"limit": PAGE, **wanted})
        options: Any = {"stripe_account": account} if account else {}
        return self._client.v1.balance_transactions.list(asked, options).auto_paging_iter()


def _asked(ask: Callable[[], T]) -> T | Unknown:
    """Return what Stripe says; Unknown when it does not answer, or not readably."""
    try:
        return ask()
    except (stripe.StripeError, requests.RequestException, ValueError) as problem:
        return Unknown(f"The gateway could not be read: {type(problem).__name__}.")


def _since(instant: datetime) -> Any:  # noqa: ANN401 - parameters of several lists
    return {"limit": PAGE, "created": {"gte": int(instant.timestamp())}}


def _theirs(one: stripe.Transfer) -> Theirs:
    currency = one.currency.upper()
    return Theirs(
        ref=one.id,
        payout_id=str(one.metadata.to_dict().get("payout_id", "")),
        group=one.transfer_group or "",
        amount=Money(one.amount, currency),
        taken_back=Money(one.amount_reversed, currency),
    )


def _told(one: stripe.Event) -> Told:
    body = one.to_dict()
    return Told(
        event_id=one.id,
        type=one.type,
        account=str(body.get("account") or ""),
        object_id=str(body["data"]["object"].get("id", "")),
        made_at=_instant(one.created),
        body=masked(body),
    )


def _add(found: dict[str, int], currency: str, minor: int) -> None:
    found[currency.upper()] = found.get(currency.upper(), 0) + minor


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
