"""Companies that pay by bank transfer are customers; a payment may be disputed twice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Keep what gateways call companies, how to send transfers, and which dispute is the last."""
    op.create_table(
        "payer",
        sa.Column("id", KEY, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_payer_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payer")),
        sa.UniqueConstraint("account", name=op.f("uq_payer_account")),
        sa.UniqueConstraint("company_id", "gateway", name=op.f("uq_payer_company_id_gateway")),
    )
    op.add_column("funding", sa.Column("instructions", sa.Text(), nullable=True))
    op.add_column("funding", sa.Column("dispute", sa.Text(), nullable=True))
    with op.batch_alter_table("funding") as batch:
        batch.add_column(
            sa.Column("dispute_rounds", sa.BigInteger(), nullable=False, server_default="0")
        )
    op.execute("UPDATE funding SET dispute_rounds = 1 WHERE disputed_minor > 0")
    with op.batch_alter_table("funding") as batch:
        batch.alter_column("dispute_rounds", server_default=None)


def downgrade() -> None:
    """Forget customers, instructions and how often a payment was disputed."""
    with op.batch_alter_table("funding") as batch:
        batch.drop_column("dispute_rounds")
        batch.drop_column("dispute")
        batch.drop_column("instructions")
    op.drop_table("payer")
