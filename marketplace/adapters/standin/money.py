"""Balances, transfers, reversals and the payouts of connected accounts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from marketplace.adapters.standin.accounts import may_receive
from marketplace.adapters.standin.answers import is_since, listed, missing, refused
from marketplace.adapters.standin.events import happened
from marketplace.adapters.standin.store import PLATFORM, Body, Books

CURRENCIES: Final = ("usd", "eur", "gbp", "jpy")
"""What this platform holds; there are no connected accounts in mainland China."""

LARGEST: Final = 99_999_999
AT_ONCE: Final = timedelta(0)
TO_THE_BANK: Final = timedelta(days=2)


def balance(books: Books, account: str) -> Body:
    """Return the balance of the platform or of a connected account."""
    available, pending = books.balance(account)
    return {
        "object": "balance",
        "livemode": False,
        **{
            name: [{"currency": currency, "amount": net} for currency, net in sorted(sums.items())]
            for name, sums in (("available", available), ("pending", pending))
        },
    }


def transfer(books: Books, asked: dict[str, Any]) -> Body:
    """Move money from the platform's available balance to a connected account."""
    amount, currency, account = asked.get("amount", 0), asked["currency"], asked["destination"]
    _check(amount, currency)
    if books.get("v2.core.account", account) is None and books.get("account", account) is None:
        raise refused("resource_missing", f"No such destination: '{account}'", param="destination")
    if not may_receive(books, account):
        text = "Your destination account needs to have at least one of the following capabilities"
        text += " enabled: transfers"
        raise refused("insufficient_capabilities_for_transfer", text)
    if books.balance(PLATFORM)[0].get(currency, 0) < amount:
        text = "You have insufficient available funds in your Stripe account."
        raise refused("balance_insufficient", text)
    made = books.make(
        "transfer",
        "tr",
        {
            "amount": amount,
            "amount_reversed": 0,
            "created": books.second,
            "currency": currency,
            "description": asked.get("description"),
            "destination": account,
            "livemode": False,
            "metadata": asked.get("metadata", {}),
            "reversals": {"object": "list", "data": [], "has_more": False, "url": ""},
            "reversed": False,
            "source_transaction": None,
            "transfer_group": asked.get("transfer_group"),
        },
    )
    booked(books, PLATFORM, made, -amount)
    payment = {"amount": amount, "created": books.second, "currency": currency}
    arrived = books.make("charge", "py", payment | {"source_transfer": made["id"]}, account=account)
    booked(books, account, arrived | {"object": "payment"}, amount)
    happened(books, "transfer.created", made)
    return made


def transfers(books: Books, asked: dict[str, Any]) -> Body:
    """List transfers, the newest first, of a group or to an account."""
    found = (
        one
        for one in books.newest("transfer", group=asked.get("transfer_group", ""))
        if one["destination"] == asked.get("destination", one["destination"])
        and is_since(one, asked)
    )
    return listed("/v1/transfers", found, asked)


def get_transfer(books: Books, transfer_id: str) -> Body:
    """Return one transfer."""
    found = books.get("transfer", transfer_id)
    if found is None:
        raise missing("transfer", transfer_id, "transfer")
    return found


def reverse(books: Books, transfer_id: str, asked: dict[str, Any]) -> Body:
    """Take money of a transfer back, as long as the payee's balance covers it."""
    sent = get_transfer(books, transfer_id)
    left = sent["amount"] - sent["amount_reversed"]
    amount = asked.get("amount", left)
    if not 0 < amount <= left:
        text = f"The amount to reverse is more than what is left of the transfer ({left})."
        raise refused("parameter_invalid_integer", text, param="amount")
    currency, account = sent["currency"], sent["destination"]
    if books.balance(account)[0].get(currency, 0) < amount:
        text = "Insufficient funds in the connected account to reverse the transfer."
        raise refused("balance_insufficient", text)
    made = books.make(
        "transfer_reversal",
        "trr",
        {
            "amount": amount,
            "created": books.second,
            "currency": currency,
            "metadata": asked.get("metadata", {}),
            "transfer": transfer_id,
        },
    )
    sent["amount_reversed"] += amount
    sent["reversed"] = sent["amount_reversed"] == sent["amount"]
    sent["reversals"]["data"].insert(0, made)
    books.keep(sent)
    booked(books, account, made, -amount)
    booked(books, PLATFORM, made, amount)
    happened(books, "transfer.reversed", sent)
    return made


def pay_out(books: Books, account: str, asked: dict[str, Any]) -> Body:
    """Send money of a connected account on to its bank; it arrives two days later.

    Everything that came in and has not set out yet is what it carries, as with automatic payouts.
    """
    amount, currency = asked["amount"], asked["currency"]
    _check(amount, currency)
    if books.balance(account)[0].get(currency, 0) < amount:
        text = "You have insufficient funds in your Stripe account for this transfer."
        raise refused("balance_insufficient", text)
    made = books.make(
        "payout",
        "po",
        {
            "amount": amount,
            "arrival_date": int((books.now + TO_THE_BANK).timestamp()),
            "created": books.second,
            "currency": currency,
            "livemode": False,
            "metadata": asked.get("metadata", {}),
            "method": asked.get("method", "standard"),
            "status": "in_transit",
        },
        account=account,
    )
    for line in list(books.newest("balance_transaction", account=account)):
        if line["currency"] == currency and line["net"] > 0 and "payout" not in line:
            books.keep(line | {"payout": made["id"]})
    booked(books, account, made, -amount)
    happened(books, "payout.created", made, account=account)
    return made


def get_payout(books: Books, account: str, payout_id: str) -> Body:
    """Return a payout of a connected account."""
    found = books.get("payout", payout_id, account=account)
    if found is None:
        raise missing("payout", payout_id, "payout")
    return found


def end_payout(books: Books, account: str, payout_id: str, status: str) -> Body:
    """Let a payout reach the bank (paid), or come back (failed); paid may fail later."""
    found = get_payout(books, account, payout_id)
    was = found["status"]
    found["status"] = status
    if status == "failed" and was != "failed":
        found["failure_code"] = "account_closed"
        booked(books, account, found | {"object": "payout_failure"}, found["amount"])
    books.keep(found)
    happened(books, f"payout.{status}", found, account=account)
    return found


def payouts(books: Books, account: str, asked: dict[str, Any]) -> Body:
    """List the payouts of a connected account."""
    return listed("/v1/payouts", books.newest("payout", account=account), asked)


def fund(books: Books, currency: str, amount: int) -> None:
    """Put settled money of its own into the platform's balance."""
    booked(books, PLATFORM, {"id": "", "object": "topup", "currency": currency}, amount)
    happened(books, "balance.available", balance(books, PLATFORM))


def booked(
    books: Books,
    account: str,
    source: Body,
    amount: int,
    *,
    fee: int = 0,
    after: timedelta = AT_ONCE,
) -> Body:
    """Change a balance because of an object, and note the line of it."""
    available_on = books.now + after
    net = amount - fee
    books.move(source["currency"], net, account=account, available_on=available_on)
    line = {
        "amount": amount,
        "available_on": int(available_on.timestamp()),
        "created": books.second,
        "currency": source["currency"],
        "fee": fee,
        "net": net,
        "source": source["id"],
        "status": "pending" if after else "available",
        "type": source["object"],
    }
    return books.make("balance_transaction", "txn", line, account=account)


def _check(amount: int, currency: str) -> None:
    if currency not in CURRENCIES:
        text = f"Invalid currency: {currency}. This account does not hold it."
        raise refused("invalid_currency", text, param="currency")
    if not 0 < amount <= LARGEST:
        code = "amount_too_large" if amount > LARGEST else "parameter_invalid_integer"
        raise refused(code, "Invalid positive integer: amount", param="amount")
