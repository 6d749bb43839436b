"""Money in: hosted checkout, payments, charges, what they cost, refunds and disputes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from marketplace.adapters.standin.answers import is_since, listed, missing, refused
from marketplace.adapters.standin.events import happened
from marketplace.adapters.standin.money import booked
from marketplace.adapters.standin.store import PLATFORM, Body, Books

CARD_PERCENT: Final = 290
"""Hundredths of a percent a card costs, and thirty cents more [unverified]."""
CARD_FIXED: Final = 30
BANK_PERCENT: Final = 80
BANK_MOST: Final = 500
TRANSFER: Final = "customer_balance"
DISPUTE_FEE: Final = 1_500

CARD_AVAILABLE: Final = timedelta(days=2)
BANK_AVAILABLE: Final = timedelta(days=4)
SHORTEST_SESSION: Final = timedelta(minutes=30)
LONGEST_SESSION: Final = timedelta(hours=24)

TRANSFER_PERCENT: Final = 50

WAYS: Final = ("card", "us_bank_account", "customer_balance")


def open_session(books: Books, asked: dict[str, Any], host: str) -> Body:
    """Open a hosted checkout for a payment."""
    if asked.get("mode") != "payment":
        raise refused("parameter_invalid", "Only mode=payment is known here.", param="mode")
    lines = asked.get("line_items", [])
    currencies = {line["price_data"]["currency"] for line in lines if "price_data" in line}
    if len(currencies) != 1:
        raise refused("parameter_invalid", "Line items need one currency.", param="line_items")
    _check_payer(books, asked)
    total = sum(line["quantity"] * line["price_data"]["unit_amount"] for line in lines)
    until = asked.get("expires_at", books.second + int(LONGEST_SESSION.total_seconds()))
    wait = timedelta(seconds=until - books.second)
    if not SHORTEST_SESSION <= wait <= LONGEST_SESSION:
        text = "The session must expire between 30 minutes and 24 hours from now."
        raise refused("parameter_invalid", text, param="expires_at")
    made = books.make(
        "checkout.session",
        "cs_test",
        {
            "allowed_payment_method_types": asked.get("allowed_payment_method_types"),
            "amount_total": total,
            "cancel_url": asked.get("cancel_url"),
            "client_reference_id": asked.get("client_reference_id"),
            "created": books.second,
            "currency": currencies.pop(),
            "customer": asked.get("customer"),
            "expires_at": until,
            "livemode": False,
            "metadata": asked.get("metadata", {}),
            "mode": "payment",
            "payment_intent": None,
            "payment_intent_data": asked.get("payment_intent_data", {}),
            "payment_status": "unpaid",
            "status": "open",
            "success_url": asked.get("success_url"),
        },
    )
    return books.keep({**made, "url": f"{host}/standin/checkout/{made['id']}"})


def make_customer(books: Books, asked: dict[str, Any]) -> Body:
    """Make somebody who pays a customer."""
    return books.make(
        "customer",
        "cus",
        {
            "created": books.second,
            "email": asked.get("email"),
            "livemode": False,
            "metadata": asked.get("metadata", {}),
            "name": asked.get("name"),
        },
    )


def _check_payer(books: Books, asked: dict[str, Any]) -> None:
    """Refuse a session whose payer is named twice, unknown, or missing for a bank transfer."""
    customer = asked.get("customer")
    if customer and "customer_email" in asked:
        text = "You may only specify one of these parameters: customer, customer_email."
        raise refused("parameter_invalid", text, param="customer")
    if customer:
        get(books, "customer", customer)
    if TRANSFER not in asked.get("allowed_payment_method_types", ()):
        return
    options = asked.get("payment_method_options", {}).get(TRANSFER, {})
    if not customer or options.get("funding_type") != "bank_transfer":
        text = "A bank transfer needs a customer and funding_type=bank_transfer."
        raise refused("parameter_missing", text, param="customer")


def pay(books: Books, session_id: str, way: str, host: str = "") -> Body:
    """Let a producer pay an open session: by card at once, by a bank some days later."""
    session = get(books, "checkout.session", session_id)
    if session["status"] != "open" or session["expires_at"] <= books.second:
        raise refused("", "This checkout is over.")
    if way not in (session["allowed_payment_method_types"] or WAYS):
        raise refused("", "This way to pay is not offered.")
    if way == TRANSFER and not session["customer"]:
        raise refused("", "Only a customer can pay by bank transfer.")
    intent = books.make(
        "payment_intent",
        "pi",
        {
            "amount": session["amount_total"],
            "created": books.second,
            "currency": session["currency"],
            "latest_charge": None,
            "next_action": None,
            "payment_method_types": [way],
            "metadata": session["payment_intent_data"].get("metadata", {}),
            "status": "processing",
            "transfer_group": session["payment_intent_data"].get("transfer_group"),
        },
    )
    session |= {"status": "complete", "payment_intent": intent["id"]}
    books.keep(session)
    if way == TRANSFER:
        books.keep(_waiting(intent, session_id, host))
    if way == "card":
        _charge(books, intent, _card_fee(intent["amount"]), CARD_AVAILABLE)
        books.keep(session | {"payment_status": "paid"})
    happened(books, "checkout.session.completed", get(books, "checkout.session", session_id))
    return session


def _waiting(intent: Body, session_id: str, host: str) -> Body:
    """Return a payment that waits for the payer's own transfer, and where it says how to send."""
    told = {
        "amount_remaining": intent["amount"],
        "currency": intent["currency"],
        "hosted_instructions_url": f"{host}/standin/transfer/{session_id}",
        "reference": intent["id"][-8:].upper(),
    }
    action = {
        "type": "display_bank_transfer_instructions",
        "display_bank_transfer_instructions": told,
    }
    return intent | {"status": "requires_action", "next_action": action}


def end_bank_payment(books: Books, session_id: str, *, is_good: bool) -> Body:
    """Let a bank's answer arrive, days after the checkout."""
    session = get(books, "checkout.session", session_id)
    intent = get(books, "payment_intent", session["payment_intent"])
    if not is_good:
        books.keep(intent | {"status": "requires_payment_method", "next_action": None})
        happened(books, "checkout.session.async_payment_failed", session)
        return session
    is_sent = TRANSFER in intent["payment_method_types"]
    percent = TRANSFER_PERCENT if is_sent else BANK_PERCENT
    fee = min(intent["amount"] * percent // 10_000, BANK_MOST)
    _charge(books, intent | {"next_action": None}, fee, BANK_AVAILABLE)
    paid = books.keep(session | {"payment_status": "paid"})
    happened(books, "checkout.session.async_payment_succeeded", paid)
    return paid


def expire(books: Books, session_id: str) -> Body:
    """End an open session without a payment."""
    session = get(books, "checkout.session", session_id)
    if session["status"] != "open":
        raise refused("", "Only open sessions can be expired.")
    ended = books.keep(session | {"status": "expired"})
    happened(books, "checkout.session.expired", ended)
    return ended


def refund(books: Books, asked: dict[str, Any]) -> Body:
    """Give money of a payment back; the processing cost stays spent."""
    intent = get(books, "payment_intent", asked.get("payment_intent", ""))
    charge = get(books, "charge", intent["latest_charge"] or "")
    left = charge["amount"] - charge["amount_refunded"]
    amount = asked.get("amount", left)
    if not 0 < amount <= left:
        text = f"Refund amount is greater than what is left of the charge ({left})."
        raise refused("charge_already_refunded" if not left else "parameter_invalid", text)
    if books.balance(PLATFORM)[0].get(charge["currency"], 0) < amount:
        text = "Insufficient available balance for this refund."
        raise refused("balance_insufficient", text)
    made = books.make(
        "refund",
        "re",
        {
            "amount": amount,
            "charge": charge["id"],
            "created": books.second,
            "currency": charge["currency"],
            "metadata": asked.get("metadata", {}),
            "payment_intent": intent["id"],
            "status": "succeeded",
        },
    )
    booked(books, PLATFORM, made, -amount)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    happened(books, "charge.refunded", books.keep(charge))
    return made


def dispute(books: Books, charge_id: str) -> Body:
    """Let a cardholder's bank take a charge back while it is argued about."""
    charge = get(books, "charge", charge_id)
    made = books.make(
        "dispute",
        "du",
        {
            "amount": charge["amount"],
            "charge": charge_id,
            "created": books.second,
            "currency": charge["currency"],
            "payment_intent": charge["payment_intent"],
            "reason": "fraudulent",
            "status": "needs_response",
        },
    )
    line = booked(books, PLATFORM, made, -charge["amount"], fee=DISPUTE_FEE)
    made = books.keep(made | {"balance_transactions": [line]})
    books.keep(charge | {"disputed": True})
    happened(books, "charge.dispute.created", made)
    return made


def end_dispute(books: Books, dispute_id: str, *, is_won: bool) -> Body:
    """End a dispute; a won one brings the amount back, not the fee."""
    found = get(books, "dispute", dispute_id)
    if is_won:
        booked(books, PLATFORM, found, found["amount"])
    ended = books.keep(found | {"status": "won" if is_won else "lost"})
    happened(books, "charge.dispute.closed", ended)
    return ended


def disputes(books: Books, asked: dict[str, Any]) -> Body:
    """List disputes, the newest first, of a charge or a payment."""
    found = (
        one
        for one in books.newest("dispute")
        if all(one[name] == asked[name] for name in ("charge", "payment_intent") if name in asked)
    )
    return listed("/v1/disputes", found, asked)


def get(books: Books, kind: str, object_id: str) -> Body:
    """Return one object of the platform."""
    found = books.get(kind, object_id)
    if found is None:
        raise missing(kind, object_id, "id")
    return found


def expanded(books: Books, body: Body, paths: list[str]) -> Body:
    """Return an object with the ids on some paths replaced by what they name."""
    for path in paths:
        here: Any = body
        for name in path.split("."):
            if isinstance(here.get(name), str):
                here[name] = books.any(here[name])
            here = here.get(name)
            if not isinstance(here, dict):
                break
    return body


def balance_transactions(books: Books, account: str, asked: dict[str, Any]) -> Body:
    """List everything that changed a balance, the newest first; several fields choose."""
    names = ("source", "type", "currency", "payout")
    found = (
        one
        for one in books.newest("balance_transaction", account=account)
        if all(one.get(name) == asked[name] for name in names if name in asked)
        and is_since(one, asked)
    )
    page = listed("/v1/balance_transactions", found, asked)
    paths = [path.removeprefix("data.") for path in asked.get("expand", [])]
    return page | {"data": [expanded(books, one, paths) for one in page["data"]]}


def _charge(books: Books, intent: Body, fee: int, after: timedelta) -> Body:
    made = books.make(
        "charge",
        "ch",
        {
            "amount": intent["amount"],
            "amount_refunded": 0,
            "balance_transaction": None,
            "created": books.second,
            "currency": intent["currency"],
            "disputed": False,
            "payment_intent": intent["id"],
            "refunded": False,
            "status": "succeeded",
            "transfer_group": intent["transfer_group"],
        },
    )
    line = booked(books, PLATFORM, made, intent["amount"], fee=fee, after=after)
    books.keep(made | {"balance_transaction": line["id"]})
    books.keep(intent | {"latest_charge": made["id"], "status": "succeeded"})
    happened(books, "charge.succeeded", get(books, "charge", made["id"]))
    return made


def _card_fee(amount: int) -> int:
    return amount * CARD_PERCENT // 10_000 + CARD_FIXED
