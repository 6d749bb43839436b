"""Run every benchmark, one after another: `make bench`."""

from __future__ import annotations

import subprocess
import sys

NAMES = ("slips", "payday", "faults", "browse", "people")

if __name__ == "__main__":
    failed = [
        name
        for name in NAMES
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode
    ]
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)
