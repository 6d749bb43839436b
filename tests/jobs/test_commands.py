"""Commands do what they say, once, and refuse where they would do harm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from marketplace import db
from marketplace.app import create_app, make_outside
from marketplace.domain.payments.models import Payout
from marketplace.domain.tasks import services as tasks
from marketplace.kernel.clock import FixedClock
from tests.support.databases import Database
from tests.support.payday import VAULT, a_closed_day, an_approved_card
from tests.support.site import settings_for
from tests.support.source import ROOT


@pytest.fixture
def app(embedded_database: Database, tmp_path: Path, clock: FixedClock) -> Flask:
    """The demo, with one approved card that waits to be paid."""
    with embedded_database.session() as session, db.transaction(session):
        an_approved_card(session, a_closed_day(session))
    settings = settings_for(embedded_database.url, tmp_path, is_demo=True)
    return create_app(settings, replace(make_outside(settings, clock), vault=VAULT))


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=list(arguments))


def state(database: Database) -> list[str]:
    with database.session() as session:
        return list(session.scalars(sa.select(Payout.state)))


def test_drain_does_all_due_work_and_ends(app: Flask, embedded_database: Database) -> None:
    result = run(app, "drain", "--once")

    assert result.exit_code == 0
    assert "Still due: 0. Given up: 0." in result.output
    assert state(embedded_database) == ["sent"]


def test_demo_forward_lets_hours_pass_and_does_what_became_due(
    app: Flask, embedded_database: Database, clock: FixedClock
) -> None:
    before = clock.now()

    result = run(app, "demo", "forward", "30")

    assert result.exit_code == 0
    assert clock.now() == before + timedelta(hours=30)
    assert state(embedded_database) == ["sent"]
    assert run(app, "demo", "forward", "30").exit_code == 0
    assert state(embedded_database) == ["paid"]


def test_books_that_balance_say_so(app: Flask) -> None:
    run(app, "drain", "--once")

    result = run(app, "books")

    assert (result.exit_code, result.output) == (0, "The books balance.\n")


def test_books_that_do_not_balance_name_each_finding_and_fail(
    app: Flask, embedded_database: Database
) -> None:
    run(app, "drain", "--once")
    with embedded_database.session() as session, db.transaction(session):
        session.execute(sa.text("UPDATE payout SET state = 'due', gateway_ref = NULL"))

    result = run(app, "books")

    assert result.exit_code == 1
    assert "Findings: " in result.output


def test_work_that_was_given_up_is_shown_and_tried_again(
    app: Flask, embedded_database: Database, clock: FixedClock
) -> None:
    with embedded_database.session() as session, db.transaction(session):
        tasks.ask(session, "fly", "fly:1", 1, run_at=clock.now())
        claim = tasks.claim(session, clock.now())
        assert claim is not None
        tasks.park(session, claim, "No wings.", now=clock.now())

    shown = run(app, "parked").output
    again = run(app, "parked", "--again", str(claim.task_id))
    refused = run(app, "parked", "--again", str(claim.task_id))

    assert f"{claim.task_id} {claim.kind} {claim.subject_id}" in shown
    assert "No wings." in shown
    assert (again.exit_code, again.output) == (0, "")
    assert (refused.exit_code, "No such work is parked." in refused.output) == (1, True)


@pytest.mark.parametrize("command", ["load", "forward"])
def test_the_demo_s_commands_refuse_an_installation_that_pays_real_people(
    embedded_database: Database, tmp_path: Path, clock: FixedClock, command: str
) -> None:
    settings = settings_for(embedded_database.url, tmp_path)
    app = create_app(settings, make_outside(settings, clock))

    result = run(app, "demo", command)

    assert result.exit_code == 1
    assert "This is not a demo" in result.output


QUESTION: Final = """{
  "deal": {"rate": 135, "hours": 10, "agreement": "cn_hengdian_extra_2024_11"},
  "day": {"date": "2026-11-20", "zone": "Asia/Shanghai", "call": "06:00", "wrap": "18:00"},
  "payment": {"scheme": "cn_labor_per_payment", "tax_form": "cn_resident"}
}"""


def ask(app: Flask, question: str, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["calc", *arguments], input=question)


def test_calc_takes_json_and_gives_the_lines_as_json(app: Flask) -> None:
    result = ask(app, QUESTION)

    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert [(one["code"], one["amount"]) for one in found["lines"]] == [
        ("day", "135.00"),
        ("overtime", "27.00"),
        ("income_tax", "0.00"),
        ("commission", "16.20"),
    ]
    assert (found["gross"], found["net"]) == ("162.00", "145.80")


def test_calc_reads_a_file_and_shows_a_table(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "day.json"
    path.write_text(QUESTION, "utf-8")

    result = ask(app, "", "--table", str(path))

    assert "2 h × 13.50" in result.stdout
    assert result.stdout.splitlines()[-1].split() == ["Net,", "CNY", "145.80"]


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("", "This is not JSON"),
        ("[" * 100_000, "This is not JSON"),
        ("[]", "The question must be a JSON object."),
        (QUESTION.replace("135", '"lots"'), "deal.rate: Enter an amount such as 280 or 280.50."),
        (QUESTION.replace("cn_resident", "w9"), "cn_labor_per_payment"),
    ],
)
def test_calc_says_what_is_wrong_and_ends_with_two(
    app: Flask, question: str, sentence: str
) -> None:
    result = ask(app, question)

    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr


def test_the_commands_run_without_naming_the_app(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "DAYRATE_INSTANCE": str(tmp_path)}
    command = [sys.executable, "-m", "marketplace", "calc"]

    done = subprocess.run(
        command,
        input=QUESTION,
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(done.stdout)["net"] == "145.80"
