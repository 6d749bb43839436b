"""Corrections: reversals, vouchers, what was paid too much."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
PAYOUT_STATES = ("due", "held", "sending", "sent", "paid", "blocked", "nothing_due", "cancelled")
VOUCHER_STATES = (
    "proposed",
    "queried",
    "agreed",
    "approved",
    "payroll_approved",
    "rejected",
    "issued",
    "voided",
)
OPEN = sa.text("state NOT IN ('issued', 'voided')")


def upgrade() -> None:
    """Apply."""
    _vouchers()
    _entries()
    _slips()
    _overpayments()
    with op.batch_alter_table("payout") as batch:
        batch.drop_constraint(op.f("ck_payout_state_known"), type_="check")
        batch.create_check_constraint(op.f("ck_payout_state_known"), _one_of(PAYOUT_STATES))


def downgrade() -> None:
    """Take back."""
    _drop_guards()
    with op.batch_alter_table("payout") as batch:
        batch.drop_constraint(op.f("ck_payout_state_known"), type_="check")
        batch.create_check_constraint(op.f("ck_payout_state_known"), _one_of(PAYOUT_STATES[:-1]))
    op.drop_table("overpayment_recovery")
    op.drop_table("overpayment")
    for kind in ("reversal", "correction"):
        op.drop_index(f"uq_pay_slip_{kind}", table_name="pay_slip")
    with op.batch_alter_table("pay_slip") as batch:
        for name in ("net_not_negative", "corrects_known", "voucher_known"):
            batch.drop_constraint(op.f(f"ck_pay_slip_{name}"), type_="check")
        batch.create_check_constraint(op.f("ck_pay_slip_net_not_negative"), "net_minor >= 0")
        batch.drop_constraint(op.f("fk_pay_slip_voucher_id"), type_="foreignkey")
        batch.drop_column("voucher_id")
        batch.alter_column("time_entry_id", existing_type=KEY, nullable=False)
    op.drop_table("voucher_entry")
    op.drop_table("adjustment_voucher")


def _one_of(states: tuple[str, ...]) -> str:
    words = ", ".join(f"'{state}'" for state in states)
    return f"state IN ({words})"


def _drop_guards() -> None:
    """Drop what guarded these rules: the guards of the older release do not know them."""
    names = ("pay_slip_corrects", "pay_slip_replaces", "pay_line_negates", "payout_pays")
    tables = ("pay_slip", "pay_slip", "pay_line", "payout")
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name, table in zip(names, tables, strict=True):
        place = "" if is_sqlite else f" ON {table}"
        op.execute(f"DROP TRIGGER IF EXISTS {name}{place}")
        if not is_sqlite:
            op.execute(f"DROP FUNCTION IF EXISTS {name}()")


def _key(name: str, *, is_nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, KEY, nullable=is_nullable)


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _vouchers() -> None:
    table = "adjustment_voucher"
    op.create_table(
        table,
        _key("id"),
        sa.Column("public_id", sa.Text(), nullable=False),
        _key("time_card_id"),
        _key("production_id"),
        _key("company_id"),
        _key("person_id"),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("base_version", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("cause", sa.JSON(none_as_null=True), nullable=True),
        _key("caused_by_id", is_nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        _key("made_by_id", is_nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("agreed_at", INSTANT, nullable=True),
        sa.Column("is_auto_agreed", sa.Boolean(), nullable=False),
        sa.Column("approved_at", INSTANT, nullable=True),
        _key("approved_by_id", is_nullable=True),
        sa.Column("payroll_at", INSTANT, nullable=True),
        _key("payroll_by_id", is_nullable=True),
        sa.Column("issued_at", INSTANT, nullable=True),
        sa.CheckConstraint(_one_of(VOUCHER_STATES), name=op.f(f"ck_{table}_state_known")),
        sa.CheckConstraint(
            "reason <> '' OR caused_by_id IS NOT NULL", name=op.f(f"ck_{table}_has_reason")
        ),
        sa.CheckConstraint(
            "(state = 'issued') = (issued_at IS NOT NULL)",
            name=op.f(f"ck_{table}_issued_is_dated"),
        ),
        _refers(table, "time_card_id", "time_card"),
        _refers(table, "production_id", "production"),
        _refers(table, "company_id", "company"),
        _refers(table, "person_id", "person"),
        _refers(table, "caused_by_id", "adjustment_voucher"),
        _refers(table, "made_by_id", "users"),
        _refers(table, "approved_by_id", "users"),
        _refers(table, "payroll_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{table}_public_id")),
        sa.UniqueConstraint("time_card_id", "number", name=op.f(f"uq_{table}_time_card_id_number")),
    )
    for column in ("production_id", "company_id", "person_id"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
    op.create_index(
        "uq_adjustment_voucher_open",
        table,
        ["time_card_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def _entries() -> None:
    table = "voucher_entry"
    meals = ("meal_out_at", "meal_in_at", "meal2_out_at", "meal2_in_at")
    op.create_table(
        table,
        _key("id"),
        _key("voucher_id"),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("in_at", INSTANT, nullable=False),
        sa.Column("out_at", INSTANT, nullable=False),
        *(sa.Column(name, INSTANT, nullable=True) for name in meals),
        sa.Column("adjustments", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        _key("entered_by_id", is_nullable=True),
        sa.Column("entered_at", INSTANT, nullable=False),
        sa.CheckConstraint("out_at > in_at", name=op.f(f"ck_{table}_out_after_in")),
        _refers(table, "voucher_id", "adjustment_voucher"),
        _refers(table, "entered_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("voucher_id", "version", name=op.f(f"uq_{table}_voucher_id_version")),
    )


def _slips() -> None:
    """Let slips be reversed and replaced; every slip there is stays the original it is."""
    with op.batch_alter_table("pay_slip") as batch:
        batch.alter_column("time_entry_id", existing_type=KEY, nullable=True)
        batch.add_column(_key("voucher_id", is_nullable=True))
        batch.create_foreign_key(
            op.f("fk_pay_slip_voucher_id"), "adjustment_voucher", ["voucher_id"], ["id"]
        )
        batch.drop_constraint(op.f("ck_pay_slip_net_not_negative"), type_="check")
        batch.create_check_constraint(
            op.f("ck_pay_slip_net_not_negative"),
            "CASE WHEN kind = 'reversal' THEN net_minor <= 0 ELSE net_minor >= 0 END",
        )
        for what in ("corrects", "voucher"):
            batch.create_check_constraint(
                op.f(f"ck_pay_slip_{what}_known"),
                f"(kind = 'original') = ({what}_id IS NULL)",
            )
    for kind in ("reversal", "correction"):
        only = sa.text(f"kind = '{kind}'")
        op.create_index(
            f"uq_pay_slip_{kind}",
            "pay_slip",
            ["corrects_id"],
            unique=True,
            sqlite_where=only,
            postgresql_where=only,
        )


def _overpayments() -> None:
    table = "overpayment"
    states = ("asked", "agreed", "declined", "replaced")
    op.create_table(
        table,
        _key("id"),
        sa.Column("public_id", sa.Text(), nullable=False),
        _key("company_id"),
        _key("person_id"),
        _key("time_card_id"),
        _key("correction_id"),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint(_one_of(states), name=op.f(f"ck_{table}_state_known")),
        sa.CheckConstraint("amount_minor > 0", name=op.f(f"ck_{table}_amount_positive")),
        _refers(table, "company_id", "company"),
        _refers(table, "person_id", "person"),
        _refers(table, "time_card_id", "time_card"),
        _refers(table, "correction_id", "pay_slip"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{table}_public_id")),
        sa.UniqueConstraint("correction_id", name=op.f(f"uq_{table}_correction_id")),
    )
    for column in ("company_id", "time_card_id"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
    op.create_index("ix_overpayment_person_company", table, ["person_id", "company_id"])
    table = "overpayment_recovery"
    op.create_table(
        table,
        _key("id"),
        _key("overpayment_id"),
        _key("pay_slip_id"),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor <> 0", name=op.f(f"ck_{table}_amount_not_zero")),
        _refers(table, "overpayment_id", "overpayment"),
        _refers(table, "pay_slip_id", "pay_slip"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "pay_slip_id", "overpayment_id", name=op.f(f"uq_{table}_pay_slip_id_overpayment_id")
        ),
    )
    op.create_index(op.f(f"ix_{table}_overpayment_id"), table, ["overpayment_id"], unique=False)
