"""People who look after an installation, alarms to them, and what their page shows."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
ALARMS = (
    "'books', 'payouts_unknown', 'queue_stopped', 'reconciliation', 'webhooks_behind', "
    "'worker_silent'"
)
NAMED = {"sqlite": "substr(key, {start}, 12)", "postgresql": "substring(key from {start} for 12)"}
ROW = {
    "sqlite": "CAST(substr(key, 15, instr(substr(key, 15), ':') - 1) AS INTEGER)",
    "postgresql": "split_part(key, ':', 2)::bigint",
}


def upgrade() -> None:
    """Make it."""
    no = sa.false()
    op.add_column(
        "users", sa.Column("is_operator", sa.Boolean(), nullable=False, server_default=no)
    )
    _create_tables()
    _name_accounts()
    _give_transfers_to_companies()


def downgrade() -> None:
    """Go without."""
    with op.batch_alter_table("ledger_transfer") as batch:
        batch.drop_index(op.f("ix_ledger_transfer_company_id"))
        batch.drop_constraint(op.f("fk_ledger_transfer_company_id"), type_="foreignkey")
        batch.drop_column("company_id")
    with op.batch_alter_table("ledger_account") as batch:
        batch.drop_constraint(op.f("uq_ledger_account_public_id"), type_="unique")
        batch.drop_column("public_id")
    op.drop_index("ix_task_parked", "task")
    for table in ("gateway_halt", "books_check", "alarm", "heartbeat"):
        op.drop_table(table)
    op.drop_column("users", "is_operator")


def _create_tables() -> None:
    op.create_table(
        "heartbeat",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heartbeat")),
        sa.UniqueConstraint("name", name=op.f("uq_heartbeat_name")),
    )
    op.create_table(
        "alarm",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sentence", sa.JSON(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("raised_at", INSTANT, nullable=False),
        sa.Column("cleared_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
        sa.CheckConstraint(f"kind IN ({ALARMS})", name=op.f("ck_alarm_kind_known")),
    )
    _one_open("alarm", "kind", "subject", ended="cleared_at")
    op.create_table(
        "books_check",
        sa.Column("id", KEY, nullable=False),
        sa.Column("is_thorough", sa.Boolean(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("first_at", INSTANT, nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_books_check")),
    )
    op.create_table(
        "gateway_halt",
        sa.Column("id", KEY, nullable=False),
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("stopped_at", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_halt")),
    )
    _one_open("gateway_halt", "gateway", ended="ended_at")
    given_up = sa.text("done_at IS NULL AND parked_at IS NOT NULL")
    op.create_index(
        "ix_task_parked", "task", ["kind"], sqlite_where=given_up, postgresql_where=given_up
    )


def _one_open(table: str, *columns: str, ended: str) -> None:
    is_open = sa.text(f"{ended} IS NULL")
    op.create_index(
        f"uq_{table}_open",
        table,
        list(columns),
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def _name_accounts() -> None:
    """Give accounts names for their pages' addresses."""
    op.add_column("ledger_account", sa.Column("public_id", sa.Text(), nullable=True))
    accounts = sa.table("ledger_account", sa.column("id", KEY), sa.column("public_id", sa.Text()))
    connection = op.get_bind()
    _unguard("ledger_account")
    for account_id in connection.scalars(sa.select(accounts.c.id)).all():
        name = "".join(secrets.choice(ALPHABET) for _ in range(12))
        chosen = sa.update(accounts).where(accounts.c.id == account_id)
        connection.execute(chosen.values(public_id=name))
    with op.batch_alter_table("ledger_account") as batch:
        batch.alter_column("public_id", existing_type=sa.Text(), nullable=False)
        batch.create_unique_constraint(op.f("uq_ledger_account_public_id"), ["public_id"])


def _give_transfers_to_companies() -> None:
    """Say in whose books each transfer stands, by the slip, payment or bank file it is about."""
    with op.batch_alter_table("ledger_transfer") as batch:
        batch.add_column(sa.Column("company_id", KEY, nullable=True))
        batch.create_foreign_key(
            op.f("fk_ledger_transfer_company_id"), "company", ["company_id"], ["id"]
        )
        batch.create_index(op.f("ix_ledger_transfer_company_id"), ["company_id"])
    kind = op.get_bind().dialect.name
    _unguard("ledger_transfer")
    for prefix, table, start in (("slip:", "pay_slip", 6), ("payout:", "payout", 8)):
        name = NAMED[kind].format(start=start)
        op.execute(
            "UPDATE ledger_transfer SET company_id = "  # noqa: S608 - our own words
            f"(SELECT company_id FROM {table} WHERE {table}.public_id = {name}) "
            f"WHERE key LIKE '{prefix}%'"
        )
    op.execute(
        "UPDATE ledger_transfer SET company_id = (SELECT bank_file.company_id "  # noqa: S608 - our own words
        "FROM bank_file_row JOIN bank_file ON bank_file.id = bank_file_row.bank_file_id "
        f"WHERE bank_file_row.id = {ROW[kind]}) WHERE key LIKE 'bank_file_row:%'"
    )


def _unguard(table: str) -> None:
    """Let an append-only table be filled; the guards are put back after every upgrade."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER IF EXISTS {table}_no_change ON {table}")
