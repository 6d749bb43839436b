"""A real browser on a real server: Chromium drives the site over the loopback network."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    sync_playwright,
)
from werkzeug.serving import WSGIRequestHandler, make_server

CHROMIUM: Final = "/usr/bin/chromium"
SWITCHES: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS: Final = 20_000
LAPTOP: Final = (1440, 900)
PHONE: Final = (390, 844)


class _Quiet(WSGIRequestHandler):
    """Answers without a line in the log for every request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve an app on a free port of this machine; yields its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@dataclass
class Window:
    """One person's window, and everything the browser had to complain about in it."""

    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def take_complaints(self) -> list[str]:
        """Return what the browser complained about since the last time."""
        taken = list(self.complaints)
        self.complaints.clear()
        return taken


def open_window(browser: Browser, base_url: str, size: tuple[int, int], **options: Any) -> Window:
    """Open a window of a person of their own, with no cookies yet."""
    context = browser.new_context(
        base_url=base_url,
        viewport={"width": size[0], "height": size[1]},
        **{"locale": "en-US", "reduced_motion": "reduce", **options},
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    window = Window(context, page)

    def said(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            window.complaints.append(f"console {message.type}: {message.text}")

    def asked(request: Request) -> None:
        window.requests.append(request.url)

    page.on("console", said)
    page.on("pageerror", lambda error: window.complaints.append(f"script: {error}"))
    page.on("request", asked)
    return window
