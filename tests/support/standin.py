"""The stand-in for Stripe on a port of this machine, with real connections to cut."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import stripe
from werkzeug.serving import make_server

from marketplace.adapters.standin import accounts, money
from marketplace.adapters.standin.server import StandIn
from marketplace.adapters.standin.store import Store
from marketplace.adapters.stripe_gateway import connect
from marketplace.kernel.clock import Clock

KEY = "sk_test_standin"


@dataclass(frozen=True, slots=True)
class Running:
    """A stand-in that answers at `address`."""

    app: StandIn
    address: str

    def client(self, key: str = KEY) -> stripe.StripeClient:
        """Return the SDK's client, pointed here."""
        return connect(key, self.address)

    def payee(self, state: str = "ready") -> str:
        """Open an account, take it to a state and return its id."""
        with self.app.store.work() as books:
            account: str = accounts.open_v2(books, {"identity": {"country": "us"}})["id"]
            accounts.change(books, account, state)
        return account

    def fund(self, amount: int, currency: str = "usd") -> None:
        """Put settled money into the platform's balance."""
        with self.app.store.work() as books:
            money.fund(books, currency, amount)


@contextmanager
def running(path: Path, clock: Clock) -> Iterator[Running]:
    """Serve a stand-in on a free port until the block ends."""
    app = StandIn(Store(path, clock), KEY)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=[0.02], daemon=True)
    thread.start()
    try:
        yield Running(app, f"http://127.0.0.1:{server.port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
