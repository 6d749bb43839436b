"""Rows that cannot be, put there all the same: to see that a check finds them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.schema import APPEND_ONLY, REFUSED


def plant(session: Session, statement: str) -> None:
    """Change a row behind the guards' back: triggers dropped, constraints off."""
    dialect = session.get_bind().dialect.name
    if dialect == "sqlite":
        session.execute(sa.text("PRAGMA ignore_check_constraints=ON"))
        for table in APPEND_ONLY:
            for event in ("update", "delete"):
                session.execute(sa.text(f"DROP TRIGGER IF EXISTS {table}_no_{event}"))
        for name in REFUSED:
            session.execute(sa.text(f"DROP TRIGGER IF EXISTS {name}"))
    else:
        session.execute(sa.text("SET session_replication_role = replica"))
        for table, check in (("pay_slip", "adds_up"), ("ledger_transfer", "amount_positive")):
            name = f"ck_{table}_{check}"
            session.execute(sa.text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
    for part in statement.split(";"):
        session.execute(sa.text(part))
