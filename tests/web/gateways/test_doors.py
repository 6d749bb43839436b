"""Doors for a gateway's letters: what is genuine is kept once, all else leaves nothing behind."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from marketplace.adapters.standin.events import letter
from marketplace.adapters.standin.store import Body
from marketplace.adapters.stripe_gateway import StripeGateway, connect
from marketplace.adapters.stripe_letters import StripeLetters
from marketplace.app import create_app
from marketplace.domain.payments.models import GatewayEvent
from marketplace.domain.payments.rules.events import LARGEST_LETTER, MASK
from marketplace.domain.tasks.models import Task
from marketplace.kernel.clock import FixedClock
from tests.support.crews import an_outside
from tests.support.databases import Database
from tests.support.site import Site
from tests.support.stripe_days import DOORS, SECRETS, signed

TRANSFER: Body = {
    "id": "evt_1",
    "object": "event",
    "type": "transfer.created",
    "created": 1_795_377_600,
    "livemode": False,
    "data": {
        "object": {
            "id": "tr_1",
            "object": "transfer",
            "amount": 500,
            "description": "for Lin Yuting",
            "metadata": {"payout_id": "pay1", "note": "lin@example.test"},
        },
    },
}
ACCOUNT: Body = {
    "id": "evt_2",
    "object": "event",
    "type": "account.updated",
    "account": "acct_1",
    "created": 1_795_377_600,
    "livemode": False,
    "data": {
        "object": {
            "id": "acct_1",
            "object": "account",
            "email": "lin@example.test",
            "individual": {"first_name": "Yuting", "dob": {"day": 3, "month": 4, "year": 1990}},
            "charges_enabled": True,
        },
    },
}
THIN: Body = {
    "id": "evt_3",
    "object": "v2.core.event",
    "type": "v2.core.account[requirements].updated",
    "created": "2026-11-22T20:00:00.000Z",
    "livemode": False,
    "related_object": {"id": "acct_1", "type": "v2.core.account", "url": "/v2/core/accounts/a"},
}
EACH = pytest.mark.parametrize("event", [TRANSFER, ACCOUNT, THIN], ids=["own", "payee", "thin"])


@pytest.fixture
def door(database: Database, tmp_path: Path, clock: FixedClock) -> FlaskClient:
    return a_door(database, tmp_path, clock, SECRETS)


def a_door(
    database: Database, folder: Path, clock: FixedClock, secrets: dict[str, str]
) -> FlaskClient:
    client = connect("sk_test_nobody")
    gateway = StripeGateway(client, letters=StripeLetters(client, secrets, clock))
    outside = replace(an_outside(database, folder, clock), gateways=(gateway,))
    return create_app(outside.settings, outside).test_client()


def bring(
    door: FlaskClient,
    clock: FixedClock,
    event: Body,
    *,
    at: str = "",
    **options: Any,
) -> int:
    """Bring a signed letter to a door; at: another one than its own."""
    body, signature = signed(event, clock, **options)
    channel = {"evt_1": "platform", "evt_2": "connect", "evt_3": "v2"}[event["id"]]
    headers = {"Stripe-Signature": signature}
    return door.post(at or DOORS[channel], data=body, headers=headers).status_code


def kept(database: Database) -> list[GatewayEvent]:
    with database.session() as session:
        return list(session.scalars(sa.select(GatewayEvent).order_by(GatewayEvent.id)))


def asked(database: Database) -> int:
    with database.session() as session:
        wanted = sa.select(sa.func.count(Task.id)).where(Task.kind == "handle_event")
        return session.scalar(wanted) or 0


@EACH
def test_a_genuine_letter_is_kept_and_asked_about_once(
    door: FlaskClient, database: Database, clock: FixedClock, event: Body
) -> None:
    answers = [bring(door, clock, event) for _ in range(3)]

    assert answers == [200, 200, 200]
    (row,) = kept(database)
    assert (row.event_id, row.type, row.gateway) == (event["id"], event["type"], "stripe")
    assert row.object_id == ("tr_1" if event is TRANSFER else "acct_1")
    assert asked(database) == 1


def test_types_nobody_knows_are_kept_too(
    door: FlaskClient, database: Database, clock: FixedClock
) -> None:
    assert bring(door, clock, {**TRANSFER, "type": "moon.landed"}) == 200
    assert [row.type for row in kept(database)] == ["moon.landed"]


def test_nobodys_personal_data_is_kept(
    door: FlaskClient, database: Database, clock: FixedClock
) -> None:
    bring(door, clock, TRANSFER)
    bring(door, clock, ACCOUNT)

    text = json.dumps([row.body for row in kept(database)], ensure_ascii=False)
    assert not [word for word in ("Yuting", "example.test", "1990") if word in text]
    assert MASK in text
    assert kept(database)[0].body["data"]["object"]["metadata"]["payout_id"] == "pay1"


@EACH
@pytest.mark.parametrize("late", [-301, 301, 86_400])
def test_letters_of_yesterday_and_of_tomorrow_are_refused(
    door: FlaskClient, database: Database, clock: FixedClock, event: Body, late: int
) -> None:
    assert bring(door, clock, event, late=late) == 400
    assert (kept(database), asked(database)) == ([], 0)


@EACH
@pytest.mark.parametrize("late", [-299, 299])
def test_clocks_need_not_agree_to_the_second(
    door: FlaskClient, clock: FixedClock, event: Body, late: int
) -> None:
    assert bring(door, clock, event, late=late) == 200


@EACH
def test_letters_signed_by_somebody_else_are_refused(
    door: FlaskClient, database: Database, clock: FixedClock, event: Body
) -> None:
    assert bring(door, clock, event, by="whsec_other") == 400
    assert kept(database) == []


@EACH
def test_each_door_has_a_secret_of_its_own(
    door: FlaskClient, database: Database, clock: FixedClock, event: Body
) -> None:
    own = {"evt_1": "platform", "evt_2": "connect", "evt_3": "v2"}[event["id"]]
    others = [path for channel, path in DOORS.items() if channel != own]

    assert [bring(door, clock, event, at=path) for path in others] == [400, 400]
    assert kept(database) == []


@EACH
def test_a_door_without_a_secret_takes_nothing(
    database: Database, tmp_path: Path, clock: FixedClock, event: Body
) -> None:
    door = a_door(database, tmp_path, clock, dict.fromkeys(SECRETS, ""))
    channel = {"evt_1": "platform", "evt_2": "connect", "evt_3": "v2"}[event["id"]]
    body, signature = letter(event, "", int(clock.now().timestamp()))
    headers = {"Stripe-Signature": signature}

    assert door.post(DOORS[channel], data=body, headers=headers).status_code == 400
    assert kept(database) == []


@EACH
def test_letters_about_real_money_do_not_reach_a_test_installation(
    door: FlaskClient, database: Database, clock: FixedClock, event: Body
) -> None:
    assert bring(door, clock, {**event, "livemode": True}) == 400
    assert kept(database) == []


@pytest.mark.parametrize("path", list(DOORS.values()))
@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"", {}),
        (b"{}", {"Stripe-Signature": ""}),
        (b"{}", {"Stripe-Signature": "t=,v1="}),
        (b"\xff\xfe", {"Stripe-Signature": "t=1,v1=00"}),
        (b"[1]", {"Stripe-Signature": "nonsense"}),
    ],
)
def test_nonsense_is_refused(
    door: FlaskClient, database: Database, path: str, body: bytes, headers: dict[str, str]
) -> None:
    assert door.post(path, data=body, headers=headers).status_code == 400
    assert kept(database) == []


@pytest.mark.parametrize(
    "event",
    [
        {"id": "evt_1"},
        {"id": "evt_1", "object": "event", "type": "x", "created": 1, "livemode": False},
        {**TRANSFER, "data": None},
        {**TRANSFER, "created": "soon"},
    ],
)
def test_signed_nonsense_is_refused(
    door: FlaskClient, database: Database, clock: FixedClock, event: Body
) -> None:
    body, signature = signed({"object": "event", **event}, clock)
    answer = door.post("/hooks/stripe", data=body, headers={"Stripe-Signature": signature})

    assert answer.status_code == 400
    assert kept(database) == []


def test_a_letter_that_was_changed_on_its_way_is_refused(
    door: FlaskClient, database: Database, clock: FixedClock
) -> None:
    body, signature = signed(TRANSFER, clock)
    changed = body.replace(b"500", b"501")
    answer = door.post("/hooks/stripe", data=changed, headers={"Stripe-Signature": signature})

    assert answer.status_code == 400
    assert kept(database) == []


def test_a_letter_as_long_as_a_book_is_refused(
    door: FlaskClient, database: Database, clock: FixedClock
) -> None:
    assert bring(door, clock, {**TRANSFER, "more": "x" * LARGEST_LETTER}) == 413
    assert kept(database) == []


def test_without_stripe_no_door_opens(site: Site, clock: FixedClock) -> None:
    assert bring(site.app.test_client(), clock, TRANSFER) == 400


def test_a_signature_is_good_for_its_minutes_only(
    door: FlaskClient, clock: FixedClock, database: Database
) -> None:
    body, signature = signed(TRANSFER, clock)
    clock.at += timedelta(minutes=6)
    answer = door.post("/hooks/stripe", data=body, headers={"Stripe-Signature": signature})

    assert answer.status_code == 400
    assert kept(database) == []
