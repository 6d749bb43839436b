"""One command pays a day: killed anywhere and run again, it pays everybody once."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from marketplace import db
from marketplace.app import create_app, make_outside
from marketplace.domain.payments.models import Payout
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.tasks.services import LEASE
from marketplace.kernel.clock import FixedClock
from marketplace.worker.batches import BATCHES
from marketplace.worker.drain import Crew
from marketplace.worker.handlers import HANDLERS
from marketplace.worker.work import Batch, Left, Work, Works
from tests.jobs.test_crashpoints import assert_whole
from tests.support import builders
from tests.support.crews import a_crew, an_outside, ask, tasks_of, to_the_end
from tests.support.databases import Database
from tests.support.payday import VAULT, a_closed_day, an_approved_card
from tests.support.processes import Installation, kill
from tests.support.site import settings_for

PEOPLE = 24


@pytest.fixture
def app(embedded_database: Database, tmp_path: Path, clock: FixedClock) -> Flask:
    settings = settings_for(embedded_database.url, tmp_path, is_demo=True)
    return create_app(settings, replace(make_outside(settings, clock), vault=VAULT))


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["payday", *arguments])


def a_day(database: Database, people: Sequence[str], *, lacking: Sequence[str] = ()) -> str:
    with database.session() as session, db.transaction(session):
        day = a_closed_day(session, builders.a_production(session))
        for name in (*people, *lacking):
            an_approved_card(session, day, name, has_payee=name not in lacking)
        return day.public_id


def count(database: Database, state: str) -> int:
    with database.session() as session:
        found = sa.select(sa.func.count(Payout.id)).where(Payout.state == state)
        return session.scalar(found) or 0


def test_one_day_is_paid_and_no_other(app: Flask, embedded_database: Database) -> None:
    day = a_day(embedded_database, ["Ava Lin", "Ben Ito"])
    a_day(embedded_database, ["Cy Reed"])

    result = run(app, day)

    assert result.exit_code == 0, result.output
    assert "2 people, 2 slips: gross 560.00 USD, net 560.00 USD." in result.output
    assert (count(embedded_database, "sent"), count(embedded_database, "due")) == (2, 0)


def test_all_that_is_due_is_paid(app: Flask, embedded_database: Database) -> None:
    for name in ("Ava Lin", "Ben Ito"):
        a_day(embedded_database, [name])

    result = run(app, "--all-due")

    assert "2 people, 2 slips" in result.output
    assert count(embedded_database, "sent") == 2


def test_who_cannot_be_paid_is_said_with_the_reason(
    app: Flask, embedded_database: Database
) -> None:
    day = a_day(embedded_database, ["Ava Lin"], lacking=["Ben Ito"])

    result = run(app, day)

    assert "1 people, 1 slips" in result.output
    assert "Ben Ito has not given a legal name yet." in result.output


def test_running_it_again_pays_nobody_twice(app: Flask, embedded_database: Database) -> None:
    day = a_day(embedded_database, ["Ava Lin"])

    first, second = run(app, day), run(app, day)

    assert first.output.splitlines()[-1] == second.output.splitlines()[-1]
    with embedded_database.session() as session:
        assert session.scalar(sa.select(sa.func.count(PaySlip.id))) == 1


@pytest.mark.parametrize("arguments", [[], ["nosuchday", "--all-due"], ["nosuchday"]])
def test_what_it_is_asked_must_be_clear(app: Flask, arguments: list[str]) -> None:
    assert run(app, *arguments).exit_code != 0


def test_nothing_is_paid_while_the_books_are_wrong(app: Flask, embedded_database: Database) -> None:
    day = a_day(embedded_database, ["Ava Lin"])
    with embedded_database.session() as session, db.transaction(session):
        session.execute(sa.text("UPDATE time_card SET state = 'locked'"))

    result = run(app, day)

    assert result.exit_code == 1
    assert "Nothing is paid: the books do not balance." in result.output


def broken(_works: Works) -> Left:
    raise ValueError


def test_a_batch_that_breaks_is_done_piece_by_piece(
    database: Database, tmp_path: Path, clock: FixedClock
) -> None:
    done: list[int] = []

    def dig(work: Work) -> None:
        if work.subject_id == 2:
            raise KeyError
        done.append(work.subject_id)

    outside = an_outside(database, tmp_path, clock)
    crew = Crew(database.engine, outside, {"dig": dig}, {"dig": Batch(10, broken)})
    for number in range(4):
        ask(crew, "dig", number, clock.now())

    crew.drain()

    assert done == [0, 1, 3]
    assert [task.subject_id for task in tasks_of(database) if task.done_at is None] == [2]


def test_batches_leave_to_each_piece_what_became_of_it(
    database: Database, tmp_path: Path, clock: FixedClock
) -> None:
    later = clock.now() + timedelta(hours=1)
    outside = an_outside(database, tmp_path, clock)
    batch = Batch(2, lambda _works: {1: later})
    crew = Crew(database.engine, outside, {}, {"dig": batch})
    for number in range(2):
        ask(crew, "dig", number, clock.now())

    assert crew.drain() == 2

    done = {task.subject_id: (task.done_at is not None, task.run_at) for task in tasks_of(database)}
    assert done[0][0]
    assert done[1] == (False, later)


def test_every_kind_that_is_done_together_can_be_done_alone() -> None:
    assert BATCHES.keys() <= HANDLERS.keys()


def test_a_day_is_whole_after_its_crew(
    database: Database, tmp_path: Path, clock: FixedClock
) -> None:
    a_day(database, [f"Worker {number}" for number in range(7)])

    to_the_end(a_crew(database, tmp_path, clock), database, clock, clock.now() + timedelta(days=3))

    assert_whole(database, an_outside(database, tmp_path, clock), cards=7)


@pytest.mark.journey
def test_a_payday_killed_again_and_again_pays_everybody_once(
    database: Database, tmp_path: Path, clock: FixedClock
) -> None:
    installation = Installation(database, tmp_path)
    installation.clock.move_to(builders.NOW + timedelta(hours=1))
    day = a_day(database, [f"Worker {number}" for number in range(PEOPLE)])
    dice = Random(database.url)
    kills = 0

    while True:
        command = installation.start("payday", day)
        deadline = time.monotonic() + 2 + dice.random() * 3
        while command.poll() is None and (kills >= 4 or time.monotonic() < deadline):
            time.sleep(0.02)
        if command.poll() is not None:
            break
        kill(command)
        kills += 1
        installation.clock.move_to(installation.clock.now() + LEASE)

    assert command.returncode == 0, installation.log.read_text()[-3000:]
    assert f"{PEOPLE} people, {PEOPLE} slips" in installation.log.read_text()
    clock.at = installation.clock.now()
    outside = an_outside(database, tmp_path, clock)
    to_the_end(Crew(database.engine, outside), database, clock, clock.now() + timedelta(days=3))
    assert_whole(database, outside, PEOPLE)
