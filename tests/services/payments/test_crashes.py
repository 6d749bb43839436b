"""Killed anywhere and started again, payday pays everybody once. The control run sees doubles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.adapters.sandbox import gateway as sandbox
from marketplace.adapters.sandbox.gateway import SandboxGateway
from marketplace.domain.payments import services
from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.ports import Gateway, PayoutOrder, Refused, Sent, Transfer, Unknown
from marketplace.domain.payments.rules import PayoutState
from marketplace.domain.payroll.models import PaySlip
from marketplace.kernel.clock import FixedClock
from tests.support.builders import NOW
from tests.support.databases import Database
from tests.support.payday import (
    VAULT,
    Unit,
    a_closed_day,
    a_till,
    an_approved_card,
    run_to_the_end,
    unit_of,
)

NAMES = ("Ava Lin", "Ben Ortiz", "Mia Chen", "赵国强", "Kenji Mori", "Lea Novak")


class Killed(BaseException):
    """The process is gone: no handler runs."""


@dataclass
class Killer:
    """Kills at the n-th of the places it is asked about; 0 never kills."""

    at: int = 0
    places: int = 0

    def here(self) -> None:
        """Die if this is the place."""
        self.places += 1
        if self.places == self.at:
            raise Killed

    def around(self, unit: Unit) -> Unit:
        """Let a transaction be killed just before and just after its commit."""

        @contextmanager
        def killed() -> Iterator[Session]:
            with unit() as session:
                yield session
                self.here()
            self.here()

        return killed


@dataclass
class DyingGateway:
    """A gateway whose caller may be killed just before the order leaves, and just after it."""

    real: SandboxGateway
    killer: Killer
    name: str = "sandbox"

    def supports(self, country: str, currency: str) -> bool:
        return self.real.supports(country, currency)

    def pay(self, order: PayoutOrder, key: str) -> Sent | Refused | Unknown:
        self.killer.here()
        answer = self.real.pay(order, key)
        self.killer.here()
        return answer

    def find(self, group: str, payout_id: str | None = None) -> Sequence[Transfer] | Unknown:
        return self.real.find(group, payout_id)

    def transfers(self) -> Iterator[Transfer]:
        return self.real.transfers()


def arrange(unit: Unit, people: int) -> None:
    """Make a closed day with this many approved cards."""
    with unit() as session:
        day = a_closed_day(session)
        for name in NAMES[:people]:
            an_approved_card(session, day, name)


def counts(unit: Unit) -> tuple[int, int, int]:
    """Return how many slips, payouts and paid payouts there are."""
    with unit() as session:
        states = list(session.scalars(sa.select(Payout.state)))
        slips = session.scalar(sa.select(sa.func.count(PaySlip.id))) or 0
    return slips, len(states), states.count(PayoutState.PAID)


def findings(unit: Unit, *gateways: Gateway) -> list[services.Finding]:
    """Return what is wrong in the books, the gateway's and the slips' words included."""
    with unit() as session:
        return services.check_books(session, gateways=gateways, vault=VAULT)


def test_killed_at_every_stage_a_card_is_paid_once(
    database: Database, tmp_path: Path, clock: FixedClock
) -> None:
    unit = unit_of(database)
    gateway = SandboxGateway(tmp_path / "gateway.db", clock)
    arrange(unit, 1)
    counter = Killer()
    till = a_till(tmp_path, clock, DyingGateway(gateway, counter))
    run_to_the_end(counter.around(unit), till, clock)
    assert counter.places > 20  # so many ways to die

    for place in range(1, counter.places + 1):
        clock.at = NOW
        arrange(unit, 1)
        killer = Killer(at=place)
        till = a_till(tmp_path, clock, DyingGateway(gateway, killer))
        with suppress(Killed):
            run_to_the_end(killer.around(unit), till, clock)
        run_to_the_end(unit, till, clock)

        paid = place + 1
        assert counts(unit) == (paid, paid, paid)
        assert len(list(gateway.transfers())) == paid

    assert findings(unit, gateway) == []


@pytest.mark.embedded
@pytest.mark.parametrize("seed", range(12))
def test_a_misbehaving_gateway_pays_everybody_once(
    database: Database, tmp_path: Path, clock: FixedClock, seed: int
) -> None:
    unit = unit_of(database)
    chance = Random(seed)
    gateway = misbehaving(tmp_path, clock, chance)
    till = a_till(tmp_path, clock, gateway)
    arrange(unit, len(NAMES))

    run_to_the_end(unit, till, clock, days=2)
    clock.at += timedelta(hours=chance.choice([0, 1, 19, 21, 72]))
    gateway.switch_off()
    run_to_the_end(unit, till, clock)

    people = len(NAMES)
    assert counts(unit) == (people, people, people)
    assert Counter(one.payout_id for one in gateway.transfers()).most_common(1)[0][1] == 1
    assert findings(unit, gateway) == []


def misbehaving(folder: Path, clock: FixedClock, chance: Random) -> SandboxGateway:
    """Make a gateway that is often down, loses answers, saves errors and lists late."""
    gateway = SandboxGateway(folder / "gateway.db", clock, sleep=lambda _: None)
    faults = (
        sandbox.DOWN,
        sandbox.SLOW,
        sandbox.RESPONSE_LOST,
        sandbox.ERROR_SAVED,
        sandbox.ERROR_SAVED_AFTER_WORK,
    )
    for name in faults:
        gateway.switch_on(name, percent=chance.choice([0, 20, 50]), seed=chance.randrange(1000))
    gateway.switch_on(sandbox.LIST_LAGS)
    return gateway


def test_a_gateway_without_keys_pays_twice_and_the_books_see_it(
    database: Database, tmp_path: Path, clock: FixedClock
) -> None:
    unit = unit_of(database)
    naive = SandboxGateway(tmp_path / "gateway.db", clock, honours_keys=False)
    naive.switch_on(sandbox.RESPONSE_LOST, times=1)
    arrange(unit, 1)

    run_to_the_end(unit, a_till(tmp_path, clock, naive), clock)

    assert len(list(naive.transfers())) == 2
    assert "I4" in {finding.name for finding in findings(unit, naive)}


def test_a_long_outage_ends_in_one_payment(
    database: Database, tmp_path: Path, clock: FixedClock
) -> None:
    """The answer is lost, and the gateway is silent until it has forgotten the key."""
    unit = unit_of(database)
    gateway = SandboxGateway(tmp_path / "gateway.db", clock)
    till = a_till(tmp_path, clock, gateway)
    gateway.switch_on(sandbox.RESPONSE_LOST, times=1)
    arrange(unit, 1)
    run_to_the_end(unit, till, clock, days=0)
    clock.at += timedelta(hours=30)

    run_to_the_end(unit, till, clock)

    assert len(list(gateway.transfers())) == 1
    assert counts(unit) == (1, 1, 1)
    assert findings(unit, gateway) == []
