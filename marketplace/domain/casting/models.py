"""Tables of roles, their dates, and applications."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base, key, one_of, ref
from marketplace.domain.casting.rules import ENDED, ApplicationState, Cadence, RoleKind, RoleState
from marketplace.kernel.ids import public_id

_LIVE = "state NOT IN (" + ", ".join(f"'{state}'" for state in sorted(ENDED)) + ")"


class Role(Base):
    """One line of the breakdown: a part or a crew position with a day rate and its hours.

    plays_from, plays_to: the ages it may be played by, both included; None: any.
    languages: codes of what must be spoken, all of them.
    """

    __tablename__ = "role"
    __table_args__ = (
        one_of("kind", RoleKind),
        one_of("state", RoleState),
        sa.CheckConstraint("day_rate_minor > 0", name="rate_positive"),
        sa.CheckConstraint("guaranteed_minutes > 0", name="hours_with_rate"),
        sa.CheckConstraint("length(currency) = 3", name="currency_iso"),
        sa.CheckConstraint("standby_percent BETWEEN 0 AND 100", name="standby_percent"),
        sa.CheckConstraint(
            "plays_from >= 0 AND plays_to <= 120 AND plays_from <= plays_to",
            name="playing_age",
        ),
        sa.CheckConstraint(
            "(plays_from IS NULL) = (plays_to IS NULL)",
            name="playing_age_whole",
        ),
        sa.Index("ix_role_state_published", "state", "published_at", "id"),
    )

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    production_id: Mapped[int] = ref("production.id", index=True)
    name: Mapped[str]
    kind: Mapped[str]
    department: Mapped[str] = mapped_column(default="")
    who: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    day_rate_minor: Mapped[int]
    guaranteed_minutes: Mapped[int]
    currency: Mapped[str]
    apply_by_at: Mapped[datetime]
    disclosures: Mapped[list[str]] = mapped_column(default_factory=list)
    state: Mapped[str] = mapped_column(default=RoleState.DRAFT)
    standby_percent: Mapped[int] = mapped_column(default=0)
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    plays_from: Mapped[int | None] = mapped_column(default=None)
    plays_to: Mapped[int | None] = mapped_column(default=None)
    languages: Mapped[list[str]] = mapped_column(default_factory=list)
    created_at: Mapped[datetime]


class RoleDate(Base):
    """How many people a role needs on one shoot day; `confirmed` can never pass `headcount`."""

    __tablename__ = "role_date"
    __table_args__ = (
        sa.UniqueConstraint("role_id", "shoot_day_id"),
        sa.CheckConstraint("headcount > 0", name="headcount_positive"),
        sa.CheckConstraint("confirmed >= 0 AND confirmed <= headcount", name="never_overbooked"),
    )

    id: Mapped[int] = key()
    role_id: Mapped[int] = ref("role.id")
    shoot_day_id: Mapped[int] = ref("shoot_day.id", index=True)
    headcount: Mapped[int]
    confirmed: Mapped[int] = mapped_column(default=0)


class Application(Base):
    """One person's application to one role; only one of them lives at a time."""

    __tablename__ = "application"
    __table_args__ = (
        one_of("state", ApplicationState),
        sa.Index(
            "uq_application_live",
            "role_id",
            "person_id",
            unique=True,
            sqlite_where=sa.text(_LIVE),
            postgresql_where=sa.text(_LIVE),
        ),
    )

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    role_id: Mapped[int] = ref("role.id", index=True)
    person_id: Mapped[int] = ref("person.id", index=True)
    state: Mapped[str] = mapped_column(default=ApplicationState.SUBMITTED)
    note: Mapped[str] = mapped_column(default="")
    has_consented: Mapped[bool] = mapped_column(default=False)
    submitted_at: Mapped[datetime]
    viewed_at: Mapped[datetime | None] = mapped_column(default=None)
    changed_at: Mapped[datetime]


class ApplicationDate(Base):
    """A date the applicant ticked."""

    __tablename__ = "application_date"
    __table_args__ = (sa.UniqueConstraint("application_id", "role_date_id"),)

    id: Mapped[int] = key()
    application_id: Mapped[int] = ref("application.id")
    role_date_id: Mapped[int] = ref("role_date.id", index=True)


class RoleGram(Base):
    """Search index of open roles: two-letter pieces, so that two Chinese characters are found.

    A gram with a colon is a tag ("language:zh"), never a piece of a text.
    """

    __tablename__ = "role_gram"
    __table_args__ = (
        sa.UniqueConstraint("gram", "role_id"),
        sa.Index("ix_role_gram_role_id", "role_id"),
    )

    id: Mapped[int] = key()
    gram: Mapped[str]
    role_id: Mapped[int] = ref("role.id")


class SavedSearch(Base):
    """What somebody looks for, kept by them, and how often they are told of new roles.

    filters: as `queries.searches` writes them. since_at: roles published from then on are told.
    """

    __tablename__ = "saved_search"
    __table_args__ = (one_of("cadence", Cadence),)

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    person_id: Mapped[int] = ref("person.id", index=True)
    name: Mapped[str]
    filters: Mapped[dict[str, Any]]
    cadence: Mapped[str] = mapped_column(default=Cadence.NEVER)
    since_at: Mapped[datetime]
    created_at: Mapped[datetime]


class RoleAlert(Base):
    """A person was told of a role because of a saved search: once, whatever becomes of either."""

    __tablename__ = "role_alert"
    __table_args__ = (sa.UniqueConstraint("person_id", "role_id"),)

    id: Mapped[int] = key()
    person_id: Mapped[int] = ref("person.id")
    role_id: Mapped[int] = ref("role.id", index=True)
    told_at: Mapped[datetime]


class RoleInvitation(Base):
    """A production invited a person to apply for a role: once."""

    __tablename__ = "role_invitation"
    __table_args__ = (sa.UniqueConstraint("role_id", "person_id"),)

    id: Mapped[int] = key()
    role_id: Mapped[int] = ref("role.id")
    person_id: Mapped[int] = ref("person.id", index=True)
    by_id: Mapped[int] = ref("users.id")
    sent_at: Mapped[datetime]
