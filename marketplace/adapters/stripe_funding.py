"""Productions pay in at Stripe: a hosted checkout, what it brought, and the way back.

Charges are the platform's own, never somebody's account's: whose money it is, our books say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import requests
import stripe

from marketplace.adapters.stripe_answers import meaning, unread
from marketplace.domain.payments.ports import (
    FundingOrder,
    FundingStart,
    FundingState,
    Opened,
    PayerRef,
    Refused,
    Sent,
    Unknown,
)
from marketplace.domain.payments.rules.funding import TRANSFER
from marketplace.domain.payments.rules.gateways import FundingStep
from marketplace.kernel.money import Money

EXPANDED: Final = "payment_intent.latest_charge.balance_transaction"
TRANSFERS: Final = {"USD": "us_bank_transfer", "GBP": "gb_bank_transfer"}
"""What Stripe calls a transfer in a currency; the ways of `rules.funding` name no other."""

NEVER_CAME: Final = frozenset({"requires_payment_method", "canceled"})
NOTHING_TAKEN: Final = frozenset(
    {"won", "prevented", "warning_closed", "warning_needs_response", "warning_under_review"}
)
"""States of a dispute in which the money is with us: a mere question of a bank takes nothing."""

T = TypeVar("T")


class StripeFunding:
    """The desk at which productions pay in and get back (port `FundingDesk`)."""

    _client: stripe.StripeClient

    def open_payer(self, payer: PayerRef, key: str) -> Opened | Refused | Unknown:
        """Make a company a customer, once for a key."""

        def make() -> Opened:
            asked: Any = {"name": payer.name, "metadata": {"company": payer.ref}}
            made = self._client.v1.customers.create(asked, {"idempotency_key": key})
            return Opened(made.id)

        return _answered(make)

    def start_funding(self, order: FundingOrder, key: str) -> FundingStart | Refused | Unknown:
        """Open a hosted checkout, once for a key."""

        def start() -> FundingStart | Unknown:
            made = self._client.v1.checkout.sessions.create(_asked(order), {"idempotency_key": key})
            url = made.to_dict().get("url")
            return FundingStart(made.id, url) if url else Unknown("The checkout is over.")

        return _answered(start)

    def funding(self, ref: str) -> FundingState | Unknown:
        """Return where the money of a checkout is."""

        def read() -> FundingState:
            found = self._client.v1.checkout.sessions.retrieve(ref, {"expand": [EXPANDED]})
            return self._state(found.to_dict())

        answer = _answered(read)
        return Unknown(answer.text) if isinstance(answer, Refused) else answer

    def refund(self, payment: str, amount: Money, key: str) -> Sent | Refused | Unknown:
        """Give money of a payment back to who paid it, once for a key."""

        def give() -> Sent | Refused:
            made = self._client.v1.refunds.create(
                {"payment_intent": payment, "amount": amount.minor},
                {"idempotency_key": key},
            )
            if made.status in {"failed", "canceled"}:
                return Refused("refund_failed", "The refund failed at the payer's bank.")
            return Sent(made.id, _instant(made.created))

        return _answered(give)

    def take_back(self, transfer: str, amount: Money, key: str) -> Sent | Refused | Unknown:
        """Take money of a transfer back while the payee's balance covers it, once for a key."""

        def take() -> Sent:
            made = self._client.v1.transfers.reversals.create(
                transfer, {"amount": amount.minor}, {"idempotency_key": key}
            )
            return Sent(made.id, _instant(made.created))

        return _answered(take)

    def _state(self, session: Mapping[str, Any]) -> FundingState:
        amount = Money(session["amount_total"], session["currency"].upper())
        intent = session.get("payment_intent") or {}
        payment = str(intent.get("id", ""))
        if session["status"] == "expired":
            return FundingState(FundingStep.EXPIRED, amount, payment)
        if session["status"] == "open":
            return FundingState(FundingStep.OPEN, amount, payment)
        charge = intent.get("latest_charge")
        if session["payment_status"] != "paid" or not isinstance(charge, Mapping):
            is_over = intent.get("status") in NEVER_CAME
            step = FundingStep.FAILED if is_over else FundingStep.PROCESSING
            return FundingState(step, amount, payment, instructions=_how_to_send(intent))
        return self._charged(amount, payment, charge)

    def _charged(self, amount: Money, payment: str, charge: Mapping[str, Any]) -> FundingState:
        line = charge.get("balance_transaction") or {}
        is_known = isinstance(line, Mapping) and "net" in line
        dispute = self._dispute(payment) if charge["disputed"] else {}
        step = FundingStep.REFUNDED if charge["refunded"] else FundingStep.PAID
        currency = amount.currency
        return FundingState(
            step=FundingStep.DISPUTED if dispute else step,
            amount=amount,
            payment=payment,
            fee=Money(line["fee"], currency) if is_known else None,
            net=Money(line["net"], currency) if is_known else None,
            available_on=_instant(line["available_on"]) if is_known else None,
            refunded=Money(charge["amount_refunded"], currency),
            disputed=Money(dispute["amount"], currency) if dispute else None,
            dispute_fee=Money(_fees(dispute), currency) if dispute else None,
            is_lost=dispute.get("status") == "lost",
            dispute=str(dispute.get("id", "")),
        )

    def _dispute(self, payment: str) -> Mapping[str, Any]:
        """Return the dispute that holds money of a payment; empty when none does."""
        found = self._client.v1.disputes.list({"payment_intent": payment})
        held = (one.to_dict() for one in found.data if one.status not in NOTHING_TAKEN)
        return next(held, {})


def _asked(order: FundingOrder) -> Any:  # noqa: ANN401 - the SDK's type knows each way by name
    """Return the parameters of an order; the same order always gives the same ones."""
    ours = {"funding_id": order.funding_id}
    lines = [
        {
            "quantity": 1,
            "price_data": {
                "currency": amount.currency.lower(),
                "unit_amount": amount.minor,
                "product_data": {"name": name},
            },
        }
        for name, amount in order.lines
    ]
    intent = {"description": order.description, "metadata": ours}
    return {
        "mode": "payment",
        "line_items": lines,
        "success_url": order.return_url,
        "cancel_url": order.cancel_url,
        **({"customer": order.customer} if order.customer else {"customer_email": order.email}),
        "client_reference_id": order.funding_id,
        "metadata": ours,
        "payment_intent_data": intent | ({"transfer_group": order.group} if order.group else {}),
        **({"allowed_payment_method_types": [order.way]} if order.way else {}),
        **(_by_transfer(order.amount.currency) if order.way == TRANSFER else {}),
    }


def _by_transfer(currency: str) -> dict[str, Any]:
    """Return what a transfer needs beside: between which banks it goes."""
    kind = {"type": TRANSFERS[currency]}
    options = {"funding_type": "bank_transfer", "bank_transfer": kind}
    return {"payment_method_options": {"customer_balance": options}}


def _how_to_send(intent: Mapping[str, Any]) -> str:
    """Return the page that says where a transfer goes; empty for other ways to pay."""
    told = (intent.get("next_action") or {}).get("display_bank_transfer_instructions") or {}
    url = str(told.get("hosted_instructions_url") or "")
    return url if url.startswith(("https://", "http://")) else ""


def _fees(dispute: Mapping[str, Any]) -> int:
    return sum(line["fee"] for line in dispute.get("balance_transactions") or ())


def _answered(ask: Callable[[], T]) -> T | Refused | Unknown:
    """Return what Stripe says; what an error means is said by its kind."""
    try:
        return ask()
    except stripe.StripeError as problem:
        return meaning(problem)
    except (requests.RequestException, ValueError) as problem:
        return unread(problem)


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
