"""Operators are named by command, found by no company, and lose their rights at once."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import User
from marketplace.domain.accounts.services.operators import (
    OperatorError,
    grant_operator,
    revoke_operator,
)
from marketplace.domain.audit.models import AuditEntry
from marketplace.kernel.clock import FixedClock
from tests.support.builders import a_user


def rights(session: Session, email: str) -> bool:
    return session.scalars(sa.select(User.is_operator).where(User.email == email)).one()


def acts(session: Session) -> list[str]:
    return list(session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))


def test_nobody_is_an_operator_unless_named(session: Session, clock: FixedClock) -> None:
    a_user(session, email="otto@example.test")
    a_user(session, email="ava@example.test")

    grant_operator(session, " OTTO@example.test", clock=clock)

    assert rights(session, "otto@example.test")
    assert not rights(session, "ava@example.test")


def test_each_change_is_logged_once(session: Session, clock: FixedClock) -> None:
    a_user(session, email="otto@example.test")

    grant_operator(session, "otto@example.test", clock=clock)
    grant_operator(session, "otto@example.test", clock=clock)
    revoke_operator(session, "otto@example.test", clock=clock)

    assert acts(session) == ["grant_operator", "revoke_operator"]
    assert not rights(session, "otto@example.test")


@pytest.mark.parametrize("change", [grant_operator, revoke_operator])
def test_an_unknown_or_closed_account_is_refused(
    session: Session, clock: FixedClock, change: type
) -> None:
    closed = a_user(session, email="closed@example.test")
    closed.disabled_at = clock.now()
    session.flush()

    for email in ("closed@example.test", "nobody@example.test"):
        with pytest.raises(OperatorError, match="No open account"):
            change(session, email, clock=clock)
