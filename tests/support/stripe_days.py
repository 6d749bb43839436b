"""Paydays through Stripe's stand-in: ready accounts, money that is there, signed letters."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import db
from marketplace.adapters.standin.events import letter
from marketplace.adapters.standin.store import Body
from marketplace.adapters.stripe_gateway import StripeGateway
from marketplace.adapters.stripe_letters import StripeLetters
from marketplace.domain.payments.models import Fund, PayeeAccount, Payout
from marketplace.domain.payments.rules.gateways import PayeeState
from marketplace.domain.tasks.models import Task
from marketplace.domain.tasks.services import Only
from marketplace.kernel.clock import FixedClock
from marketplace.outside import Outside
from marketplace.worker.drain import Crew
from tests.support import builders
from tests.support.crews import an_outside
from tests.support.databases import Database
from tests.support.payday import a_closed_day, an_approved_card
from tests.support.standin import Running, running

SECRETS: Final = {"platform": "whsec_one", "connect": "whsec_two", "v2": "whsec_three"}
DOORS: Final = {"platform": "/hooks/stripe", "connect": "/hooks/stripe/connect",
                "v2": "/hooks/stripe/v2"}  # fmt: skip
PLENTY: Final = 100_000_000


@dataclass
class StripeDay:
    """A database, a worker and a Stripe, all with one clock that stands still."""

    database: Database
    standin: Running
    clock: FixedClock
    outside: Outside
    crew: Crew

    def pay(self, *names: str, state: PayeeState = PayeeState.READY) -> list[str]:
        """Let people earn a day's pay; returns their accounts. Nothing is sent yet."""
        accounts = [self.standin.payee(state) for _ in names]
        with self.unit() as session:
            day = a_closed_day(session, builders.a_production(session))
            session.add(Fund(production_id=day.production_id, currency="USD",
                             available_minor=PLENTY))  # fmt: skip
            for name, account in zip(names, accounts, strict=True):
                card = an_approved_card(session, day, name)
                session.add(
                    PayeeAccount(
                        person_id=card.person_id,
                        gateway="stripe",
                        account=account,
                        state=state,
                        created_at=self.clock.now(),
                    ),
                )
        self.do("pay_card")
        return accounts

    @contextmanager
    def unit(self) -> Iterator[Session]:
        """Open one transaction."""
        with self.database.session() as session, db.transaction(session):
            session.expire_on_commit = False
            yield session

    def do(self, kind: str) -> None:
        """Do the due work of one kind."""
        while self.crew.drain_only(Only(kind)):
            pass

    def do_to_the_end(self, kind: str) -> None:
        """Do the work of one kind, also what waits for a later hour."""
        for _ in range(20):
            self.do(kind)
            with self.database.session() as session:
                wanted = sa.select(sa.func.min(Task.run_at)).where(
                    Task.kind == kind, Task.done_at.is_(None), Task.parked_at.is_(None)
                )
                next_at = session.scalar(wanted)
            if next_at is None or next_at > self.clock.now() + timedelta(days=1):
                return
            self.clock.at = max(self.clock.at, next_at)

    def payouts(self) -> list[Payout]:
        """Return every payout, oldest first."""
        with self.database.session() as session:
            return list(session.scalars(sa.select(Payout).order_by(Payout.id)))

    def events(self) -> list[Body]:
        """Return everything Stripe would write letters about, oldest first."""
        with self.standin.app.store.work() as books:
            found = [*books.newest("event"), *books.newest("v2.core.event")]
        return sorted(found, key=lambda one: str(one["created"]))


@contextmanager
def stripe_day(database: Database, folder: Path, clock: FixedClock) -> Iterator[StripeDay]:
    """Serve a stand-in, and set up a worker that pays through it."""
    with running(folder / "standin.db", clock) as standin:
        standin.fund(PLENTY // 2)
        yield joined(database, folder, clock, standin)


def joined(database: Database, folder: Path, clock: FixedClock, standin: Running) -> StripeDay:
    """Set up a worker on a database that pays through a stand-in."""
    client = standin.client()
    gateway = StripeGateway(client, letters=StripeLetters(client, SECRETS, clock))
    outside = replace(an_outside(database, folder, clock), gateways=(gateway,))
    return StripeDay(database, standin, clock, outside, Crew(database.engine, outside))


def channel_of(event: Body) -> str:
    """Return which door Stripe brings an event to."""
    if event["object"] == "v2.core.event":
        return "v2"
    return "connect" if "account" in event else "platform"


def signed(event: Body, clock: FixedClock, by: str = "", late: int = 0) -> tuple[bytes, str]:
    """Return a letter as Stripe sends it: its bytes and its signature. by: another secret."""
    at = int(clock.now().timestamp()) + late
    return letter(event, by or SECRETS[channel_of(event)], at)


def deliver(post: Callable[..., Any], events: Sequence[Body], clock: FixedClock) -> list[int]:
    """Bring letters to their doors in this order; returns how each was answered."""
    answers = []
    for event in events:
        body, signature = signed(event, clock)
        headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
        answers.append(post(DOORS[channel_of(event)], data=body, headers=headers).status_code)
    return answers


def body_of(event: Body) -> bytes:
    """Return an event's bytes."""
    return json.dumps(event).encode()
