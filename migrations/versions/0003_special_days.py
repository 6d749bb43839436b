"""Cancelled, sent home, standby and upgraded days; payroll approval."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

STATES = "'pending', 'sent', 'agreed', 'queried', 'approved', 'locked'"
STATES_NOW = "'pending', 'sent', 'agreed', 'queried', 'approved', 'payroll_approved', 'locked'"
KINDS = "'work', 'sent_home', 'cancelled', 'standby'"
PARTS = "'hours', 'meals', 'extras', 'rate', 'other'"
ANSWERS = "'open', 'kept', 'adjusted'"


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("production") as batch:
        batch.add_column(sa.Column("cancellation_policy", sa.JSON(), nullable=True))
        batch.add_column(_required("needs_payroll_approval", sa.Boolean(), sa.false()))
    _forget_default("production", "needs_payroll_approval", sa.Boolean())
    with op.batch_alter_table("role") as batch:
        batch.add_column(_required("standby_percent", sa.BigInteger(), "0"))
        batch.create_check_constraint(
            op.f("ck_role_standby_percent"), "standby_percent BETWEEN 0 AND 100"
        )
    _forget_default("role", "standby_percent", sa.BigInteger())
    _upgrade_booking()
    _upgrade_time_card()
    _create_tables()


def downgrade() -> None:
    """Take back."""
    op.drop_table("card_query")
    op.drop_table("booking_amendment")
    with op.batch_alter_table("time_card") as batch:
        batch.drop_constraint(op.f("ck_time_card_kind_known"), type_="check")
        batch.drop_constraint(op.f("ck_time_card_state_known"), type_="check")
        batch.drop_constraint(op.f("fk_time_card_payroll_approved_by_id"), type_="foreignkey")
        for name in ("returned_reason", "payroll_approved_by_id", "payroll_approved_at", "kind"):
            batch.drop_column(name)
    op.execute("UPDATE time_card SET state = 'approved' WHERE state = 'payroll_approved'")
    with op.batch_alter_table("time_card") as batch:
        batch.create_check_constraint(op.f("ck_time_card_state_known"), f"state IN ({STATES})")
    with op.batch_alter_table("booking") as batch:
        batch.drop_constraint(op.f("ck_booking_fee_not_negative"), type_="check")
        batch.drop_constraint(op.f("ck_booking_standby_percent"), type_="check")
        batch.drop_constraint(op.f("fk_booking_ended_by_id"), type_="foreignkey")
        for name in (
            "upgraded_to",
            "ended_by_id",
            "fee_minor",
            "fee",
            "standby_percent",
            "cancellation_policy",
        ):
            batch.drop_column(name)
    with op.batch_alter_table("role") as batch:
        batch.drop_constraint(op.f("ck_role_standby_percent"), type_="check")
        batch.drop_column("standby_percent")
    with op.batch_alter_table("production") as batch:
        batch.drop_column("needs_payroll_approval")
        batch.drop_column("cancellation_policy")


def _required(name: str, kind: sa.types.TypeEngine[Any], default: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, server_default=default)


def _forget_default(table: str, column: str, kind: sa.types.TypeEngine[Any]) -> None:
    with op.batch_alter_table(table) as batch:
        batch.alter_column(column, existing_type=kind, server_default=None)


def _upgrade_booking() -> None:
    with op.batch_alter_table("booking") as batch:
        batch.add_column(sa.Column("cancellation_policy", sa.JSON(), nullable=True))
        batch.add_column(_required("standby_percent", sa.BigInteger(), "0"))
        batch.add_column(sa.Column("fee", sa.JSON(), nullable=True))
        batch.add_column(sa.Column("fee_minor", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("ended_by_id", KEY, nullable=True))
        batch.add_column(_required("upgraded_to", sa.Text(), ""))
        batch.create_foreign_key(op.f("fk_booking_ended_by_id"), "users", ["ended_by_id"], ["id"])
        batch.create_check_constraint(op.f("ck_booking_fee_not_negative"), "fee_minor >= 0")
        batch.create_check_constraint(
            op.f("ck_booking_standby_percent"), "standby_percent BETWEEN 0 AND 100"
        )
    _forget_default("booking", "standby_percent", sa.BigInteger())
    _forget_default("booking", "upgraded_to", sa.Text())


def _upgrade_time_card() -> None:
    with op.batch_alter_table("time_card") as batch:
        batch.add_column(_required("kind", sa.Text(), "work"))
        batch.add_column(sa.Column("payroll_approved_at", INSTANT, nullable=True))
        batch.add_column(sa.Column("payroll_approved_by_id", KEY, nullable=True))
        batch.add_column(_required("returned_reason", sa.Text(), ""))
        batch.create_foreign_key(
            op.f("fk_time_card_payroll_approved_by_id"),
            "users",
            ["payroll_approved_by_id"],
            ["id"],
        )
        batch.drop_constraint(op.f("ck_time_card_state_known"), type_="check")
        batch.create_check_constraint(op.f("ck_time_card_state_known"), f"state IN ({STATES_NOW})")
        batch.create_check_constraint(op.f("ck_time_card_kind_known"), f"kind IN ({KINDS})")
    _forget_default("time_card", "kind", sa.Text())
    _forget_default("time_card", "returned_reason", sa.Text())


def _create_tables() -> None:
    op.create_table(
        "booking_amendment",
        sa.Column("id", KEY, nullable=False),
        sa.Column("booking_id", KEY, nullable=False),
        sa.Column("old_role", sa.Text(), nullable=False),
        sa.Column("new_role", sa.Text(), nullable=False),
        sa.Column("old_day_rate_minor", sa.BigInteger(), nullable=False),
        sa.Column("new_day_rate_minor", sa.BigInteger(), nullable=False),
        sa.Column("old_guaranteed_minutes", sa.BigInteger(), nullable=False),
        sa.Column("new_guaranteed_minutes", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by_id", KEY, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_booking_amendment_booking_id")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["users.id"], name=op.f("fk_booking_amendment_made_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_amendment")),
    )
    op.create_index(op.f("ix_booking_amendment_booking_id"), "booking_amendment", ["booking_id"])
    op.create_table(
        "card_query",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("time_card_id", KEY, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answer_text", sa.Text(), nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("answered_by_id", KEY, nullable=True),
        sa.CheckConstraint(f"part IN ({PARTS})", name=op.f("ck_card_query_part_known")),
        sa.CheckConstraint(f"answer IN ({ANSWERS})", name=op.f("ck_card_query_answer_known")),
        sa.ForeignKeyConstraint(
            ["time_card_id"], ["time_card.id"], name=op.f("fk_card_query_time_card_id")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["users.id"], name=op.f("fk_card_query_answered_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_query")),
        sa.UniqueConstraint("public_id", name=op.f("uq_card_query_public_id")),
    )
    op.create_index(op.f("ix_card_query_time_card_id"), "card_query", ["time_card_id"])
