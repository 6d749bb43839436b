"""Whatever the order and the number of letters, the same is true in the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.adapters.standin import accounts, money, server
from marketplace.adapters.standin.store import Body
from marketplace.app import create_app
from marketplace.domain.ledger.models import LedgerTransfer
from marketplace.domain.payments.models import GatewayEvent, PayeeAccount, Payout
from marketplace.domain.payments.rules.events import Upshot
from marketplace.domain.payments.rules.gateways import PayeeState
from marketplace.kernel.clock import FixedClock
from tests.support.databases import Database, SqliteFarm
from tests.support.stripe_days import StripeDay, deliver, joined, stripe_day
from tests.support.world import copy_database

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)

pytestmark = pytest.mark.embedded


@dataclass(frozen=True)
class Truth:
    """All that letters may change: where money is, accounts, the books, letters left over."""

    payouts: list[tuple[object, ...]]
    accounts: list[tuple[object, ...]]
    books: list[tuple[object, ...]]
    waiting: int


@dataclass
class Morning:
    """A night at Stripe is over, and none of its letters has come."""

    day: StripeDay
    path: Path
    events: list[Body]
    farm: SqliteFarm
    folder: Path

    def after(self, letters: list[Body]) -> Truth:
        """Deliver letters to a copy of the database, do what they ask, and say what is true."""
        with self.farm.fresh() as copy:
            copy_database(self.path, path_of(copy))
            clock = FixedClock(self.day.clock.at)
            day = joined(copy, self.folder, clock, self.day.standin)
            door = create_app(day.outside.settings, day.outside).test_client()
            for letter in letters:
                assert deliver(door.post, [letter], clock) == [200]
                day.do("handle_event")
            day.do_to_the_end("handle_event")
            return truth(copy)


def path_of(database: Database) -> Path:
    return Path(database.url.removeprefix("sqlite:///"))


def truth(database: Database) -> Truth:
    with database.session() as session:
        payouts = session.execute(
            sa.select(
                Payout.public_id,
                Payout.state,
                Payout.gateway_ref,
                Payout.attempts,
                Payout.bank_ref,
                Payout.banked_at.is_not(None),
                Payout.bank_returned_at.is_not(None),
                Payout.bank_problem,
            ).order_by(Payout.id)
        ).all()
        states = session.execute(sa.select(PayeeAccount.account, PayeeAccount.state)).all()
        books = session.execute(
            sa.select(LedgerTransfer.key, LedgerTransfer.amount_minor).order_by(LedgerTransfer.key)
        ).all()
        is_open = GatewayEvent.outcome.in_([Upshot.WAITING, Upshot.FAILED])
        waiting = session.scalar(sa.select(sa.func.count()).where(is_open))
        return Truth(
            [tuple(row) for row in payouts],
            sorted(tuple(row) for row in states),
            [tuple(row) for row in books],
            waiting or 0,
        )


@pytest.fixture(scope="module")
def morning(sqlite_farm: SqliteFarm, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Morning]:
    folder = tmp_path_factory.mktemp("morning")
    clock = FixedClock(NOW)
    with sqlite_farm.fresh() as database, stripe_day(database, folder, clock) as day:
        (good,) = day.pay("Gus Good")
        (returned,) = day.pay("Rae Returned")
        day.do("send_payout")
        day.do("confirm_payout")
        (late,) = day.pay("Lou Late", state=PayeeState.CHECKING)
        day.do("send_payout")
        (lost,) = day.pay("Liv Lost")
        day.standin.app.switch_on(server.RESET_AFTER, times=3)
        day.do("send_payout")
        day.standin.app.switch_off()
        with day.standin.app.store.work() as books:
            accounts.change(books, late, "needs")
            accounts.change(books, late, "ready")
        for account, ends in ((good, ["paid"]), (lost, ["paid"]), (returned, ["paid", "failed"])):
            to_the_bank(day, account, ends)
        clock.at += timedelta(days=1)
        to_the_bank(day, returned, ["paid"])
        yield Morning(day, path_of(database), day.events(), sqlite_farm, folder)


def to_the_bank(day: StripeDay, account: str, ends: list[str]) -> None:
    with day.standin.app.store.work() as books:
        amount = books.balance(account)[0]["usd"]
        made = money.pay_out(books, account, {"amount": amount, "currency": "usd"})
        for status in ends:
            money.end_payout(books, account, made["id"], status)


@pytest.fixture(scope="module")
def in_order(morning: Morning) -> Truth:
    return morning.after(morning.events)


def test_in_order_everything_is_known(in_order: Truth) -> None:
    found = in_order

    assert [row[1] for row in found.payouts] == ["paid", "paid", "due", "sent"]
    assert [row[5] for row in found.payouts] == [True, True, False, True]
    assert {row[1] for row in found.accounts} == {"ready"}
    assert found.waiting == 0


def test_without_letters_nothing_is_known(morning: Morning) -> None:
    found = morning.after([])

    assert [row[1] for row in found.payouts] == ["paid", "paid", "held", "sending"]


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_order_and_any_doubles_end_the_same(
    morning: Morning, in_order: Truth, data: st.DataObject
) -> None:
    doubles = data.draw(st.lists(st.sampled_from(range(len(morning.events))), max_size=6))
    order = data.draw(st.permutations([*range(len(morning.events)), *doubles]))

    after = morning.after([morning.events[number] for number in order])

    assert after == in_order
