"""Breakfasts that do not stop the clock, on time cards and adjustments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLES = ("time_entry", "voucher_entry")


def upgrade() -> None:
    """Ask when one began."""
    for table in TABLES:
        op.add_column(table, sa.Column("ndb_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Forget them."""
    for table in TABLES:
        op.drop_column(table, "ndb_at")
