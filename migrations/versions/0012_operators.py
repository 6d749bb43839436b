"""People who look after an installation, alarms to them, and what their page shows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    no = sa.false()
    op.add_column(
        "users", sa.Column("is_operator", sa.Boolean(), nullable=False, server_default=no)
    )


def downgrade() -> None:
    """Go without."""
    op.drop_column("users", "is_operator")
