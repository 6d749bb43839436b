"""The log: what is appended, what is read back, and that nothing in it changes."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.audit import queries, services
from marketplace.domain.audit.models import AuditEntry
from marketplace.domain.audit.services import Act
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.money import Money
from tests.support.builders import a_company, a_user


def test_an_act_is_read_back_with_its_money_and_its_times(
    session: Session, clock: FixedClock
) -> None:
    actor, company = a_user(session), a_company(session)
    act = Act(
        "role:k3m9",
        "edit",
        {"day_rate": Money(28_000, "USD")},
        {"day_rate": Money(30_000, "USD"), "apply_by_at": clock.now()},
        "Night work",
        company.id,
    )

    services.record(session, act, actor_id=actor.id, clock=clock)

    (row,) = queries.history(session, ["role:k3m9"])
    assert (row.at, row.actor_id, row.subject) == (clock.now(), actor.id, "role:k3m9")
    assert (row.action, row.before, row.after, row.reason) == (
        "edit",
        act.before,
        act.after,
        "Night work",
    )
    assert session.scalars(sa.select(AuditEntry.company_id)).one() == company.id


def test_the_history_of_some_things_is_theirs_alone_newest_first(
    session: Session, clock: FixedClock
) -> None:
    for subject, action in (
        ("offer:a", "send"),
        ("booking:b", "offer"),
        ("offer:other", "send"),
        ("booking:b", "accept"),
    ):
        services.record(session, Act(subject, action), actor_id=None, clock=clock)
        clock.at += timedelta(minutes=1)

    acts = queries.history(session, ["offer:a", "booking:b"])
    newest = queries.history(session, ["offer:a", "booking:b"], limit=1)

    assert [(one.subject, one.action) for one in acts] == [
        ("booking:b", "accept"),
        ("booking:b", "offer"),
        ("offer:a", "send"),
    ]
    assert [one.action for one in newest] == ["accept"]
    assert acts[0].actor_id is None


@pytest.mark.parametrize(
    "change",
    [
        sa.update(AuditEntry).values(reason="It was somebody else"),
        sa.delete(AuditEntry),
    ],
)
def test_what_the_log_says_can_be_neither_changed_nor_removed(
    session: Session, clock: FixedClock, change: sa.Executable
) -> None:
    services.record(session, Act("offer:a", "send"), actor_id=None, clock=clock)
    session.flush()

    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        session.execute(change)
