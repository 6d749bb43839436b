"""A payment is disputed more than once: each time is a round of its own in the books."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.ledger.models import LedgerTransfer
from marketplace.domain.notices.models import Notice
from marketplace.domain.payments import services
from marketplace.domain.payments.models import Fund, Funding
from marketplace.domain.payments.rules.funding import FundingStage
from marketplace.domain.payments.rules.gateways import FundingStep
from marketplace.domain.payments.services.funding import Opening
from marketplace.domain.payments.services.funding_states import record_funding
from marketplace.domain.tasks.models import Task
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.money import Money
from tests.support import builders
from tests.support.funds import a_settled_funding, told

CLOCK = FixedClock(builders.NOW)
FEE = 1_500


@pytest.fixture
def opening(session: Session) -> Opening:
    show = builders.a_production(session)
    company = session.get_one(Company, show.company_id)
    builders.a_member(session, company, CompanyRole.ACCOUNTANT)
    return a_settled_funding(session, show, 100_000)


def dispute(session: Session, opening: Opening, name: str, *, is_lost: bool = False) -> Fund:
    """Let a bank take the payment back twice over, as letters come twice; returns the fund."""
    whole, fee = opening.order.amount, Money(FEE, "USD")
    state = told(opening, FundingStep.DISPUTED, disputed=whole, dispute_fee=fee,
                 dispute=name, is_lost=is_lost)  # fmt: skip
    for _ in range(2):
        record_funding(session, opening.funding_id, state, clock=CLOCK)
    return session.query(Fund).one()


def win(session: Session, opening: Opening) -> Fund:
    record_funding(session, opening.funding_id, told(opening), clock=CLOCK)
    return session.query(Fund).one()


@pytest.mark.parametrize(("second", "fees"), [("du_2", 2), ("du_1", 1)])
def test_a_payment_disputed_again_is_frozen_again_and_pays_a_fee_for_each_dispute(
    session: Session, opening: Opening, second: str, fees: int
) -> None:
    dispute(session, opening, "du_1")
    won = win(session, opening).available_minor

    fund = dispute(session, opening, second)
    frozen = (fund.available_minor, fund.disputes)
    win(session, opening)

    assert won == 100_000 - FEE
    assert frozen == (0, 1)
    assert (fund.available_minor, fund.disputes) == (100_000 - fees * FEE, 0)
    assert list(services.check_books(session)) == []


def test_a_second_dispute_can_be_lost(session: Session, opening: Opening) -> None:
    dispute(session, opening, "du_1")
    win(session, opening)

    fund = dispute(session, opening, "du_2", is_lost=True)

    assert session.get_one(Funding, opening.funding_id).stage == FundingStage.LOST
    assert fund.disputes == 0
    assert fund.short_minor == opening.order.amount.minor + 2 * FEE - 100_000
    assert list(services.check_books(session)) == []


def test_every_round_is_posted_looked_at_and_told(session: Session, opening: Opening) -> None:
    for name in ("du_1", "du_2", "du_2"):
        dispute(session, opening, name)
        win(session, opening)

    posted = session.scalars(sa.select(LedgerTransfer.key).where(
        LedgerTransfer.key.like("funding:%:disputed%"))).all()  # fmt: skip
    looked = session.scalars(
        sa.select(Task.key).where(Task.key.like("check_funding:%:disp%"))
    ).all()
    let_go = session.scalars(sa.select(Task.key).where(Task.key.like("release_funds:%:won%"))).all()
    notices = session.scalars(
        sa.select(Notice.key).where(Notice.key.like("funding:%dispute%"))
    ).all()
    assert [len(found) for found in (posted, looked, let_go, notices)] == [3, 3, 3, 3]
