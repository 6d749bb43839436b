"""Operators are called once for each problem, and again when it comes back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from marketplace.domain.accounts.models import User
from marketplace.domain.ledger.models import BooksCheck
from marketplace.domain.notices.models import Alarm, Mail
from marketplace.domain.payments.models import (
    GatewayEvent,
    GatewayHalt,
    Payout,
    PayoutAttempt,
    Reconciliation,
)
from marketplace.domain.payments.ports import Refused
from marketplace.domain.payments.rules import Outcome, PayoutState
from marketplace.domain.payments.rules.matching import Difference, Kind
from marketplace.domain.payments.services.halts import end_halts, note_halt, resume
from marketplace.domain.payments.services.reconcile import (
    Books,
    ask_reconciliation,
    finish_reconciliation,
)
from marketplace.domain.tasks.models import Task
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import NotFoundError
from marketplace.outside import Outside
from marketplace.worker.alarms import Watchman
from marketplace.worker.books import BooksWatch
from marketplace.worker.drain import Crew
from tests.support.builders import an_operator
from tests.support.crews import an_outside
from tests.support.databases import Database
from tests.support.payday import a_closed_day, an_approved_card


@dataclass
class Guard:
    """An installation with one operator, one paid card, and its watchman."""

    database: Database
    outside: Outside
    crew: Crew
    watchman: Watchman
    clock: FixedClock

    def kinds(self) -> list[str]:
        """Look, and return the kinds of the new alarms."""
        return [str(one.kind) for one in self.watchman.look()]

    def letters(self) -> int:
        """Return how many mails were written to operators."""
        with self.database.session() as session:
            return (
                session.scalar(
                    sa.select(sa.func.count()).where(Mail.kind == "alarm"),
                )
                or 0
            )

    def write(self, *rows: object) -> None:
        """Store rows as they are."""
        with self.crew.unit() as session:
            session.add_all(rows)


@pytest.fixture
def guard(database: Database, tmp_path: Path, clock: FixedClock) -> Guard:
    outside = replace(an_outside(database, tmp_path, clock), machine=clock)
    crew = Crew(database.engine, outside)
    with crew.unit() as session:
        an_operator(session)
        an_approved_card(session, a_closed_day(session))
    crew.drain_all()
    clock.at += timedelta(days=2)
    crew.drain_all()
    return Guard(database, outside, crew, Watchman(crew, outside), clock)


def test_an_installation_that_is_well_calls_nobody(guard: Guard) -> None:
    guard.watchman.beat()
    BooksWatch(guard.database.engine, guard.outside).check()

    assert guard.kinds() == []
    assert guard.letters() == 0


def test_books_that_do_not_balance_are_told_once_until_they_do(guard: Guard) -> None:
    watch = BooksWatch(guard.database.engine, guard.outside)
    with guard.crew.unit() as session:
        session.execute(sa.text("UPDATE payout SET state = 'due', gateway_ref = NULL"))
    watch.check()

    assert guard.kinds() == ["books"]
    assert guard.kinds() == []
    assert guard.letters() == 1

    with guard.crew.unit() as session:
        session.execute(sa.text("UPDATE payout SET state = 'paid', gateway_ref = 'tr_1'"))
    watch.check()
    assert guard.kinds() == []
    with guard.crew.unit() as session:
        session.execute(sa.text("UPDATE payout SET state = 'due', gateway_ref = NULL"))
    watch.check()
    assert guard.kinds() == ["books"]
    assert guard.letters() == 2


def test_the_same_finding_again_is_no_new_row(guard: Guard) -> None:
    watch = BooksWatch(guard.database.engine, guard.outside)
    watch.check()
    first = guard.clock.at
    guard.clock.at += timedelta(minutes=10)
    watch.check()

    with guard.database.session() as session:
        (row,) = session.scalars(sa.select(BooksCheck))
    assert (row.first_at, row.last_at, row.findings) == (first, guard.clock.at, [])


def test_the_thorough_check_runs_once_a_day_or_until_all_is_well(guard: Guard) -> None:
    watch = BooksWatch(guard.database.engine, guard.outside)

    def thorough() -> list[tuple[int, int]]:
        watch.check_nightly()
        with guard.database.session() as session:
            found = session.scalars(sa.select(BooksCheck).where(BooksCheck.is_thorough))
            return [(len(one.findings), (guard.clock.at - one.last_at).seconds) for one in found]

    assert thorough() == [(0, 0)]
    guard.clock.at += timedelta(hours=1)
    assert thorough() == [(0, 3600)]
    guard.clock.at += timedelta(hours=23)
    with guard.crew.unit() as session:
        session.execute(sa.text("UPDATE payout SET gateway_ref = 'tr_other'"))
    ((_, _), (findings, _)) = thorough()
    assert findings > 0
    guard.clock.at += timedelta(hours=1)
    assert thorough()[-1] == (findings, 0)


def test_a_payment_without_an_answer_is_told_after_a_quarter_of_an_hour(guard: Guard) -> None:
    with guard.crew.unit() as session:
        payout = session.scalars(sa.select(Payout)).one()
        payout.state, payout.gateway_ref = PayoutState.SENDING, None
        attempt = session.scalars(sa.select(PayoutAttempt)).one()
        attempt.outcome, attempt.first_sent_at = Outcome.UNKNOWN, guard.clock.at

    guard.clock.at += timedelta(minutes=15)
    assert guard.kinds() == []
    guard.clock.at += timedelta(seconds=1)
    assert guard.kinds() == ["payouts_unknown"]


def test_messages_that_wait_are_told_after_ten_minutes(guard: Guard) -> None:
    now = guard.clock.at
    guard.write(
        GatewayEvent(
            event_id="evt_1",
            gateway="stripe",
            channel="platform",
            account="",
            type="transfer.created",
            object_id="tr_1",
            body={},
            was_missed=False,
            made_at=now,
            received_at=now,
        ),
    )
    assert guard.kinds() == []
    guard.clock.at += timedelta(minutes=10, seconds=1)
    assert guard.kinds() == ["webhooks_behind"]


def test_a_statement_that_differs_is_told(guard: Guard) -> None:
    now = guard.clock.at
    guard.write(
        Reconciliation(key="n", gateway="stripe", asked_at=now, finished_at=now, differences=2),
        Reconciliation(key="n2", gateway="stripe", asked_at=now),
    )
    assert guard.kinds() == ["reconciliation"]
    guard.write(Reconciliation(key="n3", gateway="stripe", asked_at=now, finished_at=now))
    assert guard.kinds() == []
    with guard.database.session() as session:
        assert session.scalars(sa.select(Alarm.cleared_at)).one() == now


def test_an_operator_gets_one_letter_about_a_comparison_that_differs(guard: Guard) -> None:
    with guard.crew.unit() as session:
        (operator,) = session.scalars(sa.select(User).where(User.is_operator))
        name = ask_reconciliation(session, "stripe", actor_id=operator.id, clock=guard.clock)
        row_id = session.query(Reconciliation).filter_by(public_id=name).one().id
        payout = session.query(Payout).one()
        one = Difference(Kind.OTHER_AMOUNT, payout.public_id, company_id=payout.company_id)
        finish_reconciliation(session, row_id, Books([], {}), 0, [one], clock=guard.clock)
    guard.watchman.look()
    guard.watchman.look()

    with guard.database.session() as session:
        letters = sa.select(Mail.kind).where(Mail.to_address == operator.email)
        assert session.scalars(letters).all() == ["alarm"]


def test_a_worker_that_was_silent_is_told_and_writes_without_one(guard: Guard) -> None:
    guard.watchman.beat()
    guard.clock.at += timedelta(seconds=60)
    assert guard.kinds() == []
    guard.clock.at += timedelta(seconds=1)

    assert guard.kinds() == ["worker_silent"]
    assert guard.watchman.send_mails() == 1
    with guard.database.session() as session:
        sent = session.scalars(sa.select(Mail.sent_at).where(Mail.kind == "alarm")).one()
    assert sent == guard.clock.at
    guard.watchman.beat()
    assert guard.kinds() == []


def test_a_gateway_that_takes_nothing_is_told_until_it_takes_a_payment(guard: Guard) -> None:
    until = guard.clock.at + timedelta(minutes=10)
    for code in ("empty", "wrong_key"):
        with guard.crew.unit() as session:
            note_halt(session, "stripe", Refused(code, "No."), until, clock=guard.clock)

    assert guard.kinds() == ["queue_stopped"]
    with guard.database.session() as session:
        assert session.scalars(sa.select(GatewayHalt.code)).one() == "wrong_key"
    with guard.crew.unit() as session:
        end_halts(session, {"stripe", "sandbox"}, clock=guard.clock)
    assert guard.kinds() == []


def test_a_stopped_gateway_is_resumed_by_hand(guard: Guard) -> None:
    now = guard.clock.at
    later = now + timedelta(minutes=10)
    with guard.crew.unit() as session:
        by_id = an_operator(session, "Nora Berg").id
        note_halt(session, "stripe", Refused("empty", "No."), later, clock=guard.clock)
        session.add(
            Task(
                kind="send_payout",
                key="send_payout:77:1",
                subject_id=77,
                run_at=later,
                lease_until=later,
            ),
        )
    with guard.crew.unit() as session:
        resume(session, "stripe", by_id, clock=guard.clock)

    with guard.database.session() as session:
        waits = session.scalars(sa.select(Task.run_at).where(Task.subject_id == 77)).one()
    assert waits == now
    with guard.crew.unit() as session, pytest.raises(NotFoundError):
        resume(session, "stripe", by_id, clock=guard.clock)
