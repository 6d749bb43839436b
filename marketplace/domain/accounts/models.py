"""Tables of people who sign in, their sessions, companies and memberships."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base, Key, key, one_of, optional_ref, ref
from marketplace.domain.accounts.rules import CompanyRole, PaysBy
from marketplace.kernel.ids import public_id


class User(Base):
    """Somebody who can sign in; is_operator: looks after the installation itself."""

    __tablename__ = "users"
    __table_args__ = (sa.Index("uq_users_email_lower", sa.text("lower(email)"), unique=True),)

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    email: Mapped[str]
    password_hash: Mapped[str]
    display_name: Mapped[str]
    locale: Mapped[str] = mapped_column(default="en")
    theme: Mapped[str] = mapped_column(default="")
    has_shortcut_keys: Mapped[bool] = mapped_column(default=True)
    calendar_token: Mapped[str | None] = mapped_column(unique=True, default=None)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None] = mapped_column(default=None)
    is_operator: Mapped[bool] = mapped_column(default=False, server_default=sa.false())


class LoginSession(Base):
    """One browser that is signed in; deleting the row signs it out."""

    __tablename__ = "login_session"

    id: Mapped[int] = key()
    token_digest: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = ref("users.id", index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ip: Mapped[str]
    browser: Mapped[str]


class LoginAttempt(Base):
    """One try to sign in, for throttling per account and per address."""

    __tablename__ = "login_attempt"
    __table_args__ = (
        sa.Index("ix_login_attempt_email_at", "email_lower", "at"),
        sa.Index("ix_login_attempt_ip_at", "ip", "at"),
    )

    id: Mapped[int] = key()
    email_lower: Mapped[str]
    ip: Mapped[str]
    at: Mapped[datetime]
    has_succeeded: Mapped[bool]


class Company(Base):
    """A production company: the legal employer on pay slips; payroll_contact: whom to ask.

    fee_basis_points: the platform's fee on pay, on top of it.
    """

    __tablename__ = "company"
    __table_args__ = (
        one_of("pays_by", PaysBy),
        sa.CheckConstraint("fee_basis_points >= 0", name="fee_not_negative"),
    )

    id: Mapped[int] = key()
    public_id: Mapped[str] = mapped_column(unique=True, default_factory=public_id)
    name: Mapped[str]
    legal_name: Mapped[str]
    second_name: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    payroll_contact: Mapped[str] = mapped_column(default="")
    country: Mapped[str]
    typed_total_limit_minor: Mapped[int] = mapped_column(default=1_000_000)
    pays_by: Mapped[str] = mapped_column(default=PaysBy.PLATFORM)
    fee_basis_points: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class Membership(Base):
    """One person's role in one company; `is_limited`: only for the productions named below."""

    __tablename__ = "membership"
    __table_args__ = (
        sa.UniqueConstraint("company_id", "user_id"),
        one_of("role", CompanyRole),
    )

    id: Mapped[int] = key()
    company_id: Mapped[int] = ref("company.id")
    user_id: Mapped[int] = ref("users.id", index=True)
    role: Mapped[str]
    is_limited: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class ProductionAccess(Base):
    """A production that somebody whose membership is limited may see."""

    __tablename__ = "production_access"
    __table_args__ = (sa.UniqueConstraint("membership_id", "production_id"),)

    id: Mapped[int] = key()
    membership_id: Mapped[int] = ref("membership.id")
    production_id: Mapped[int] = ref("production.id", index=True)


class Invitation(Base):
    """A company asks somebody to join, by e-mail; productions: None for all, or their ids."""

    __tablename__ = "invitation"
    __table_args__ = (one_of("role", CompanyRole),)

    id: Mapped[int] = key()
    company_id: Mapped[int] = ref("company.id", index=True)
    email: Mapped[str]
    role: Mapped[str]
    productions: Mapped[list[Any] | None] = mapped_column(sa.JSON(none_as_null=True), default=None)
    token_digest: Mapped[str] = mapped_column(unique=True)
    invited_by_id: Mapped[int] = ref("users.id")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None] = mapped_column(default=None)
    accepted_by_id: Mapped[int | None] = optional_ref("users.id")
    cancelled_at: Mapped[datetime | None] = mapped_column(default=None)


class PasswordReset(Base):
    """A link to choose a new password; used once."""

    __tablename__ = "password_reset"

    id: Mapped[int] = key()
    user_id: Mapped[int] = mapped_column(Key, sa.ForeignKey("users.id"), index=True)
    token_digest: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)
