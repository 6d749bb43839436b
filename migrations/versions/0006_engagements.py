"""How people are engaged, what employees declare, and which days are holidays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ENGAGEMENTS = "'employee', 'contractor', 'labour_service'"
PERIODS = "'daily', 'weekly'"
FORMS = "'w9', 'w8ben', 'cn_resident', 'cn_nonresident'"
FORMS_NOW = "'w9', 'w8ben', '8233', 'cn_resident', 'cn_nonresident', 'uk_self_employed'"
BY_COUNTRY = "CASE WHEN country = 'CN' THEN 'labour_service' ELSE 'contractor' END"
"""How people were engaged before anybody was asked."""


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("production") as batch:
        batch.add_column(sa.Column("engagement", sa.Text(), nullable=True))
        batch.add_column(sa.Column("engagement_by_id", KEY, nullable=True))
        batch.add_column(_required("payroll_period", "daily"))
        batch.create_foreign_key(
            op.f("fk_production_engagement_by_id"), "users", ["engagement_by_id"], ["id"]
        )
        _check_terms(batch, "production")
    with op.batch_alter_table("booking") as batch:
        batch.add_column(_required("engagement", "contractor"))
        batch.add_column(_required("payroll_period", "daily"))
        _check_terms(batch, "booking")
    op.execute(f"UPDATE production SET engagement = {BY_COUNTRY}")  # noqa: S608 - our own words
    op.execute(
        "UPDATE booking SET engagement = (SELECT production.engagement FROM production"
        " WHERE production.id = booking.production_id)"
    )
    for table, column in (
        ("production", "payroll_period"),
        ("booking", "engagement"),
        ("booking", "payroll_period"),
    ):
        with op.batch_alter_table(table) as batch:
            batch.alter_column(column, existing_type=sa.Text(), server_default=None)
    with op.batch_alter_table("payee") as batch:
        batch.add_column(sa.Column("is_state_nonresident", sa.Boolean(), nullable=True))
        batch.add_column(sa.Column("certificate", sa.JSON(none_as_null=True), nullable=True))
    _replace_forms(FORMS_NOW)
    with op.batch_alter_table("shoot_day") as batch:
        batch.add_column(
            sa.Column("is_holiday", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("shoot_day") as batch:
        batch.alter_column("is_holiday", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("shoot_day") as batch:
        batch.drop_column("is_holiday")
    op.execute(
        "UPDATE payee SET tax_form = CASE tax_form WHEN '8233' THEN 'w8ben' END"
        " WHERE tax_form IN ('8233', 'uk_self_employed')"
    )
    _replace_forms(FORMS)
    with op.batch_alter_table("payee") as batch:
        batch.drop_column("certificate")
        batch.drop_column("is_state_nonresident")
    for table in ("booking", "production"):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_engagement_known"), type_="check")
            batch.drop_constraint(op.f(f"ck_{table}_payroll_period_known"), type_="check")
            if table == "production":
                batch.drop_constraint(
                    op.f("fk_production_engagement_by_id"), type_="foreignkey"
                )
                batch.drop_column("engagement_by_id")
            batch.drop_column("payroll_period")
            batch.drop_column("engagement")


def _required(name: str, default: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default=default)


def _check_terms(batch: BatchOperations, table: str) -> None:
    for column, words in (("engagement", ENGAGEMENTS), ("payroll_period", PERIODS)):
        batch.create_check_constraint(
            op.f(f"ck_{table}_{column}_known"), f"{column} IN ({words})"
        )


def _replace_forms(words: str) -> None:
    with op.batch_alter_table("payee") as batch:
        batch.drop_constraint(op.f("ck_payee_tax_form_known"), type_="check")
        batch.create_check_constraint(
            op.f("ck_payee_tax_form_known"), f"tax_form IS NULL OR tax_form IN ({words})"
        )
