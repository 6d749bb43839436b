"""While the books do not balance, no money leaves."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from marketplace import db
from marketplace.domain.tasks.rules import NotYetError
from marketplace.kernel.clock import FixedClock
from marketplace.worker.books import BooksWatch, checked
from marketplace.worker.work import Handler, Work
from tests.support.crews import a_crew, an_outside
from tests.support.databases import Database
from tests.support.payday import a_closed_day, an_approved_card, unit_of


@pytest.fixture
def paid(database: Database, tmp_path: Path, clock: FixedClock) -> Database:
    """A database with one paid card."""
    with database.session() as session, db.transaction(session):
        an_approved_card(session, a_closed_day(session))
    crew = a_crew(database, tmp_path, clock)
    crew.drain_all()
    clock.at += timedelta(days=2)
    crew.drain_all()
    return database


def unbalance(database: Database) -> None:
    """Let a payout forget that it was paid: the books still say the money left."""
    with database.session() as session, db.transaction(session):
        session.execute(sa.text("UPDATE payout SET state = 'due', gateway_ref = NULL"))


def test_good_books_let_money_leave(paid: Database, tmp_path: Path, clock: FixedClock) -> None:
    watch = BooksWatch(paid.engine, an_outside(paid, tmp_path, clock))
    sent: list[Work] = []
    guarded: Handler = watch.guarding(sent.append)

    assert watch.check() == []
    guarded(Work(unit_of(paid), 1, an_outside(paid, tmp_path, clock)))

    assert len(sent) == 1


def test_wrong_books_hold_money_back_until_they_are_right_again(
    paid: Database, tmp_path: Path, clock: FixedClock
) -> None:
    outside = an_outside(paid, tmp_path, clock)
    watch = BooksWatch(paid.engine, outside)
    work = Work(unit_of(paid), 1, outside)
    unbalance(paid)

    assert watch.check() != []
    with pytest.raises(NotYetError) as early:
        watch.guarding(lambda _work: None)(work)

    assert early.value.run_at == clock.now() + timedelta(minutes=10)


def test_a_thorough_check_compares_with_the_gateway(
    paid: Database, tmp_path: Path, clock: FixedClock
) -> None:
    outside = an_outside(paid, tmp_path, clock)
    assert checked(paid.engine, outside, is_thorough=True) == []
    unbalance(paid)

    found = checked(paid.engine, outside, is_thorough=True)

    assert len(found) > len(checked(paid.engine, outside))
