"""The nightly comparison finds every kind of difference, once, and repairs nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from marketplace.adapters.standin import server
from marketplace.domain.accounts.models import Company
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.notices.models import Mail
from marketplace.domain.payments.jobs.reconciling import watched
from marketplace.domain.payments.models import (
    GatewayEvent,
    Payout,
    Reconciliation,
    ReconciliationRow,
)
from marketplace.domain.payments.ports import Unknown
from marketplace.domain.payments.rules.events import Upshot
from marketplace.domain.payments.rules.matching import Kind, Theirs
from marketplace.domain.payments.services.reconcile import (
    ask_reconciliation,
    plan_nightly,
)
from marketplace.domain.tasks.models import Task
from marketplace.kernel.clock import FixedClock
from marketplace.worker.nights import planner
from tests.support import builders
from tests.support.crews import a_crew, an_outside
from tests.support.databases import Database
from tests.support.payday import a_closed_day, an_approved_card
from tests.support.stripe_days import StripeDay, stripe_day


@pytest.fixture
def day(
    database: Database, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StripeDay]:
    monkeypatch.setattr("stripe._http_client.HTTPClient._sleep_time_seconds", lambda *_: 0)
    with stripe_day(database, tmp_path, clock) as made:
        yield made


def compared(day: StripeDay) -> list[ReconciliationRow]:
    """Ask for a comparison, make it, and return what it found."""
    with day.unit() as session:
        user = builders.a_user(session, "Ada Counts")
        name = ask_reconciliation(session, "stripe", actor_id=user.id, clock=day.clock)
    day.do("reconcile")
    with day.database.session() as session:
        report = session.scalars(
            sa.select(Reconciliation).where(Reconciliation.public_id == name)
        ).one()
        assert report.finished_at is not None
        wanted = sa.select(ReconciliationRow).where(
            ReconciliationRow.reconciliation_id == report.id
        )
        found = list(session.scalars(wanted.order_by(ReconciliationRow.position)))
        assert report.differences == len(found)
        return found


def kinds(found: list[ReconciliationRow]) -> list[str]:
    return [row.kind for row in found]


def pay(day: StripeDay, *names: str) -> list[str]:
    accounts = day.pay(*names)
    day.do("send_payout")
    day.do("confirm_payout")
    return accounts


def transfer(day: StripeDay, account: str, amount: int, **metadata: str) -> str:
    """Make a transfer as somebody does by hand on Stripe's own pages."""
    asked: Any = {
        "amount": amount,
        "currency": "usd",
        "destination": account,
        "metadata": metadata,
    }
    return day.standin.client().v1.transfers.create(asked).id


def change(day: StripeDay, **values: object) -> None:
    with day.unit() as session:
        session.execute(sa.update(Payout).values(**values))


def test_a_good_day_differs_in_nothing(day: StripeDay) -> None:
    pay(day, "Ava Lin", "Ben Ito")

    assert compared(day) == []
    with day.database.session() as session:
        report = session.scalars(sa.select(Reconciliation)).one()
        assert (report.payments, report.transfers) == (2, 2)


def test_a_payment_the_gateway_does_not_list(day: StripeDay) -> None:
    pay(day, "Ava Lin")
    with day.standin.app.store.work() as books:
        (sent,) = books.newest("transfer")
        books.keep({**sent, "metadata": {}})

    found = compared(day)

    assert kinds(found) == [Kind.MISSING_THERE, Kind.UNKNOWN_HERE]
    assert (found[0].company_id is not None, found[1].company_id) == (True, None)


def test_a_payment_made_by_hand(day: StripeDay) -> None:
    (account,) = pay(day, "Ava Lin")
    ref = transfer(day, account, 700)

    found = compared(day)

    assert kinds(found) == [Kind.UNKNOWN_HERE, Kind.BALANCE]
    assert (found[0].gateway_ref, found[0].theirs_minor) == (ref, 700)
    assert found[1].ours_minor == (found[1].theirs_minor or 0) + 700


def test_two_payments_for_one_payout(day: StripeDay) -> None:
    (account,) = pay(day, "Ava Lin")
    (payout,) = day.payouts()
    transfer(day, account, payout.amount_minor, payout_id=payout.public_id)

    found = compared(day)

    assert kinds(found) == [Kind.PAID_TWICE, Kind.BALANCE]
    assert (found[0].subject, found[0].count) == (payout.public_id, 2)
    assert found[0].theirs_minor == 2 * payout.amount_minor


def test_a_payout_paid_there_that_waits_here(day: StripeDay) -> None:
    (account,) = day.pay("Ava Lin")
    (payout,) = day.payouts()
    transfer(day, account, payout.amount_minor, payout_id=payout.public_id)
    with day.unit() as session:
        later = day.clock.now() + timedelta(hours=1)
        session.execute(sa.update(Task).where(Task.kind == "send_payout").values(run_at=later))

    found = compared(day)

    assert kinds(found) == [Kind.UNKNOWN_HERE, Kind.BALANCE]
    assert (found[0].subject, found[0].ours_minor) == (payout.public_id, None)


def test_another_payment_than_our_books_have(day: StripeDay) -> None:
    pay(day, "Ava Lin")
    change(day, gateway_ref="tr_other")

    assert kinds(compared(day)) == [Kind.OTHER_PAYMENT]


def test_another_amount(day: StripeDay) -> None:
    pay(day, "Ava Lin")
    with day.standin.app.store.work() as books:
        (sent,) = books.newest("transfer")
        books.keep({**sent, "amount": sent["amount"] - 1})

    assert kinds(compared(day)) == [Kind.OTHER_AMOUNT]


def test_money_that_was_taken_back(day: StripeDay) -> None:
    pay(day, "Ava Lin")
    (payout,) = day.payouts()
    day.standin.client().v1.transfers.reversals.create(str(payout.gateway_ref), {"amount": 100})

    found = compared(day)

    assert kinds(found) == [Kind.TAKEN_BACK, Kind.BALANCE]
    assert found[0].theirs_minor == payout.amount_minor - 100


def test_a_payment_whose_answer_was_lost_is_no_difference(day: StripeDay) -> None:
    day.pay("Ava Lin")
    day.standin.app.switch_on(server.RESET_AFTER, times=3)
    day.do("send_payout")
    day.standin.app.switch_off()
    assert [one.state for one in day.payouts()] == ["sending"]

    assert compared(day) == []


def test_what_happened_between_two_looks_is_no_difference(
    day: StripeDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    day.pay("Ava Lin")
    (gateway,) = watched(day.outside.till)
    real, looks = gateway.statement, []

    def slow(since: datetime) -> Sequence[Theirs] | Unknown:
        found = real(since)
        looks.append(found)
        if len(looks) == 1:
            day.do("send_payout")
        return found

    monkeypatch.setattr(gateway, "statement", slow)

    assert compared(day) == []
    assert len(looks) == 2


def test_our_own_money_in_and_out_is_no_difference(day: StripeDay) -> None:
    pay(day, "Ava Lin")
    day.standin.fund(1_234)
    day.standin.client().v1.payouts.create({"amount": 500, "currency": "usd"})

    assert compared(day) == []


def test_letters_that_never_came_are_fetched_and_looked_at(day: StripeDay) -> None:
    day.pay("Ava Lin")
    day.standin.app.switch_on(server.RESET_AFTER, times=3)
    day.do("send_payout")
    day.standin.app.switch_off()
    day.clock.at += timedelta(minutes=11)
    with day.unit() as session:
        later = day.clock.now() + timedelta(hours=1)
        session.execute(sa.update(Task).where(Task.kind == "send_payout").values(run_at=later))

    found = compared(day)
    day.do("handle_event")

    assert {row.subject: row.count for row in found} == {
        "balance.available": 1,
        "transfer.created": 1,
    }
    assert [one.state for one in day.payouts()] == ["sent"]
    with day.database.session() as session:
        rows = session.execute(sa.select(GatewayEvent.was_missed, GatewayEvent.outcome)).all()
        assert [tuple(row) for row in rows] == [(True, Upshot.APPLIED)] * 2
    day.do("send_payout")
    day.do("confirm_payout")
    day.clock.at += timedelta(minutes=11)
    assert compared(day) == [], "what was fetched once is here"


def test_a_silent_gateway_is_asked_again_later(day: StripeDay) -> None:
    pay(day, "Ava Lin")
    day.standin.app.switch_on(server.DOWN)
    with day.unit() as session:
        user = builders.a_user(session, "Ada Counts")
        ask_reconciliation(session, "stripe", actor_id=user.id, clock=day.clock)
    day.do("reconcile")
    day.standin.app.switch_off()
    with day.database.session() as session:
        assert session.scalars(sa.select(Reconciliation.finished_at)).all() == [None]

    day.do_to_the_end("reconcile")

    with day.database.session() as session:
        assert session.scalars(sa.select(Reconciliation.payments)).all() == [1]
        found = session.scalars(sa.select(ReconciliationRow.kind)).all()
        assert set(found) == {Kind.MISSED_EVENTS}, "nobody delivers letters in this test"


def test_while_our_rows_are_behind_nothing_is_compared(day: StripeDay) -> None:
    day.pay("Ava Lin")
    day.clock.at += timedelta(minutes=5)
    with day.unit() as session:
        user = builders.a_user(session, "Ada Counts")
        ask_reconciliation(session, "stripe", actor_id=user.id, clock=day.clock)
    day.do("reconcile")

    with day.database.session() as session:
        assert session.scalars(sa.select(Reconciliation.finished_at)).all() == [None]


def test_the_company_is_told_once_and_nothing_is_paid(day: StripeDay) -> None:
    pay(day, "Ava Lin")
    (payout,) = day.payouts()
    with day.unit() as session:
        company = session.get_one(Company, payout.company_id)
        builders.a_member(session, company, CompanyRole.ACCOUNTANT)
    change(day, gateway_ref="tr_other")

    compared(day)
    with day.unit() as session:
        session.execute(sa.update(Task).where(Task.kind == "reconcile").values(done_at=None))
    day.do("reconcile")

    with day.database.session() as session:
        told = sa.select(sa.func.count()).where(Mail.key.startswith("reconciliation:"))
        assert session.scalar(told) == 1
    assert [one.gateway_ref for one in day.payouts()] == ["tr_other"]
    with day.standin.app.store.work() as books:
        assert len(list(books.newest("transfer"))) == 1


def test_each_night_is_asked_for_once(
    database: Database, tmp_path: Path, clock: FixedClock
) -> None:
    crew = a_crew(database, tmp_path, clock)
    plan = planner(crew, an_outside(database, tmp_path, clock))
    for _ in range(3):
        plan()
    clock.at += timedelta(days=1)
    plan()

    with database.session() as session:
        tasks = session.scalars(
            sa.select(Task).where(Task.kind == "reconcile").order_by(Task.run_at)
        ).all()
        assert [task.run_at.isoformat() for task in tasks] == [
            "2026-11-23T03:00:00+00:00",
            "2026-11-24T03:00:00+00:00",
        ]


def test_before_three_tonight_is_this_night(
    database: Database, tmp_path: Path, clock: FixedClock
) -> None:
    clock.at = clock.at.replace(hour=2)
    with a_crew(database, tmp_path, clock).unit() as session:
        plan_nightly(session, ["sandbox"], clock=clock)

    with database.session() as session:
        assert session.scalars(sa.select(Reconciliation.key)).all() == ["sandbox:2026-11-22"]


def test_the_sandbox_is_compared_too(database: Database, tmp_path: Path, clock: FixedClock) -> None:
    crew = a_crew(database, tmp_path, clock)
    with crew.unit() as session:
        day = a_closed_day(session, builders.a_production(session))
        an_approved_card(session, day)
        operator = builders.a_user(session, "Ada Counts")
        actor = operator.id
    crew.drain_all()
    with crew.unit() as session:
        ask_reconciliation(session, "sandbox", actor_id=actor, clock=clock)
    crew.drain_all()
    with crew.unit() as session:
        session.execute(sa.update(Payout).values(gateway_ref="tr_other"))
    clock.at += timedelta(minutes=20)
    with crew.unit() as session:
        ask_reconciliation(session, "sandbox", actor_id=actor, clock=clock)
    crew.drain_all()

    with database.session() as session:
        wanted = sa.select(Reconciliation.differences).order_by(Reconciliation.id)
        assert session.scalars(wanted).all() == [0, 1]
        assert session.scalars(sa.select(ReconciliationRow.kind)).all() == [Kind.OTHER_PAYMENT]
