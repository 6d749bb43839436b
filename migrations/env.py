"""How every migration runs, from the site's commands, from scripts and from tests.

One transaction, all or nothing, on both databases. On SQLite foreign keys are off while tables
are rebuilt (a dropped table would otherwise take its children's rows along) and are checked
before the commit. Triggers and guards are put back after every upgrade: a rebuilt table loses them.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa
from alembic import context
from flask import current_app

from marketplace import db
from marketplace.schema import apply_guards, metadata

if TYPE_CHECKING:  # alembic names these types in its stubs only
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations import MigrationScript
    from alembic.runtime.migration import MigrationContext

FOREIGN_TABLES = frozenset(
    {  # the background engine keeps its own tables, without a prefix, in the same SQLite file
        "application_versions",
        "dbos_migrations",
        "event_dispatch_kv",
        "notifications",
        "operation_outputs",
        "queues",
        "streams",
        "workflow_events",
        "workflow_events_history",
        "workflow_input",
        "workflow_inputs",
        "workflow_output",
        "workflow_schedules",
        "workflow_status",
    },
)


def ours(_item: object, name: str | None, kind: str, _reflected: object, _other: object) -> bool:
    """Leave the background engine's tables alone."""
    return not (kind == "table" and name in FOREIGN_TABLES and name not in metadata.tables)


def written(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Write our column types as plain SQLAlchemy: a migration outlives the code of its day."""
    if kind == "type" and isinstance(item, db.Instant):
        return "sa.DateTime(timezone=True)"
    return False


def numbered(
    migration: MigrationContext, _revision: object, directives: list[MigrationScript]
) -> None:
    """Give revisions numbers: 0001, 0002, …."""
    (script,) = directives
    head = migration.get_current_revision()
    script.rev_id = f"{int(head or 0) + 1:04d}"


def migrate(connection: sa.Connection) -> None:
    """Run what was asked for on this connection, in one transaction."""
    if connection.in_transaction():
        raise RuntimeError("A migration opens its own transaction; hand over a fresh connection.")
    is_sqlite = connection.dialect.name == "sqlite"
    foreign_keys(connection, is_on=False)
    try:
        with db.writing(), connection.begin():
            if not is_sqlite:
                connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
                connection.exec_driver_sql("SET LOCAL statement_timeout = '10min'")
            context.configure(
                connection=connection,
                target_metadata=metadata,
                compare_type=True,
                include_object=ours,
                render_item=written,
                render_as_batch=False,
                process_revision_directives=numbered,
            )
            context.run_migrations()
            head = context.get_head_revision()
            if head and context.get_context().get_current_revision() == head:
                apply_guards(connection)  # all the tables they guard are there
            if is_sqlite and (
                broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            ):
                raise RuntimeError(f"The migration would leave rows without a parent: {broken}")
    finally:
        foreign_keys(connection, is_on=True)


def foreign_keys(connection: sa.Connection, *, is_on: bool) -> None:
    """Switch SQLite's foreign keys; works only between transactions, hence on the bare driver.

    Without them a rebuilt table may also be missing for a moment while a guard names it.
    """
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA foreign_keys={'ON' if is_on else 'OFF'}")
        driver.execute(f"PRAGMA legacy_alter_table={'OFF' if is_on else 'ON'}")


def run() -> None:
    """Use the connection we were given, else the site's."""
    if context.is_offline_mode():
        raise RuntimeError("Migrations check what they leave behind; there is no offline mode.")
    given = context.config.attributes.get("connection")
    opened = nullcontext(given) if given else current_app.extensions["migrate"].db.engine.connect()
    with opened as connection:
        migrate(connection)


run()
