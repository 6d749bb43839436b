"""The stand-in's letters: signed, in order, and carried again until they are taken."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from marketplace.adapters.standin import accounts, money
from marketplace.adapters.standin.events import happened
from marketplace.adapters.standin.postman import LONGEST_WAIT, Postman, wait_after
from marketplace.adapters.standin.store import Store
from marketplace.adapters.stripe_gateway import connect
from marketplace.adapters.stripe_letters import StripeLetters
from marketplace.domain.payments.ports import Hint
from marketplace.kernel.clock import FixedClock

if TYPE_CHECKING:  # a package of types only
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECRETS = {"platform": "whsec_a", "connect": "whsec_b", "v2": "whsec_c"}
CHANNELS = {"/hooks/stripe": "platform", "/hooks/stripe/connect": "connect",
            "/hooks/stripe/v2": "v2"}  # fmt: skip


class Door:
    """A site that opens letters as the product does, and says what it is told to say."""

    def __init__(self, clock: FixedClock) -> None:
        self.letters = StripeLetters(connect("sk_test_x"), SECRETS, clock)
        self.status = HTTPStatus.OK
        self.hints: list[Hint | None] = []

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        channel = CHANNELS[request.path]
        hint = self.letters.event(channel, request.get_data(), dict(request.headers))
        self.hints.append(hint)
        return Response(status=self.status)(environ, start)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock) -> Store:
    return Store(tmp_path / "standin.db", clock)


@contextmanager
def opened(door: Door) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, door)
    thread = threading.Thread(target=server.serve_forever, args=[0.02], daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_each_letter_comes_to_its_door_signed_and_once(store: Store, clock: FixedClock) -> None:
    door = Door(clock)
    with store.work() as books:
        money.fund(books, "usd", 1_000)
        account = accounts.open_v2(books, {"identity": {"country": "us"}})["id"]
        accounts.change(books, account, "ready")
        happened(books, "payout.paid", {"id": "po_1", "object": "payout"}, account=account)

    with opened(door) as site:
        postman = Postman(store, site, SECRETS)
        taken = [postman.carry(), postman.carry()]

    assert taken == [3, 0]
    assert [hint.kind for hint in door.hints if hint] == [
        "balance.available",
        "v2.core.account[configuration.recipient].capability_status_updated",
        "payout.paid",
    ]


def test_a_letter_nobody_takes_is_carried_again_later(store: Store, clock: FixedClock) -> None:
    door = Door(clock)
    door.status = HTTPStatus.SERVICE_UNAVAILABLE
    with store.work() as books:
        money.fund(books, "usd", 1_000)

    with opened(door) as site:
        postman = Postman(store, site, SECRETS)
        refused = [postman.carry(), postman.carry()]
        door.status = HTTPStatus.OK
        clock.at += timedelta(seconds=2)
        taken = postman.carry()

    assert refused == [0, 0]
    assert taken == 1
    assert len(door.hints) == 2, "not while it waits"


def test_a_site_that_is_away_costs_no_letter(store: Store, clock: FixedClock) -> None:
    with store.work() as books:
        money.fund(books, "usd", 1_000)

    assert Postman(store, "http://127.0.0.1:9", SECRETS).carry() == 0
    clock.at += timedelta(minutes=1)
    with store.work() as books:
        assert len(books.letters(10)) == 1


def test_the_wait_grows_up_to_an_end() -> None:
    waits = [wait_after(tries) for tries in range(20)]

    assert waits == sorted(waits)
    assert waits[0] == timedelta(seconds=1)
    assert waits[-1] == LONGEST_WAIT


def test_the_postman_walks_by_himself_until_he_is_told(
    store: Store, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.adapters.standin.postman.PAUSE", 0.01)
    door, arrived = Door(clock), threading.Event()
    with store.work() as books:
        money.fund(books, "usd", 1_000)

    with opened(door) as site:
        postman = Postman(store, site, SECRETS)
        postman.start()
        for _ in range(500):
            if door.hints or arrived.wait(timeout=0.02):
                break
        postman.stop()

    assert [hint.kind for hint in door.hints if hint] == ["balance.available"]
