"""Payees' accounts at a gateway, and who will carry the money of a booking."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make it."""
    op.create_table(
        "payee_account",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('new', 'checking', 'needs', 'ready', 'paused', 'gone')",
            name=op.f("ck_payee_account_state_known"),
        ),
        sa.CheckConstraint(
            "state = 'new' OR account IS NOT NULL", name=op.f("ck_payee_account_opened_first")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_payee_account_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payee_account")),
        sa.UniqueConstraint("public_id", name=op.f("uq_payee_account_public_id")),
        sa.UniqueConstraint(
            "person_id", "gateway", name=op.f("uq_payee_account_person_id_gateway")
        ),
        sa.UniqueConstraint("gateway", "account", name=op.f("uq_payee_account_gateway_account")),
    )
    op.add_column("booking", sa.Column("gateway", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("booking") as batch:
        batch.alter_column("gateway", server_default=None)


def downgrade() -> None:
    """Go without."""
    with op.batch_alter_table("booking") as batch:
        batch.drop_column("gateway")
    op.drop_table("payee_account")
