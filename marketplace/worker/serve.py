"""Site and worker as two children of one process: one command runs the product on one machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Final
from urllib.parse import urlsplit

import structlog

log = structlog.get_logger()

ROOT: Final = Path(__file__).resolve().parents[2]
GRACE_SECONDS: Final = 20
PAUSE_SECONDS: Final = 2


@dataclass
class Child:
    """A process that is started again when it ends by itself, unless it is `essential`."""

    name: str
    command: Sequence[str]
    is_essential: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, in a group of its own: Ctrl-C reaches the parent alone, who then asks it."""
        self.process = subprocess.Popen(  # noqa: S603 - our own commands
            self.command,
            cwd=ROOT,
            start_new_session=True,
            env={**self.environment, **os.environ},
        )

    def code(self) -> int | None:
        """Return how it ended, or None while it runs."""
        return self.process.poll() if self.process else 0


def web(host: str, port: int) -> Child:
    """Return the site."""
    command = [
        *(sys.executable, "-m", "gunicorn", "wsgi:app"),
        *("--bind", f"{host}:{port}", "--workers", "2", "--threads", "4"),
        *("--worker-tmp-dir", "/dev/shm", "--log-level", "warning"),  # noqa: S108 - a heartbeat file in memory, as gunicorn advises
    ]
    return Child("web", command, is_essential=True, environment=_address(host, port))


def worker(host: str, port: int) -> Child:
    """Return the worker of the site at an address: its mails link there."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    return Child("worker", command, environment=_address(host, port))


def standin(base: str, site: str, instance: Path) -> Child:
    """Return the stand-in for Stripe that answers at an address, beside its site."""
    command = [
        *(sys.executable, "-m", "marketplace.adapters.standin"),
        *("--port", str(urlsplit(base).port), "--site", site, "--instance", str(instance)),
    ]
    return Child("standin", command)


def _address(host: str, port: int) -> dict[str, str]:
    """Return what a child is told unless the environment says otherwise."""
    return {"BASE_URL": f"http://{host}:{port}"}


def run(children: Sequence[Child]) -> int:
    """Run children until told to stop or an essential one ends; returns the exit code."""
    told = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        told.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    for child in children:
        child.start()
    try:
        return _watch(children, told)
    finally:
        _end(children)


def _watch(children: Sequence[Child], told: threading.Event) -> int:
    while not told.wait(timeout=PAUSE_SECONDS):
        for child in children:
            code = child.code()
            if code is None:
                continue
            log.warning("child_ended", child=child.name, code=code)
            if child.is_essential:
                return code or 1
            child.start()
    return 0


def _end(children: Sequence[Child]) -> None:
    """Ask every child to stop; who does not within the grace is killed."""
    running = [child.process for child in children if child.process and child.code() is None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for process in running:
        try:
            process.wait(timeout=max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
