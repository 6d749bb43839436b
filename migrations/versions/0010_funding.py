"""Money a production puts in: its fund, its fundings, its refunds, and the platform's fee."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
FEE = "ck_company_fee_not_negative"
STAGES = (
    "stage IN ('open', 'processing', 'paid', 'settled', 'failed', 'expired', 'refunded',"
    " 'disputed', 'lost')"
)
ADDS_UP = "amount_minor = pay_minor + employer_minor + fee_minor + cost_minor AND amount_minor > 0"
KNOWN = (
    "stage NOT IN ('paid', 'settled', 'refunded', 'disputed', 'lost')"
    " OR (net_minor IS NOT NULL AND available_at IS NOT NULL)"
)


def upgrade() -> None:
    """Apply; nobody has to put money in before, and the fee is nothing."""
    with op.batch_alter_table("company") as batch:
        batch.add_column(_amount("fee_basis_points", server_default="0"))
    with op.batch_alter_table("company") as batch:
        batch.alter_column("fee_basis_points", existing_type=sa.BigInteger(), server_default=None)
        batch.create_check_constraint(op.f(FEE), "fee_basis_points >= 0")
    op.add_column("payout", sa.Column("allotted_at", INSTANT, nullable=True))
    _funds()
    _fundings()
    _refunds()


def downgrade() -> None:
    """Take back."""
    for table in ("refund", "funding", "fund"):
        op.drop_table(table)
    with op.batch_alter_table("payout") as batch:
        batch.drop_column("allotted_at")
    with op.batch_alter_table("company") as batch:
        batch.drop_constraint(op.f(FEE), type_="check")
        batch.drop_column("fee_basis_points")


def _funds() -> None:
    op.create_table(
        "fund",
        sa.Column("id", KEY, nullable=False),
        sa.Column("production_id", KEY, nullable=False),
        _text("currency"),
        _amount("available_minor"),
        _amount("short_minor"),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        _amount("disputes"),
        sa.CheckConstraint("available_minor >= 0", name=op.f("ck_fund_never_below_zero")),
        sa.CheckConstraint("short_minor >= 0 AND disputes >= 0", name=op.f("ck_fund_counts")),
        sa.CheckConstraint(
            "available_minor = 0 OR short_minor = 0", name=op.f("ck_fund_short_when_empty")
        ),
        _ref("fund", "production_id", "production.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund")),
        sa.UniqueConstraint(
            "production_id", "currency", name=op.f("uq_fund_production_id_currency")
        ),
    )


def _fundings() -> None:
    op.create_table(
        "funding",
        sa.Column("id", KEY, nullable=False),
        _text("public_id"),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("production_id", KEY, nullable=False),
        *(_text(name) for name in ("token", "key", "gateway", "way")),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("order", sa.JSON(), nullable=False),
        _text("currency"),
        *(_amount(f"{name}_minor") for name in ("pay", "employer", "fee", "cost", "amount")),
        _text("stage"),
        sa.Column("gateway_ref", sa.Text(), nullable=True),
        sa.Column("payment", sa.Text(), nullable=True),
        _text("problem"),
        sa.Column("net_minor", sa.BigInteger(), nullable=True),
        sa.Column("available_at", INSTANT, nullable=True),
        *(_amount(f"{name}_minor") for name in ("refunded", "disputed", "dispute_fee")),
        sa.Column("created_by_id", KEY, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.CheckConstraint(STAGES, name=op.f("ck_funding_stage_known")),
        sa.CheckConstraint(ADDS_UP, name=op.f("ck_funding_adds_up")),
        sa.CheckConstraint(KNOWN, name=op.f("ck_funding_paid_is_known")),
        sa.CheckConstraint(
            "refunded_minor BETWEEN 0 AND amount_minor", name=op.f("ck_funding_refunded_at_most")
        ),
        _ref("funding", "company_id", "company.id"),
        _ref("funding", "production_id", "production.id"),
        _ref("funding", "created_by_id", "users.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding")),
        *(
            sa.UniqueConstraint(name, name=op.f(f"uq_funding_{name}"))
            for name in ("public_id", "token", "key", "gateway_ref", "payment")
        ),
    )
    for column in ("company_id", "production_id"):
        op.create_index(op.f(f"ix_funding_{column}"), "funding", [column])


def _refunds() -> None:
    op.create_table(
        "refund",
        sa.Column("id", KEY, nullable=False),
        _text("public_id"),
        sa.Column("funding_id", KEY, nullable=False),
        _text("token"),
        _amount("amount_minor"),
        *(_text(name) for name in ("currency", "reason", "state")),
        sa.Column("gateway_ref", sa.Text(), nullable=True),
        _text("problem"),
        sa.Column("asked_by_id", KEY, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("first_sent_at", INSTANT, nullable=True),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "state IN ('sending', 'sent', 'refused')", name=op.f("ck_refund_state_known")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_refund_gives_back")),
        sa.CheckConstraint(
            "(state = 'sent') = (gateway_ref IS NOT NULL)", name=op.f("ck_refund_sent_has_ref")
        ),
        _ref("refund", "funding_id", "funding.id"),
        _ref("refund", "asked_by_id", "users.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        *(
            sa.UniqueConstraint(name, name=op.f(f"uq_refund_{name}"))
            for name in ("public_id", "token", "gateway_ref")
        ),
    )
    op.create_index(op.f("ix_refund_funding_id"), "refund", ["funding_id"])


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _amount(name: str, server_default: str | None = None) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False, server_default=server_default)


def _ref(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))
