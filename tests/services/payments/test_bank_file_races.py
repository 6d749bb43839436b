"""Two accountants at once: one file, one outcome; the other is told that payments moved on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
import sqlalchemy as sa

from marketplace.adapters.schemas import check_message
from marketplace.domain.banking.rules.answers import Answer, Fate
from marketplace.domain.banking.rules.numbers import BankError
from marketplace.domain.payments import services
from marketplace.domain.payments.models import BankFile, BankFileRow, Payout
from marketplace.domain.payments.queries.bank_answers import lines_of
from marketplace.domain.payments.rules import FileState, PayoutState, RowState
from marketplace.domain.payments.services.bank_files import (
    CancelFile,
    MakeFile,
    cancel_file,
    make_file,
)
from marketplace.domain.payments.services.bank_marks import Mark, MarkRows, mark_rows
from marketplace.domain.payroll.models import PaySlip
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import DomainError
from tests.support import builders
from tests.support.adjusting import adjust
from tests.support.bankfiles import a_payer, due_payouts, order
from tests.support.databases import Database
from tests.support.payday import VAULT, Unit, a_till, unit_of


@pytest.fixture
def unit(database: Database) -> Unit:
    return unit_of(database)


def arranged(unit: Unit, folder: Path, clock: FixedClock) -> MakeFile:
    """Let three payouts wait for a file; returns the order that pays them."""
    with unit() as session:
        payouts = due_payouts(session, a_payer(session), folder, clock)
        return order(payouts, builders.a_user(session, "Ingrid Falk").id)


def at_once(*acts: Callable[[], None]) -> list[str]:
    """Do all acts in threads that begin together; returns what was refused."""
    start = Barrier(len(acts))

    def run(act: Callable[[], None]) -> str:
        start.wait(10)
        try:
            act()
        except DomainError as refusal:
            return str(refusal)
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(filter(None, pool.map(run, acts)))


def test_two_accountants_order_the_same_people_once(
    unit: Unit, tmp_path: Path, clock: FixedClock
) -> None:
    command = arranged(unit, tmp_path, clock)

    def make() -> None:
        with unit() as session:
            make_file(session, command, vault=VAULT, check=check_message, clock=clock)

    refused = at_once(make, make, make)

    assert refused == ["Payments changed meanwhile; please look at them again."] * 2
    with unit() as session:
        assert [made.number for made in session.scalars(sa.select(BankFile))] == [1]
        assert {one.state for one in session.scalars(sa.select(Payout))} == {PayoutState.SENT}
        assert services.check_books(session) == []


def test_a_file_is_either_cancelled_or_paid(unit: Unit, tmp_path: Path, clock: FixedClock) -> None:
    command = arranged(unit, tmp_path, clock)
    with unit() as session:
        made = make_file(session, command, vault=VAULT, check=check_message, clock=clock)
        company, by_id, file_id = made.company_id, made.made_by_id, made.public_id
        marks = [Mark(row.id, Fate.PAID) for row in session.scalars(sa.select(BankFileRow))]

    def cancel() -> None:
        with unit() as session:
            cancel_file(session, CancelFile(company, by_id, file_id, "late"), clock=clock)

    def pay() -> None:
        with unit() as session:
            mark_rows(session, MarkRows(company, by_id, marks), clock=clock)

    refused = at_once(cancel, pay)

    assert len(refused) == 1
    with unit() as session:
        state = session.scalars(sa.select(BankFile.state)).one()
        rows = set(session.scalars(sa.select(BankFileRow.state)))
        assert (state, rows) in [
            (FileState.CANCELLED, {RowState.CANCELLED}),
            (FileState.MADE, {RowState.PAID}),
        ]
        assert services.check_books(session) == []


def test_a_payment_its_correction_counts_on_is_not_taken_back(
    unit: Unit, tmp_path: Path, clock: FixedClock
) -> None:
    command = arranged(unit, tmp_path, clock)
    with unit() as session:
        made = make_file(session, command, vault=VAULT, check=check_message, clock=clock)
        company, by_id, file_id = made.company_id, made.made_by_id, made.public_id
        row = session.scalars(sa.select(BankFileRow).where(BankFileRow.position == 1)).one()
        slip_id = session.get_one(Payout, row.payout_id).pay_slip_id
        card_id = session.get_one(PaySlip, slip_id).time_card_id
        back = MarkRows(company, by_id, [Mark(row.id, Fate.RETURNED, None, "", "R03")])
        payout_id = session.get_one(Payout, row.payout_id).public_id
    adjust(unit, a_till(tmp_path, clock), clock, card_id)

    with unit() as session:
        said = [Answer(payout_id, Fate.RETURNED)]
        (line,) = lines_of(session, company, said)
        assert "counts on this money" in str(line.doubt)
        assert services.check_books(session) == []
    for act in (
        lambda session: mark_rows(session, back, clock=clock),
        lambda session: cancel_file(
            session, CancelFile(company, by_id, file_id, "late"), clock=clock
        ),
    ):
        with pytest.raises(BankError, match="counts on this money as paid"), unit() as session:
            act(session)
    with unit() as session:
        assert services.check_books(session) == []
