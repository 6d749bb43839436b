"""The stand-in as a process of its own, beside site and worker."""

from __future__ import annotations

import argparse
import signal
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

from werkzeug.serving import make_server

from marketplace.adapters.sandbox.clock import ShiftedClock
from marketplace.adapters.standin.postman import Postman
from marketplace.adapters.standin.server import StandIn
from marketplace.adapters.standin.store import Store


def run(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Serve until told to stop; keys and secrets are those the site has."""
    asked = _read(arguments)
    clock = ShiftedClock(asked.instance / "demo-clock")
    store = Store(asked.instance / "standin.db", clock)
    secrets = {
        "platform": environ["STRIPE_WEBHOOK_SECRET"],
        "connect": environ["STRIPE_CONNECT_WEBHOOK_SECRET"],
        "v2": environ["STRIPE_V2_WEBHOOK_SECRET"],
    }
    server = make_server(
        asked.host, asked.port, StandIn(store, environ["STRIPE_API_KEY"]), threaded=True
    )
    postman = Postman(store, asked.site, secrets)

    def stop(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    postman.start()
    server.serve_forever()
    postman.stop()
    server.server_close()
    return 0


def _read(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="A stand-in for Stripe, for the demo.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--site", required=True, help="where letters are taken to")
    parser.add_argument("--instance", type=Path, required=True)
    return parser.parse_args(arguments)
