"""Chart of accounts, episodes, access per production."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PURPOSES = (
    "wages_principal",
    "wages_featured",
    "wages_background",
    "wages_crew",
    "penalties",
    "allowances",
    "employer_costs",
    "withholding",
    "commission",
    "deductions",
    "overpaid",
    "employer_payable",
    "clearing",
    "bank",
)
NEW = (
    ("membership", "is_limited", sa.Boolean(), sa.false()),
    ("shoot_day", "episodes", sa.Text(), ""),
)


def upgrade() -> None:
    """Apply; everybody sees everything as before, and no day names its episodes yet."""
    for table, column, kind, value in NEW:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column(column, kind, nullable=False, server_default=value))
        with op.batch_alter_table(table) as batch:
            batch.alter_column(column, existing_type=kind, server_default=None)
    op.add_column("invitation", sa.Column("productions", sa.JSON(), nullable=True))
    op.create_table(
        "production_access",
        sa.Column("id", KEY, nullable=False),
        sa.Column("membership_id", KEY, nullable=False),
        sa.Column("production_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_production_access_membership_id")
        ),
        sa.ForeignKeyConstraint(
            ["production_id"], ["production.id"], name=op.f("fk_production_access_production_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_production_access")),
        sa.UniqueConstraint(
            "membership_id",
            "production_id",
            name=op.f("uq_production_access_membership_id_production_id"),
        ),
    )
    op.create_index(
        op.f("ix_production_access_production_id"), "production_access", ["production_id"]
    )
    op.create_table(
        "chart_account",
        sa.Column("id", KEY, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "purpose IN (" + ", ".join(f"'{one}'" for one in PURPOSES) + ")",
            name=op.f("ck_chart_account_purpose_known"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_chart_account_company_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chart_account")),
        sa.UniqueConstraint(
            "company_id",
            "purpose",
            "department",
            name=op.f("uq_chart_account_company_id_purpose_department"),
        ),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("chart_account")
    op.drop_table("production_access")
    op.drop_column("invitation", "productions")
    for table, column, _kind, _value in reversed(NEW):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column)
