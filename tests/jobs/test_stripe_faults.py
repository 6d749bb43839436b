"""Every fault of Stripe, at the first attempt and the second, with every death of a worker.

The real SDK talks HTTP to the stand-in, which really cuts the line. Whatever happens, each person
is paid once, the books agree with Stripe's list, and nobody reads that a payment failed while
its outcome is unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from marketplace.adapters import stripe_gateway
from marketplace.adapters.standin import server
from marketplace.adapters.stripe_gateway import StripeGateway
from marketplace.domain.payments.models import PayeeAccount, Payout
from marketplace.domain.payments.ports import PayoutOrder, Refused, Sent, Unknown
from marketplace.domain.payments.rules import PayoutState, PayWord, pay_word
from marketplace.domain.payments.rules.gateways import PayeeState
from marketplace.domain.payments.services import check_books
from marketplace.domain.productions.models import Production
from marketplace.domain.tasks.services import LEASE, Only
from marketplace.domain.timecards.rules import CardState
from marketplace.kernel.clock import FixedClock
from marketplace.worker.drain import Crew
from marketplace.worker.handlers import HANDLERS
from tests.support import builders
from tests.support.crews import Killed, MortalCrew
from tests.support.databases import Database
from tests.support.funds import a_fund
from tests.support.payday import VAULT, a_closed_day, an_approved_card
from tests.support.stripe_days import StripeDay, stripe_day

FAULTS = tuple(fault for fault in server.FAULTS if fault != server.KEY_FORGOTTEN)
"""All but the one that breaks Stripe's promise: a key is remembered for a day."""

TRIES = stripe_gateway.RETRIES + 1
"""How often the SDK itself asks under one key before it gives up."""

STAGES = 10
UNKNOWN_WORDS = {PayWord.APPROVED, PayWord.ON_ITS_WAY, PayWord.PAID}
_numbers = count(1)


class Watched(StripeGateway):
    """The gateway, with a moment before each payment at which a test may act or the process end."""

    before: Callable[[str], None] = staticmethod(lambda _key: None)
    calls = 0

    def pay(self, order: PayoutOrder, key: str) -> Sent | Refused | Unknown:
        """Let the test act, then pay."""
        self.calls += 1
        self.before(key)
        return super().pay(order, key)


@pytest.fixture
def day(
    database: Database, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StripeDay]:
    """A worker that pays through the stand-in; waiting takes no time, a slow answer too much."""
    monkeypatch.setattr("stripe._http_client.HTTPClient._sleep_time_seconds", lambda *_: 0)
    monkeypatch.setattr(stripe_gateway, "TIME_OUT", 0.25)
    monkeypatch.setattr(server, "SLOW_SECONDS", 0.4)
    with stripe_day(database, tmp_path, clock) as made:
        gateway = Watched(made.standin.client())
        outside = replace(made.outside, gateways=(gateway,))
        yield replace(made, outside=outside, crew=Crew(database.engine, outside))


def earn(day: StripeDay, people: int = 1) -> None:
    """Let somebody earn a day's pay of a production that has money; nothing is sent yet."""
    with day.unit() as session:
        made = a_closed_day(session, builders.a_production(session, title=f"Show {next(_numbers)}"))
        a_fund(session, session.get_one(Production, made.production_id))
        for _ in range(people):
            card = an_approved_card(session, made, f"Worker {next(_numbers)}")
            session.add(
                PayeeAccount(
                    person_id=card.person_id,
                    gateway="stripe",
                    account=day.standin.payee(),
                    state=PayeeState.READY,
                    created_at=day.clock.now(),
                ),
            )
    day.do("pay_card")


def to_the_second_attempt(day: StripeDay) -> None:
    """Let the first attempt come to nothing, provably; the process ends as the second leaves."""
    gateway = gateway_of(day)

    def end_at_the_second(key: str) -> None:
        if key.endswith("-a2"):
            raise Killed

    gateway.before = end_at_the_second
    day.standin.app.switch_on(server.ERROR_BEFORE, times=1)
    with pytest.raises(Killed):
        day.do_to_the_end("send_payout")
    gateway.before = Watched.before
    day.standin.app.switch_off()
    day.clock.at += LEASE


def gateway_of(day: StripeDay) -> Watched:
    (gateway,) = day.outside.gateways
    assert isinstance(gateway, Watched)
    return gateway


def dies_at(day: StripeDay, stage: int) -> bool:
    """Let a crew send what is due until it dies at a stage; False when it outlives that."""
    crew = MortalCrew(day.database.engine, day.outside, HANDLERS, stage=stage)
    try:
        crew.drain_only(Only("send_payout"))
    except Killed:
        day.clock.at += LEASE
        return True
    return False


def last_payout(day: StripeDay) -> Payout:
    with day.database.session() as session:
        return session.scalars(sa.select(Payout).order_by(Payout.id.desc()).limit(1)).one()


def assert_everybody_is_paid_once(day: StripeDay) -> None:
    """Compare Stripe's own list with our rows and books."""
    gateway = gateway_of(day)
    transfers = Counter({one.payout_id: 0 for one in gateway.transfers()})
    transfers.update(one.payout_id for one in gateway.transfers())
    with day.database.session() as session:
        payouts = session.scalars(sa.select(Payout)).all()
        assert check_books(session, gateways=[gateway], vault=VAULT) == []
    assert transfers == Counter(payout.public_id for payout in payouts)
    assert {payout.state for payout in payouts} <= {PayoutState.SENT, PayoutState.PAID}


@pytest.mark.parametrize("attempt", [1, 2])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_and_a_death_at_every_stage_pay_once(
    day: StripeDay, fault: str, attempt: int
) -> None:
    stages = 0
    is_dead = True
    while is_dead:
        earn(day)
        if attempt == 2:
            to_the_second_attempt(day)
        day.standin.app.switch_on(fault, times=TRIES)
        is_dead = dies_at(day, stages)
        assert_is_not_called_failed(day)
        day.do_to_the_end("send_payout")
        day.standin.app.switch_off()
        stages += 1

    assert 4 < stages < STAGES, "Every stage was tried, until a crew outlived them all."
    assert_everybody_is_paid_once(day)


def assert_is_not_called_failed(day: StripeDay) -> None:
    """Check what the person reads now; Stripe refuses nothing here for good."""
    word = pay_word(CardState.LOCKED, PayoutState(last_payout(day).state))
    assert word in UNKNOWN_WORDS
