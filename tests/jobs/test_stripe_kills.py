"""Real workers that pay through Stripe, killed as by a power cut while the line breaks."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa

from marketplace.adapters.stripe_letters import StripeLetters
from marketplace.domain.payments.models import PayoutAttempt
from marketplace.domain.tasks.models import Task
from marketplace.domain.tasks.services import LEASE
from marketplace.kernel.clock import FixedClock
from tests.support import builders
from tests.support.databases import Database
from tests.support.processes import Installation, kill
from tests.support.standin import KEY, running
from tests.support.stripe_days import SECRETS, joined
from tests.support.stripe_troubles import (
    SOME_FAULTS,
    Watched,
    assert_everybody_is_paid_once,
    earn,
)

PEOPLE = 12
KILLS = 2


def settings(address: str) -> dict[str, str]:
    """Return what an installation is told that pays through the stand-in."""
    return {
        "GATEWAY": "stripe",
        "GATEWAY_RATE": "20",
        "STRIPE_API_KEY": KEY,
        "STRIPE_API_BASE": address,
        "STRIPE_WEBHOOK_SECRET": SECRETS["platform"],
        "STRIPE_CONNECT_WEBHOOK_SECRET": SECRETS["connect"],
        "STRIPE_V2_WEBHOOK_SECRET": SECRETS["v2"],
    }


@pytest.mark.journey
def test_workers_killed_while_stripe_breaks_pay_everybody_once(
    database: Database, tmp_path: Path, clock: FixedClock
) -> None:
    installation = Installation(database, tmp_path)
    installation.clock.move_to(builders.NOW)
    with running(tmp_path / "standin.db", installation.clock) as standin:
        letters = StripeLetters(standin.client(), SECRETS, clock)
        day = joined(database, tmp_path, clock, standin)
        gateways = (Watched(standin.client(), letters=letters),)
        day = replace(day, outside=replace(day.outside, gateways=gateways))
        earn(day, PEOPLE)
        for number, fault in enumerate(SOME_FAULTS):
            standin.app.switch_on(fault, percent=4, seed=number)
        mine = replace(installation, variables=settings(standin.address))

        kill_some(mine)
        standin.app.switch_off()
        finish(mine)

        assert_everybody_is_paid_once(day)
        assert more_than(database, 1), "No payment was begun: nothing was tested."


def kill_some(installation: Installation) -> None:
    """Start workers and kill each a moment after it has begun a payment."""
    dice = Random(installation.database.url)
    for begun in range(1, KILLS + 1):
        worker = installation.start("worker")
        installation.wait_for(lambda: more_than(installation.database, begun), worker)  # noqa: B023 - waited for here
        time.sleep(dice.random() * 0.2)
        kill(worker)
        installation.clock.move_to(installation.clock.now() + LEASE)


def more_than(database: Database, attempts: int) -> bool:
    with database.session() as session:
        return (session.scalar(sa.select(sa.func.count(PayoutAttempt.id))) or 0) >= attempts


def finish(installation: Installation) -> None:
    """Let two workers do the rest, moving the clock to whatever is due next."""
    workers = [installation.start("worker") for _ in range(2)]
    try:
        installation.wait_for(lambda: is_done(installation), workers[0])
    finally:
        for worker in workers:
            kill(worker)


def is_done(installation: Installation) -> bool:
    time.sleep(0.3)
    with installation.database.session() as session:
        due = session.scalar(
            sa.select(sa.func.min(Task.run_at)).where(
                Task.kind == "send_payout", Task.done_at.is_(None), Task.parked_at.is_(None)
            ),
        )
    if due is not None and due > installation.clock.now():
        installation.clock.move_to(due)
    return due is None
