"""Refuse code that no test runs: python -m scripts.coverage_gate .coverage.json.

The thresholds stand in pyproject.toml, [tool.dayrate.coverage].
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path, PurePath
from typing import Any

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"


def main(report: Path) -> int:
    """Print what is short of its threshold; 0 when nothing is."""
    limits = tomllib.loads(PYPROJECT.read_text("utf-8"))["tool"]["dayrate"]["coverage"]
    problems = shortfalls(json.loads(report.read_text("utf-8"))["files"], limits)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def shortfalls(files: Mapping[str, Mapping[str, Any]], limits: Mapping[str, Any]) -> list[str]:
    """Return a line for every strict file, and for all others together, below its threshold."""
    patterns = limits["strict_paths"]
    strict = {path for path in files if any(PurePath(path).match(one) for one in patterns)}
    problems = [
        f"{path}: {float(covered(files[path]['summary'])):.2f}% of lines and branches run in tests,"
        f" {limits['strict']}% needed; lines {files[path]['missing_lines']},"
        f" branches {files[path].get('missing_branches', [])}"
        for path in sorted(strict)
        if covered(files[path]["summary"]) < limits["strict"]
    ]
    others = [files[path]["summary"] for path in files if path not in strict]
    together = covered(*others)
    print(f"{float(together):.2f}% of lines and branches outside {', '.join(patterns)} are tested.")
    if together < limits["total"]:
        worst = sorted(set(files) - strict, key=lambda path: -missed(files[path]["summary"]))[:15]
        problems.append(f"That is less than {limits['total']}%. Most is missing in:")
        problems += [f"  {path}: {missed(files[path]['summary'])} not run" for path in worst]
    return problems


def covered(*summaries: Mapping[str, int]) -> Fraction:
    """Return the percentage of lines and branches that ran; all of nothing is 100."""
    there = sum(one["num_statements"] + one.get("num_branches", 0) for one in summaries)
    missing = sum(missed(one) for one in summaries)
    return Fraction(100 * (there - missing), there) if there else Fraction(100)


def missed(summary: Mapping[str, int]) -> int:
    """Return how many lines and branches never ran."""
    return summary["missing_lines"] + summary.get("missing_branches", 0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
