"""New passwords: known ones changed, forgotten ones replaced through a link."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock_one
from marketplace.domain.accounts import rules
from marketplace.domain.accounts.models import LoginAttempt, LoginSession, PasswordReset, User
from marketplace.domain.audit.services import Act, record
from marketplace.domain.notices.services import Message, Reader, tell
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import DomainError
from marketplace.kernel.ids import digest, secret_token
from marketplace.kernel.sentences import Sentence, say

MOST_RESETS: int = 3
"""Links one account is sent within RESET_FOR; more would only fill somebody's mail."""


class LinkEndedError(DomainError):
    """A link was used before, is too old, or never was."""

    def __init__(self, message: Sentence | None = None) -> None:
        """Say how to get a new one."""
        super().__init__(message or say("This link has ended. Ask for a new one."))


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """A signed-in person chose a new password; keep_session_id: the browser they use."""

    user_id: int
    keep_session_id: int
    password_hash: str


@dataclass(frozen=True, slots=True)
class ResetPassword:
    """Somebody with a link chose a new password."""

    token: str
    password_hash: str


def change(session: Session, command: ChangePassword, *, clock: Clock) -> None:
    """Set a new password and sign every other browser out."""
    user = lock_one(session, User, command.user_id)
    others = sa.delete(LoginSession).where(
        LoginSession.user_id == user.id, LoginSession.id != command.keep_session_id
    )
    session.execute(others)
    _set(session, user, command.password_hash, clock)


def ask_reset(session: Session, email: str, *, clock: Clock) -> None:
    """Send a link to choose a new password; for an unknown address nothing happens."""
    known = sa.func.lower(User.email) == rules.tidy_email(email)
    user = session.scalars(sa.select(User).where(known, User.disabled_at.is_(None))).first()
    now = clock.now()
    if user is None or _live_resets(session, user.id, clock) >= MOST_RESETS:
        return
    token = secret_token()
    reset = PasswordReset(
        user_id=user.id, token_digest=digest(token), expires_at=now + rules.RESET_FOR
    )
    session.add(reset)
    session.flush()
    message = Message(
        key=f"password_reset:{reset.id}",
        kind="password_reset",
        subject=say("Choose a new password"),
        lines=(
            say("Somebody, probably you, asked for a new password at Dayrate."),
            say("The link works once, for %(length)s.", length=rules.RESET_FOR),
            say("If it was not you, ignore this mail: nothing was changed."),
        ),
        button=say("Choose a new password"),
        path=f"/reset/{token}",
    )
    tell(session, Reader(None, user.email, user.locale), message, clock=clock)


def _live_resets(session: Session, user_id: int, clock: Clock) -> int:
    live = sa.select(sa.func.count(PasswordReset.id)).where(
        PasswordReset.user_id == user_id, PasswordReset.expires_at > clock.now()
    )
    return session.scalar(live) or 0


def reset(session: Session, command: ResetPassword, *, clock: Clock) -> int:
    """Set a new password through a link, once; every browser is signed out.

    Returns the user's id. Raises LinkEndedError when the link was used, is too old or never was.
    """
    named = PasswordReset.token_digest == digest(command.token)
    found = session.scalar(sa.select(PasswordReset.id).where(named))
    if found is None:
        raise LinkEndedError
    link = lock_one(session, PasswordReset, found)
    now = clock.now()
    if link.used_at is not None or link.expires_at <= now:
        raise LinkEndedError
    user = lock_one(session, User, link.user_id)
    mine = PasswordReset.user_id == user.id
    session.execute(
        sa.update(PasswordReset).where(mine, PasswordReset.used_at.is_(None)).values(used_at=now)
    )
    session.execute(sa.delete(LoginSession).where(LoginSession.user_id == user.id))
    # Whoever reads the mail is the owner: earlier wrong passwords no longer make them wait.
    session.execute(sa.delete(LoginAttempt).where(LoginAttempt.email_lower == user.email))
    _set(session, user, command.password_hash, clock)
    return user.id


def _set(session: Session, user: User, password_hash: str, clock: Clock) -> None:
    user.password_hash = password_hash
    act = Act(f"user:{user.public_id}", "change_password")
    record(session, act, actor_id=user.id, clock=clock)
    message = Message(
        key=f"password_changed:{clock.now().isoformat()}",
        kind="password_changed",
        subject=say("Your password was changed"),
        lines=(
            say("All other browsers were signed out."),
            say("If it was not you, choose a new password at once."),
        ),
        button=say("Settings"),
        path="/settings",
    )
    tell(session, Reader(user.id, user.email, user.locale), message, clock=clock)
    session.flush()
