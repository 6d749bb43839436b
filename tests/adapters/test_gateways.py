"""One contract for every gateway: an order is paid once, and the answer never lies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from marketplace.adapters.sandbox import gateway as sandbox
from marketplace.adapters.sandbox.gateway import SandboxGateway
from marketplace.adapters.standin import server
from marketplace.adapters.stripe_gateway import StripeGateway
from marketplace.domain.payments.ports import Gateway, PayoutOrder, Refused, Sent, Unknown
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.money import Money
from tests.support.standin import running

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MANY = 50

CUTS = "the line is cut after the work"
SAVES = "a 500 is kept after the work"
SAVES_NOTHING = "a 500 is kept and nothing was done"
DOWN = "nobody answers"
FORGETS = "the key is forgotten"

STRIPE_FAULTS = {
    CUTS: server.RESET_AFTER,
    SAVES: server.ERROR_AFTER,
    SAVES_NOTHING: server.ERROR_BEFORE,
    DOWN: server.DOWN,
    FORGETS: server.KEY_FORGOTTEN,
}
SANDBOX_FAULTS = {
    CUTS: sandbox.RESPONSE_LOST,
    SAVES: sandbox.ERROR_SAVED_AFTER_WORK,
    SAVES_NOTHING: sandbox.ERROR_SAVED,
    DOWN: sandbox.DOWN,
    FORGETS: sandbox.KEY_FORGOTTEN,
}


@dataclass(frozen=True, slots=True)
class Subject:
    """A gateway with an order it can carry out, and its faults."""

    gateway: Gateway
    order: PayoutOrder
    break_it: Callable[[str, int], None]
    mend: Callable[[], None]

    def paid(self) -> list[str]:
        """Return what was really paid."""
        return [one.payout_id for one in self.gateway.transfers()]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture(params=["sandbox", "stripe"])
def subject(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Subject]:
    order = PayoutOrder("pay1", "person1", "6411", Money(28_000, "USD"), "day_1", "2026-00001")
    if request.param == "sandbox":
        box = SandboxGateway(tmp_path / "gateway.db", clock, sleep=lambda _: None)
        switch = SANDBOX_FAULTS.__getitem__
        yield Subject(box, order, lambda name, times: box.switch_on(switch(name), times=times),
                      box.switch_off)  # fmt: skip
        return
    monkeypatch.setattr("stripe._http_client.HTTPClient._sleep_time_seconds", lambda *_: 0)
    with running(tmp_path / "standin.db", clock) as standin:
        standin.fund(1_000_000)
        yield Subject(
            StripeGateway(standin.client()),
            replace(order, payee=standin.payee()),
            lambda name, times: standin.app.switch_on(STRIPE_FAULTS[name], times=times),
            standin.app.switch_off,
        )


def test_an_order_is_paid_once_for_a_key(subject: Subject) -> None:
    first = subject.gateway.pay(subject.order, "k1")
    again = subject.gateway.pay(subject.order, "k1")

    assert isinstance(first, Sent)
    assert again == first
    assert subject.paid() == ["pay1"]


def test_another_key_pays_again(subject: Subject) -> None:
    subject.gateway.pay(subject.order, "k1")
    subject.gateway.pay(subject.order, "k2")

    assert subject.paid() == ["pay1", "pay1"], "a harness that cannot see a double proves nothing"


def test_a_key_with_another_order_is_refused(subject: Subject) -> None:
    subject.gateway.pay(subject.order, "k1")

    answer = subject.gateway.pay(replace(subject.order, amount=Money(1, "USD")), "k1")

    assert isinstance(answer, Refused)
    assert answer.code == "idempotency_error"
    assert subject.paid() == ["pay1"]


def test_an_answer_that_was_cut_is_unknown_until_the_same_key_tells(subject: Subject) -> None:
    subject.break_it(CUTS, MANY)

    unknown = subject.gateway.pay(subject.order, "k1")
    subject.mend()
    told = subject.gateway.pay(subject.order, "k1")

    assert isinstance(unknown, Unknown)
    assert not unknown.is_saved
    assert isinstance(told, Sent)
    assert subject.paid() == ["pay1"]


@pytest.mark.parametrize(("fault", "paid"), [(SAVES, ["pay1"]), (SAVES_NOTHING, [])])
def test_a_kept_500_never_tells_more_but_the_list_does(
    subject: Subject,
    fault: str,
    paid: list[str],
) -> None:
    subject.break_it(fault, 1)
    subject.gateway.pay(subject.order, "k1")
    subject.mend()

    answer = subject.gateway.pay(subject.order, "k1")
    found = subject.gateway.find("day_1", "pay1")

    assert isinstance(answer, Unknown)
    assert answer.is_saved
    assert not isinstance(found, Unknown)
    assert [one.payout_id for one in found] == paid


def test_nobody_answering_is_unknown_and_pays_nothing(subject: Subject) -> None:
    subject.break_it(DOWN, MANY)

    assert isinstance(subject.gateway.pay(subject.order, "k1"), Unknown)
    assert isinstance(subject.gateway.find("day_1", "pay1"), Unknown)
    subject.mend()
    assert subject.paid() == []


def test_a_day_later_the_key_pays_again(subject: Subject, clock: FixedClock) -> None:
    subject.gateway.pay(subject.order, "k1")
    clock.move_to(NOW + timedelta(hours=25))

    subject.gateway.pay(subject.order, "k1")

    assert subject.paid() == ["pay1", "pay1"], "hence the list is asked first after a day"


def test_only_the_payout_asked_for_is_found(subject: Subject) -> None:
    subject.gateway.pay(subject.order, "k1")
    subject.gateway.pay(replace(subject.order, payout_id="pay2"), "k2")
    subject.gateway.pay(replace(subject.order, payout_id="pay3", group="day_2"), "k3")

    found = subject.gateway.find("day_1", "pay2")

    assert not isinstance(found, Unknown)
    assert [(one.payout_id, one.amount) for one in found] == [("pay2", Money(28_000, "USD"))]
    assert subject.paid() == ["pay1", "pay2", "pay3"]


def test_yuan_never_reach_stripe(tmp_path: Path, clock: FixedClock) -> None:
    with running(tmp_path / "standin.db", clock) as standin:
        gateway = StripeGateway(standin.client())

    assert gateway.supports("US", "USD")
    assert not gateway.supports("CN", "CNY")
    assert not gateway.supports("US", "CNY")
    assert not gateway.supports("CN", "USD")


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (server.CUT, Unknown),
        (server.HTML, Unknown),
        (server.CONFLICT, Unknown),
        (server.TOO_MANY, Unknown),
        (server.RESET_BEFORE, Unknown),
        (server.WRONG_KEY, Refused),
    ],
)
def test_what_stripe_answers_under_a_fault(
    tmp_path: Path,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    outcome: type,
) -> None:
    monkeypatch.setattr("stripe._http_client.HTTPClient._sleep_time_seconds", lambda *_: 0)
    with running(tmp_path / "standin.db", clock) as standin:
        standin.fund(1_000_000)
        gateway = StripeGateway(standin.client())
        order = PayoutOrder("pay1", standin.payee(), "", Money(100, "USD"), "day_1", "2026-00001")
        standin.app.switch_on(fault, times=MANY)

        answer = gateway.pay(order, "k1")

        standin.app.switch_off()
        told = gateway.pay(order, "k1")
        assert isinstance(answer, outcome)
        assert isinstance(told, Sent)
        assert [one.payout_id for one in gateway.transfers()] == ["pay1"]


@pytest.mark.parametrize(
    ("funds", "payee", "code", "stops"),
    [
        (0, "ready", "balance_insufficient", True),
        (9_000, "paused", "insufficient_capabilities_for_transfer", False),
    ],
)
def test_a_refusal_says_whether_the_others_need_to_be_tried(
    tmp_path: Path,
    clock: FixedClock,
    funds: int,
    payee: str,
    code: str,
    stops: bool,  # noqa: FBT001 - a table
) -> None:
    with running(tmp_path / "standin.db", clock) as standin:
        if funds:
            standin.fund(funds)
        account = standin.payee(payee)
        order = PayoutOrder("pay1", account, "", Money(100, "USD"), "day_1", "2026-00001")

        answer = StripeGateway(standin.client()).pay(order, "k1")

    assert isinstance(answer, Refused)
    assert (answer.code, answer.stops_queue) == (code, stops)
