"""Fifty at once want the same money: nobody's is spent twice, nobody else's is touched."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import sqlalchemy as sa

from marketplace.domain.ledger.models import LedgerAccount
from marketplace.domain.payments import services
from marketplace.domain.payments.models import Fund, PayeeAccount, Payout
from marketplace.domain.payments.rules.gateways import PayeeState
from marketplace.domain.payments.services.releasing import release_funds
from marketplace.kernel.clock import FixedClock
from tests.support import builders
from tests.support.databases import Database
from tests.support.funds import a_fund
from tests.support.payday import a_closed_day, a_till, an_approved_card, unit_of

PEOPLE = 50
ENOUGH_FOR = 20
PAY = 28_000
CLOCK = FixedClock(builders.NOW)


def a_waiting_show(database: Database, folder: Path) -> tuple[list[int], int]:
    """Let people wait for money that is enough for some; returns their payments and the fund."""
    with unit_of(database)() as session:
        show = builders.a_production(session)
        day = a_closed_day(session, show)
        cards = [an_approved_card(session, day, f"Person {one}") for one in range(PEOPLE)]
        services.pay_cards(session, [card.id for card in cards], till=a_till(folder, CLOCK))
        payouts = list(session.scalars(sa.select(Payout).order_by(Payout.id)))
        for payout in payouts:
            payout.gateway = "stripe"
            account = PayeeAccount(
                person_id=payout.person_id,
                gateway="stripe",
                account=f"acct_{payout.id}",
                state=PayeeState.READY,
                created_at=builders.NOW,
            )
            session.add(account)
        fund = a_fund(session, show, PAY * ENOUGH_FOR + PAY - 1)
        a_fund(session, builders.a_production(session, title="Another show"), PAY * PEOPLE)
        return [one.id for one in payouts], fund.id


def test_fifty_at_once_spend_what_is_there_and_not_a_cent_more(
    database: Database, tmp_path: Path
) -> None:
    payouts, fund_id = a_waiting_show(database, tmp_path)
    start, unit = Barrier(PEOPLE), unit_of(database)

    def send(payout_id: int) -> None:
        start.wait(60)
        with unit() as session:
            services.start_payouts(session, [payout_id], clock=CLOCK)
        with unit() as session:
            release_funds(session, fund_id, clock=CLOCK)

    with ThreadPoolExecutor(PEOPLE) as pool:
        list(pool.map(send, payouts))

    with unit() as session:
        fund = session.get_one(Fund, fund_id)
        given = session.scalars(sa.select(Payout.id).where(Payout.allotted_at.is_not(None))).all()
        held = session.scalars(sa.select(Payout.id).where(Payout.state == "held")).all()
        other = session.query(Fund).filter(Fund.id != fund_id).one()
        left = (fund.available_minor, fund.short_minor, other.available_minor)
        others_account = f"allotted:{other.production_id}"
        found = [one for one in services.check_books(session) if one.name in {"I17", "I18"}]
        codes = set(session.scalars(sa.select(LedgerAccount.code)))
    assert len(given) == ENOUGH_FOR
    assert len(held) == PEOPLE - ENOUGH_FOR
    assert left == (PAY - 1, 0, PAY * PEOPLE)
    assert found == []
    assert others_account not in codes
