"""Read who is signed in and what they belong to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import (
    Company,
    Invitation,
    LoginSession,
    Membership,
    PasswordReset,
    ProductionAccess,
    User,
)
from marketplace.domain.accounts.rules import HANDLE, CompanyRole, tidy_email
from marketplace.domain.notices.models import Notice
from marketplace.domain.notices.services import Reader
from marketplace.kernel.ids import digest


@dataclass(frozen=True, slots=True)
class SignedInRow:
    """The person behind a session token, in one query; company is their first one, if any."""

    user_id: int
    display_name: str
    email: str
    locale: str
    theme: str
    has_shortcut_keys: bool
    session_id: int
    last_seen_at: datetime
    company_id: int | None
    company_public_id: str | None
    company_name: str | None
    company_role: str | None
    unread: int
    is_operator: bool


def signed_in(session: Session, token: str, now: datetime) -> SignedInRow | None:
    """Return who holds a session token, or None when it ended, expired or never was."""
    given = {"digest": digest(token), "now": now}
    found = session.connection().execute(_SIGNED_IN, given).first()
    return SignedInRow(*found) if found else None


def _signed_in() -> sa.Select[*tuple[Any, ...]]:
    unread = (
        sa.select(sa.func.count(Notice.id))
        .where(Notice.user_id == User.id, Notice.read_at.is_(None))
        .scalar_subquery()
    )
    first = (
        sa.select(sa.func.min(Membership.id))
        .where(Membership.user_id == User.id, Membership.ended_at.is_(None))
        .correlate(User)
        .scalar_subquery()
    )
    columns: tuple[Any, ...] = (
        User.id,
        User.display_name,
        User.email,
        User.locale,
        User.theme,
        User.has_shortcut_keys,
        LoginSession.id,
        LoginSession.last_seen_at,
        Company.id,
        Company.public_id,
        Company.name,
        Membership.role,
        unread,
        User.is_operator,
    )
    return (
        sa.select(*columns)
        .select_from(LoginSession)
        .join(User, User.id == LoginSession.user_id)
        .join(Membership, Membership.id == first, isouter=True)
        .join(Company, Company.id == Membership.company_id, isouter=True)
        .where(
            LoginSession.token_digest == sa.bindparam("digest"),
            LoginSession.expires_at > sa.bindparam("now"),
            User.disabled_at.is_(None),
        )
    )


_SIGNED_IN: Final = _signed_in()
"""Written once: every page of everybody who is signed in asks it."""


@dataclass(frozen=True, slots=True)
class CredentialsRow:
    """What a password is checked against."""

    user_id: int
    password_hash: str


def credentials(session: Session, email: str) -> CredentialsRow | None:
    """Return whose password to check; None for an unknown or closed account."""
    known = sa.func.lower(User.email) == tidy_email(email)
    query = sa.select(User.id, User.password_hash).where(known, User.disabled_at.is_(None))
    found = session.execute(query).first()
    return CredentialsRow(*found) if found else None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One browser that is signed in, named by the start of its digest."""

    handle: str
    browser: str
    ip: str
    last_seen_at: datetime
    is_this: bool


def sessions_of(session: Session, user_id: int, this_id: int, now: datetime) -> list[SessionRow]:
    """Return where a person is signed in, the browser they use now first."""
    query = (
        sa.select(LoginSession)
        .where(LoginSession.user_id == user_id, LoginSession.expires_at > now)
        .order_by((LoginSession.id == this_id).desc(), LoginSession.last_seen_at.desc())
    )
    return [
        SessionRow(
            found.token_digest[:HANDLE],
            found.browser,
            found.ip,
            found.last_seen_at,
            found.id == this_id,
        )
        for found in session.scalars(query)
    ]


def reset_is_open(session: Session, token: str, now: datetime) -> bool:
    """Say whether a link to choose a new password still works."""
    query = sa.select(PasswordReset.id).where(
        PasswordReset.token_digest == digest(token),
        PasswordReset.used_at.is_(None),
        PasswordReset.expires_at > now,
    )
    return session.scalar(query) is not None


def reset_owner(session: Session, token: str) -> tuple[str, str]:
    """Return name and address of whom a link is for, empty for an unknown one."""
    query = (
        sa.select(User.display_name, User.email)
        .join(PasswordReset, PasswordReset.user_id == User.id)
        .where(PasswordReset.token_digest == digest(token))
    )
    found = session.execute(query).first()
    return (found[0], found[1]) if found else ("", "")


@dataclass(frozen=True, slots=True)
class WorkplaceRow:
    """A company somebody works for, and as what."""

    public_id: str
    name: str
    role: str


def workplaces(session: Session, user_id: int) -> list[WorkplaceRow]:
    """Return the companies of a person, the oldest membership first."""
    query = (
        sa.select(Company.public_id, Company.name, Membership.role)
        .join(Membership, Membership.company_id == Company.id)
        .where(Membership.user_id == user_id, Membership.ended_at.is_(None))
        .order_by(Membership.id)
    )
    return [WorkplaceRow(*found) for found in session.execute(query)]


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody who works for a company; productions: the only ones they may see, None for all."""

    public_id: str
    display_name: str
    email: str
    role: str
    since: datetime
    is_me: bool
    productions: frozenset[int] | None = None


def members_of(session: Session, company_id: int, user_id: int) -> list[MemberRow]:
    """Return who works for a company, by name; user_id: who asks."""
    query = (
        sa.select(
            User.public_id,
            User.display_name,
            User.email,
            Membership.role,
            Membership.created_at,
            User.id == user_id,
            Membership.id,
            Membership.is_limited,
        )
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.company_id == company_id, Membership.ended_at.is_(None))
        .order_by(User.display_name, User.id)
    )
    limits = _limits(session, company_id)
    rows = []
    for *row, membership_id, is_limited in session.execute(query):
        about: list[Any] = row
        within = frozenset(limits.get(membership_id, ())) if is_limited else None
        rows.append(replace(MemberRow(*about), productions=within))
    return rows


def _limits(session: Session, company_id: int) -> dict[int, set[int]]:
    """Return the productions that limited members of a company may see, by membership."""
    query = (
        sa.select(ProductionAccess.membership_id, ProductionAccess.production_id)
        .join(Membership, Membership.id == ProductionAccess.membership_id)
        .where(Membership.company_id == company_id)
    )
    found: dict[int, set[int]] = {}
    for membership_id, production_id in session.execute(query):
        found.setdefault(membership_id, set()).add(production_id)
    return found


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation nobody has answered, named by the start of its digest."""

    handle: str
    email: str
    role: str
    expires_at: datetime


def invitations_of(session: Session, company_id: int, now: datetime) -> list[InvitationRow]:
    """Return the open invitations of a company, the newest first."""
    query = (
        sa.select(Invitation)
        .where(
            Invitation.company_id == company_id,
            Invitation.accepted_at.is_(None),
            Invitation.cancelled_at.is_(None),
            Invitation.expires_at > now,
        )
        .order_by(Invitation.id.desc())
    )
    return [
        InvitationRow(found.token_digest[:HANDLE], found.email, found.role, found.expires_at)
        for found in session.scalars(query)
    ]


@dataclass(frozen=True, slots=True)
class InvitedRow:
    """What the person with the link sees."""

    company: str
    email: str
    role: str


def invited(session: Session, token: str, now: datetime) -> InvitedRow | None:
    """Return an open invitation by its secret token."""
    query = (
        sa.select(Company.name, Invitation.email, Invitation.role)
        .join(Company, Company.id == Invitation.company_id)
        .where(
            Invitation.token_digest == digest(token),
            Invitation.accepted_at.is_(None),
            Invitation.cancelled_at.is_(None),
            Invitation.expires_at > now,
        )
    )
    found = session.execute(query).first()
    return InvitedRow(*found) if found else None


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """What pay slips say about a company."""

    name: str
    legal_name: str
    address: str
    country: str
    payroll_contact: str


def company(session: Session, company_id: int) -> CompanyRow:
    """Return a company for its edit page."""
    query = sa.select(
        Company.name,
        Company.legal_name,
        Company.address,
        Company.country,
        Company.payroll_contact,
    )
    return CompanyRow(*session.execute(query.where(Company.id == company_id)).one())


def readers(session: Session, company_id: int, roles: Collection[CompanyRole]) -> list[Reader]:
    """Return the members of a company with these roles, as they are written to."""
    rows = session.execute(
        sa.select(User.id, User.email, User.locale)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.company_id == company_id,
            Membership.role.in_(roles),
            Membership.ended_at.is_(None),
        )
        .order_by(User.id),
    )
    return [Reader(*row) for row in rows]


def operators(session: Session) -> list[Reader]:
    """Return those who look after the installation, as they are written to."""
    rows = session.execute(
        sa.select(User.id, User.email, User.locale)
        .where(User.is_operator.is_(True), User.disabled_at.is_(None))
        .order_by(User.id),
    )
    return [Reader(*row) for row in rows]
