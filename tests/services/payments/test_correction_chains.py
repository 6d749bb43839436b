"""Any chain of corrections keeps the money: what was paid is what is earned, kept and owed."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.ports import Till
from marketplace.domain.payments.services import (
    AnswerOverpayment,
    answer_overpayment,
    check_books,
)
from marketplace.domain.payroll.models import ClaimState, PayLineRow, PaySlip
from marketplace.domain.payroll.rules.reversals import KEPT
from marketplace.domain.timecards.models import TimeCard
from marketplace.kernel.clock import FixedClock
from tests.support import builders
from tests.support.adjusting import a_paid_card, adjust, another_day, claims_of, overpaid
from tests.support.databases import Database
from tests.support.payday import Unit, a_till, run_to_the_end, unit_of

WRAPS = ("15:00", "17:00", "20:00", "21:30", "23:00", "26:00")
STEPS = st.lists(
    st.tuples(st.integers(0, len(WRAPS) - 1), st.booleans(), st.booleans()),
    min_size=2,
    max_size=4,
)


@pytest.fixture
def unit(database: Database) -> Unit:
    return unit_of(database)


@pytest.fixture
def till(tmp_path: Path, clock: FixedClock) -> Till:
    return a_till(tmp_path, clock)


def answer_open_claims(unit: Unit, clock: FixedClock, card_id: int, *, is_agreed: bool) -> None:
    with unit() as session:
        for claim in claims_of(session, card_id):
            if claim.state != ClaimState.REPLACED:
                command = AnswerOverpayment(claim.public_id, claim.person_id, is_agreed)
                answer_overpayment(session, command, clock=clock)


def assert_money_is_kept(unit: Unit, till: Till, card_id: int) -> None:
    """Check that Σ paid = Σ net + Σ kept of what is current, plus what is still too much."""
    with unit() as session:
        assert check_books(session, gateways=till.gateways) == []
        person = session.get_one(TimeCard, card_id).person_id
        nets = sa.select(sa.func.sum(PaySlip.net_minor)).where(PaySlip.person_id == person)
        kept = (
            sa.select(sa.func.coalesce(sa.func.sum(PayLineRow.amount_minor), 0))
            .join(PaySlip, PaySlip.id == PayLineRow.pay_slip_id)
            .where(PaySlip.person_id == person, PayLineRow.code.in_(KEPT))
        )
        paid = sa.select(sa.func.coalesce(sa.func.sum(Payout.amount_minor), 0)).where(
            Payout.person_id == person,
            Payout.state == "paid",
        )
        earned, back, moved = (session.scalars(one).one() for one in (nets, kept, paid))
        assert moved == earned + back + overpaid(session, card_id)


@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_any_chain_of_corrections_keeps_the_money(
    unit: Unit, till: Till, clock: FixedClock, steps: list[tuple[int, bool, bool]]
) -> None:
    clock.at = builders.NOW
    card_id = a_paid_card(unit, till, clock)
    before = "19:00"
    for wrap, is_sent, is_agreed in steps:
        if WRAPS[wrap] == before:
            continue
        before = WRAPS[wrap]
        clock.at = builders.NOW
        adjust(unit, till, clock, card_id, ("07:00", before), is_sent=is_sent)
        answer_open_claims(unit, clock, card_id, is_agreed=is_agreed)
    with unit() as session:
        another_day(session, card_id, "2026-11-18")
    run_to_the_end(unit, till, clock)

    assert_money_is_kept(unit, till, card_id)
