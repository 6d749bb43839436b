"""Tries to sign in, and the sessions that follow.

A try is written down before the password is checked, so that many at once count as many.
The check itself is slow on purpose and happens between two transactions: `web/proof.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import Instant
from marketplace.domain.accounts import rules
from marketplace.domain.accounts.models import LoginAttempt, LoginSession, Membership, User
from marketplace.domain.audit.services import Act, record
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import DomainError
from marketplace.kernel.ids import digest, secret_token
from marketplace.kernel.sentences import say


class WrongPasswordError(DomainError):
    """The address or the password is wrong; which one is never said."""

    http_status: ClassVar[int] = 422

    def __init__(self) -> None:
        """Say it in words that fit both."""
        super().__init__(say("The e-mail address or the password is not right."))


class TooManyTriesError(DomainError):
    """Too many wrong passwords; `wait` says how long to leave it."""

    http_status: ClassVar[int] = 429

    def __init__(self, wait: timedelta) -> None:
        """Say when to come back, in whole minutes."""
        minutes = -(-wait // timedelta(minutes=1))
        super().__init__(
            say(
                "There were too many wrong passwords. Try again in %(wait)s, "
                "or choose a new password with “Forgot your password?”.",
                wait=timedelta(minutes=minutes),
            ),
        )
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Try:
    """Somebody types a password: for which account, from where."""

    email: str
    ip: str


@dataclass(frozen=True, slots=True)
class OpenSession:
    """Somebody proved who they are; old_token: of the session this browser had before."""

    user_id: int
    ip: str
    browser: str
    old_token: str = ""


def begin_try(session: Session, command: Try, *, clock: Clock) -> int:
    """Write a try down as failed and return its id; `confirm_try` makes it good.

    Raises TooManyTriesError, and writes nothing, while the account or the address has to wait.
    """
    now = clock.now()
    email = rules.tidy_email(command.email)
    _refuse_while_waiting(session, LoginAttempt.email_lower == email, rules.FREE_TRIES, now)
    mine = LoginAttempt.ip == command.ip
    _refuse_while_waiting(session, mine, rules.FREE_TRIES_OF_ADDRESS, now)
    attempt = LoginAttempt(email_lower=email, ip=command.ip, at=now, has_succeeded=False)
    session.add(attempt)
    session.flush()
    return attempt.id


def _refuse_while_waiting(
    session: Session, mine: sa.ColumnElement[bool], free: int, now: datetime
) -> None:
    last_success = (
        sa.select(sa.func.coalesce(sa.func.max(LoginAttempt.id), 0))
        .where(mine, LoginAttempt.has_succeeded)
        .scalar_subquery()
    )
    counts = [mine, ~LoginAttempt.has_succeeded, LoginAttempt.at > now - rules.MEMORY]
    if free == rules.FREE_TRIES:  # an own account does not make a network address good again
        counts.append(LoginAttempt.id > last_success)
    latest = sa.func.coalesce(sa.func.max(LoginAttempt.at), sa.literal(now, Instant()))
    found = sa.select(sa.func.count(LoginAttempt.id), latest).where(*counts)
    failures, last_at = session.execute(found).one()
    allowed = rules.next_try_at(failures, last_at, free)
    if now < allowed:
        raise TooManyTriesError(allowed - now)


def confirm_try(session: Session, attempt_id: int, user_id: int, new_hash: str = "") -> None:
    """Make a try good: the password was right. new_hash: made with today's parameters, or ""."""
    session.execute(
        sa.update(LoginAttempt).where(LoginAttempt.id == attempt_id).values(has_succeeded=True)
    )
    if new_hash:
        session.execute(sa.update(User).where(User.id == user_id).values(password_hash=new_hash))


def open_session(session: Session, command: OpenSession, *, clock: Clock) -> str:
    """Sign a browser in and return its secret token; its old session ends.

    Throws out what is too old to matter: expired sessions and tries of this person.
    """
    now = clock.now()
    user = session.get_one(User, command.user_id)
    session.execute(
        sa.delete(LoginSession).where(
            sa.or_(
                LoginSession.token_digest == digest(command.old_token),
                sa.and_(LoginSession.user_id == user.id, LoginSession.expires_at <= now),
            ),
        ),
    )
    too_old = LoginAttempt.at <= now - rules.LONGEST_SESSION
    session.execute(sa.delete(LoginAttempt).where(LoginAttempt.email_lower == user.email, too_old))
    token = secret_token()
    session.add(
        LoginSession(
            token_digest=digest(token),
            user_id=user.id,
            created_at=now,
            last_seen_at=now,
            expires_at=_ends_at(session, user.id, now, now),
            ip=command.ip,
            browser=command.browser,
        ),
    )
    session.flush()
    return token


def note_use(session: Session, session_id: int, *, clock: Clock) -> None:
    """Write down that a session is in use, which keeps it alive; one that ended stays ended."""
    now = clock.now()
    found = session.get(LoginSession, session_id)
    if found is None or found.expires_at <= now:
        return
    found.last_seen_at = now
    found.expires_at = _ends_at(session, found.user_id, found.created_at, now)
    session.flush()


def _ends_at(session: Session, user_id: int, created_at: datetime, now: datetime) -> datetime:
    works = sa.select(Membership.id).where(
        Membership.user_id == user_id, Membership.ended_at.is_(None)
    )
    is_in_company = session.scalar(works.limit(1)) is not None
    return rules.session_ends_at(created_at, now, is_in_company=is_in_company)


def end_session(session: Session, session_id: int) -> None:
    """Sign one browser out: a copy of its cookie is worth nothing afterwards."""
    session.execute(sa.delete(LoginSession).where(LoginSession.id == session_id))


def end_session_named(session: Session, user_id: int, handle: str, *, clock: Clock) -> None:
    """Sign out one of a person's browsers, named by the start of its digest."""
    mine = LoginSession.token_digest.startswith(handle, autoescape=True)
    if len(handle) == rules.HANDLE:
        session.execute(sa.delete(LoginSession).where(LoginSession.user_id == user_id, mine))
        _audit(session, user_id, "end_session", clock)


def end_sessions(session: Session, user_id: int, *, clock: Clock) -> None:
    """Sign a person out everywhere."""
    session.execute(sa.delete(LoginSession).where(LoginSession.user_id == user_id))
    _audit(session, user_id, "end_sessions", clock)


def _audit(session: Session, user_id: int, action: str, clock: Clock) -> None:
    user = session.get_one(User, user_id)
    record(session, Act(f"user:{user.public_id}", action), actor_id=user_id, clock=clock)
