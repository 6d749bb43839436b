"""Find people, keep searches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
AGES = "plays_from >= 0 AND plays_to <= 120 AND plays_from <= plays_to"
BOTH = "(plays_from IS NULL) = (plays_to IS NULL)"
CADENCES = "cadence IN ('at_once', 'daily', 'never')"
BUSY = "ix_booking_state_call_rest"
INSTANT = sa.DateTime(timezone=True)
PAIRS = {"role_alert": ("person_id", "role_id"), "role_invitation": ("role_id", "person_id")}
"""Tables of a person and a role, each pair once, and which of the two is indexed first."""


def upgrade() -> None:
    """Say more of roles; index people; keep searches and what was told of them."""
    with op.batch_alter_table("role") as batch:
        batch.add_column(sa.Column("plays_from", sa.BigInteger))
        batch.add_column(sa.Column("plays_to", sa.BigInteger))
        batch.add_column(sa.Column("languages", sa.JSON, nullable=False, server_default="[]"))
        batch.create_check_constraint(op.f("ck_role_playing_age"), AGES)
        batch.create_check_constraint(op.f("ck_role_playing_age_whole"), BOTH)
    with op.batch_alter_table("role") as batch:
        batch.alter_column("languages", server_default=None)
    with op.batch_alter_table("mail") as batch:
        batch.add_column(sa.Column("stop_path", sa.Text, nullable=False, server_default=""))
    with op.batch_alter_table("mail") as batch:
        batch.alter_column("stop_path", server_default=None)
    op.create_index(BUSY, "booking", ["state", "call_at", "rest_minutes"])
    _listings()
    _searches()


def downgrade() -> None:
    """Go without."""
    op.drop_index(BUSY, "booking")
    for table in ("role_invitation", "role_alert", "saved_search", "person_gram", "person_listing"):
        op.drop_table(table)
    with op.batch_alter_table("mail") as batch:
        batch.drop_column("stop_path")
    with op.batch_alter_table("role") as batch:
        batch.drop_constraint(op.f("ck_role_playing_age_whole"), type_="check")
        batch.drop_constraint(op.f("ck_role_playing_age"), type_="check")
        batch.drop_column("languages")
        batch.drop_column("plays_to")
        batch.drop_column("plays_from")


def _listings() -> None:
    op.create_table(
        "person_listing",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("is_actor", sa.Boolean, nullable=False),
        sa.Column("is_background", sa.Boolean, nullable=False),
        sa.Column("is_crew", sa.Boolean, nullable=False),
        sa.Column("plays_from", sa.BigInteger),
        sa.Column("plays_to", sa.BigInteger),
        sa.Column("day_rate_minor", sa.BigInteger),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("languages", sa.JSON, nullable=False),
        sa.Column("positions", sa.JSON, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("listed_at", INSTANT, nullable=False),
        *_ties("person_listing", person_id="person"),
        sa.UniqueConstraint("person_id", name=op.f("uq_person_listing_person_id")),
    )
    op.create_index("ix_person_listing_order", "person_listing", ["listed_at", "person_id"])
    op.create_table(
        "person_gram",
        sa.Column("id", KEY, nullable=False),
        sa.Column("gram", sa.Text, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        *_ties("person_gram", person_id="person"),
        sa.UniqueConstraint("gram", "person_id", name=op.f("uq_person_gram_gram_person_id")),
    )
    op.create_index("ix_person_gram_person_id", "person_gram", ["person_id"])


def _searches() -> None:
    op.create_table(
        "saved_search",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.Text, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("filters", sa.JSON, nullable=False),
        sa.Column("cadence", sa.Text, nullable=False),
        sa.Column("since_at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint(CADENCES, name=op.f("ck_saved_search_cadence_known")),
        *_ties("saved_search", person_id="person"),
        sa.UniqueConstraint("public_id", name=op.f("uq_saved_search_public_id")),
    )
    op.create_index(op.f("ix_saved_search_person_id"), "saved_search", ["person_id"])
    for table, (first, second) in PAIRS.items():
        more = [sa.Column("by_id", KEY, nullable=False)] if table == "role_invitation" else []
        at = "sent_at" if more else "told_at"
        others = {"by_id": "users"} if more else {}
        op.create_table(
            table,
            sa.Column("id", KEY, nullable=False),
            sa.Column("person_id", KEY, nullable=False),
            sa.Column("role_id", KEY, nullable=False),
            *more,
            sa.Column(at, INSTANT, nullable=False),
            *_ties(table, person_id="person", role_id="role", **others),
            sa.UniqueConstraint(first, second, name=op.f(f"uq_{table}_{first}_{second}")),
        )
        op.create_index(op.f(f"ix_{table}_{second}"), table, [second])


def _ties(table: str, **targets: str) -> list[sa.Constraint]:
    """Return the primary key of a table and its references."""
    return [
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        *(
            sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))
            for column, target in targets.items()
        ),
    ]
