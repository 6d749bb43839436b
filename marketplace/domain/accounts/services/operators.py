"""Who looks after an installation: sees how the work stands, never who is paid what."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import User
from marketplace.domain.accounts.rules import tidy_email
from marketplace.domain.audit.services import Act, record
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import DomainError
from marketplace.kernel.sentences import say


class OperatorError(DomainError):
    """Somebody who cannot be made an operator, or is none."""


def grant_operator(session: Session, email: str, *, clock: Clock) -> None:
    """Make somebody with an account an operator; doing so twice changes nothing.

    Raises OperatorError when no open account has this address.
    """
    _set(session, email, is_operator=True, clock=clock)


def revoke_operator(session: Session, email: str, *, clock: Clock) -> None:
    """Take an operator's rights back, at once and in every browser.

    Raises OperatorError when no open account has this address.
    """
    _set(session, email, is_operator=False, clock=clock)


def _set(session: Session, email: str, *, is_operator: bool, clock: Clock) -> None:
    known = sa.func.lower(User.email) == tidy_email(email)
    user = session.scalar(sa.select(User).where(known, User.disabled_at.is_(None)))
    if user is None:
        raise OperatorError(say("No open account has this e-mail address."))
    if user.is_operator == is_operator:
        return
    user.is_operator = is_operator
    act = Act(
        subject=f"user:{user.public_id}",
        action="grant_operator" if is_operator else "revoke_operator",
        before={"is_operator": not is_operator},
        after={"is_operator": is_operator},
    )
    record(session, act, actor_id=None, clock=clock)
    session.flush()
