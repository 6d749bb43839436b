"""Faults planted in the books of corrections are found by their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketplace.domain.payments.ports import Till
from marketplace.domain.payments.services import (
    AnswerOverpayment,
    answer_overpayment,
    check_books,
)
from marketplace.kernel.clock import FixedClock
from tests.support.adjusting import a_paid_card, adjust, another_day, claims_of, slips_of
from tests.support.databases import Database
from tests.support.faults import plant
from tests.support.payday import Unit, a_till, run_to_the_end, unit_of

FAULTS = {
    "a reversal lost": (
        "I13",
        """DELETE FROM pay_line WHERE pay_slip_id = {reversal};
        DELETE FROM pay_slip WHERE id = {reversal}""",
    ),
    "an adjustment that was not issued": (
        "I13",
        "UPDATE adjustment_voucher SET state = 'approved', issued_at = NULL",
    ),
    "a cancelled payment of a slip that stands": (
        "I13",
        "UPDATE payout SET state = 'cancelled', gateway_ref = NULL WHERE pay_slip_id = {plain}",
    ),
    "a payment that waits for a slip taken back": (
        "I13",
        "UPDATE payout SET state = 'due', gateway_ref = NULL WHERE pay_slip_id = {original}",
    ),
    "a payment the bank returned after its slip was taken back": (
        "I13",
        """UPDATE payout SET state = 'blocked', problem_code = 'bank_returned', gateway_ref = NULL
        WHERE pay_slip_id = {original}""",
    ),
    "a line of a reversal changed": (
        "I14",
        """UPDATE pay_line SET amount_minor = amount_minor + 1
        WHERE pay_slip_id = {reversal} AND position = 1""",
    ),
    "a line of a reversal lost": (
        "I14",
        "DELETE FROM pay_line WHERE pay_slip_id = {reversal} AND position = 1",
    ),
    "what was paid before not booked": (
        "I15",
        "DELETE FROM ledger_transfer WHERE key LIKE '%overpaid'",
    ),
    "what was kept not booked": (
        "I15",
        "DELETE FROM ledger_transfer WHERE key LIKE '%already_paid'",
    ),
    "a recovery lost": ("I15", "DELETE FROM overpayment_recovery"),
    "more given back than was paid too much": ("I15", "UPDATE overpayment SET amount_minor = 1"),
    "a payment of a reversal": (
        "I2",
        """UPDATE payout SET pay_slip_id = {reversal},
        amount_minor = (SELECT net_minor FROM pay_slip WHERE id = {reversal})
        WHERE pay_slip_id = {plain}""",
    ),
}


@pytest.fixture
def unit(database: Database) -> Unit:
    return unit_of(database)


@pytest.fixture
def till(tmp_path: Path, clock: FixedClock) -> Till:
    return a_till(tmp_path, clock)


def corrected(unit: Unit, till: Till, clock: FixedClock) -> dict[str, int]:
    """Overpay a day, correct it, keep it from the next day; returns the slips."""
    card_id = a_paid_card(unit, till, clock, hours=("07:00", "21:00"))
    adjust(unit, till, clock, card_id, ("07:00", "17:00"))
    with unit() as session:
        (claim,) = claims_of(session, card_id)
        command = AnswerOverpayment(claim.public_id, claim.person_id, is_agreed=True)
        answer_overpayment(session, command, clock=clock)
        next_id = another_day(session, card_id, "2026-11-19").id
    run_to_the_end(unit, till, clock)
    with unit() as session:
        names = [one.id for one in slips_of(session, card_id)]
        plain = slips_of(session, next_id)[0].id
    return dict(zip(("original", "reversal", "correction"), names, strict=True), plain=plain)


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_planted_fault_is_found(unit: Unit, till: Till, clock: FixedClock, fault: str) -> None:
    name, statement = FAULTS[fault]
    slips = corrected(unit, till, clock)
    with unit() as session:
        assert check_books(session) == []

    with unit() as session:
        plant(session, statement.format(**slips))

    with unit() as session:
        assert name in {one.name for one in check_books(session)}
