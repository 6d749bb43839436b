"""The product's own commands as real processes on a test's database."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from marketplace.adapters.sandbox.clock import ShiftedClock
from tests.support.databases import Database

ROOT = Path(__file__).resolve().parents[2]
KEY = base64.b64encode(b"k" * 32).decode()
"""The key of `tests.support.payday.VAULT`: what builders seal, the processes open."""


@dataclass(frozen=True)
class Installation:
    """One installation: a database, a folder, and the demo's movable clock.

    variables: what its environment says beyond that.
    """

    database: Database
    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def clock(self) -> ShiftedClock:
        """The clock that all processes of this installation read."""
        return ShiftedClock(self.folder / "demo-clock")

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a command of the product, in a group of its own; it writes to `log`."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "wsgi", *command],
                cwd=ROOT,
                env=self.environment(),
                start_new_session=True,
                stdout=log,
                stderr=log,
            )

    @property
    def log(self) -> Path:
        """What the processes said."""
        return self.folder / "processes.log"

    def wait_for(
        self,
        is_there: Callable[[], bool],
        process: subprocess.Popen[bytes],
        seconds: int = 90,
    ) -> None:
        """Wait until something is so; fails when the process ends before, or it takes too long."""
        deadline = time.monotonic() + seconds
        while not is_there():
            assert process.poll() is None, self.log.read_text()[-4000:]
            assert time.monotonic() < deadline, self.log.read_text()[-4000:]
            time.sleep(0.02)

    def environment(self) -> dict[str, str]:
        """Return the variables a process of this installation is started with."""
        return {
            **os.environ,
            "DATABASE_URL": self.database.url,
            "SECRET_KEY": "test " * 10,
            "FIELD_KEYS": f"1:{KEY}",
            "DAYRATE_INSTANCE": str(self.folder),
            "DAYRATE_DEMO": "1",
            **self.variables,
        }


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process as a power cut does; one that has ended is fine."""
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
