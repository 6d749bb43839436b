"""New accounts, and what a person chooses for themself."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.domain.accounts import rules
from marketplace.domain.accounts.models import LoginAttempt, User
from marketplace.domain.audit.services import Act, record
from marketplace.domain.notices.services import Message, Reader, tell
from marketplace.kernel.clock import Clock
from marketplace.kernel.sentences import say


@dataclass(frozen=True, slots=True)
class SignUp:
    """Somebody wants an account. password_hash: made before the transaction began."""

    email: str
    display_name: str
    password_hash: str
    locale: str
    ip: str


def sign_up(session: Session, command: SignUp, *, clock: Clock) -> int | None:
    """Make an account and return the user's id.

    Returns None when the address has one already: its owner is told by mail, the visitor
    gets a neutral sentence, and the try counts like a wrong password.
    """
    email = rules.tidy_email(command.email)
    user = User(
        email=email,
        password_hash=command.password_hash,
        display_name=command.display_name.strip(),
        locale=command.locale,
        created_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(user)
            session.flush()
    except IntegrityError:
        _tell_owner(session, email, command.ip, clock)
        return None
    record(session, Act(f"user:{user.public_id}", "sign_up"), actor_id=user.id, clock=clock)
    session.flush()
    return user.id


def _tell_owner(session: Session, email: str, ip: str, clock: Clock) -> None:
    """Tell whose address it is, at most once a day."""
    now = clock.now()
    session.add(LoginAttempt(email_lower=email, ip=ip, at=now, has_succeeded=False))
    owner = session.scalars(sa.select(User).where(sa.func.lower(User.email) == email)).one()
    message = Message(
        key=f"known_address:{now:%Y-%m-%d}",
        kind="known_address",
        subject=say("You already have an account at Dayrate"),
        lines=(
            say("Somebody, perhaps you, tried to sign up with this e-mail address."),
            say("If it was you, sign in. If you forgot the password, you can choose a new one."),
            say("If it was not you, there is nothing to do: nothing was changed."),
        ),
        button=say("Sign in"),
        path="/sign-in",
    )
    tell(session, Reader(None, owner.email, owner.locale), message, clock=clock)
    session.flush()


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a person chose; None leaves as it is."""

    locale: str | None = None
    theme: str | None = None
    has_shortcut_keys: bool | None = None
    display_name: str | None = None


def prefer(session: Session, user_id: int, command: Preferences) -> None:
    """Keep what a person chose in their account, for every device."""
    user = session.get_one(User, user_id)
    for name in ("locale", "theme", "has_shortcut_keys", "display_name"):
        chosen = getattr(command, name)
        if chosen is not None:
            setattr(user, name, chosen)
    session.flush()
