"""What every test may ask for: a database of each kind, a session that is undone, a clock."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from marketplace import db
from marketplace.kernel.clock import FixedClock
from tests.support.databases import Database, PostgresFarm, SqliteFarm
from tests.support.site import Site

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
MEMORY = Path("/dev/shm")  # noqa: S108 - where this system keeps files in memory

if os.access(MEMORY, os.W_OK):
    # Every commit waits for the disk (`synchronous=FULL`): in memory it waits for nothing.
    tempfile.tempdir = str(MEMORY)


@dataclass
class Kept:
    """One database of each kind for a whole worker, made when first needed."""

    farms: Mapping[str, SqliteFarm | PostgresFarm]
    stack: ExitStack
    made: dict[str, Database] = field(default_factory=dict)

    def get(self, name: str) -> Database:
        """Return the database of this kind."""
        if name not in self.made:
            self.made[name] = self.stack.enter_context(self.farms[name].fresh())
        return self.made[name]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the PostgreSQL half of tests marked `embedded`."""
    left_out = [
        item
        for item in items
        if item.get_closest_marker("embedded") and "[postgresql" in item.nodeid
    ]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def sqlite_farm(tmp_path_factory: pytest.TempPathFactory) -> SqliteFarm:
    """SQLite databases of this worker."""
    return SqliteFarm(tmp_path_factory.mktemp("databases"))


@pytest.fixture(scope="session")
def postgresql_farm() -> Iterator[PostgresFarm]:
    """PostgreSQL databases of this worker; the server starts with the first."""
    farm = PostgresFarm()
    yield farm
    farm.close()


@pytest.fixture(scope="session")
def kept(sqlite_farm: SqliteFarm, postgresql_farm: PostgresFarm) -> Iterator[Kept]:
    """Databases that stay empty, because `session` undoes its work."""
    with ExitStack() as stack:
        yield Kept({"sqlite": sqlite_farm, "postgresql": postgresql_farm}, stack)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn."""
    return str(request.param)


@pytest.fixture
def database(engine_name: str, kept: Kept) -> Iterator[Database]:
    """A fresh, migrated database of each kind: for tests that commit, race or crash."""
    with kept.farms[engine_name].fresh() as fresh:
        yield fresh


@pytest.fixture
def embedded_database(sqlite_farm: SqliteFarm) -> Iterator[Database]:
    """A fresh, migrated SQLite database: for page tests and other slow ones."""
    with sqlite_farm.fresh() as fresh:
        yield fresh


@pytest.fixture
def session(engine_name: str, kept: Kept) -> Iterator[Session]:
    """A writing session on each kind of database; everything is undone at the end.

    A commit inside ends a savepoint only. `db.transaction(session)` rolls back first what
    was not committed, as it does in the product: commit what you arranged before.
    """
    with db.writing(), kept.get(engine_name).engine.connect() as connection:
        everything = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        everything.rollback()


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at a Sunday noon in Los Angeles."""
    return FixedClock(NOW)


@pytest.fixture
def site(embedded_database: Database, tmp_path: Path, clock: FixedClock) -> Iterator[Site]:
    """The site on SQLite: for page tests."""
    made = Site(embedded_database, tmp_path, clock)
    yield made
    made.close()


@pytest.fixture
def site_on_each(database: Database, tmp_path: Path, clock: FixedClock) -> Iterator[Site]:
    """The site on each kind of database: for whole use cases through pages."""
    made = Site(database, tmp_path, clock)
    yield made
    made.close()
