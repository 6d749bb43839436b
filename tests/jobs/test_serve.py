"""One command runs the site and its worker, and ends them both."""

from __future__ import annotations

import signal
import socket
import urllib.error
import urllib.request
from functools import partial
from pathlib import Path

import psutil
import pytest

from tests.support.databases import Database
from tests.support.processes import Installation, kill

pytestmark = [pytest.mark.journey, pytest.mark.embedded]


class Real(Installation):
    """An installation that is no demo."""

    def environment(self) -> dict[str, str]:
        return super().environment() | {"DAYRATE_DEMO": ""}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return bool(answer.read() == b"ok")
    except (urllib.error.URLError, OSError):
        return False


def workers(parent: int) -> list[psutil.Process]:
    """Return the worker processes among the children of one process."""
    return [
        child
        for child in psutil.Process(parent).children()
        if child.status() != psutil.STATUS_ZOMBIE and child.cmdline()[-1:] == ["worker"]
    ]


def has_another_worker(parent: int, first: int) -> bool:
    return any(worker.pid != first for worker in workers(parent))


def test_site_and_worker_run_until_told_to_stop(database: Database, tmp_path: Path) -> None:
    installation, port = Real(database, tmp_path), free_port()
    process = installation.start("serve", "--port", str(port))
    try:
        installation.wait_for(partial(answers, port), process)
        (worker,) = workers(process.pid)

        worker.kill()
        installation.wait_for(partial(has_another_worker, process.pid, worker.pid), process)
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=60) == 0
        assert psutil.wait_procs(children, timeout=30)[1] == []
        assert f"http://127.0.0.1:{port}" in installation.log.read_text()
    finally:
        kill(process)
