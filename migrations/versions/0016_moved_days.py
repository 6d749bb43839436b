"""Days moved, people replaced, deal memos."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
DAYS = ("planned", "closed", "settled", "cancelled")
DAYS_NOW = ("planned", "closed", "settled", "moved", "cancelled")
BOOKINGS = (
    "offered",
    "declined",
    "expired",
    "withdrawn",
    "standby",
    "released",
    "confirmed",
    "cancelled_by_production",
    "cancelled_by_talent",
    "no_show",
)
BOOKINGS_NOW = (*BOOKINGS[:7], "reconfirm", "moved", "replaced", *BOOKINGS[7:])
ASKED = "state <> 'reconfirm' OR (answer_by_at IS NOT NULL AND moved_from_id IS NOT NULL)"


def upgrade() -> None:
    """Make it: nobody is asked again yet, and no offer is signed."""
    _add("shoot_day", ("called_off_reason",), sa.Text(), "")
    with op.batch_alter_table("shoot_day") as batch:
        batch.add_column(sa.Column("moved_to_id", KEY, nullable=True))
        batch.create_foreign_key(
            op.f("fk_shoot_day_moved_to_id"), "shoot_day", ["moved_to_id"], ["id"]
        )
        _states(batch, "shoot_day", DAYS_NOW)
    _add("offer", ("signed_name", "signed_from"), sa.Text(), "")
    _add("offer", ("is_rush",), sa.Boolean(), sa.false())
    _add("booking", ("calendar_uid",), sa.Text(), "")
    with op.batch_alter_table("booking") as batch:
        for column, target in (("moved_from_id", "booking"), ("replaced_by_id", "offer")):
            batch.add_column(sa.Column(column, KEY, nullable=True))
            batch.create_foreign_key(op.f(f"fk_booking_{column}"), target, [column], ["id"])
            batch.create_index(op.f(f"ix_booking_{column}"), [column])
        batch.add_column(sa.Column("answer_by_at", INSTANT, nullable=True))
        _states(batch, "booking", BOOKINGS_NOW)
        batch.create_check_constraint(op.f("ck_booking_reconfirm_has_deadline"), ASKED)
    _memos()


def downgrade() -> None:
    """Go without: who was asked again is cancelled, and memos are gone."""
    op.drop_table("deal_memo")
    op.execute(
        "UPDATE booking SET state = 'cancelled_by_production' "
        "WHERE state IN ('reconfirm', 'moved', 'replaced')"
    )
    op.execute("UPDATE shoot_day SET state = 'cancelled' WHERE state = 'moved'")
    with op.batch_alter_table("booking") as batch:
        batch.drop_constraint(op.f("ck_booking_reconfirm_has_deadline"), type_="check")
        _states(batch, "booking", BOOKINGS)
        for column in ("moved_from_id", "replaced_by_id"):
            batch.drop_index(op.f(f"ix_booking_{column}"))
            batch.drop_constraint(op.f(f"fk_booking_{column}"), type_="foreignkey")
            batch.drop_column(column)
        for column in ("answer_by_at", "calendar_uid"):
            batch.drop_column(column)
    with op.batch_alter_table("offer") as batch:
        for column in ("is_rush", "signed_name", "signed_from"):
            batch.drop_column(column)
    with op.batch_alter_table("shoot_day") as batch:
        _states(batch, "shoot_day", DAYS)
        batch.drop_constraint(op.f("fk_shoot_day_moved_to_id"), type_="foreignkey")
        for column in ("moved_to_id", "called_off_reason"):
            batch.drop_column(column)


def _add(table: str, columns: tuple[str, ...], kind: sa.types.TypeEngine, value: object) -> None:
    with op.batch_alter_table(table) as batch:
        for column in columns:
            batch.add_column(sa.Column(column, kind, nullable=False, server_default=value))
    with op.batch_alter_table(table) as batch:
        for column in columns:
            batch.alter_column(column, existing_type=kind, server_default=None)


def _states(batch: op.BatchOperations, table: str, states: tuple[str, ...]) -> None:
    words = ", ".join(f"'{state}'" for state in states)
    batch.drop_constraint(op.f(f"ck_{table}_state_known"), type_="check")
    batch.create_check_constraint(op.f(f"ck_{table}_state_known"), f"state IN ({words})")


def _memos() -> None:
    keys = ("offer_id", "production_id", "company_id", "person_id", "sent_by_id")
    targets = {"sent_by_id": "users"}
    op.create_table(
        "deal_memo",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        *(sa.Column(name, KEY, nullable=False) for name in keys),
        sa.Column("replaces_id", KEY, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("digest", "signed_name", "signed_from")
        ),
        sa.Column("signed_at", INSTANT, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [name],
                [f"{targets.get(name, name.removesuffix('_id'))}.id"],
                name=op.f(f"fk_deal_memo_{name}"),
            )
            for name in keys
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["deal_memo.id"], name=op.f("fk_deal_memo_replaces_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_memo")),
        sa.UniqueConstraint("public_id", name=op.f("uq_deal_memo_public_id")),
        sa.UniqueConstraint("offer_id", "version", name=op.f("uq_deal_memo_offer_id_version")),
    )
    for column in ("production_id", "person_id"):
        op.create_index(op.f(f"ix_deal_memo_{column}"), "deal_memo", [column])
