"""Slips that can be verified."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_pay_slip_number", "pay_slip", ["number"], unique=False)
    op.add_column(
        "company",
        sa.Column("payroll_contact", sa.Text(), nullable=False, server_default=""),
    )
    with op.batch_alter_table("company") as batch:
        batch.alter_column("payroll_contact", existing_type=sa.Text(), server_default=None)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("company") as batch:
        batch.drop_column("payroll_contact")
    op.drop_index("ix_pay_slip_number", table_name="pay_slip")
