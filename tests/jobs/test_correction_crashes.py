"""A correction that dies at every boundary leaves one reversal and one correction in the end."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from marketplace import db
from marketplace.domain.payments.services import check_books
from marketplace.domain.payroll.models import PaySlip
from marketplace.kernel.clock import FixedClock
from marketplace.worker.drain import Crew
from marketplace.worker.handlers import HANDLERS
from tests.support import adjusting, builders
from tests.support.crews import Killed, MortalCrew, an_outside, to_the_end
from tests.support.databases import Database
from tests.support.payday import VAULT, a_closed_day, an_approved_card

MOST_STAGES = 80


def a_paid_card(database: Database, healthy: Crew, clock: FixedClock, number: int) -> int:
    with database.session() as session, db.transaction(session):
        production = builders.a_production(session, title=f"Show {number}")
        card_id = an_approved_card(session, a_closed_day(session, production), f"P {number}").id
    to_the_end(healthy, database, clock, clock.now() + timedelta(days=3))
    return card_id


def test_a_correction_killed_at_any_stage_is_whole_in_the_end(
    database: Database, tmp_path: Path, clock: FixedClock
) -> None:
    outside = an_outside(database, tmp_path, clock)
    healthy = Crew(database.engine, outside)
    cards: list[int] = []
    is_dead = True

    while is_dead and len(cards) < MOST_STAGES:
        stage = len(cards)
        clock.at = builders.NOW  # every card in its own time: the year would end meanwhile
        cards.append(a_paid_card(database, healthy, clock, stage))
        with database.session() as session, db.transaction(session):
            voucher = adjusting.propose(session, cards[-1], clock=clock)
            adjusting.sign(session, voucher, clock=clock)
        is_dead = dies(MortalCrew(database.engine, outside, HANDLERS, stage=stage))
        to_the_end(healthy, database, clock, clock.now() + timedelta(days=3))

    assert 10 < len(cards) < MOST_STAGES, "Every stage was tried, until a crew outlived them all."
    with database.session() as session:
        for card_id in cards:
            kinds = session.scalars(
                sa.select(PaySlip.kind).where(PaySlip.time_card_id == card_id).order_by(PaySlip.id),
            ).all()
            assert kinds == ["original", "reversal", "correction"]
        assert check_books(session, gateways=outside.gateways, vault=VAULT) == []


def dies(crew: MortalCrew) -> bool:
    """Let a crew work until it dies; False when all was done before it."""
    try:
        crew.drain_all()
    except Killed:
        return True
    return False
