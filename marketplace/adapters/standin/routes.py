"""The calls of the API that are known here, each with the SDK's own types of its parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from marketplace.adapters.standin import accounts, events, funding, money
from marketplace.adapters.standin.parameters import Values
from marketplace.adapters.standin.store import Body, Books


@dataclass(frozen=True, slots=True)
class Call:
    """One request that was understood. names: of the path; asked: checked parameters."""

    account: str
    host: str
    names: Mapping[str, str]
    asked: Values


@dataclass(frozen=True, slots=True)
class Route:
    """One call of the API. shape: its typed parameters in the SDK; empty: it takes none."""

    method: str
    path: str
    shape: str
    answer: Callable[[Books, Call], Body]


def _link_v2(books: Books, call: Call) -> Body:
    account = call.asked["account"]
    wanted = call.asked["use_case"].get("account_onboarding", {})
    accounts.get(books, "v2.core.account", account)
    return {"object": "v2.core.account_link", "account": account, **_link(books, call, wanted)}


def _link_v1(books: Books, call: Call) -> Body:
    accounts.get(books, "account", call.asked["account"])
    return {"object": "account_link", **_link(books, call, call.asked)}


def _link(books: Books, call: Call, wanted: Values) -> Body:
    ways = (wanted.get("return_url", ""), wanted.get("refresh_url", ""))
    made = accounts.link(books, call.asked["account"], *ways)
    return {"created": made["created"], "url": f"{call.host}{made['path']}"}


def _get(books: Books, call: Call, kind: str) -> Body:
    found = funding.get(books, kind, call.names["id"])
    return funding.expanded(books, found, call.asked.get("expand", []))


ROUTES: Final = (
    Route("POST", "/v2/core/accounts", "v2.core.AccountCreateParams",
          lambda books, call: accounts.open_v2(books, call.asked)),
    Route("GET", "/v2/core/accounts/<account>", "v2.core.AccountRetrieveParams",
          lambda books, call: accounts.get(books, "v2.core.account", call.names["account"])),
    Route("POST", "/v2/core/account_links", "v2.core.AccountLinkCreateParams",
          _link_v2),
    Route("POST", "/v1/accounts", "AccountCreateParams",
          lambda books, call: accounts.open_v1(books, call.asked)),
    Route("GET", "/v1/accounts/<account>", "AccountRetrieveParams",
          lambda books, call: accounts.get(books, "account", call.names["account"])),
    Route("POST", "/v1/account_links", "AccountLinkCreateParams",
          _link_v1),
    Route("GET", "/v1/balance", "BalanceRetrieveParams",
          lambda books, call: money.balance(books, call.account)),
    Route("POST", "/v1/transfers", "TransferCreateParams",
          lambda books, call: money.transfer(books, call.asked)),
    Route("GET", "/v1/transfers", "TransferListParams",
          lambda books, call: money.transfers(books, call.asked)),
    Route("GET", "/v1/transfers/<transfer>", "TransferRetrieveParams",
          lambda books, call: money.get_transfer(books, call.names["transfer"])),
    Route("POST", "/v1/transfers/<transfer>/reversals", "TransferReversalCreateParams",
          lambda books, call: money.reverse(books, call.names["transfer"], call.asked)),
    Route("POST", "/v1/payouts", "PayoutCreateParams",
          lambda books, call: money.pay_out(books, call.account, call.asked)),
    Route("GET", "/v1/payouts", "PayoutListParams",
          lambda books, call: money.payouts(books, call.account, call.asked)),
    Route("GET", "/v1/payouts/<payout>", "PayoutRetrieveParams",
          lambda books, call: money.get_payout(books, call.account, call.names["payout"])),
    Route("POST", "/v1/checkout/sessions", "checkout.SessionCreateParams",
          lambda books, call: funding.open_session(books, call.asked, call.host)),
    Route("GET", "/v1/checkout/sessions/<id>", "checkout.SessionRetrieveParams",
          lambda books, call: _get(books, call, "checkout.session")),
    Route("POST", "/v1/checkout/sessions/<id>/expire", "checkout.SessionExpireParams",
          lambda books, call: funding.expire(books, call.names["id"])),
    Route("GET", "/v1/payment_intents/<id>", "PaymentIntentRetrieveParams",
          lambda books, call: _get(books, call, "payment_intent")),
    Route("GET", "/v1/charges/<id>", "ChargeRetrieveParams",
          lambda books, call: _get(books, call, "charge")),
    Route("POST", "/v1/customers", "CustomerCreateParams",
          lambda books, call: funding.make_customer(books, call.asked)),
    Route("GET", "/v1/customers/<id>", "CustomerRetrieveParams",
          lambda books, call: _get(books, call, "customer")),
    Route("POST", "/v1/refunds", "RefundCreateParams",
          lambda books, call: funding.refund(books, call.asked)),
    Route("GET", "/v1/refunds/<id>", "RefundRetrieveParams",
          lambda books, call: _get(books, call, "refund")),
    Route("GET", "/v1/disputes", "DisputeListParams",
          lambda books, call: funding.disputes(books, call.asked)),
    Route("GET", "/v1/disputes/<id>", "DisputeRetrieveParams",
          lambda books, call: _get(books, call, "dispute")),
    Route("GET", "/v1/balance_transactions", "BalanceTransactionListParams",
          lambda books, call: funding.balance_transactions(books, call.account, call.asked)),
    Route("GET", "/v1/balance_transactions/<id>", "BalanceTransactionRetrieveParams",
          lambda books, call: _get(books, call, "balance_transaction")),
    Route("GET", "/v1/events", "EventListParams",
          lambda books, call: events.events(books, call.asked)),
    Route("GET", "/v1/events/<event>", "EventRetrieveParams",
          lambda books, call: events.event(books, call.names["event"])),
)  # fmt: skip
