"""Read who is signed in and what they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company, LoginSession, Membership, User
from marketplace.domain.notices.models import Notice
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


def signed_in(session: Session, token: str, now: datetime) -> SignedInRow | None:
    """Return who holds a session token, or None when it ended, expired or never was."""
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
    query = (
        sa.select(
            User.id.label("user_id"),
            User.display_name,
            User.email,
            User.locale,
            User.theme,
            User.has_shortcut_keys,
            LoginSession.id.label("session_id"),
            LoginSession.last_seen_at,
            Company.id.label("company_id"),
            Company.public_id.label("company_public_id"),
            Company.name.label("company_name"),
            Membership.role.label("company_role"),
            unread.label("unread"),
        )
        .select_from(LoginSession)
        .join(User, User.id == LoginSession.user_id)
        .join(Membership, Membership.id == first, isouter=True)
        .join(Company, Company.id == Membership.company_id, isouter=True)
        .where(
            LoginSession.token_digest == digest(token),
            LoginSession.expires_at > now,
            User.disabled_at.is_(None),
        )
    )
    found = session.execute(query).mappings().first()
    return SignedInRow(**found) if found else None
