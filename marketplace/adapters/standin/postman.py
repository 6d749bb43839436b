"""Letters to the platform's webhooks: signed, in order, and again until somebody takes them."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Final

import requests

from marketplace.adapters.standin.events import letter
from marketplace.adapters.standin.store import Body, Store

SECONDS: Final = 10
PAUSE: Final = 1
AT_ONCE: Final = 20
LONGEST_WAIT: Final = timedelta(minutes=10)
DOORS: Final = {"platform": "/hooks/stripe", "connect": "/hooks/stripe/connect",
                "v2": "/hooks/stripe/v2"}  # fmt: skip
"""Where the site takes letters, by the channel they come on."""


class Postman:
    """Carries events to a site. secrets: what each channel is signed with."""

    def __init__(self, store: Store, site: str, secrets: Mapping[str, str]) -> None:
        """Begin with nothing in hand."""
        self._store = store
        self._site = site
        self._secrets = secrets
        self._told = threading.Event()
        self._thread = threading.Thread(target=self._walk, name="postman", daemon=True)

    def start(self) -> None:
        """Walk in a thread until told to stop."""
        self._thread.start()

    def stop(self) -> None:
        """End the walk."""
        self._told.set()
        self._thread.join()

    def carry(self) -> int:
        """Carry what is to be carried now; returns how many letters were taken."""
        with self._store.work() as books:
            waiting = books.letters(AT_ONCE)
        taken = 0
        for event, tries in waiting:
            is_taken = self._post(event)
            taken += is_taken
            with self._store.work() as books:
                if is_taken:
                    books.told(event["id"])
                else:
                    books.tell_later(event["id"], wait_after(tries))
        return taken

    def _post(self, event: Body) -> bool:
        channel = channel_of(event)
        with self._store.work() as books:
            raw, signature = letter(event, self._secrets[channel], books.second)
        headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
        try:
            answer = requests.post(
                f"{self._site}{DOORS[channel]}", data=raw, headers=headers, timeout=SECONDS
            )
        except requests.RequestException:
            return False
        return answer.status_code == HTTPStatus.OK

    def _walk(self) -> None:
        while not self._told.wait(timeout=PAUSE):
            self.carry()


def channel_of(event: Body) -> str:
    """Return on which channel an event is told."""
    if event["object"] == "v2.core.event":
        return "v2"
    return "connect" if event.get("account") else "platform"


def wait_after(tries: int) -> timedelta:
    """Return how long to wait after a letter was not taken: twice as long each time."""
    return min(LONGEST_WAIT, timedelta(seconds=2 ** min(tries, 10)))
