"""Bank files of payers who pay from their own bank."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FORMATS = "format IN ('nacha', 'pain001_03', 'pain001_09', 'cn_csv')"
KINDS = "account_kind IN ('', 'checking', 'savings', 'company')"
DETAILS = ("account_kind", "routing_number", "bic", "cnaps")
LIVE = sa.text("state IN ('sent', 'paid')")


def upgrade() -> None:
    """Apply; every company pays through the platform as before."""
    _add("company", ("pays_by",), "platform")
    with op.batch_alter_table("company") as batch:
        batch.create_check_constraint(
            op.f("ck_company_pays_by_known"), "pays_by IN ('platform', 'own_bank')"
        )
    _add("payee", DETAILS, "")
    with op.batch_alter_table("payee") as batch:
        batch.create_check_constraint(op.f("ck_payee_account_kind_known"), KINDS)
    _profiles()
    _files()
    _rows()
    _answers()


def downgrade() -> None:
    """Take back."""
    for table in ("bank_answer", "bank_file_row", "bank_file", "bank_profile"):
        op.drop_table(table)
    with op.batch_alter_table("payee") as batch:
        batch.drop_constraint(op.f("ck_payee_account_kind_known"), type_="check")
        for column in reversed(DETAILS):
            batch.drop_column(column)
    with op.batch_alter_table("company") as batch:
        batch.drop_constraint(op.f("ck_company_pays_by_known"), type_="check")
        batch.drop_column("pays_by")


def _add(table: str, columns: tuple[str, ...], value: str) -> None:
    with op.batch_alter_table(table) as batch:
        for column in columns:
            batch.add_column(sa.Column(column, sa.Text(), nullable=False, server_default=value))
    with op.batch_alter_table(table) as batch:
        for column in columns:
            batch.alter_column(column, existing_type=sa.Text(), server_default=None)


def _profiles() -> None:
    op.create_table(
        "bank_profile",
        sa.Column("id", KEY, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("details_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("account_last4", sa.Text(), nullable=False),
        sa.Column("bank_name", sa.Text(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("updated_by_id", KEY, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(FORMATS, name=op.f("ck_bank_profile_format_known")),
        _ref("bank_profile", "company_id", "company.id"),
        _ref("bank_profile", "updated_by_id", "users.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_profile")),
        sa.UniqueConstraint(
            "company_id", "currency", name=op.f("uq_bank_profile_company_id_currency")
        ),
    )


def _files() -> None:
    op.create_table(
        "bank_file",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("value_date", sa.Date(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_by_id", KEY, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_by_id", KEY, nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(FORMATS, name=op.f("ck_bank_file_format_known")),
        sa.CheckConstraint(
            "state IN ('made', 'cancelled')", name=op.f("ck_bank_file_state_known")
        ),
        sa.CheckConstraint(
            "rows > 0 AND total_minor > 0", name=op.f("ck_bank_file_pays_somebody")
        ),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_at IS NOT NULL)",
            name=op.f("ck_bank_file_cancelled_when"),
        ),
        _ref("bank_file", "company_id", "company.id"),
        _ref("bank_file", "made_by_id", "users.id"),
        _ref("bank_file", "cancelled_by_id", "users.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bank_file_public_id")),
        sa.UniqueConstraint("company_id", "number", name=op.f("uq_bank_file_company_id_number")),
    )


def _rows() -> None:
    op.create_table(
        "bank_file_row",
        sa.Column("id", KEY, nullable=False),
        sa.Column("bank_file_id", KEY, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("payout_id", KEY, nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("bank_reference", sa.Text(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("return_code", sa.Text(), nullable=False),
        sa.Column("return_text", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('sent', 'paid', 'returned', 'cancelled')",
            name=op.f("ck_bank_file_row_state_known"),
        ),
        sa.CheckConstraint(
            "state <> 'paid' OR paid_on IS NOT NULL", name=op.f("ck_bank_file_row_paid_when")
        ),
        _ref("bank_file_row", "bank_file_id", "bank_file.id"),
        _ref("bank_file_row", "payout_id", "payout.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_file_row")),
        sa.UniqueConstraint(
            "bank_file_id", "position", name=op.f("uq_bank_file_row_bank_file_id_position")
        ),
    )
    op.create_index(op.f("ix_bank_file_row_payout_id"), "bank_file_row", ["payout_id"])
    op.create_index(
        "uq_bank_file_row_live",
        "bank_file_row",
        ["payout_id"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )


def _answers() -> None:
    op.create_table(
        "bank_answer",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("uploaded_by_id", KEY, nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_by_id", KEY, nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        _ref("bank_answer", "company_id", "company.id"),
        _ref("bank_answer", "uploaded_by_id", "users.id"),
        _ref("bank_answer", "applied_by_id", "users.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_answer")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bank_answer_public_id")),
        sa.UniqueConstraint(
            "company_id", "sha256", name=op.f("uq_bank_answer_company_id_sha256")
        ),
    )


def _ref(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))
