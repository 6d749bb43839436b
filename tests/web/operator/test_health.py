"""Health, readiness and figures: what a load balancer and a monitoring system are told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families

from marketplace.app import create_app
from marketplace.domain.payments.models import GatewayHalt
from marketplace.domain.tasks.models import Task
from marketplace.domain.tasks.services import beat
from marketplace.kernel.clock import FixedClock
from marketplace.worker.books import BooksWatch
from tests.support.databases import Database
from tests.support.payday import a_closed_day, an_approved_card
from tests.support.site import Site

TOKEN = "a-token-of-the-monitoring"  # noqa: S105 - made up


class Watched(Site):
    """A site whose machine clock is the test's own."""

    def __init__(self, database: Database, folder: Path, clock: FixedClock) -> None:
        """Compose the app with it."""
        super().__init__(database, folder, clock)
        self.outside = replace(self.outside, machine=clock)
        self.app = create_app(self.settings, self.outside)


@pytest.fixture
def watched(database: Database, tmp_path: Path, clock: FixedClock) -> Iterator[Watched]:
    found = Watched(database, tmp_path, clock)
    yield found
    found.close()


def answer(site: Site, path: str) -> tuple[int, str]:
    found = site.app.test_client().get(path)
    return found.status_code, found.text


def test_a_process_that_lives_is_healthy_whatever_the_database_does(watched: Watched) -> None:
    with watched.database.engine.connect() as connection:
        connection.rollback()
    watched.app.config["SQLALCHEMY_DATABASE_URI"] = "nowhere"

    assert answer(watched, "/healthz") == (200, "ok")


def test_an_installation_with_a_living_worker_is_ready(watched: Watched) -> None:
    with watched.arrange() as session:
        beat(session, "worker", machine=watched.clock)

    assert answer(watched, "/readyz") == (200, "ready")


def test_what_is_not_ready_is_listed(watched: Watched) -> None:
    assert answer(watched, "/readyz") == (503, "worker: never seen")
    with watched.arrange() as session:
        beat(session, "worker", machine=watched.clock)
        session.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    watched.clock.at = watched.clock.at.replace(minute=watched.clock.at.minute + 2)

    assert answer(watched, "/readyz") == (503, "migrations: not up to date\nworker: silent")


def test_a_database_that_takes_no_writes_is_not_ready(watched: Watched) -> None:
    with watched.arrange() as session:
        session.execute(sa.text("DROP TABLE heartbeat"))

    assert answer(watched, "/readyz") == (503, "database: cannot be written to")


def figures(site: Site, **headers: str) -> dict[tuple[str, tuple[str, ...]], float]:
    found = site.app.test_client().get("/metrics", headers=headers)
    assert found.status_code == 200, found.text
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(found.text)
        for sample in family.samples
    }


def test_figures_are_worked_out_from_rows(watched: Watched) -> None:
    now = watched.clock.at
    with watched.arrange() as session:
        beat(session, "worker", machine=watched.clock)
        an_approved_card(session, a_closed_day(session))
        session.add(Task(kind="print_slip", key="x", subject_id=1, run_at=now, lease_until=now))
        session.add(
            GatewayHalt(gateway="sandbox", code="empty", text="No.", stopped_at=now, until=now)
        )
    BooksWatch(watched.database.engine, watched.outside).check()
    watched.clock.at = now.replace(minute=now.minute + 1)

    found = figures(watched)

    assert found["dayrate_worker_silence_seconds", ()] == 60
    assert found["dayrate_work_due", ("pay_card",)] == 1
    assert found["dayrate_work_oldest_due_seconds", ("print_slip",)] == 60
    assert found["dayrate_gateway_stopped", ("sandbox",)] == 1
    assert found["dayrate_books_findings", ("quick",)] == 0
    assert found["dayrate_books_checked_seconds", ("quick",)] == 60
    assert found["dayrate_messages_waiting", ()] == 0
    assert found["dayrate_alarms", ()] == 0


def test_without_a_token_figures_are_for_this_machine_alone(watched: Watched) -> None:
    client = watched.app.test_client()

    assert client.get("/metrics").status_code == 200
    passed_on = {"X-Forwarded-For": "198.51.100.7"}
    assert client.get("/metrics", headers=passed_on).status_code == 404
    elsewhere = {"REMOTE_ADDR": "198.51.100.7"}
    assert client.get("/metrics", environ_base=elsewhere).status_code == 404


def test_with_a_token_figures_are_for_whoever_has_it(watched: Watched) -> None:
    settings = replace(watched.settings, metrics_token=TOKEN)
    client = create_app(settings, replace(watched.outside, settings=settings)).test_client()

    for given, status in ((f"Bearer {TOKEN}", 200), ("Bearer other", 404), ("", 404), ("é", 404)):
        headers = {"Authorization": given, "X-Forwarded-For": "198.51.100.7"}
        assert client.get("/metrics", headers=headers).status_code == status
