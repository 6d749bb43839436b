"""Real worker processes, killed at random moments as by a power cut, until everything is paid."""

from __future__ import annotations

import time
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa

from marketplace import db
from marketplace.domain.tasks.models import Task
from marketplace.domain.tasks.services import LEASE
from marketplace.kernel.clock import FixedClock
from marketplace.schema import metadata
from marketplace.worker.engine import SCHEMA
from tests.jobs.test_crashpoints import assert_whole
from tests.support import builders
from tests.support.crews import an_outside, tasks_of, when_next
from tests.support.databases import Database
from tests.support.payday import a_closed_day, an_approved_card
from tests.support.processes import Installation, kill

CARDS = 16
KILLS = 3


@pytest.fixture
def installation(database: Database, tmp_path: Path) -> Installation:
    """An installation whose clock stands just after the cards were approved.

    Work that is not late is left to the engine; late work the clock does by itself, at once.
    """
    made = Installation(database, tmp_path)
    made.clock.move_to(builders.NOW + timedelta(seconds=1))
    return made


def approved_cards(database: Database) -> None:
    with database.session() as session, db.transaction(session):
        day = a_closed_day(session)
        for number in range(CARDS):
            an_approved_card(session, day, f"Worker {number}")


def done(database: Database) -> int:
    with database.session() as session:
        return session.scalar(sa.select(sa.func.count(Task.done_at))) or 0


def has_done_more(database: Database, before: int) -> bool:
    return done(database) > before


def all_paid(installation: Installation) -> bool:
    """Say whether nothing is left; meanwhile move the clock to whatever is due next.

    Looks rarely: the workers need the machine.
    """
    time.sleep(0.3)
    due = when_next(installation.database)
    if due is not None and due > installation.clock.now():
        installation.clock.move_to(due)
    return due is None


@pytest.mark.journey
def test_workers_killed_at_random_pay_everybody_once(
    installation: Installation, clock: FixedClock
) -> None:
    database = installation.database
    approved_cards(database)
    dice = Random(database.url)

    for _ in range(KILLS):
        worker = installation.start("worker")
        installation.wait_for(partial(has_done_more, database, done(database)), worker)
        time.sleep(dice.random() * 0.3)
        kill(worker)
        installation.clock.move_to(installation.clock.now() + LEASE)
    assert when_next(database) is not None, "All was done before the last kill: nothing was tested."

    pair = [installation.start("worker") for _ in range(2)]
    try:
        installation.wait_for(partial(all_paid, installation), pair[0])
    finally:
        for worker in pair:
            kill(worker)

    clock.at = installation.clock.now()
    assert_whole(database, an_outside(database, installation.folder, clock), CARDS)
    assert notes_of_the_engine(installation) > 0, "The engine never ran."
    assert_no_table_but_ours(database)


def notes_of_the_engine(installation: Installation) -> int:
    """Return how many drains the engine knows of: in its own file, or its own schema."""
    url, schema = f"sqlite:///{installation.folder / 'engine.db'}", None
    if not installation.database.is_sqlite:
        url, schema = installation.database.url, SCHEMA
    engine = sa.create_engine(url)
    notes = sa.table("workflow_status", schema=schema)
    with engine.connect() as connection:
        count = connection.scalar(sa.select(sa.func.count()).select_from(notes))
    engine.dispose()
    return count or 0


def assert_no_table_but_ours(database: Database) -> None:
    tables = set(sa.inspect(database.engine).get_table_names())
    assert tables - {"alembic_version"} == metadata.tables.keys()


@pytest.mark.journey
def test_a_worker_that_is_asked_to_stop_finishes_what_it_has_in_hand(
    installation: Installation,
) -> None:
    approved_cards(installation.database)
    worker = installation.start("worker")
    try:
        installation.wait_for(partial(has_done_more, installation.database, 0), worker)

        worker.terminate()

        assert worker.wait(timeout=60) == 0
    finally:
        kill(worker)
    now = installation.clock.now()
    held = [task for task in tasks_of(installation.database) if task.lease_until > now]
    assert [task for task in held if task.done_at is None and task.run_at <= now] == []
