"""A closed shoot day with approved cards, and everything that pays them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import db
from marketplace.adapters.sandbox.gateway import SandboxGateway
from marketplace.adapters.vault import AesVault
from marketplace.domain.payments import jobs
from marketplace.domain.payments.ports import Gateway, Till
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import DayState
from marketplace.domain.tasks import services as tasks
from marketplace.domain.tasks.models import Task
from marketplace.domain.tasks.rules import NotYetError
from marketplace.domain.timecards.models import TimeCard
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import DomainError
from marketplace.web.presentation import sentence
from tests.support import builders
from tests.support.databases import Database

VAULT = AesVault({1: b"k" * 32}, b"index")
Unit = Callable[[], AbstractContextManager[Session]]


def a_till(folder: Path, clock: FixedClock, gateway: Gateway | None = None) -> Till:
    """Make the ports of payday, with a sandbox gateway of the test's own."""
    gateway = gateway or SandboxGateway(folder / "gateway.db", clock)
    return Till(VAULT, sentence, (gateway,), clock)


def a_closed_day(
    session: Session,
    production: Production | None = None,
    on: str = "2026-11-21",
    *,
    wrap: str = "19:00",
) -> ShootDay:
    """Make a shoot day that is over."""
    production = production or builders.a_production(session)
    day = builders.a_shoot_day(session, production, on, wrap=wrap)
    day.state = DayState.CLOSED
    day.closed_at = day.wrap_at
    session.flush()
    return day


def an_approved_card(  # noqa: PLR0913 - a builder names what matters
    session: Session,
    day: ShootDay,
    name: str = "Ava Lin",
    *,
    has_payee: bool = True,
    day_rate_minor: int = 28_000,
    hours: tuple[str, str] = ("07:00", "19:00"),
    meal: tuple[str, str] = ("12:30", "13:00"),
) -> TimeCard:
    """Make an approved card of a new person, and ask for it to be paid."""
    person = builders.a_person(session, name)
    production = session.get_one(Production, day.production_id)
    form = "cn_resident" if production.currency == "CNY" else "w9"
    if has_payee:
        builders.a_payee(session, person, VAULT, tax_form=form)
    role = builders.a_role(session, production, [day], day_rate_minor=day_rate_minor)
    booking = builders.a_booking(session, role, person, day)
    card = builders.a_time_card(session, booking, hours=hours, meal=meal)
    ask_to_pay(session, card)
    return card


def ask_to_pay(session: Session, card: TimeCard) -> None:
    """Ask for a card's slip, as the approval does."""
    key = f"pay_card:{card.id}:{card.version}"
    tasks.ask(session, "pay_card", key, card.id, run_at=builders.NOW)


def unit_of(database: Database) -> Unit:
    """Return what opens one transaction of a test's database."""

    @contextmanager
    def unit() -> Iterator[Session]:
        with database.session() as session, db.transaction(session):
            yield session

    return unit


HANDLERS = {
    "issue_voucher": jobs.issue_voucher,
    "pay_card": jobs.pay_card,
    "send_payout": jobs.send_payout,
    "confirm_payout": jobs.confirm_payout,
}


def work(unit: Unit, till: Till, clock: FixedClock) -> None:
    """Do one piece of due work about money; give it back when it fails, as the worker does."""
    with unit() as session:
        claim = tasks.claim(session, clock.now())
    if claim is None:
        return
    try:
        if claim.kind in HANDLERS:  # printing and mail are not about money
            HANDLERS[claim.kind](unit, claim.subject_id, till=till)
    except NotYetError as early:
        with unit() as session:
            tasks.later(session, claim, early.run_at)
        return
    except DomainError as refusal:
        with unit() as session:
            tasks.put_off(session, claim, str(refusal), now=clock.now())
        return
    with unit() as session:
        tasks.finish(session, claim, clock.now())


def run_to_the_end(unit: Unit, till: Till, clock: FixedClock, *, days: int = 10) -> None:
    """Work until nothing is left to do, moving the clock to whenever the next piece is due."""
    end = clock.now() + timedelta(days=days)
    while (due := next_due(unit)) is not None and due <= end:
        clock.at = max(clock.at, due)
        work(unit, till, clock)


def next_due(unit: Unit) -> datetime | None:
    """Return when the next piece of work can be taken, or None."""
    with unit() as session:
        open_tasks = session.scalars(
            sa.select(Task).where(Task.done_at.is_(None), Task.parked_at.is_(None)),
        )
        return min((max(one.run_at, one.lease_until) for one in open_tasks), default=None)
