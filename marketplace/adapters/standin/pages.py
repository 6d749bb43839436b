"""Stripe's own pages as the stand-in shows them: a payee's details, a producer's checkout."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from markupsafe import Markup
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from marketplace.adapters.standin import accounts, funding
from marketplace.adapters.standin.answers import ApiError
from marketplace.adapters.standin.store import Body, Books, Store

DETAILS: Final = {
    "ready": "Everything is right: pay me",
    "checking": "Everything is right, and Stripe checks it",
    "needs": "Leave a document out",
    "new": "Leave without saying anything",
}
"""What a payee may do, by the state it leads to."""

PAYMENTS: Final = {
    "card": "Pay by card",
    "us_bank_account": "Pay by bank account, arriving in some days",
    "customer_balance": "Send the money by bank transfer yourself",
    "leave": "Leave without paying",
}
"""What a producer may do."""

_PAGE: Final = Markup(
    "<!doctype html><html lang=en><meta charset=utf-8>"
    '<meta name=viewport content="width=device-width"><title>Stand-in for Stripe</title>'
    "<h1>{title}</h1><form method=post>{choices}</form>"
)
_INSTRUCTIONS: Final = Markup(
    "<!doctype html><html lang=en><meta charset=utf-8>"
    '<meta name=viewport content="width=device-width"><title>Stand-in for Stripe</title>'
    "<h1>Send the money by bank transfer</h1><dl>"
    "<dt>Amount, in minor units</dt><dd>{amount_remaining} {currency}</dd>"
    "<dt>Routing number</dt><dd>110000000</dd><dt>Account number</dt><dd>000123456789</dd>"
    "<dt>Reference</dt><dd>{reference}</dd></dl>"
)
_CHOICE: Final = Markup('<p><button name="choice" value="{value}">{words}</button></p>')


def details(store: Store, token: str) -> Response:
    """Show the page on which a payee gives their details."""
    with store.work() as books:
        link = accounts.find_link(books, token)
        if link is None:
            return _nothing()
        is_over = accounts.is_over(books, link)
    return redirect(link["refresh_url"]) if is_over else _page("Your details", DETAILS)


def give_details(store: Store, token: str, form: Mapping[str, str]) -> Response:
    """Take a payee's choice; the link is used up by it."""
    with store.work() as books:
        link = accounts.find_link(books, token)
        if link is None:
            return _nothing()
        if accounts.is_over(books, link):
            return redirect(link["refresh_url"])
        books.keep(link | {"used": True})
        if form.get("choice") in DETAILS:
            accounts.change(books, link["account"], form["choice"])
    return redirect(link["return_url"], HTTPStatus.SEE_OTHER)


def checkout(store: Store, session_id: str) -> Response:
    """Show the page on which a producer pays."""
    with store.work() as books:
        session = books.get("checkout.session", session_id)
    if session is None or session["status"] != "open":
        return _nothing()
    total = f"{session['amount_total']} {session['currency'].upper()} in minor units"
    offered = session["allowed_payment_method_types"] or [
        way for way in funding.WAYS if way != funding.TRANSFER or session["customer"]
    ]
    return _page(f"Pay {total}", {code: PAYMENTS[code] for code in [*offered, "leave"]})


def transfer(store: Store, session_id: str) -> Response:
    """Show where a producer sends the money of a checkout that is paid by bank transfer."""
    with store.work() as books:
        session = books.get("checkout.session", session_id)
        intent = books.get("payment_intent", (session or {}).get("payment_intent") or "")
    if intent is None or intent["next_action"] is None:
        return _nothing()
    told = intent["next_action"]["display_bank_transfer_instructions"]
    return Response(_INSTRUCTIONS.format(**told), mimetype="text/html")


def pay(store: Store, session_id: str, form: Mapping[str, str]) -> Response:
    """Take a producer's choice."""
    choice = form.get("choice", "")
    with store.work() as books:
        session = books.get("checkout.session", session_id)
        if session is None:
            return _nothing()
        return redirect(_after(books, session, choice), HTTPStatus.SEE_OTHER)


def _after(books: Books, session: Body, choice: str) -> str:
    """Carry a choice out and return where the producer goes."""
    if choice in funding.WAYS:
        try:
            host = session["url"].partition("/standin/")[0]
            funding.pay(books, session["id"], choice, host)
        except ApiError:
            return str(session["cancel_url"])
        return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])
    return str(session["cancel_url"])


def _page(title: str, choices: Mapping[str, str]) -> Response:
    buttons = Markup("").join(
        _CHOICE.format(value=value, words=words) for value, words in choices.items()
    )
    page = _PAGE.format(title=title, choices=buttons)
    return Response(page, mimetype="text/html")


def _nothing() -> Response:
    return Response("There is nothing here any more.", HTTPStatus.NOT_FOUND)
