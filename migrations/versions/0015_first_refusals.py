"""Avail checks, first refusals and counters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
OFFERS = ("sent", "accepted", "declined", "expired", "withdrawn")
OFFERS_NOW = ("sent", "countered", *OFFERS[1:], "replaced")
CHECKS = ("asked", "available", "available_with_note", "unavailable", "no_answer")
REFUSALS = ("active", "challenged", "offered", "confirmed", "released", "expired")
LIVE = "state IN ('active', 'challenged', 'offered')"


def upgrade() -> None:
    """Make it."""
    _checks()
    _refusals()
    with op.batch_alter_table("offer") as batch:
        batch.add_column(sa.Column("counter", sa.JSON(none_as_null=True), nullable=True))
        batch.add_column(sa.Column("countered_at", INSTANT, nullable=True))
        batch.add_column(sa.Column("counter_expires_at", INSTANT, nullable=True))
        batch.add_column(sa.Column("replaces_id", KEY, nullable=True))
        batch.create_foreign_key(op.f("fk_offer_replaces_id"), "offer", ["replaces_id"], ["id"])
        batch.create_unique_constraint(op.f("uq_offer_replaces_id"), ["replaces_id"])
        batch.drop_constraint(op.f("ck_offer_state_known"), type_="check")
        batch.create_check_constraint(op.f("ck_offer_state_known"), _one_of(OFFERS_NOW))
        batch.create_check_constraint(
            op.f("ck_offer_counter_expires"),
            "state <> 'countered' OR counter_expires_at IS NOT NULL",
        )


def downgrade() -> None:
    """Go without: an offer that waits for its counter waits for its person again."""
    op.execute("UPDATE offer SET state = 'sent' WHERE state = 'countered'")
    op.execute("UPDATE offer SET state = 'withdrawn' WHERE state = 'replaced'")
    with op.batch_alter_table("offer") as batch:
        batch.drop_constraint(op.f("ck_offer_counter_expires"), type_="check")
        batch.drop_constraint(op.f("ck_offer_state_known"), type_="check")
        batch.create_check_constraint(op.f("ck_offer_state_known"), _one_of(OFFERS))
        batch.drop_constraint(op.f("uq_offer_replaces_id"), type_="unique")
        batch.drop_constraint(op.f("fk_offer_replaces_id"), type_="foreignkey")
        for column in ("replaces_id", "counter_expires_at", "countered_at", "counter"):
            batch.drop_column(column)
    op.drop_table("first_refusal")
    op.drop_table("avail_check")


def _checks() -> None:
    table = "avail_check"
    op.create_table(
        table,
        *_asked(table),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("answer_note", sa.Text(), nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.CheckConstraint(_one_of(CHECKS), name=op.f(f"ck_{table}_state_known")),
        sa.CheckConstraint(
            "state <> 'available_with_note' OR answer_note <> ''",
            name=op.f(f"ck_{table}_note_with_note"),
        ),
        sa.UniqueConstraint(
            "role_date_id", "person_id", name=op.f(f"uq_{table}_role_date_id_person_id")
        ),
    )
    for column in ("production_id", "person_id"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _refusals() -> None:
    table = "first_refusal"
    op.create_table(
        table,
        *_asked(table),
        sa.Column("challenge_ends_at", INSTANT, nullable=True),
        sa.Column("challenged_for_id", KEY, nullable=True),
        sa.Column("challenger_id", KEY, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(_one_of(REFUSALS), name=op.f(f"ck_{table}_state_known")),
        sa.CheckConstraint(
            "(state = 'challenged') = (challenge_ends_at IS NOT NULL)",
            name=op.f(f"ck_{table}_challenge_ends"),
        ),
        sa.CheckConstraint(
            "challenge_ends_at <= expires_at", name=op.f(f"ck_{table}_ends_before_expiry")
        ),
        _refers(table, "challenged_for_id", "production"),
        _refers(table, "challenger_id", "users"),
    )
    op.create_index(op.f(f"ix_{table}_production_id"), table, ["production_id"])
    op.create_index("ix_first_refusal_person_state", table, ["person_id", "state"])
    op.create_index(
        "uq_first_refusal_live",
        table,
        ["role_date_id", "person_id"],
        unique=True,
        sqlite_where=sa.text(LIVE),
        postgresql_where=sa.text(LIVE),
    )


def _asked(table: str) -> list[sa.schema.SchemaItem]:
    """Return what both tables begin with: who asks whom for which date, until when."""
    keys = ("id", "role_date_id", "production_id", "person_id", "asked_by_id")
    return [
        *(sa.Column(name, KEY, nullable=False) for name in keys),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{table}_public_id")),
        _refers(table, "role_date_id", "role_date"),
        _refers(table, "production_id", "production"),
        _refers(table, "person_id", "person"),
        _refers(table, "asked_by_id", "users"),
    ]


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _one_of(states: tuple[str, ...]) -> str:
    return "state IN (" + ", ".join(f"'{state}'" for state in states) + ")"
