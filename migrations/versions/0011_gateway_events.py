"""What a gateway tells, and what a reconciliation found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

BANK = (
    ("bank_ref", sa.Text()),
    ("bank_made_at", sa.DateTime(timezone=True)),
    ("banked_at", sa.DateTime(timezone=True)),
    ("bank_returned_at", sa.DateTime(timezone=True)),
    ("bank_problem", sa.Text()),
)


def upgrade() -> None:
    """Make it."""
    for name, type_ in BANK:
        op.add_column("payout", sa.Column(name, type_, nullable=True))
    op.create_table(
        "gateway_event",
        sa.Column("id", KEY, nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("was_missed", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replays", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('platform', 'connect', 'v2')",
            name=op.f("ck_gateway_event_channel_known"),
        ),
        sa.CheckConstraint(
            "outcome IN ('waiting', 'applied', 'no_change', 'not_ours', 'not_used', 'failed')",
            name=op.f("ck_gateway_event_outcome_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_event")),
        sa.UniqueConstraint("event_id", name=op.f("uq_gateway_event_event_id")),
    )
    for name in ("type", "outcome"):
        op.create_index(op.f(f"ix_gateway_event_{name}"), "gateway_event", [name])
    op.create_table(
        "reconciliation",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("asked_by_id", KEY, nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("payments", sa.BigInteger(), nullable=False),
        sa.Column("transfers", sa.BigInteger(), nullable=False),
        sa.Column("differences", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["users.id"], name=op.f("fk_reconciliation_asked_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation")),
        sa.UniqueConstraint("key", name=op.f("uq_reconciliation_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_reconciliation_public_id")),
    )
    op.create_table(
        "reconciliation_row",
        sa.Column("id", KEY, nullable=False),
        sa.Column("reconciliation_id", KEY, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("company_id", KEY, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("gateway_ref", sa.Text(), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("ours_minor", sa.BigInteger(), nullable=True),
        sa.Column("theirs_minor", sa.BigInteger(), nullable=True),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('missing_there', 'unknown_here', 'paid_twice', 'other_payment',"
            " 'other_amount', 'taken_back', 'balance', 'missed_events')",
            name=op.f("ck_reconciliation_row_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_reconciliation_row_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["reconciliation_id"],
            ["reconciliation.id"],
            name=op.f("fk_reconciliation_row_reconciliation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_row")),
        sa.UniqueConstraint(
            "reconciliation_id",
            "position",
            name=op.f("uq_reconciliation_row_reconciliation_id_position"),
        ),
    )
    op.create_index(op.f("ix_reconciliation_row_company_id"), "reconciliation_row", ["company_id"])


def downgrade() -> None:
    """Go without."""
    for table in ("reconciliation_row", "reconciliation", "gateway_event"):
        op.drop_table(table)
    with op.batch_alter_table("payout") as batch:
        for name, _ in reversed(BANK):
            batch.drop_column(name)
