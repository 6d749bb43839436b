"""People paid through Stripe's stand-in while it misbehaves, and what must be true in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import count

import sqlalchemy as sa

from marketplace.adapters.standin import money, server
from marketplace.adapters.standin.store import PLATFORM
from marketplace.adapters.stripe_gateway import StripeGateway
from marketplace.domain.payments.models import (
    PayeeAccount,
    Payout,
    Reconciliation,
    ReconciliationRow,
)
from marketplace.domain.payments.ports import PayoutOrder, Refused, Sent, Unknown
from marketplace.domain.payments.rules import PayoutState
from marketplace.domain.payments.rules.gateways import PayeeState
from marketplace.domain.payments.services import check_books
from marketplace.domain.payments.services.reconcile import ask_reconciliation
from marketplace.domain.productions.models import Production
from tests.support import builders
from tests.support.funds import a_fund
from tests.support.payday import VAULT, a_closed_day, an_approved_card
from tests.support.stripe_days import StripeDay

A_DAY = 100_000
"""What a production puts in for a person's day, in cents: more than enough."""

SOME_FAULTS = (
    server.RESET_BEFORE,
    server.RESET_AFTER,
    server.CUT,
    server.ERROR_BEFORE,
    server.ERROR_AFTER,
    server.CONFLICT,
    server.TOO_MANY,
    server.HTML,
)
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


def earn(day: StripeDay, people: int = 1) -> None:
    """Let somebody earn a day's pay of a production that has money; nothing is sent yet."""
    with day.unit() as session:
        made = a_closed_day(session, builders.a_production(session, title=f"Show {next(_numbers)}"))
        a_fund(session, session.get_one(Production, made.production_id), A_DAY * people)
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
    pay_in(day, A_DAY * people)
    day.do("pay_card")


def pay_in(day: StripeDay, amount: int) -> None:
    """Put settled money of productions into the platform's balance; a negative one takes it."""
    with day.standin.app.store.work() as books:
        money.booked(books, PLATFORM, {"id": "", "object": "charge", "currency": "usd"}, amount)


def gateway_of(day: StripeDay) -> Watched:
    (gateway,) = day.outside.gateways
    assert isinstance(gateway, Watched)
    return gateway


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


def differences(day: StripeDay) -> set[str]:
    """Compare Stripe's statement with our rows; returns the kinds of what differs."""
    day.clock.at += timedelta(minutes=10)
    with day.unit() as session:
        by = builders.a_user(session, f"Operator {next(_numbers)}")
        name = ask_reconciliation(session, "stripe", actor_id=by.id, clock=day.clock)
    day.do("confirm_payout")
    day.do("reconcile")
    with day.database.session() as session:
        report = session.scalars(
            sa.select(Reconciliation).where(Reconciliation.public_id == name)
        ).one()
        assert report.finished_at is not None, "Our rows are behind: nothing was compared."
        wanted = sa.select(ReconciliationRow.kind)
        mine = ReconciliationRow.reconciliation_id == report.id
        return set(session.scalars(wanted.where(mine)))
