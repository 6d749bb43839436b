"""A payday that dies at every single stage, one after another, and is whole in the end."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from marketplace import db
from marketplace.domain.documents.models import File
from marketplace.domain.notices.models import Mail
from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.rules import PayoutState
from marketplace.domain.payments.services import check_books
from marketplace.domain.payroll.models import PaySlip
from marketplace.kernel.clock import FixedClock
from marketplace.outside import Outside
from marketplace.worker.drain import Crew
from marketplace.worker.handlers import HANDLERS
from tests.support import builders
from tests.support.crews import Killed, MortalCrew, an_outside, to_the_end
from tests.support.databases import Database
from tests.support.payday import VAULT, a_closed_day, an_approved_card

MOST_STAGES = 80
TOGETHER = 2


def approved_cards(database: Database, number: int, count: int = 1) -> None:
    with database.session() as session, db.transaction(session):
        day = a_closed_day(session, builders.a_production(session, title=f"Show {number}"))
        for worker in range(count):
            an_approved_card(session, day, f"Worker {number} {worker}")


def dies_at(stage: int, database: Database, outside: Outside) -> bool:
    """Let a crew work until it dies at a stage; False when all was done before it."""
    crew = MortalCrew(database.engine, outside, HANDLERS, stage=stage)
    try:
        crew.drain_all()
    except Killed:
        return True
    return False


def test_a_payday_killed_at_any_stage_is_whole_in_the_end(
    database: Database, tmp_path: Path, clock: FixedClock
) -> None:
    outside = an_outside(database, tmp_path, clock)
    healthy = Crew(database.engine, outside)
    stages = 0

    while stages < MOST_STAGES:
        approved_cards(database, stages)
        if not dies_at(stages, database, outside):
            break
        stages += 1
        to_the_end(healthy, database, clock, clock.now() + timedelta(days=3))

    to_the_end(healthy, database, clock, clock.now() + timedelta(days=3))
    assert 30 < stages < MOST_STAGES, "Every stage was tried, until a crew outlived them all."
    assert_whole(database, outside, cards=stages + 1)


def test_a_payday_of_many_killed_at_any_stage_is_whole_in_the_end(
    database: Database, tmp_path: Path, clock: FixedClock
) -> None:
    """Cards, payments and papers are done together here; mail is not.

    Money arrives at the very end, together too: a day for every stage would reach a year without
    a table.
    """
    outside = an_outside(database, tmp_path, clock)
    healthy = Crew(database.engine, outside)
    stages = 0

    while stages < MOST_STAGES:
        approved_cards(database, stages, TOGETHER)
        if not dies_at(stages, database, outside):
            break
        stages += 1
        to_the_end(healthy, database, clock, clock.now() + timedelta(hours=2))

    to_the_end(healthy, database, clock, clock.now() + timedelta(days=3))
    assert 30 < stages < MOST_STAGES, "Every stage was tried, until a crew outlived them all."
    assert_whole(database, outside, cards=TOGETHER * (stages + 1))


def assert_whole(database: Database, outside: Outside, cards: int) -> None:
    """Check that every card has one slip, one payout, one transfer, one paper, and one mail."""
    (gateway,) = outside.gateways
    transfers = list(gateway.transfers())
    with database.session() as session:
        slips = session.scalars(sa.select(PaySlip)).all()
        payouts = session.scalars(sa.select(Payout)).all()
        papers = set(session.scalars(sa.select(File.subject)))
        mails = session.scalars(sa.select(Mail)).all()
        findings = check_books(session, gateways=[gateway], vault=VAULT)
    assert findings == []
    assert len({slip.time_card_id for slip in slips}) == len(slips) == cards
    assert [payout.state for payout in payouts] == [PayoutState.PAID] * cards
    assert len(transfers) == cards
    assert {one.ref for one in transfers} == {payout.gateway_ref for payout in payouts}
    assert papers == {f"slip:{slip.public_id}" for slip in slips}
    assert len({mail.key for mail in mails}) == len(mails)
    assert all(mail.sent_at for mail in mails)
