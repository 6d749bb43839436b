"""What the database itself refuses about reversals, corrections and their payments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.services import issue_voucher, pay_card
from marketplace.domain.payroll.models import PayLineRow, PaySlip
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.ids import public_id
from tests.support import adjusting
from tests.support.payday import a_closed_day, a_till, an_approved_card


@pytest.fixture
def slips(session: Session, tmp_path: Path, clock: FixedClock) -> list[PaySlip]:
    """One original, its reversal and its correction; none of the money has left."""
    till = a_till(tmp_path, clock)
    card = an_approved_card(session, a_closed_day(session))
    pay_card(session, card.id, till=till)
    voucher = adjusting.propose(session, card.id, clock=clock)
    adjusting.sign(session, voucher, clock=clock)
    issue_voucher(session, voucher.id, till=till)
    session.flush()
    return adjusting.slips_of(session, card.id)


def copied(slip: PaySlip, **changed: Any) -> dict[str, Any]:
    """Return a slip's row as a new one, with some columns changed."""
    table = PaySlip.__table__
    row = {column.name: getattr(slip, column.name) for column in table.columns}
    row.pop("id")
    fresh = {"public_id": public_id(), "number": "2026-09999"}
    return {**row, **fresh, **changed}


def refuse(session: Session, row: dict[str, Any]) -> None:
    with pytest.raises(sa.exc.DatabaseError), session.begin_nested():
        session.execute(sa.insert(PaySlip).values(row))


def test_a_slip_is_reversed_once(session: Session, slips: list[PaySlip]) -> None:
    refuse(session, copied(slips[1]))


def test_a_slip_is_replaced_once(session: Session, slips: list[PaySlip]) -> None:
    refuse(session, copied(slips[2]))


def test_a_reversal_is_not_reversed(session: Session, slips: list[PaySlip]) -> None:
    _, reversal, _ = slips
    opposite = {
        name: -getattr(reversal, name)
        for name in ("gross_minor", "withheld_minor", "deducted_minor", "net_minor")
    }

    refuse(session, copied(reversal, corrects_id=reversal.id, **opposite))


def test_a_reversal_is_the_exact_negative(session: Session, slips: list[PaySlip]) -> None:
    _, reversal, correction = slips
    other = {"gross_minor": -1, "withheld_minor": 0, "deducted_minor": 0, "net_minor": -1}

    refuse(session, copied(reversal, corrects_id=correction.id, **other))


def test_a_correction_follows_its_reversal(session: Session, slips: list[PaySlip]) -> None:
    correction = slips[2]

    refuse(session, copied(correction, corrects_id=correction.id))


def test_an_original_corrects_nothing(session: Session, slips: list[PaySlip]) -> None:
    refuse(session, copied(slips[2], kind="original"))


def test_only_a_reversal_is_below_zero(session: Session, slips: list[PaySlip]) -> None:
    refuse(session, copied(slips[1], kind="correction"))


def test_a_reversal_is_of_the_same_person(session: Session, slips: list[PaySlip]) -> None:
    _, reversal, correction = slips
    stranger = an_approved_card(session, a_closed_day(session), "Ben Ortiz").person_id
    exact = {
        name: -getattr(correction, name)
        for name in ("gross_minor", "withheld_minor", "deducted_minor", "net_minor")
    }

    refuse(session, copied(reversal, corrects_id=correction.id, person_id=stranger, **exact))


def test_a_line_of_a_reversal_is_the_line_it_takes_back(
    session: Session, slips: list[PaySlip]
) -> None:
    line = {"kind": "earning", "code": "bonus", "amount_minor": -5, "currency": "USD", "line": {}}

    with pytest.raises(sa.exc.DatabaseError), session.begin_nested():
        session.execute(sa.insert(PayLineRow).values(pay_slip_id=slips[1].id, position=99, **line))


def test_a_reversal_is_never_paid_out(session: Session, slips: list[PaySlip]) -> None:
    original, reversal, _ = slips
    paid = session.scalars(sa.select(Payout).where(Payout.pay_slip_id == original.id)).one()
    row = {column.name: getattr(paid, column.name) for column in Payout.__table__.columns}
    row |= {
        "public_id": public_id(),
        "pay_slip_id": reversal.id,
        "amount_minor": reversal.net_minor,
    }
    row.pop("id")

    with pytest.raises(sa.exc.DatabaseError), session.begin_nested():
        session.execute(sa.insert(Payout).values(row))
