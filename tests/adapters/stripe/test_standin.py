"""The stand-in speaks the API that the real SDK calls, and refuses what it does not know."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe

from marketplace.adapters.standin import accounts, events, money
from marketplace.kernel.clock import FixedClock, SystemClock
from tests.support.standin import Running, running

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def standin(tmp_path: Path, clock: FixedClock) -> Iterator[Running]:
    with running(tmp_path / "standin.db", clock) as found:
        yield found


def an_account(client: stripe.StripeClient, country: str = "us") -> stripe.v2.core.Account:
    return client.v2.core.accounts.create(
        {
            "contact_email": "ava@example.test",
            "display_name": "Ava Lin",
            "dashboard": "express",
            "identity": {"country": country, "entity_type": "individual"},
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
        },
    )


def status_of(account: stripe.v2.core.Account) -> str:
    recipient = account.to_dict()["configuration"]["recipient"]
    status: str = recipient["capabilities"]["stripe_balance"]["stripe_transfers"]["status"]
    return status


def test_a_payee_goes_through_the_onboarding_page_once(standin: Running) -> None:
    client = standin.client()
    account = an_account(client)
    link = client.v2.core.account_links.create(
        {
            "account": account.id,
            "use_case": {
                "type": "account_onboarding",
                "account_onboarding": {
                    "refresh_url": "http://127.0.0.1/again",
                    "return_url": "http://127.0.0.1/back",
                },
            },
        },
    )

    shown = requests.get(link.url, timeout=5)
    answer = requests.post(link.url, {"choice": "ready"}, timeout=5, allow_redirects=False)
    again = requests.post(link.url, {"choice": "needs"}, timeout=5, allow_redirects=False)

    assert "Everything is right" in shown.text
    assert answer.headers["Location"] == "http://127.0.0.1/back"
    assert again.headers["Location"] == "http://127.0.0.1/again"
    assert status_of(client.v2.core.accounts.retrieve(account.id)) == "active"


def test_a_link_lives_five_minutes(standin: Running, clock: FixedClock) -> None:
    client = standin.client()
    old = client.v1.accounts.create({"type": "express", "country": "US", "email": "a@b.test"})
    link = client.v1.account_links.create(
        {
            "account": old.id,
            "type": "account_onboarding",
            "refresh_url": "http://127.0.0.1/again",
            "return_url": "http://127.0.0.1/back",
        },
    )
    clock.move_to(NOW + timedelta(minutes=6))

    shown = requests.get(link.url, timeout=5, allow_redirects=False)

    assert shown.headers["Location"] == "http://127.0.0.1/again"


@pytest.mark.parametrize("state", accounts.STATES)
def test_every_state_of_a_payee_shows_in_both_versions(standin: Running, state: str) -> None:
    client = standin.client()
    new, old = an_account(client), client.v1.accounts.create({"country": "US"})
    with standin.app.store.work() as books:
        accounts.change(books, new.id, state)
        accounts.change(books, old.id, state)

    is_ready = status_of(client.v2.core.accounts.retrieve(new.id)) == "active"
    shown = client.v1.accounts.retrieve(old.id).to_dict()

    assert is_ready == (state == "ready") == shown["payouts_enabled"]


def test_nobody_in_mainland_china_has_an_account(standin: Running) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="cn are not supported"):
        an_account(standin.client(), "cn")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"amount": "10.0"}, "parameter_invalid_integer"),
        ({"amount": 0}, "parameter_invalid_integer"),
        ({"amount": 100_000_000}, "amount_too_large"),
        ({"currency": "cny"}, "invalid_currency"),
        ({"destination": "acct_nobody"}, "resource_missing"),
        ({"payment_method_types": ["card"]}, "parameter_unknown"),
        ({"amount": 5_001}, "balance_insufficient"),
    ],
)
def test_a_wrong_transfer_is_refused(
    standin: Running,
    changed: dict[str, Any],
    code: str,
) -> None:
    standin.fund(5_000)
    asked: Any = {"amount": 100, "currency": "usd", "destination": standin.payee()} | changed

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        standin.client().v1.transfers.create(asked)

    assert refusal.value.code == code


def test_a_payee_who_is_not_ready_gets_nothing(standin: Running) -> None:
    standin.fund(5_000)
    asked: Any = {"amount": 100, "currency": "usd", "destination": standin.payee("checking")}

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        standin.client().v1.transfers.create(asked)

    assert refusal.value.code == "insufficient_capabilities_for_transfer"


def test_a_refusal_is_kept_under_its_key_and_forgotten_after_a_day(
    standin: Running,
    clock: FixedClock,
) -> None:
    client = standin.client()
    asked: Any = {"amount": 100, "currency": "usd", "destination": standin.payee()}
    options: Any = {"idempotency_key": "po-1-a1"}
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.transfers.create(asked, options)
    standin.fund(1_000)

    with pytest.raises(stripe.InvalidRequestError) as replayed:
        client.v1.transfers.create(asked, options)
    clock.move_to(NOW + timedelta(hours=25))
    made = client.v1.transfers.create(asked, options)

    assert (replayed.value.headers or {})["Idempotent-Replayed"] == "true"
    assert made.amount == 100


def test_a_parameter_error_is_not_kept(standin: Running) -> None:
    standin.fund(1_000)
    client, payee = standin.client(), standin.payee()
    options: Any = {"idempotency_key": "po-1-a1"}
    wrong: Any = {"amount": "1.5", "currency": "usd", "destination": payee}
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.transfers.create(wrong, options)

    right: Any = wrong | {"amount": 15}
    assert client.v1.transfers.create(right, options).amount == 15


def test_taking_back_is_possible_while_the_payees_balance_covers_it(standin: Running) -> None:
    standin.fund(1_000)
    client, payee = standin.client(), standin.payee()
    sent = client.v1.transfers.create({"amount": 900, "currency": "usd", "destination": payee})
    client.v1.transfers.reversals.create(sent.id, {"amount": 300})
    client.v1.payouts.create({"amount": 500, "currency": "usd"}, {"stripe_account": payee})

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.transfers.reversals.create(sent.id, {"amount": 600})

    assert refusal.value.code == "balance_insufficient"
    assert client.v1.transfers.retrieve(sent.id).amount_reversed == 300
    assert client.v1.balance.retrieve().available[0].amount == 400


def test_a_payout_may_fail_after_it_was_paid(standin: Running) -> None:
    standin.fund(1_000)
    client, payee = standin.client(), standin.payee()
    client.v1.transfers.create({"amount": 900, "currency": "usd", "destination": payee})
    options: Any = {"stripe_account": payee}
    made = client.v1.payouts.create({"amount": 900, "currency": "usd"}, options)
    with standin.app.store.work() as books:
        money.end_payout(books, payee, made.id, "paid")
        money.end_payout(books, payee, made.id, "failed")

    assert [one.status for one in client.v1.payouts.list({}, options)] == ["failed"]
    assert client.v1.balance.retrieve({}, options).available[0].amount == 900


def test_lists_come_in_pages(standin: Running) -> None:
    standin.fund(1_000)
    client, payee = standin.client(), standin.payee()
    for _ in range(5):
        client.v1.transfers.create({"amount": 1, "currency": "usd", "destination": payee})

    page = client.v1.transfers.list({"limit": 2})

    assert page.has_more
    assert len(list(page.auto_paging_iter())) == 5


def test_what_happened_is_told_and_signed(standin: Running) -> None:
    standin.fund(1_000)
    client, payee = standin.client(), standin.payee()
    client.v1.transfers.create({"amount": 1, "currency": "usd", "destination": payee})
    (told,) = client.v1.events.list({"type": "transfer.created"}).data
    at = int(SystemClock().now().timestamp())
    raw, signature = events.letter(told.to_dict(), "whsec_test", at)

    read = client.construct_event(raw, signature, "whsec_test")

    assert read.id == told.id
    assert json.loads(raw)["data"]["object"]["destination"] == payee


def test_another_key_another_version_and_unknown_addresses_are_refused(standin: Running) -> None:
    with pytest.raises(stripe.AuthenticationError):
        standin.client("sk_test_other").v1.balance.retrieve()
    old: Any = {"stripe_version": "2024-06-20"}
    with pytest.raises(stripe.InvalidRequestError, match="version"):
        standin.client().v1.balance.retrieve({}, old)
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized"):
        standin.client().v1.customers.list()
    other: Any = {"stripe_account": "acct_other"}
    with pytest.raises(stripe.PermissionError):
        standin.client().v1.balance.retrieve({}, other)
