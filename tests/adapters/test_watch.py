"""What gateways show of what they did: one contract for both, and what Stripe alone shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from marketplace.adapters.sandbox.gateway import SandboxGateway
from marketplace.adapters.standin import funding, money, server
from marketplace.adapters.stripe_gateway import StripeGateway
from marketplace.domain.payments.ports import FundingOrder, FundingStart, PayoutOrder, Sent, Unknown
from marketplace.domain.payments.ports import Watched as WatchedGateway
from marketplace.domain.payments.rules.events import BankStep
from marketplace.domain.payments.rules.matching import Theirs
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.money import Money
from tests.support.standin import Running, running

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ORDER = PayoutOrder("pay1", "person1", "6411", Money(28_000, "USD"), "day_1", "2026-00001")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@dataclass(frozen=True, slots=True)
class Subject:
    """A gateway that pays and shows."""

    gateway: StripeGateway | SandboxGateway
    order: PayoutOrder
    pay_in: Callable[[FundingOrder], object]


@pytest.fixture
def standin(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Running]:
    monkeypatch.setattr("stripe._http_client.HTTPClient._sleep_time_seconds", lambda *_: 0)
    with running(tmp_path / "standin.db", clock) as made:
        made.fund(1_000_000)
        yield made


@pytest.fixture(params=["sandbox", "stripe"])
def subject(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[Subject]:
    if request.param == "sandbox":
        box = SandboxGateway(tmp_path / "gateway.db", clock, sleep=lambda _: None)
        yield Subject(box, ORDER, lambda order: box.start_funding(order, "f1"))
        return
    standin: Running = request.getfixturevalue("standin")
    gateway = StripeGateway(standin.client())

    def pay_in(order: FundingOrder) -> None:
        begun = gateway.start_funding(order, "f1")
        assert isinstance(begun, FundingStart)

        with standin.app.store.work() as books:
            funding.pay(books, begun.ref, "card")

    yield Subject(gateway, replace(ORDER, payee=standin.payee()), pay_in)


def paid(subject: Subject, key: str = "k1") -> str:
    answer = subject.gateway.pay(subject.order, key)
    assert isinstance(answer, Sent)
    return answer.ref


def test_both_gateways_can_be_watched(subject: Subject) -> None:
    assert isinstance(subject.gateway, WatchedGateway)


def test_the_statement_lists_what_was_paid_since(subject: Subject, clock: FixedClock) -> None:
    ref = paid(subject)
    clock.at += timedelta(days=2)

    listed = subject.gateway.statement(NOW)

    assert listed == [Theirs(ref, "pay1", "day_1", Money(28_000, "USD"), Money(0, "USD"))]
    assert list(subject.gateway.statement(NOW + timedelta(days=1))) == []  # type: ignore[arg-type]  # it answers


def test_the_statement_says_what_was_taken_back(subject: Subject) -> None:
    ref = paid(subject)
    subject.gateway.take_back(ref, Money(1_000, "USD"), "b1")

    (one,) = subject.gateway.statement(NOW)  # type: ignore[misc]  # it answers

    assert one.taken_back == Money(1_000, "USD")


def test_what_is_held_is_what_came_less_what_left(subject: Subject) -> None:
    assert subject.gateway.holdings() == {}
    order = FundingOrder(
        funding_id="fund1", email="a@example.test", lines=(("Day 1", Money(100_000, "USD")),),
        group="day_1", description="Day 1", return_url="http://localhost/back",
        cancel_url="http://localhost/away", way="card",
    )  # fmt: skip
    subject.pay_in(order)
    came = subject.gateway.holdings()

    ref = paid(subject)
    subject.gateway.take_back(ref, Money(1_000, "USD"), "b1")
    left = subject.gateway.holdings()

    assert isinstance(came, dict)
    assert 90_000 < came["USD"] < 100_000, "less what bringing it cost"
    assert left == {"USD": came["USD"] - 27_000}


def test_our_own_money_is_no_part_of_it(standin: Running) -> None:
    client = standin.client()
    gateway = StripeGateway(client)
    client.v1.payouts.create({"amount": 500, "currency": "usd"})

    assert gateway.holdings() == {}


def test_what_happened_is_told_oldest_first_without_names(standin: Running) -> None:
    gateway = StripeGateway(standin.client())
    gateway.pay(replace(ORDER, payee=standin.payee()), "k1")

    told = gateway.happened(NOW)

    assert not isinstance(told, Unknown)
    assert [one.type for one in told] == ["balance.available", "transfer.created"]
    assert told[1].body["data"]["object"]["metadata"] == {"payout_id": "pay1"}
    assert told[1].body["data"]["object"]["description"] == "•••"


def test_a_way_to_the_bank_says_what_it_carries(standin: Running, clock: FixedClock) -> None:
    gateway, account = StripeGateway(standin.client()), standin.payee()
    first = gateway.pay(replace(ORDER, payee=account), "k1")
    gone = to_the_bank(standin, account, "failed")
    clock.at += timedelta(days=1)
    second = gateway.pay(replace(ORDER, payee=account, payout_id="pay2"), "k2")
    again = to_the_bank(standin, account, "paid")
    assert isinstance(first, Sent)
    assert isinstance(second, Sent)

    failed, banked = gateway.bank_payout(account, gone), gateway.bank_payout(account, again)

    assert failed is not None
    assert not isinstance(failed, Unknown)
    assert banked is not None
    assert not isinstance(banked, Unknown)
    assert (failed.step, failed.problem) == (BankStep.RETURNED, "account_closed")
    assert failed.transfers == (first.ref,)
    assert banked.step is BankStep.BANKED
    assert set(banked.transfers) == {first.ref, second.ref}, "what came back is in it again"


def to_the_bank(standin: Running, account: str, status: str) -> str:
    with standin.app.store.work() as books:
        amount = books.balance(account)[0]["usd"]
        made = money.pay_out(books, account, {"amount": amount, "currency": "usd"})
        money.end_payout(books, account, made["id"], status)
    return str(made["id"])


def test_ways_nobody_knows_are_none(standin: Running) -> None:
    gateway = StripeGateway(standin.client())

    assert gateway.bank_payout(standin.payee(), "po_none") is None
    assert gateway.bank_payout("acct_none", "po_none") is None


def test_a_silent_stripe_shows_nothing(standin: Running) -> None:
    gateway, account = StripeGateway(standin.client()), standin.payee()
    standin.app.switch_on(server.DOWN)
    answers: list[Any] = [
        gateway.statement(NOW),
        gateway.holdings(),
        gateway.happened(NOW),
        gateway.bank_payout(account, "po_1"),
    ]
    standin.app.switch_off()

    assert all(isinstance(one, Unknown) for one in answers)


def test_the_sandbox_tells_nothing_by_itself(tmp_path: Path, clock: FixedClock) -> None:
    box = SandboxGateway(tmp_path / "gateway.db", clock)

    assert box.event("platform", b"{}", {}) is None
    assert list(box.happened(NOW)) == []  # type: ignore[arg-type]  # it answers
    assert box.bank_payout("acct_1", "po_1") is None


def test_stripe_without_secrets_opens_no_letter(standin: Running) -> None:
    assert StripeGateway(standin.client()).event("platform", b"{}", {}) is None
