"""The secret address of a person's calendar."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.db import lock_one
from marketplace.domain.accounts.models import User
from marketplace.domain.audit.services import Act, record
from marketplace.kernel.clock import Clock
from marketplace.kernel.ids import secret_token


def renew_calendar(session: Session, user_id: int, *, clock: Clock) -> str:
    """Give a person a new secret calendar address; the old one shows nothing from now on."""
    user = lock_one(session, User, user_id)
    user.calendar_token = secret_token()
    session.flush()
    record(session, Act(f"user:{user.public_id}", "renew_calendar"), actor_id=user.id, clock=clock)
    return user.calendar_token
