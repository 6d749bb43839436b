"""People whose money waits for their account at a gateway are reminded, some times and no more."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.notices.services import Message, tell
from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.rules import PayoutState
from marketplace.domain.payments.rules.gateways import OF_THE_ACCOUNT, name_of
from marketplace.domain.people.queries import reader_of
from marketplace.domain.tasks import services as tasks
from marketplace.domain.tasks.models import Task
from marketplace.domain.tasks.services import Wanted
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say

REMIND_AFTER: Final = (timedelta(days=1), timedelta(days=3), timedelta(days=7))
WAITING: Final = (PayoutState.HELD, PayoutState.BLOCKED)


def ask_to_remind(session: Session, payout: Payout, *, clock: Clock) -> None:
    """Have a payment's person reminded while it waits for their account; asked twice is once."""
    now = clock.now()
    wanted = [
        Wanted(
            "remind_account",
            f"remind_account:{payout.id}:{after.days}",
            payout.id,
            run_at=now + after,
        )
        for after in REMIND_AFTER
    ]
    tasks.ask_all(session, wanted)


def remind_account(session: Session, payout_id: int, *, clock: Clock) -> None:
    """Remind a person whose money waits; of several payments, the one that waits longest does.

    A reminder is told once however often its task runs; those that are late together are one.
    """
    payout = session.get_one(Payout, payout_id)
    longest = sa.select(sa.func.min(Payout.id)).where(
        Payout.person_id == payout.person_id,
        Payout.gateway == payout.gateway,
        Payout.state.in_(WAITING),
        Payout.problem_code.in_(OF_THE_ACCOUNT),
    )
    if session.scalar(longest) != payout.id:
        return
    due = sa.select(sa.func.count(Task.id)).where(
        Task.kind == "remind_account", Task.subject_id == payout.id, Task.run_at <= clock.now()
    )
    gateway = name_of(payout.gateway)
    message = Message(
        key=f"remind_account:{payout.id}:{session.scalar(due)}",
        kind="needs_you",
        subject=say(
            "%(amount)s still waits for your payout account",
            amount=Money(payout.amount_minor, payout.currency),
        ),
        lines=(
            say("Your account at %(gateway)s is not finished.", gateway=gateway),
            say("Set up your payouts and it is sent the same day."),
        ),
        button=say("Set up your payouts"),
        path="/me/payouts",
    )
    tell(session, reader_of(session, payout.person_id), message, clock=clock)
