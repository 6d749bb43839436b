"""Whose money waits for their payout account is reminded three times, and not once more."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.adapters.sandbox.gateway import SandboxGateway
from marketplace.domain.notices.models import Mail
from marketplace.domain.payments.jobs.payees import remind_account
from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.rules import PayoutState
from marketplace.domain.payments.rules.gateways import PAYEE_NOT_READY
from marketplace.domain.payments.services.payday import pay_cards
from marketplace.domain.payments.services.payouts import account_is_ready
from marketplace.domain.payments.services.telling import tell_payee_is_needed
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.productions.models import ShootDay
from marketplace.domain.tasks.models import Task
from marketplace.kernel.clock import FixedClock
from tests.support.builders import NOW
from tests.support.payday import a_closed_day, a_till, an_approved_card


def held(session: Session, folder: Path, clock: FixedClock, day: ShootDay | None = None) -> Payout:
    """Hold a payment because its person has not finished their account."""
    card = an_approved_card(session, day or a_closed_day(session))
    box = SandboxGateway(folder / "gateway.db", clock, sleep=lambda _: None)
    pay_cards(session, [card.id], till=a_till(folder, clock, box))
    payout = session.scalars(sa.select(Payout).order_by(Payout.id.desc())).first()
    assert payout is not None
    hold(session, payout, clock)
    return payout


def hold(session: Session, payout: Payout, clock: FixedClock) -> None:
    payout.state, payout.problem_code = PayoutState.HELD, PAYEE_NOT_READY
    slip = session.get_one(PaySlip, payout.pay_slip_id)
    tell_payee_is_needed(session, payout, slip, clock=clock)
    session.flush()


def work(session: Session, clock: FixedClock) -> None:
    """Do what is due, each piece twice, as after a crash."""
    due = sa.select(Task).where(
        Task.kind == "remind_account", Task.done_at.is_(None), Task.run_at <= clock.now()
    )
    for task in session.scalars(due.order_by(Task.id)).all():
        for _ in range(2):
            remind_account(session, task.subject_id, clock=clock)
        task.done_at = clock.now()
    session.flush()


def reminders(session: Session) -> int:
    mails = sa.select(sa.func.count(Mail.id)).where(Mail.key.like("remind_account:%"))
    return session.scalars(mails).one()


def mails_of_each_day(session: Session, clock: FixedClock, days: int = 30) -> list[int]:
    """Return the days, counted from now, on which somebody was reminded."""
    found = []
    for day in range(1, days):
        before = reminders(session)
        clock.at = NOW + timedelta(days=day)
        work(session, clock)
        found += [day] * (reminders(session) - before)
    return found


def test_a_person_is_reminded_after_one_three_and_seven_days_and_never_again(
    session: Session, tmp_path: Path
) -> None:
    clock = FixedClock(NOW)
    held(session, tmp_path, clock)

    assert mails_of_each_day(session, clock) == [1, 3, 7]


def test_nobody_is_reminded_before_their_money_has_waited_a_day(
    session: Session, tmp_path: Path
) -> None:
    clock = FixedClock(NOW)
    held(session, tmp_path, clock)
    clock.at += timedelta(hours=23)

    work(session, clock)

    assert reminders(session) == 0


def test_reminders_stop_when_the_account_is_ready(session: Session, tmp_path: Path) -> None:
    clock = FixedClock(NOW)
    payout = held(session, tmp_path, clock)
    first = mails_of_each_day(session, clock, days=3)
    account_is_ready(session, payout.person_id, payout.gateway, clock=clock)

    assert first == [1]
    assert mails_of_each_day(session, clock) == []


def test_several_payments_remind_no_more_than_the_one_that_waits_longest(
    session: Session, tmp_path: Path
) -> None:
    clock = FixedClock(NOW)
    first = held(session, tmp_path, clock)
    clock.at += timedelta(hours=30)
    second = held(session, tmp_path, clock, a_closed_day(session))
    second.person_id = first.person_id
    session.flush()

    assert mails_of_each_day(session, clock) == [1, 3, 7]


def test_reminders_a_stopped_worker_has_missed_are_one(session: Session, tmp_path: Path) -> None:
    clock = FixedClock(NOW)
    held(session, tmp_path, clock)
    clock.at += timedelta(days=5)

    work(session, clock)

    assert reminders(session) == 1
