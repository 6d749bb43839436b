"""Migrations build what the models say, guards included, up and down, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory

from marketplace import db
from marketplace.schema import apply_guards, metadata
from tests.support.databases import Database, alembic_config

TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
    "postgresql": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger"
    " WHERE NOT tgisinternal ORDER BY tgname",
}
BEFORE_MIGRATIONS = "base"


def built(connection: sa.Connection) -> set[str]:
    """Return what stands in a database as facts that do not depend on the order of creation."""
    inspector = sa.inspect(connection)
    facts = {
        f"trigger {name}: {definition}"
        for name, definition in connection.exec_driver_sql(TRIGGERS[connection.dialect.name])
    }
    facts |= {f"index: {definition}" for definition in indexes(connection)}
    for table in inspector.get_table_names():
        found: list[Any] = [
            inspector.get_pk_constraint(table),
            *inspector.get_columns(table),
            *inspector.get_foreign_keys(table),
            *inspector.get_unique_constraints(table),
            *inspector.get_check_constraints(table),
        ]
        facts |= {f"{table}: {fact}" for fact in found}
    return {fact for fact in facts if "alembic_version" not in fact}


def indexes(connection: sa.Connection) -> Sequence[str]:
    if connection.dialect.name == "postgresql":
        query = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
    else:
        query = "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    return connection.exec_driver_sql(query).scalars().all()


def build_from_models(connection: sa.Connection) -> None:
    metadata.create_all(connection)
    apply_guards(connection)


def from_models(database: Database) -> set[str]:
    """Build the same database from the models, in the place of the migrated one."""
    with database.engine.connect() as connection:
        command.downgrade(alembic_config(connection), BEFORE_MIGRATIONS)
    with db.writing(), database.engine.begin() as connection:
        build_from_models(connection)
        return built(connection)


def test_migrations_build_what_the_models_say(database: Database) -> None:
    with database.engine.connect() as connection:
        migrated = built(connection)

    models = from_models(database)

    assert sorted(models - migrated) == [], "in the models only: make migration m=…"
    assert sorted(migrated - models) == [], "in the migrations only"


def test_going_down_and_up_again_changes_nothing(database: Database) -> None:
    with database.engine.connect() as connection:
        before = built(connection)
    with database.engine.connect() as connection:
        command.downgrade(alembic_config(connection), BEFORE_MIGRATIONS)
        assert sa.inspect(connection).get_table_names() == ["alembic_version"]
    with database.engine.connect() as connection:
        command.upgrade(alembic_config(connection), "head")
    with database.engine.connect() as connection:
        assert built(connection) == before


def test_migrations_are_numbered_in_one_line(embedded_database: Database) -> None:
    with embedded_database.engine.connect() as connection:
        script = ScriptDirectory.from_config(alembic_config(connection))
    revisions = [revision.revision for revision in script.walk_revisions()][::-1]

    assert revisions == [f"{number:04d}" for number in range(1, len(revisions) + 1)]


def test_a_migration_refuses_a_connection_that_has_begun(embedded_database: Database) -> None:
    with embedded_database.engine.connect() as connection:
        connection.begin()
        with pytest.raises(RuntimeError, match="fresh connection"):
            command.upgrade(alembic_config(connection), "head")
