"""Whole profiles of talent and crew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NUMBER = sa.BigInteger()
TEXTS = ("second_name", "about_second")
NUMBERS = ("age_from", "age_to", "height", "chest", "waist", "hips")
WORDS = ("shoe", "clothing", "hair", "eyes", "marks", "wardrobe", "vehicles")
CHECKS = {
    "asked_rate_positive": "asked_rate_minor > 0",
    "asked_rate_whole": "(asked_rate_minor IS NULL) = (asked_currency IS NULL)",
}
LISTS = ("crew_certificate", "kit_item", "credit", "reel")


def upgrade() -> None:
    """Make it."""
    _person()
    _table(
        "size_card",
        *[_number(name, nullable=True) for name in NUMBERS],
        *[_text(name) for name in WORDS],
        sa.Column("has_driving_licence", sa.Boolean(), nullable=False),
        sa.CheckConstraint("age_from <= age_to", name=op.f("ck_size_card_ages_in_order")),
        sa.CheckConstraint(
            "(age_from IS NULL) = (age_to IS NULL)", name=op.f("ck_size_card_ages_together")
        ),
        sa.UniqueConstraint("person_id", name=op.f("uq_size_card_person_id")),
    )
    _photo()
    _table(
        "skill",
        _number("position"),
        _text("word"),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        _once("skill", "word"),
    )
    op.create_index(op.f("ix_skill_word"), "skill", ["word"])
    _table(
        "spoken_language",
        _number("position"),
        _text("code"),
        _text("level"),
        sa.CheckConstraint(
            "level IN ('basic', 'working', 'fluent', 'native')",
            name=op.f("ck_spoken_language_level_known"),
        ),
        _once("spoken_language", "code"),
    )
    op.create_index(op.f("ix_spoken_language_code"), "spoken_language", ["code"])
    _table(
        "crew_position",
        _number("position"),
        _text("department"),
        _text("word"),
        _once("crew_position", "word"),
    )
    for column in ("department", "word"):
        op.create_index(op.f(f"ix_crew_position_{column}"), "crew_position", [column])
    _lists()


def _person() -> None:
    with op.batch_alter_table("person") as batch:
        for name in TEXTS:
            batch.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
        batch.add_column(
            sa.Column("is_listed", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch.add_column(sa.Column("asked_rate_minor", NUMBER, nullable=True))
        batch.add_column(sa.Column("asked_currency", sa.Text(), nullable=True))
        batch.add_column(sa.Column("asked_minutes", NUMBER, nullable=True))
        for name, check in CHECKS.items():
            batch.create_check_constraint(op.f(f"ck_person_{name}"), check)
    with op.batch_alter_table("person") as batch:
        for name in TEXTS:
            batch.alter_column(name, existing_type=sa.Text(), server_default=None)
        batch.alter_column("is_listed", existing_type=sa.Boolean(), server_default=None)


def _photo() -> None:
    _table(
        "photo",
        _text("public_id"),
        _number("position"),
        _text("digest"),
        _number("width"),
        _number("height"),
        _text("alt"),
        sa.Column("is_headshot", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("public_id", name=op.f("uq_photo_public_id")),
        _once("photo", "digest"),
    )
    only = sa.text("is_headshot")
    op.create_index(
        "uq_photo_headshot",
        "photo",
        ["person_id"],
        unique=True,
        sqlite_where=only,
        postgresql_where=only,
    )


def _lists() -> None:
    _list("reel", _text("title"), _text("url"))
    _list(
        "credit",
        _text("title"),
        _text("role"),
        _number("year", nullable=True),
        _text("company"),
    )
    _list(
        "kit_item",
        _text("name"),
        _number("day_rate_minor"),
        _text("currency"),
        _text("note"),
        sa.CheckConstraint("day_rate_minor > 0", name=op.f("ck_kit_item_rate_positive")),
    )
    _list(
        "crew_certificate",
        _text("kind"),
        _text("last4"),
        sa.Column("expires_on", sa.Date(), nullable=True),
    )


def _list(name: str, *columns: sa.SchemaItem) -> None:
    """Make a table of things people put in an order of their own."""
    _table(
        name,
        _text("public_id"),
        _number("position"),
        *columns,
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{name}_public_id")),
    )
    op.create_index(op.f(f"ix_{name}_person_id"), name, ["person_id"])


def _table(name: str, *columns: sa.SchemaItem) -> None:
    """Make a table of something a person has."""
    op.create_table(
        name,
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f(f"fk_{name}_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, NUMBER, nullable=nullable)


def _once(table: str, column: str) -> sa.UniqueConstraint:
    """Say that a person has each of them once."""
    return sa.UniqueConstraint(
        "person_id", column, name=op.f(f"uq_{table}_person_id_{column}")
    )


def downgrade() -> None:
    """Go without."""
    for name in (*LISTS, "crew_position", "spoken_language", "skill", "photo", "size_card"):
        op.drop_table(name)
    with op.batch_alter_table("person") as batch:
        for name in CHECKS:
            batch.drop_constraint(op.f(f"ck_person_{name}"), type_="check")
        for name in ("asked_minutes", "asked_currency", "asked_rate_minor", "is_listed", *TEXTS):
            batch.drop_column(name)
