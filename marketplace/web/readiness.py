"""Whether this installation can do its work now: database, migrations, worker."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from marketplace import db
from marketplace.domain.reports.services.alarms import SILENT_AFTER, WORKER
from marketplace.domain.tasks.models import Heartbeat
from marketplace.domain.tasks.queries import last_beat
from marketplace.kernel.clock import Clock

MIGRATIONS: Final = Path(__file__).resolve().parents[2] / "migrations"


def unready(session: Session, machine: Clock) -> Iterator[str]:
    """Yield what is not ready, one short line each; nothing when all is.

    A database that cannot be written to is the only line: nothing else can be asked.
    """
    try:
        with db.transaction(session):
            session.execute(sa.update(Heartbeat).where(sa.false()).values(name=Heartbeat.name))
            version = session.scalar(sa.text("SELECT version_num FROM alembic_version"))
            beat_at = last_beat(session, WORKER)
    except DBAPIError:
        yield "database: cannot be written to"
        return
    if version != newest_migration():
        yield "migrations: not up to date"
    if beat_at is None:
        yield "worker: never seen"
    elif machine.now() - beat_at > SILENT_AFTER:
        yield "worker: silent"


@cache
def newest_migration() -> str | None:
    """Return the migration this code needs; it does not change while the process lives."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head()
