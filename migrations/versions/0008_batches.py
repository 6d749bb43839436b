"""Find due work of one kind: many pieces of it are done together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OPEN = sa.text("done_at IS NULL AND parked_at IS NULL")


def upgrade() -> None:
    """Index what is due by its kind."""
    op.create_index(
        "ix_task_due_kind",
        "task",
        ["kind", "run_at"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def downgrade() -> None:
    """Go without."""
    op.drop_index("ix_task_due_kind", "task")
