"""A producer pays the stand-in, and the money becomes available, is given back or argued about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe

from marketplace.adapters.standin import funding
from marketplace.kernel.clock import FixedClock
from tests.support.standin import Running, running

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WHOLE = ["payment_intent.latest_charge.balance_transaction"]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def standin(tmp_path: Path, clock: FixedClock) -> Iterator[Running]:
    with running(tmp_path / "standin.db", clock) as found:
        yield found


def a_session(client: stripe.StripeClient, **changed: object) -> stripe.checkout.Session:
    price = {"currency": "usd", "unit_amount": 500_00, "product_data": {"name": "Day 3"}}
    asked: Any = {
        "mode": "payment",
        "line_items": [{"quantity": 2, "price_data": price}],
        "success_url": "http://127.0.0.1/funded/{CHECKOUT_SESSION_ID}",
        "cancel_url": "http://127.0.0.1/left",
        "payment_intent_data": {"transfer_group": "day_3", "metadata": {"funding_id": "f1"}},
        **changed,
    }
    return client.v1.checkout.sessions.create(asked)


def choose(session: stripe.checkout.Session, choice: str) -> str:
    answer = requests.post(
        str(session.url),
        {"choice": choice},
        timeout=5,
        allow_redirects=False,
    )
    return answer.headers["Location"]


def available(client: stripe.StripeClient) -> dict[str, int]:
    return {one.currency: one.amount for one in client.v1.balance.retrieve().available}


def told(client: stripe.StripeClient) -> Sequence[str]:
    return [one.type for one in client.v1.events.list({"limit": 100}).data][::-1]


def test_a_card_pays_at_once_and_is_available_two_days_later(
    standin: Running,
    clock: FixedClock,
) -> None:
    client = standin.client()
    session = a_session(client)

    shown = requests.get(str(session.url), timeout=5)
    landed = choose(session, "card")
    paid = client.v1.checkout.sessions.retrieve(session.id, {"expand": WHOLE}).to_dict()
    before = available(client)
    clock.move_to(NOW + timedelta(days=2))

    assert "Pay by card" in shown.text
    assert landed == f"http://127.0.0.1/funded/{session.id}"
    assert paid["payment_status"] == "paid"
    cost = paid["payment_intent"]["latest_charge"]["balance_transaction"]
    assert (cost["amount"], cost["fee"], cost["net"]) == (1_000_00, 29_30, 970_70)
    assert before == {}
    assert available(client) == {"usd": 970_70}
    assert told(client) == ["charge.succeeded", "checkout.session.completed"]


@pytest.mark.parametrize(("is_good", "status"), [(True, "paid"), (False, "unpaid")])
def test_a_bank_account_answers_days_later(
    standin: Running,
    is_good: bool,  # noqa: FBT001 - a table
    status: str,
) -> None:
    client = standin.client()
    session = a_session(client)
    choose(session, "us_bank_account")
    waiting = client.v1.checkout.sessions.retrieve(session.id)
    with standin.app.store.work() as books:
        funding.end_bank_payment(books, session.id, is_good=is_good)

    ended = client.v1.checkout.sessions.retrieve(session.id)

    assert (waiting.status, waiting.payment_status) == ("complete", "unpaid")
    assert ended.payment_status == status
    name = "succeeded" if is_good else "failed"
    assert told(client)[-1] == f"checkout.session.async_payment_{name}"


def test_who_leaves_has_paid_nothing_and_may_pay_later(standin: Running) -> None:
    client = standin.client()
    session = a_session(client)

    assert choose(session, "leave") == "http://127.0.0.1/left"
    assert choose(session, "card").startswith("http://127.0.0.1/funded/")
    assert choose(session, "card") == "http://127.0.0.1/left", "nobody pays a session twice"


def test_an_expired_session_cannot_be_paid(standin: Running, clock: FixedClock) -> None:
    client = standin.client()
    ended, late = a_session(client), a_session(client)
    client.v1.checkout.sessions.expire(ended.id)
    clock.move_to(NOW + timedelta(hours=25))

    assert choose(ended, "card") == choose(late, "card") == "http://127.0.0.1/left"
    assert requests.get(str(ended.url), timeout=5).status_code == 404
    with pytest.raises(stripe.InvalidRequestError, match="Only open sessions"):
        client.v1.checkout.sessions.expire(ended.id)


@pytest.mark.parametrize(
    "changed",
    [
        {"mode": "subscription"},
        {"line_items": []},
        {"expires_at": int((NOW + timedelta(minutes=5)).timestamp())},
        {"payment_method_types": ["card"]},
    ],
)
def test_a_wrong_session_is_refused(standin: Running, changed: dict[str, object]) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        a_session(standin.client(), **changed)


def test_only_what_is_left_can_be_given_back(standin: Running, clock: FixedClock) -> None:
    client = standin.client()
    session = a_session(client)
    choose(session, "card")
    intent = str(client.v1.checkout.sessions.retrieve(session.id).payment_intent)
    with pytest.raises(stripe.InvalidRequestError) as too_early:
        client.v1.refunds.create({"payment_intent": intent})
    clock.move_to(NOW + timedelta(days=2))

    made = client.v1.refunds.create({"payment_intent": intent, "amount": 900_00})
    with pytest.raises(stripe.InvalidRequestError) as too_much:
        client.v1.refunds.create({"payment_intent": intent, "amount": 200_00})

    assert too_early.value.code == "balance_insufficient"
    assert too_much.value.code == "parameter_invalid"
    assert client.v1.refunds.retrieve(made.id).status == "succeeded"
    assert available(client) == {"usd": 70_70}


@pytest.mark.parametrize(("is_won", "left"), [(True, 955_70), (False, -44_30)])
def test_a_dispute_takes_the_money_until_it_is_won(
    standin: Running,
    clock: FixedClock,
    is_won: bool,  # noqa: FBT001 - a table
    left: int,
) -> None:
    client = standin.client()
    session = a_session(client)
    choose(session, "card")
    clock.move_to(NOW + timedelta(days=2))
    paid = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    charge = paid.to_dict()["payment_intent"]["latest_charge"]
    with standin.app.store.work() as books:
        argued = funding.dispute(books, charge)
        funding.end_dispute(books, argued["id"], is_won=is_won)

    assert client.v1.disputes.retrieve(argued["id"]).status == ("won" if is_won else "lost")
    assert client.v1.charges.retrieve(charge).disputed
    assert available(client) == {"usd": left}
    assert told(client)[-2:] == ["charge.dispute.created", "charge.dispute.closed"]


def test_every_change_of_the_balance_is_a_line(standin: Running, clock: FixedClock) -> None:
    client, payee = standin.client(), standin.payee()
    session = a_session(client)
    choose(session, "card")
    clock.move_to(NOW + timedelta(days=2))
    sent = client.v1.transfers.create({"amount": 500, "currency": "usd", "destination": payee})

    lines = client.v1.balance_transactions.list({"limit": 10}).data
    (line,) = client.v1.balance_transactions.list({"source": sent.id}).data

    assert sum(one.net for one in lines) == available(client)["usd"]
    assert client.v1.balance_transactions.retrieve(line.id).amount == -500
    assert client.v1.payment_intents.retrieve(
        str(client.v1.checkout.sessions.retrieve(session.id).payment_intent),
    ).transfer_group == "day_3"  # fmt: skip


def test_unknown_things_are_not_there(standin: Running) -> None:
    client = standin.client()
    asks = [
        client.v1.checkout.sessions.retrieve,
        client.v1.payment_intents.retrieve,
        client.v1.charges.retrieve,
        client.v1.refunds.retrieve,
        client.v1.disputes.retrieve,
        client.v1.transfers.retrieve,
        client.v1.events.retrieve,
        client.v1.accounts.retrieve,
        client.v2.core.accounts.retrieve,
    ]
    for ask in asks:
        with pytest.raises(stripe.InvalidRequestError):
            ask("nothing_1")
    for page in ("onboarding/none", "checkout/none", "elsewhere"):
        assert requests.get(f"{standin.address}/standin/{page}", timeout=5).status_code == 404
        assert requests.post(f"{standin.address}/standin/{page}", timeout=5).status_code == 404
