"""Plant small faults in the pay rules, one at a time, and count those the tests catch.

    python -m scripts.mutants [--minutes 30] [--show] [earnings penalties …]

The code and its fast tests are copied to a folder of their own, mutmut works there, and the
score is printed for each file. Sentences for people are left as they are: a changed word is no
wrong pay. A run that stops at its time limit says how many faults it has tried.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
RULES: Final = "marketplace/domain/payroll/rules"
CORE: Final = (
    "bands",
    "china",
    "earnings",
    "extras",
    "history",
    "hours",
    "lines",
    "penalties",
    "rates",
    "united_states",
    "wages",
    "week",
    "withheld",
    "withholding",
)
TESTS: Final = ("tests/rules/payroll", "tests/vectors")
UNNEEDED: Final = shutil.ignore_patterns("__pycache__", "static", "templates", "translations")
CAUGHT: Final = frozenset({1, 3, 24, 36, 152, 255, -24})
"""Exit codes of a fault the tests noticed: they failed, or never came to an end."""
WORDS: Final = (r"say\(", r"^\s*\"[^\"]* [^\"]*\",?$")
CONFTEST: Final = """
from hypothesis import settings

settings.register_profile("mutants", max_examples=10, derandomize=True, deadline=None)
settings.load_profile("mutants")
"""


def main(arguments: Sequence[str]) -> int:
    """Try the faults and print the score; fails when the run itself fails."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("files", nargs="*", default=CORE, help="files of the rules, without .py")
    parser.add_argument("--minutes", type=float, default=30, help="stop after so many minutes")
    parser.add_argument("--show", action="store_true", help="print every fault that was missed")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        work = Path(folder)
        _copy(work, asked.files)
        is_whole = _run(work, asked.minutes)
        return _report(work, is_whole=is_whole, is_shown=asked.show)


def _copy(work: Path, files: Sequence[str]) -> None:
    for name in ("marketplace", *TESTS):
        shutil.copytree(ROOT / name, work / name, ignore=UNNEEDED)
    (work / "tests/conftest.py").write_text(CONFTEST, encoding="utf-8")
    mutated = json.dumps([f"{RULES}/{name}.py" for name in files])
    settings = f"""
        [tool.mutmut]
        source_paths = ["marketplace"]
        only_mutate = {mutated}
        do_not_mutate_patterns = {json.dumps(WORDS)}
        pytest_add_cli_args = ["-q", "-x", "-p", "no:randomly", "-p", "no:cacheprovider"]
        pytest_add_cli_args_test_selection = {json.dumps(TESTS)}
        track_dependencies = false
        use_git_change_detection = false

        [tool.pytest.ini_options]
        pythonpath = ["."]
        addopts = ["--import-mode=importlib"]
        """
    (work / "pyproject.toml").write_text(textwrap.dedent(settings), encoding="utf-8")


def _run(work: Path, minutes: float) -> bool:
    """Let mutmut work; returns whether it came to the end in time."""
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", "2"]
    with (work / "log").open("w", encoding="utf-8") as log:
        run = subprocess.Popen(command, cwd=work, stdout=log, stderr=log, start_new_session=True)
        try:
            run.wait(timeout=minutes * 60)
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
            return False
    return True


def _report(work: Path, *, is_whole: bool, is_shown: bool) -> int:
    tried, caught = Counter[str](), Counter[str]()
    missed: list[str] = []
    for name, fault, code in _results(work):
        tried[name] += 1
        caught[name] += code in CAUGHT
        if code not in CAUGHT:
            missed.append(fault)
    if not tried:
        print((work / "log").read_text(encoding="utf-8")[-3000:])
        return 1
    for name in sorted(tried):
        print(f"{name:16} {caught[name]:5} of {tried[name]:5}  {caught[name] / tried[name]:6.1%}")
    total = tried.total()
    print(f"{'all':16} {caught.total():5} of {total:5}  {caught.total() / total:6.1%}", flush=True)
    if not is_whole:
        print("Stopped at the time limit: faults that were not tried are not counted.")
    if is_shown:
        _show(work, missed)
    return 0


def _results(work: Path) -> Iterator[tuple[str, str, int]]:
    """Yield file, name and exit code of every fault that was tried."""
    for meta in sorted((work / "mutants" / RULES).glob("*.py.meta")):
        codes = json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
        for fault, code in codes.items():
            if code is not None:
                yield meta.name.partition(".")[0], fault, code


def _show(work: Path, missed: Sequence[str]) -> None:
    for fault in missed:
        command = [sys.executable, "-m", "mutmut", "show", fault]
        shown = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)
        changed = [line for line in shown.stdout.splitlines() if line[:1] in {"-", "+"}]
        print(fault, *(line for line in changed if line[:3] not in {"---", "+++"}), sep="\n    ")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
