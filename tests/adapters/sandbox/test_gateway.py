"""The sandbox gateway pays once for a key, keeps its own books, and misbehaves when told to."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from marketplace.adapters.sandbox import gateway as sandbox
from marketplace.adapters.sandbox.gateway import SandboxGateway
from marketplace.domain.payments.ports import PayoutOrder, Refused, Sent, Unknown
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.money import Money

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
ORDER = PayoutOrder("pay1", "person1", "6411", Money(28_000, "USD"), "day_1", "Dayrate 2026-00001")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def gateway(tmp_path: Path, clock: FixedClock) -> SandboxGateway:
    return SandboxGateway(tmp_path / "gateway.db", clock, sleep=lambda _: None)


def paid(gateway: SandboxGateway) -> list[str]:
    return [one.payout_id for one in gateway.transfers()]


def test_an_order_is_paid_once_for_a_key(gateway: SandboxGateway) -> None:
    first = gateway.pay(ORDER, "k1")
    again = gateway.pay(ORDER, "k1")

    assert isinstance(first, Sent)
    assert again == first
    assert paid(gateway) == ["pay1"]


def test_another_key_pays_again(gateway: SandboxGateway) -> None:
    gateway.pay(ORDER, "k1")
    gateway.pay(ORDER, "k2")

    assert paid(gateway) == ["pay1", "pay1"]


def test_a_key_with_another_order_is_refused(gateway: SandboxGateway) -> None:
    gateway.pay(ORDER, "k1")

    answer = gateway.pay(replace(ORDER, amount=Money(1, "USD")), "k1")

    assert isinstance(answer, Refused)
    assert answer.code == "idempotency_error"


def test_a_key_is_forgotten_after_a_day(gateway: SandboxGateway, clock: FixedClock) -> None:
    gateway.pay(ORDER, "k1")
    clock.at += timedelta(hours=24)

    gateway.pay(ORDER, "k1")

    assert len(paid(gateway)) == 2


def test_money_arrives_a_day_later(gateway: SandboxGateway, clock: FixedClock) -> None:
    gateway.pay(ORDER, "k1")
    (under_way,) = gateway.transfers()
    clock.at += timedelta(days=1)
    (arrived,) = gateway.transfers()

    assert under_way.arrived_at is None
    assert arrived.arrived_at == NOW + timedelta(days=1)


def test_the_books_outlive_the_process(tmp_path: Path, clock: FixedClock) -> None:
    SandboxGateway(tmp_path / "gateway.db", clock).pay(ORDER, "k1")

    found = SandboxGateway(tmp_path / "gateway.db", clock).find("day_1", "pay1")

    assert not isinstance(found, Unknown)
    assert [one.amount for one in found] == [Money(28_000, "USD")]


def test_many_threads_with_one_key_pay_once(tmp_path: Path, clock: FixedClock) -> None:
    def ask() -> None:
        SandboxGateway(tmp_path / "gateway.db", clock).pay(ORDER, "k1")

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert paid(SandboxGateway(tmp_path / "gateway.db", clock)) == ["pay1"]


def test_a_gateway_that_is_down_does_nothing(gateway: SandboxGateway) -> None:
    gateway.switch_on(sandbox.DOWN)

    assert isinstance(gateway.pay(ORDER, "k1"), Unknown)
    assert isinstance(gateway.find("day_1", "pay1"), Unknown)
    assert paid(gateway) == []


def test_a_lost_response_has_paid(gateway: SandboxGateway) -> None:
    gateway.switch_on(sandbox.RESPONSE_LOST, times=1)

    lost = gateway.pay(ORDER, "k1")
    again = gateway.pay(ORDER, "k1")

    assert isinstance(lost, Unknown)
    assert isinstance(again, Sent)
    assert paid(gateway) == ["pay1"]


def test_a_closed_account_is_refused_and_stays_refused_under_the_key(
    gateway: SandboxGateway,
) -> None:
    gateway.switch_on(sandbox.ACCOUNT_CLOSED, times=1)

    answers = [gateway.pay(ORDER, "k1"), gateway.pay(ORDER, "k1"), gateway.pay(ORDER, "k2")]

    assert [type(one) for one in answers] == [Refused, Refused, Sent]


def test_one_persons_next_order_is_refused_whoever_comes_before(gateway: SandboxGateway) -> None:
    gateway.refuse_next(ORDER.payee)
    somebody_else = replace(ORDER, payout_id="pay2", payee="person2")

    answers = [gateway.pay(somebody_else, "k1"), gateway.pay(ORDER, "k2"), gateway.pay(ORDER, "k2")]

    refused = Refused("account_closed", "The bank account is closed.")
    assert answers[1:] == [refused, refused]
    assert isinstance(gateway.pay(ORDER, "k3"), Sent)
    assert paid(gateway) == ["pay2", "pay1"]


@pytest.mark.parametrize(
    ("fault", "transfers"),
    [(sandbox.ERROR_SAVED, 0), (sandbox.ERROR_SAVED_AFTER_WORK, 1)],
)
def test_a_saved_error_is_replayed_whatever_happened(
    gateway: SandboxGateway, fault: str, transfers: int
) -> None:
    gateway.switch_on(fault, times=1)

    answers = [gateway.pay(ORDER, "k1"), gateway.pay(ORDER, "k1")]

    assert answers == [Unknown("Internal error (500).", is_saved=True)] * 2
    assert len(paid(gateway)) == transfers


def test_a_forgotten_key_pays_again(gateway: SandboxGateway) -> None:
    gateway.pay(ORDER, "k1")
    gateway.switch_on(sandbox.KEY_FORGOTTEN, times=1)

    gateway.pay(ORDER, "k1")

    assert len(paid(gateway)) == 2


def test_a_lagging_list_shows_a_transfer_later(gateway: SandboxGateway, clock: FixedClock) -> None:
    gateway.pay(ORDER, "k1")
    gateway.switch_on(sandbox.LIST_LAGS)
    at_once = gateway.find("day_1", "pay1")
    clock.at += sandbox.LIST_LAG

    assert at_once == ()
    assert gateway.find("day_1", "pay1") != ()


def test_a_slow_gateway_waits(tmp_path: Path, clock: FixedClock) -> None:
    waited: list[int] = []
    gateway = SandboxGateway(tmp_path / "gateway.db", clock, sleep=waited.append)
    gateway.switch_on(sandbox.SLOW, times=1)

    answer = gateway.pay(ORDER, "k1")

    assert isinstance(answer, Sent)
    assert waited == [sandbox.SLOW_SECONDS]


def test_chance_is_repeatable(gateway: SandboxGateway) -> None:
    def draw() -> list[str]:
        gateway.switch_on(sandbox.DOWN, percent=50, seed=7)
        return [type(gateway.pay(ORDER, "k1")).__name__ for _ in range(12)]

    assert draw() == draw()
    assert {"Sent", "Unknown"} == set(draw())


def test_faults_are_listed_and_switched_off(gateway: SandboxGateway) -> None:
    gateway.switch_on(sandbox.DOWN, times=3, percent=40)
    gateway.switch_on(sandbox.SLOW)
    gateway.switch_off(sandbox.SLOW)

    assert gateway.faults() == [sandbox.Fault(sandbox.DOWN, 3, 40)]

    gateway.switch_off()

    assert gateway.faults() == []


def test_an_unknown_fault_is_a_mistake(gateway: SandboxGateway) -> None:
    with pytest.raises(ValueError, match="is not one of"):
        gateway.switch_on("meteor")


def test_every_currency_of_the_product_is_paid(gateway: SandboxGateway) -> None:
    assert gateway.supports("CN", "CNY")
    assert not gateway.supports("CN", "XXX")


def test_a_gateway_without_keys_pays_every_time(tmp_path: Path, clock: FixedClock) -> None:
    naive = SandboxGateway(tmp_path / "gateway.db", clock, honours_keys=False)
    naive.pay(ORDER, "k1")
    naive.pay(ORDER, "k1")

    assert len(paid(naive)) == 2


def test_work_that_fails_leaves_no_trace(gateway: SandboxGateway) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        gateway.pay(replace(ORDER, amount=Money(0, "USD")), "k1")

    assert paid(gateway) == []
    assert isinstance(gateway.pay(ORDER, "k1"), Sent)
