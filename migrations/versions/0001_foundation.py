"""Foundation.

The first tables.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "company",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("legal_name", sa.Text(), nullable=False),
        sa.Column("second_name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("typed_total_limit_minor", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
        sa.UniqueConstraint("public_id", name=op.f("uq_company_public_id")),
    )
    op.create_table(
        "file",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_file_public_id")),
        sa.UniqueConstraint("subject", name=op.f("uq_file_subject")),
    )
    op.create_table(
        "ledger_account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_account")),
        sa.UniqueConstraint("code", "currency", name=op.f("uq_ledger_account_code_currency")),
        sa.UniqueConstraint("id", "currency", name=op.f("uq_ledger_account_id_currency")),
    )
    op.create_table(
        "login_attempt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email_lower", sa.Text(), nullable=False),
        sa.Column("ip", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("has_succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempt")),
    )
    op.create_index(
        "ix_login_attempt_email_at", "login_attempt", ["email_lower", "at"], unique=False
    )
    op.create_index("ix_login_attempt_ip_at", "login_attempt", ["ip", "at"], unique=False)
    op.create_table(
        "mail",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("to_address", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.JSON(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("button", sa.JSON(), nullable=True),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("key", name=op.f("uq_mail_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_mail_public_id")),
    )
    op.create_index(op.f("ix_mail_to_address"), "mail", ["to_address"], unique=False)
    op.create_table(
        "task",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_token", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("key", name=op.f("uq_task_key")),
    )
    op.create_index(
        "ix_task_due",
        "task",
        ["run_at"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL AND parked_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL AND parked_at IS NULL"),
    )
    op.create_index("ix_task_kind_subject", "task", ["kind", "subject_id"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("has_shortcut_keys", sa.Boolean(), nullable=False),
        sa.Column("calendar_token", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("calendar_token", name=op.f("uq_users_calendar_token")),
        sa.UniqueConstraint("public_id", name=op.f("uq_users_public_id")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_audit_entry_actor_id")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_audit_entry_company_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_company_id"), "audit_entry", ["company_id"], unique=False)
    op.create_index("ix_audit_entry_subject_id", "audit_entry", ["subject", "id"], unique=False)
    op.create_table(
        "export_job",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed', 'cancelled')",
            name=op.f("ck_export_job_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_export_job_company_id")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"], name=op.f("fk_export_job_file_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_export_job_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_job")),
        sa.UniqueConstraint("public_id", name=op.f("uq_export_job_public_id")),
    )
    op.create_index(op.f("ix_export_job_company_id"), "export_job", ["company_id"], unique=False)
    op.create_table(
        "file_chunk",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"], name=op.f("fk_file_chunk_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_chunk")),
        sa.UniqueConstraint("file_id", "position", name=op.f("uq_file_chunk_file_id_position")),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column(
            "invited_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "accepted_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('owner', 'producer', 'casting', 'ad', 'accountant')",
            name=op.f("ck_invitation_role_known"),
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by_id"], ["users.id"], name=op.f("fk_invitation_accepted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_invitation_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["users.id"], name=op.f("fk_invitation_invited_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_invitation_token_digest")),
    )
    op.create_index(op.f("ix_invitation_company_id"), "invitation", ["company_id"], unique=False)
    op.create_table(
        "ledger_transfer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("debit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "credit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column(
            "reverses_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_ledger_transfer_amount_positive")),
        sa.CheckConstraint("debit_id <> credit_id", name=op.f("ck_ledger_transfer_two_accounts")),
        sa.ForeignKeyConstraint(
            ["credit_id", "currency"],
            ["ledger_account.id", "ledger_account.currency"],
            name="fk_ledger_transfer_credit",
        ),
        sa.ForeignKeyConstraint(
            ["debit_id", "currency"],
            ["ledger_account.id", "ledger_account.currency"],
            name="fk_ledger_transfer_debit",
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["ledger_transfer.id"], name=op.f("fk_ledger_transfer_reverses_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_transfer")),
        sa.UniqueConstraint("key", name=op.f("uq_ledger_transfer_key")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_ledger_transfer_reverses_id")),
    )
    op.create_index(
        op.f("ix_ledger_transfer_credit_id"), "ledger_transfer", ["credit_id"], unique=False
    )
    op.create_index(
        op.f("ix_ledger_transfer_debit_id"), "ledger_transfer", ["debit_id"], unique=False
    )
    op.create_table(
        "login_session",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ip", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_login_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_login_session_token_digest")),
    )
    op.create_index(op.f("ix_login_session_user_id"), "login_session", ["user_id"], unique=False)
    op.create_table(
        "membership",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('owner', 'producer', 'casting', 'ad', 'accountant')",
            name=op.f("ck_membership_role_known"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_membership_company_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_membership_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("company_id", "user_id", name=op.f("uq_membership_company_id_user_id")),
    )
    op.create_index(op.f("ix_membership_user_id"), "membership", ["user_id"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sentence", sa.JSON(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notice_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("key", name=op.f("uq_notice_key")),
    )
    op.create_index("ix_notice_user_id_desc", "notice", ["user_id", "id"], unique=False)
    op.create_table(
        "password_reset",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_password_reset_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_reset")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_password_reset_token_digest")),
    )
    op.create_index(op.f("ix_password_reset_user_id"), "password_reset", ["user_id"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stage_name", sa.Text(), nullable=False),
        sa.Column("is_actor", sa.Boolean(), nullable=False),
        sa.Column("is_background", sa.Boolean(), nullable=False),
        sa.Column("is_crew", sa.Boolean(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("pronouns", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_person_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("public_id", name=op.f("uq_person_public_id")),
        sa.UniqueConstraint("user_id", name=op.f("uq_person_user_id")),
    )
    op.create_table(
        "production",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("second_title", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("episodes", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("withholding_agent", sa.Text(), nullable=False),
        sa.Column("minimum_rest_minutes", sa.BigInteger(), nullable=False),
        sa.Column("registration_number", sa.Text(), nullable=False),
        sa.Column("budget_minor", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column(
            "created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'live', 'wrapped', 'cancelled')",
            name=op.f("ck_production_state_known"),
        ),
        sa.CheckConstraint(
            "withholding_agent IN ('production', 'platform')",
            name=op.f("ck_production_withholding_agent_known"),
        ),
        sa.CheckConstraint("length(currency) = 3", name=op.f("ck_production_currency_iso")),
        sa.CheckConstraint(
            "minimum_rest_minutes >= 0", name=op.f("ck_production_rest_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_production_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_production_created_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_production")),
        sa.UniqueConstraint("public_id", name=op.f("uq_production_public_id")),
    )
    op.create_index(op.f("ix_production_company_id"), "production", ["company_id"], unique=False)
    op.create_table(
        "slip_counter",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_slip_counter_company_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip_counter")),
        sa.UniqueConstraint("company_id", "year", name=op.f("uq_slip_counter_company_id_year")),
    )
    op.create_table(
        "book_out",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_book_out_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book_out")),
        sa.UniqueConstraint("person_id", "on_date", name=op.f("uq_book_out_person_id_on_date")),
    )
    op.create_table(
        "payee",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("legal_name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("legal_name_index", sa.Text(), nullable=True),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("tax_form", sa.Text(), nullable=True),
        sa.Column("tax_id_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("tax_id_last4", sa.Text(), nullable=False),
        sa.Column("is_backup_withholding", sa.Boolean(), nullable=False),
        sa.Column("bank_name", sa.Text(), nullable=False),
        sa.Column("account_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("account_last4", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "tax_form IS NULL OR tax_form IN ('w9', 'w8ben', 'cn_resident', 'cn_nonresident')",
            name=op.f("ck_payee_tax_form_known"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_payee_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payee")),
        sa.UniqueConstraint("person_id", name=op.f("uq_payee_person_id")),
    )
    op.create_index(op.f("ix_payee_legal_name_index"), "payee", ["legal_name_index"], unique=False)
    op.create_table(
        "role",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column(
            "production_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("day_rate_minor", sa.BigInteger(), nullable=False),
        sa.Column("guaranteed_minutes", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("apply_by_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disclosures", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('principal', 'featured', 'background', 'crew')",
            name=op.f("ck_role_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'open', 'closed', 'cut')", name=op.f("ck_role_state_known")
        ),
        sa.CheckConstraint("day_rate_minor > 0", name=op.f("ck_role_rate_positive")),
        sa.CheckConstraint("guaranteed_minutes > 0", name=op.f("ck_role_hours_with_rate")),
        sa.CheckConstraint("length(currency) = 3", name=op.f("ck_role_currency_iso")),
        sa.ForeignKeyConstraint(
            ["production_id"], ["production.id"], name=op.f("fk_role_production_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("public_id", name=op.f("uq_role_public_id")),
    )
    op.create_index(op.f("ix_role_production_id"), "role", ["production_id"], unique=False)
    op.create_index(
        "ix_role_state_published", "role", ["state", "published_at", "id"], unique=False
    )
    op.create_table(
        "shoot_day",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column(
            "production_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("shoot_date", sa.Date(), nullable=False),
        sa.Column("call_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrap_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_base", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("short_rest_reason", sa.Text(), nullable=False),
        sa.Column(
            "short_rest_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('planned', 'closed', 'settled', 'cancelled')",
            name=op.f("ck_shoot_day_state_known"),
        ),
        sa.CheckConstraint("wrap_at > call_at", name=op.f("ck_shoot_day_wrap_after_call")),
        sa.ForeignKeyConstraint(
            ["production_id"], ["production.id"], name=op.f("fk_shoot_day_production_id")
        ),
        sa.ForeignKeyConstraint(
            ["short_rest_by_id"], ["users.id"], name=op.f("fk_shoot_day_short_rest_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shoot_day")),
        sa.UniqueConstraint(
            "production_id", "number", name=op.f("uq_shoot_day_production_id_number")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_shoot_day_public_id")),
    )
    op.create_table(
        "application",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("role_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("has_consented", sa.Boolean(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("viewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('submitted', 'viewed', 'shortlisted', 'offered', 'booked', 'not_selected', 'role_filled', 'role_cut', 'withdrawn')",
            name=op.f("ck_application_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_application_person_id")
        ),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_application_role_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("public_id", name=op.f("uq_application_public_id")),
    )
    op.create_index(op.f("ix_application_person_id"), "application", ["person_id"], unique=False)
    op.create_index(op.f("ix_application_role_id"), "application", ["role_id"], unique=False)
    op.create_index(
        "uq_application_live",
        "application",
        ["role_id", "person_id"],
        unique=True,
        sqlite_where=sa.text(
            "state NOT IN ('not_selected', 'role_cut', 'role_filled', 'withdrawn')"
        ),
        postgresql_where=sa.text(
            "state NOT IN ('not_selected', 'role_cut', 'role_filled', 'withdrawn')"
        ),
    )
    op.create_table(
        "pay_run",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column(
            "production_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "shoot_day_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_pay_run_company_id")),
        sa.ForeignKeyConstraint(
            ["production_id"], ["production.id"], name=op.f("fk_pay_run_production_id")
        ),
        sa.ForeignKeyConstraint(
            ["shoot_day_id"], ["shoot_day.id"], name=op.f("fk_pay_run_shoot_day_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_run")),
        sa.UniqueConstraint(
            "production_id", "number", name=op.f("uq_pay_run_production_id_number")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_pay_run_public_id")),
    )
    op.create_index(op.f("ix_pay_run_company_id"), "pay_run", ["company_id"], unique=False)
    op.create_index(op.f("ix_pay_run_shoot_day_id"), "pay_run", ["shoot_day_id"], unique=False)
    op.create_table(
        "role_date",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "shoot_day_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("headcount", sa.BigInteger(), nullable=False),
        sa.Column("confirmed", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "confirmed >= 0 AND confirmed <= headcount", name=op.f("ck_role_date_never_overbooked")
        ),
        sa.CheckConstraint("headcount > 0", name=op.f("ck_role_date_headcount_positive")),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_role_date_role_id")),
        sa.ForeignKeyConstraint(
            ["shoot_day_id"], ["shoot_day.id"], name=op.f("fk_role_date_shoot_day_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_date")),
        sa.UniqueConstraint(
            "role_id", "shoot_day_id", name=op.f("uq_role_date_role_id_shoot_day_id")
        ),
    )
    op.create_index(op.f("ix_role_date_shoot_day_id"), "role_date", ["shoot_day_id"], unique=False)
    op.create_table(
        "role_gram",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("gram", sa.Text(), nullable=False),
        sa.Column("role_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_role_gram_role_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_gram")),
        sa.UniqueConstraint("gram", "role_id", name=op.f("uq_role_gram_gram_role_id")),
    )
    op.create_index("ix_role_gram_role_id", "role_gram", ["role_id"], unique=False)
    op.create_table(
        "application_date",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "application_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "role_date_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_date_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["role_date_id"], ["role_date.id"], name=op.f("fk_application_date_role_date_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_date")),
        sa.UniqueConstraint(
            "application_id",
            "role_date_id",
            name=op.f("uq_application_date_application_id_role_date_id"),
        ),
    )
    op.create_index(
        op.f("ix_application_date_role_date_id"), "application_date", ["role_date_id"], unique=False
    )
    op.create_table(
        "offer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("role_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "application_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "sent_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('sent', 'accepted', 'declined', 'expired', 'withdrawn')",
            name=op.f("ck_offer_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_offer_application_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_offer_person_id")),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_offer_role_id")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["users.id"], name=op.f("fk_offer_sent_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
        sa.UniqueConstraint("public_id", name=op.f("uq_offer_public_id")),
    )
    op.create_index(op.f("ix_offer_application_id"), "offer", ["application_id"], unique=False)
    op.create_index(op.f("ix_offer_person_id"), "offer", ["person_id"], unique=False)
    op.create_index(op.f("ix_offer_role_id"), "offer", ["role_id"], unique=False)
    op.create_table(
        "booking",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("offer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "role_date_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "shoot_day_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "production_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("call_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrap_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rest_minutes", sa.BigInteger(), nullable=False),
        sa.Column("day_rate_minor", sa.BigInteger(), nullable=False),
        sa.Column("guaranteed_minutes", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("withholding_agent", sa.Text(), nullable=False),
        sa.Column("standby_rank", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("calendar_sequence", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(state = 'standby') = (standby_rank IS NOT NULL)",
            name=op.f("ck_booking_standby_is_ranked"),
        ),
        sa.CheckConstraint(
            "state IN ('offered', 'declined', 'expired', 'withdrawn', 'standby', 'released', 'confirmed', 'cancelled_by_production', 'cancelled_by_talent', 'no_show')",
            name=op.f("ck_booking_state_known"),
        ),
        sa.CheckConstraint("day_rate_minor > 0", name=op.f("ck_booking_rate_positive")),
        sa.CheckConstraint("guaranteed_minutes > 0", name=op.f("ck_booking_hours_with_rate")),
        sa.CheckConstraint("wrap_at > call_at", name=op.f("ck_booking_wrap_after_call")),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_booking_offer_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_booking_person_id")),
        sa.ForeignKeyConstraint(
            ["production_id"], ["production.id"], name=op.f("fk_booking_production_id")
        ),
        sa.ForeignKeyConstraint(
            ["role_date_id"], ["role_date.id"], name=op.f("fk_booking_role_date_id")
        ),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_booking_role_id")),
        sa.ForeignKeyConstraint(
            ["shoot_day_id"], ["shoot_day.id"], name=op.f("fk_booking_shoot_day_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint(
            "offer_id", "role_date_id", name=op.f("uq_booking_offer_id_role_date_id")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_booking_public_id")),
    )
    op.create_index(
        "ix_booking_person_state_call", "booking", ["person_id", "state", "call_at"], unique=False
    )
    op.create_index(op.f("ix_booking_production_id"), "booking", ["production_id"], unique=False)
    op.create_index(op.f("ix_booking_role_date_id"), "booking", ["role_date_id"], unique=False)
    op.create_index(op.f("ix_booking_role_id"), "booking", ["role_id"], unique=False)
    op.create_index(op.f("ix_booking_shoot_day_id"), "booking", ["shoot_day_id"], unique=False)
    op.create_index(
        "uq_booking_standby_rank",
        "booking",
        ["role_date_id", "standby_rank"],
        unique=True,
        sqlite_where=sa.text("state = 'standby'"),
        postgresql_where=sa.text("state = 'standby'"),
    )
    op.create_table(
        "time_card",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column(
            "booking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "shoot_day_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "production_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_auto_agreed", sa.Boolean(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "approved_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'sent', 'agreed', 'queried', 'approved', 'locked')",
            name=op.f("ck_time_card_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["users.id"], name=op.f("fk_time_card_approved_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_time_card_booking_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_time_card_person_id")),
        sa.ForeignKeyConstraint(
            ["production_id"], ["production.id"], name=op.f("fk_time_card_production_id")
        ),
        sa.ForeignKeyConstraint(
            ["shoot_day_id"], ["shoot_day.id"], name=op.f("fk_time_card_shoot_day_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_card")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_time_card_booking_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_time_card_public_id")),
    )
    op.create_index(op.f("ix_time_card_person_id"), "time_card", ["person_id"], unique=False)
    op.create_index(
        op.f("ix_time_card_production_id"), "time_card", ["production_id"], unique=False
    )
    op.create_index(op.f("ix_time_card_shoot_day_id"), "time_card", ["shoot_day_id"], unique=False)
    op.create_table(
        "time_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "time_card_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("out_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("meal_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("meal_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("meal2_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("meal2_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("adjustments", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "entered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("out_at > in_at", name=op.f("ck_time_entry_out_after_in")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["users.id"], name=op.f("fk_time_entry_entered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["time_card_id"], ["time_card.id"], name=op.f("fk_time_entry_time_card_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_entry")),
        sa.UniqueConstraint(
            "time_card_id", "version", name=op.f("uq_time_entry_time_card_id_version")
        ),
    )
    op.create_table(
        "pay_slip",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "corrects_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "pay_run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "time_card_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "time_entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "booking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "shoot_day_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "production_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("withholding_agent", sa.Text(), nullable=False),
        sa.Column("shoot_date", sa.Date(), nullable=False),
        sa.Column("pay_date", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        sa.Column("withheld_minor", sa.BigInteger(), nullable=False),
        sa.Column("deducted_minor", sa.BigInteger(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("worked_minutes", sa.BigInteger(), nullable=False),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("stage_name", sa.Text(), nullable=False),
        sa.Column("role_name", sa.Text(), nullable=False),
        sa.Column("role_kind", sa.Text(), nullable=False),
        sa.Column("production_title", sa.Text(), nullable=False),
        sa.Column("legal_name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("legal_name_index", sa.Text(), nullable=False),
        sa.Column("account_last4", sa.Text(), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("document_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('original', 'correction', 'reversal')", name=op.f("ck_pay_slip_kind_known")
        ),
        sa.CheckConstraint(
            "gross_minor = withheld_minor + deducted_minor + net_minor",
            name=op.f("ck_pay_slip_adds_up"),
        ),
        sa.CheckConstraint("net_minor >= 0", name=op.f("ck_pay_slip_net_not_negative")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_pay_slip_booking_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_pay_slip_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["pay_slip.id"], name=op.f("fk_pay_slip_corrects_id")
        ),
        sa.ForeignKeyConstraint(
            ["pay_run_id"], ["pay_run.id"], name=op.f("fk_pay_slip_pay_run_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_pay_slip_person_id")),
        sa.ForeignKeyConstraint(
            ["production_id"], ["production.id"], name=op.f("fk_pay_slip_production_id")
        ),
        sa.ForeignKeyConstraint(
            ["shoot_day_id"], ["shoot_day.id"], name=op.f("fk_pay_slip_shoot_day_id")
        ),
        sa.ForeignKeyConstraint(
            ["time_card_id"], ["time_card.id"], name=op.f("fk_pay_slip_time_card_id")
        ),
        sa.ForeignKeyConstraint(
            ["time_entry_id"], ["time_entry.id"], name=op.f("fk_pay_slip_time_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_slip")),
        sa.UniqueConstraint("company_id", "number", name=op.f("uq_pay_slip_company_id_number")),
        sa.UniqueConstraint(
            "id", "net_minor", "currency", name=op.f("uq_pay_slip_id_net_minor_currency")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_pay_slip_public_id")),
    )
    op.create_index("ix_pay_slip_company_id_desc", "pay_slip", ["company_id", "id"], unique=False)
    op.create_index(
        op.f("ix_pay_slip_legal_name_index"), "pay_slip", ["legal_name_index"], unique=False
    )
    op.create_index(op.f("ix_pay_slip_pay_run_id"), "pay_slip", ["pay_run_id"], unique=False)
    op.create_index(
        "ix_pay_slip_person_pay_date", "pay_slip", ["person_id", "pay_date"], unique=False
    )
    op.create_index(op.f("ix_pay_slip_production_id"), "pay_slip", ["production_id"], unique=False)
    op.create_index(op.f("ix_pay_slip_shoot_day_id"), "pay_slip", ["shoot_day_id"], unique=False)
    op.create_index(
        "uq_pay_slip_original",
        "pay_slip",
        ["time_card_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'original'"),
        postgresql_where=sa.text("kind = 'original'"),
    )
    op.create_table(
        "pay_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "pay_slip_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("line", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('earning', 'penalty', 'bump', 'allowance', 'withholding', 'deduction', 'memo')",
            name=op.f("ck_pay_line_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["pay_slip_id"], ["pay_slip.id"], name=op.f("fk_pay_line_pay_slip_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_line")),
        sa.UniqueConstraint(
            "pay_slip_id", "position", name=op.f("uq_pay_line_pay_slip_id_position")
        ),
    )
    op.create_table(
        "payout",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column(
            "pay_slip_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "production_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "shoot_day_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("gateway_ref", sa.Text(), nullable=True),
        sa.Column("problem_code", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrives_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state IN ('sent', 'paid')) = (gateway_ref IS NOT NULL)",
            name=op.f("ck_payout_sent_has_ref"),
        ),
        sa.CheckConstraint(
            "state IN ('due', 'held', 'sending', 'sent', 'paid', 'blocked', 'nothing_due')",
            name=op.f("ck_payout_state_known"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_payout_company_id")),
        sa.ForeignKeyConstraint(
            ["pay_slip_id", "amount_minor", "currency"],
            ["pay_slip.id", "pay_slip.net_minor", "pay_slip.currency"],
            name="fk_payout_is_the_net",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_payout_person_id")),
        sa.ForeignKeyConstraint(
            ["production_id"], ["production.id"], name=op.f("fk_payout_production_id")
        ),
        sa.ForeignKeyConstraint(
            ["shoot_day_id"], ["shoot_day.id"], name=op.f("fk_payout_shoot_day_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout")),
        sa.UniqueConstraint("gateway_ref", name=op.f("uq_payout_gateway_ref")),
        sa.UniqueConstraint("pay_slip_id", name=op.f("uq_payout_pay_slip_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_payout_public_id")),
    )
    op.create_index("ix_payout_company_state", "payout", ["company_id", "state"], unique=False)
    op.create_index(op.f("ix_payout_person_id"), "payout", ["person_id"], unique=False)
    op.create_index(op.f("ix_payout_production_id"), "payout", ["production_id"], unique=False)
    op.create_index(op.f("ix_payout_shoot_day_id"), "payout", ["shoot_day_id"], unique=False)
    op.create_table(
        "payout_attempt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "payout_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("order", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("is_key_spent", sa.Boolean(), nullable=False),
        sa.Column("missing_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('unknown', 'sent', 'refused', 'absent')",
            name=op.f("ck_payout_attempt_outcome_known"),
        ),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["payout.id"], name=op.f("fk_payout_attempt_payout_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_attempt")),
        sa.UniqueConstraint("key", name=op.f("uq_payout_attempt_key")),
        sa.UniqueConstraint("payout_id", "number", name=op.f("uq_payout_attempt_payout_id_number")),
    )
    op.create_index("uq_users_email_lower", "users", [sa.text("lower(email)")], unique=True)


def downgrade() -> None:
    """Take back."""
    op.drop_table("payout_attempt")
    op.drop_index(op.f("ix_payout_shoot_day_id"), table_name="payout")
    op.drop_index(op.f("ix_payout_production_id"), table_name="payout")
    op.drop_index(op.f("ix_payout_person_id"), table_name="payout")
    op.drop_index("ix_payout_company_state", table_name="payout")
    op.drop_table("payout")
    op.drop_table("pay_line")
    op.drop_index(
        "uq_pay_slip_original",
        table_name="pay_slip",
        sqlite_where=sa.text("kind = 'original'"),
        postgresql_where=sa.text("kind = 'original'"),
    )
    op.drop_index(op.f("ix_pay_slip_shoot_day_id"), table_name="pay_slip")
    op.drop_index(op.f("ix_pay_slip_production_id"), table_name="pay_slip")
    op.drop_index("ix_pay_slip_person_pay_date", table_name="pay_slip")
    op.drop_index(op.f("ix_pay_slip_pay_run_id"), table_name="pay_slip")
    op.drop_index(op.f("ix_pay_slip_legal_name_index"), table_name="pay_slip")
    op.drop_index("ix_pay_slip_company_id_desc", table_name="pay_slip")
    op.drop_table("pay_slip")
    op.drop_table("time_entry")
    op.drop_index(op.f("ix_time_card_shoot_day_id"), table_name="time_card")
    op.drop_index(op.f("ix_time_card_production_id"), table_name="time_card")
    op.drop_index(op.f("ix_time_card_person_id"), table_name="time_card")
    op.drop_table("time_card")
    op.drop_index(
        "uq_booking_standby_rank",
        table_name="booking",
        sqlite_where=sa.text("state = 'standby'"),
        postgresql_where=sa.text("state = 'standby'"),
    )
    op.drop_index(op.f("ix_booking_shoot_day_id"), table_name="booking")
    op.drop_index(op.f("ix_booking_role_id"), table_name="booking")
    op.drop_index(op.f("ix_booking_role_date_id"), table_name="booking")
    op.drop_index(op.f("ix_booking_production_id"), table_name="booking")
    op.drop_index("ix_booking_person_state_call", table_name="booking")
    op.drop_table("booking")
    op.drop_index(op.f("ix_offer_role_id"), table_name="offer")
    op.drop_index(op.f("ix_offer_person_id"), table_name="offer")
    op.drop_index(op.f("ix_offer_application_id"), table_name="offer")
    op.drop_table("offer")
    op.drop_index(op.f("ix_application_date_role_date_id"), table_name="application_date")
    op.drop_table("application_date")
    op.drop_index("ix_role_gram_role_id", table_name="role_gram")
    op.drop_table("role_gram")
    op.drop_index(op.f("ix_role_date_shoot_day_id"), table_name="role_date")
    op.drop_table("role_date")
    op.drop_index(op.f("ix_pay_run_shoot_day_id"), table_name="pay_run")
    op.drop_index(op.f("ix_pay_run_company_id"), table_name="pay_run")
    op.drop_table("pay_run")
    op.drop_index(
        "uq_application_live",
        table_name="application",
        sqlite_where=sa.text(
            "state NOT IN ('not_selected', 'role_cut', 'role_filled', 'withdrawn')"
        ),
        postgresql_where=sa.text(
            "state NOT IN ('not_selected', 'role_cut', 'role_filled', 'withdrawn')"
        ),
    )
    op.drop_index(op.f("ix_application_role_id"), table_name="application")
    op.drop_index(op.f("ix_application_person_id"), table_name="application")
    op.drop_table("application")
    op.drop_table("shoot_day")
    op.drop_index("ix_role_state_published", table_name="role")
    op.drop_index(op.f("ix_role_production_id"), table_name="role")
    op.drop_table("role")
    op.drop_index(op.f("ix_payee_legal_name_index"), table_name="payee")
    op.drop_table("payee")
    op.drop_table("book_out")
    op.drop_table("slip_counter")
    op.drop_index(op.f("ix_production_company_id"), table_name="production")
    op.drop_table("production")
    op.drop_table("person")
    op.drop_index(op.f("ix_password_reset_user_id"), table_name="password_reset")
    op.drop_table("password_reset")
    op.drop_index("ix_notice_user_id_desc", table_name="notice")
    op.drop_table("notice")
    op.drop_index(op.f("ix_membership_user_id"), table_name="membership")
    op.drop_table("membership")
    op.drop_index(op.f("ix_login_session_user_id"), table_name="login_session")
    op.drop_table("login_session")
    op.drop_index(op.f("ix_ledger_transfer_debit_id"), table_name="ledger_transfer")
    op.drop_index(op.f("ix_ledger_transfer_credit_id"), table_name="ledger_transfer")
    op.drop_table("ledger_transfer")
    op.drop_index(op.f("ix_invitation_company_id"), table_name="invitation")
    op.drop_table("invitation")
    op.drop_table("file_chunk")
    op.drop_index(op.f("ix_export_job_company_id"), table_name="export_job")
    op.drop_table("export_job")
    op.drop_index("ix_audit_entry_subject_id", table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_company_id"), table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_table("users")
    op.drop_index("ix_task_kind_subject", table_name="task")
    op.drop_index(
        "ix_task_due",
        table_name="task",
        sqlite_where=sa.text("done_at IS NULL AND parked_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL AND parked_at IS NULL"),
    )
    op.drop_table("task")
    op.drop_index(op.f("ix_mail_to_address"), table_name="mail")
    op.drop_table("mail")
    op.drop_index("ix_login_attempt_ip_at", table_name="login_attempt")
    op.drop_index("ix_login_attempt_email_at", table_name="login_attempt")
    op.drop_table("login_attempt")
    op.drop_table("ledger_account")
    op.drop_table("file")
    op.drop_table("company")
