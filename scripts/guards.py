"""Plant every fault the gates are there for, in a copy of the tree, and see each gate name it.

A gate nobody has seen fail is not a gate. python -m scripts.guards
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PYTHON: Final = str(ROOT / ".venv/bin/python")
COPIED: Final = ("marketplace", "tests", "scripts", "migrations", "pyproject.toml", "babel.cfg")
NOT_COPIED: Final = shutil.ignore_patterns("__pycache__", "*.mo", "static")
TESTS: Final = (PYTHON, "-m", "pytest", "-p", "no:cacheprovider")

GATES: Final = {
    "ruff": [PYTHON, "-m", "ruff", "check", "--output-format=concise", "."],
    "mypy": [PYTHON, "-m", "mypy", "marketplace", "--cache-dir", str(ROOT / ".mypy_cache")],
    "imports": [str(ROOT / ".venv/bin/lint-imports"), "--no-cache"],
    "house rules": [*TESTS, "-vv", "tests/architecture"],
    "templates": [PYTHON, "-m", "djlint", "--lint", "marketplace/templates"],
    "migrations": [PYTHON, "-m", "scripts.migrations", "check"],
    "languages": [PYTHON, "scripts/translations", "check"],
    "tests": [*TESTS, "--continue-on-collection-errors", "tests/planted"],
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """One mistake: what it is, who must catch it, where it goes, what the gate must say."""

    name: str
    gate: str
    path: str
    text: str
    said: str


FUTURE: Final = '"""Planted."""\n\nfrom __future__ import annotations\n\n'
MODEL: Final = """
from marketplace import db as planted_db
from sqlalchemy.orm import Mapped as PlantedMapped
class Planted(planted_db.Base):
    __tablename__ = "planted"
    id: PlantedMapped[int] = planted_db.key()
    rate_minor: PlantedMapped[int]
    name: PlantedMapped[str]
"""
VIEW: Final = """
@bp.get("/planted-{name}")
{allow}
def planted_{name}():
    {body}
"""


def deferred(*imports: str) -> str:
    """Return a function that hides imports from the top of its file."""
    return "\ndef planted_import():\n" + "".join(f"    import {name}\n" for name in imports)


RULES, SERVICES = "marketplace/domain/accounts/rules.py", "marketplace/domain/accounts/services.py"
VIEWS = "marketplace/blueprints/public/views.py"
ROOM = "marketplace/domain/planted"
FAULTS: Final = (
    Fault("the wall clock", "ruff", "marketplace/web/planted_1.py",
          FUTURE + "from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n",
          "planted_1.py:7:7: TID251"),
    Fault("date.today", "ruff", "marketplace/web/planted_2.py",
          FUTURE + "from datetime import date\n\nTODAY = date.today()\n",
          "planted_2.py:7:9: TID251"),
    Fault("time.time", "ruff", "marketplace/web/planted_3.py",
          FUTURE + "import time\n\nNOW = time.time()\n", "planted_3.py:7:7: TID251"),
    Fault("a naive datetime in a test", "ruff", "tests/planted/test_naive.py",
          FUTURE + "from datetime import datetime\n\nCALL = datetime(2026, 3, 8, 7)\n",
          "test_naive.py:7:8: DTZ001"),
    Fault("a relative import", "ruff", "marketplace/web/planted_4.py",
          FUTURE + "from .names import initials\n\n__all__ = ['initials']\n", "TID252"),
    Fault("seven arguments", "ruff", "marketplace/web/planted_5.py",
          FUTURE + "def planted(a, b, c, d, e, f, g):\n    return a, b, c, d, e, f, g\n",
          "planted_5.py:5:5: PLR0913"),
    Fault("a function too complex", "ruff", "marketplace/web/planted_6.py",
          FUTURE + "def planted(a):\n" + "    if a:\n        a += 1\n" * 9 + "    return a\n",
          "planted_6.py:5:5: C901"),
    Fault("a float for a money column", "mypy", "marketplace/domain/accounts/models.py",
          MODEL + "def planted_one(r: float) -> None:\n    Planted(rate_minor=280 * r, name='')\n",
          'Argument "rate_minor" to "Planted" has incompatible type "float"'),
    Fault("a forgotten column", "mypy", "marketplace/domain/accounts/models.py",
          "def planted_two() -> None:\n    Planted(rate_minor=280)\n",
          'Missing named argument "name" for "Planted"'),
    Fault("rules that import sqlalchemy", "imports", RULES, deferred("sqlalchemy"),
          "accounts.rules -> sqlalchemy"),
    Fault("a service that imports flask", "imports", SERVICES, deferred("flask"),
          "accounts.services -> flask"),
    Fault("the domain importing a page", "imports", SERVICES,
          "\ndef planted_page():\n    import marketplace.blueprints.public.views\n",
          "accounts.services -> marketplace.blueprints.public.views"),
    Fault("a page importing an adapter", "imports", VIEWS,
          deferred("marketplace.adapters.vault"),
          "blueprints.public.views -> marketplace.adapters.vault"),
    Fault("a lower package importing a higher", "imports",
          "marketplace/domain/ledger/services.py",
          "\ndef planted_up():\n    import marketplace.domain.payments.models\n",
          "ledger.services -> marketplace.domain.payments.models"),
    Fault("a cycle of deferred imports", "imports", "marketplace/kernel/ids.py",
          deferred("marketplace.kernel.money"), "No cycles are allowed in marketplace.kernel"),
    Fault("the other half of the cycle", "imports", "marketplace/kernel/money.py",
          deferred("marketplace.kernel.ids"), "No cycles, deferred imports included BROKEN"),
    Fault("a domain package of no layer", "imports", f"{ROOM}/__init__.py", FUTURE,
          "marketplace.domain.planted"),
    Fault("commit() in a service", "house rules", f"{ROOM}/services.py",
          FUTURE + "import logging\n\ndef planted(session):\n    session.commit()\n",
          "planted/services.py:8"),
    Fault("logging from the standard library", "house rules", f"{ROOM}/services.py", "",
          "'marketplace/domain/planted/services.py'"),
    Fault("a lock outside db.lock", "house rules", f"{ROOM}/queries.py",
          FUTURE + "\ndef planted(query):\n    return query.with_for_update()\n",
          "planted/queries.py:7"),
    Fault("a float in the domain", "house rules", f"{ROOM}/rules.py", FUTURE + "RATE = 1.5\n",
          "planted/rules.py:5"),
    Fault("a rule without a test", "house rules", f"{ROOM}/rules.py", "",
          "'marketplace/domain/planted/rules.py'"),
    Fault("a room no domain package has", "house rules", f"{ROOM}/mailer.py", FUTURE,
          "'marketplace/domain/planted/mailer.py'"),
    Fault("a drawer for anything", "house rules", "marketplace/web/utils.py", FUTURE,
          "'marketplace/web/utils.py'"),
    Fault("a file too long", "house rules", "marketplace/web/planted_7.py",
          FUTURE + "A = 1\n" * 400, "planted_7.py: 404 lines"),
    Fault("an exception without a reason", "house rules", "marketplace/web/planted_8.py",
          FUTURE + "A = 1  # noqa: F401\n", "planted_8.py:5 # noqa: F401"),
    Fault("a view without permission", "house rules", VIEWS,
          VIEW.format(name="open", allow="", body="return ''"), "planted_open"),
    Fault("a view too long", "house rules", VIEWS,
          VIEW.format(name="long", allow="@allow(Permission.PUBLIC)",
                      body="\n    ".join(["page = ''"] * 16)), "planted_long: 17 lines"),
    Fault("a template of another area", "house rules", VIEWS,
          VIEW.format(name="other", allow="@allow(Permission.PUBLIC)",
                      body="return render_template('bookings/planted.html')"),
          "bookings/planted.html"),
    Fault("a template without a view", "house rules", "marketplace/templates/public/orphan.html",
          "<h1>Planted</h1>", "'marketplace/templates/public/orphan.html'"),
    Fault("style= in a template", "house rules", "marketplace/templates/public/_a.html",
          "<p style='color: red'>", "_a.html: style="),
    Fault("a handler in a template", "house rules", "marketplace/templates/public/_b.html",
          "<p onclick='go()'>", "_b.html: on"),
    Fault("a script in a template", "house rules", "marketplace/templates/public/_c.html",
          "<script>go()</script>", "_c.html: <script> without src"),
    Fault("unescaped text in a template", "house rules", "marketplace/templates/public/_d.html",
          "{{ name | safe }}", "_d.html: |safe"),
    Fault("a picture without alt", "templates", "marketplace/templates/public/_e.html",
          '<img src="/a.png" height="1" width="1">\n', "H013"),
    Fault("a column without a migration", "migrations", "marketplace/domain/accounts/models.py",
          "", "planted"),
    Fault("a sentence nobody translated", "languages", "marketplace/web/planted_9.py",
          FUTURE + "from marketplace.kernel.sentences import say\n\nA = say('Planted words')\n",
          "Planted words"),
    Fault("a test that uses the network", "tests", "tests/planted/test_network.py",
          "import socket\n\ndef test_out():\n    socket.create_connection(('192.0.2.1', 80), 1)\n",
          "SocketConnectBlockedError"),
    Fault("a test that warns", "tests", "tests/planted/test_warns.py",
          "import warnings\n\ndef test_warns():\n    warnings.warn('planted warning')\n",
          "UserWarning: planted warning"),
    Fault("a misspelt marker", "tests", "tests/planted/test_marker.py",
          "import pytest\n\n@pytest.mark.jurney\ndef test_nothing():\n    pass\n",
          "'jurney' not found"),
)  # fmt: skip


def main() -> int:
    """Print a line for every fault; 0 when every gate saw what it is there to see."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        copy(tree)
        for fault in FAULTS:
            target = tree / fault.path
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("a", encoding="utf-8") as file:
                file.write(fault.text)
        heard = {gate: run(command, tree) for gate, command in GATES.items()}
    missed = 0
    for fault in FAULTS:
        is_caught = fault.said in heard[fault.gate]
        missed += not is_caught
        print(f"{'caught' if is_caught else 'MISSED':8}{fault.gate:13}{fault.name}")
    print(f"{len(FAULTS) - missed} of {len(FAULTS)} planted faults were caught.")
    return 1 if missed else 0


def copy(tree: Path) -> None:
    """Copy what the gates read."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=NOT_COPIED)
        else:
            shutil.copy(source, tree / name)


def run(command: list[str], tree: Path) -> str:
    """Return what a gate says about the planted tree; empty when it finds nothing wrong."""
    done = subprocess.run(
        command,
        cwd=tree,
        env={**os.environ, "COLUMNS": "300"},  # a wrapped line would hide what is looked for
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.stdout + done.stderr if done.returncode else ""


if __name__ == "__main__":
    sys.exit(main())
