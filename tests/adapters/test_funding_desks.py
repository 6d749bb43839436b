"""One contract for every desk where productions pay in: opened, read and given back once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import pytest
import requests

from marketplace.adapters.sandbox import gateway as sandbox
from marketplace.adapters.sandbox.gateway import SandboxGateway
from marketplace.adapters.standin import funding, server
from marketplace.adapters.stripe_gateway import StripeGateway
from marketplace.domain.payments.ports import (
    FundingDesk,
    FundingOrder,
    FundingStart,
    FundingState,
    Gateway,
    Opened,
    PayerRef,
    PayoutOrder,
    Refused,
    Sent,
    Unknown,
)
from marketplace.domain.payments.rules.funding import TRANSFER
from marketplace.domain.payments.rules.gateways import FundingStep
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.money import Money
from tests.support.standin import Running, running

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PAYER = PayerRef("c1", "Moonrise Pictures LLC")
WHOLE = Money(103_000, "USD")
ORDER = FundingOrder(
    funding_id="f1",
    email="producer@example.test",
    lines=(("Pay of the people", Money(100_000, "USD")), ("Processing", Money(3_000, "USD"))),
    group="",
    description="Dayrate Divorced at Dawn",
    return_url="http://localhost/back?of={CHECKOUT_SESSION_ID}",
    cancel_url="http://localhost/back",
    way="card",
)


@dataclass(frozen=True, slots=True)
class Subject:
    """A desk, and what its payer and its bank can do."""

    desk: FundingDesk
    gateway: Gateway
    pay: Callable[[str], None]
    payee: str
    go_down: Callable[[], None]
    clock: FixedClock

    def paid(self, way: str = "card") -> FundingStart:
        """Open a checkout and pay it."""
        customer = self.customer() if way == TRANSFER else ""
        order = replace(ORDER, way=way, customer=customer)
        start = self.desk.start_funding(order, f"fund-{way}")
        assert isinstance(start, FundingStart)
        self.pay(start.ref)
        return start

    def customer(self) -> str:
        """Make a company a customer."""
        found = self.desk.open_payer(PAYER, "payer-c1")
        assert isinstance(found, Opened)
        return found.account

    def state(self, start: FundingStart) -> FundingState:
        """Return where its money is."""
        found = self.desk.funding(start.ref)
        assert isinstance(found, FundingState)
        return found


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def standin(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Running]:
    monkeypatch.setattr("stripe._http_client.HTTPClient._sleep_time_seconds", lambda *_: 0)
    with running(tmp_path / "standin.db", clock) as found:
        yield found


def at_stripe(standin: Running, clock: FixedClock) -> Subject:
    gateway = StripeGateway(standin.client())

    def pay(ref: str) -> None:
        with standin.app.store.work() as books:
            way = funding.get(books, "checkout.session", ref)["allowed_payment_method_types"][0]
            funding.pay(books, ref, way, standin.address)

    standin.fund(1_000_000)
    return Subject(gateway, gateway, pay, standin.payee(),
                   lambda: standin.app.switch_on(server.DOWN), clock)  # fmt: skip


def in_sandbox(folder: Path, clock: FixedClock) -> Subject:
    box = SandboxGateway(folder / "gateway.db", clock, sleep=lambda _: None)
    return Subject(box, box, lambda _: None, "person1",
                   lambda: box.switch_on(sandbox.DOWN), clock)  # fmt: skip


@pytest.fixture(params=["sandbox", "stripe"])
def subject(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Subject:
    if request.param == "sandbox":
        return in_sandbox(tmp_path, clock)
    return at_stripe(request.getfixturevalue("standin"), clock)


def test_a_checkout_is_opened_once_for_a_key(subject: Subject) -> None:
    first = subject.desk.start_funding(ORDER, "k1")

    assert isinstance(first, FundingStart)
    assert first.url.startswith("http")
    assert subject.desk.start_funding(ORDER, "k1") == first
    other = subject.desk.start_funding(replace(ORDER, lines=(("x", Money(5, "USD")),)), "k1")
    assert isinstance(other, Refused)
    assert other.code == "idempotency_error"


def test_a_card_pays_at_once_and_the_lines_add_up(subject: Subject) -> None:
    found = subject.state(subject.paid())

    assert (found.step, found.amount) == (FundingStep.PAID, WHOLE)
    assert found.net is not None
    assert found.fee is not None
    assert found.net + found.fee == WHOLE
    assert found.available_on is not None
    assert found.payment


def test_a_company_is_one_customer_for_a_key(subject: Subject) -> None:
    first = subject.customer()

    assert first
    assert subject.customer() == first
    other = subject.desk.open_payer(replace(PAYER, ref="c2"), "payer-c2")
    assert isinstance(other, Opened)
    assert other.account != first


@pytest.mark.parametrize("way", ["us_bank_account", TRANSFER])
def test_a_bank_takes_its_days(subject: Subject, way: str) -> None:
    start = subject.paid(way)

    assert subject.state(start).step is FundingStep.PROCESSING


def test_money_goes_back_once_for_a_key_and_never_more_than_came(subject: Subject) -> None:
    start = subject.paid()
    payment = subject.state(start).payment
    part, rest = Money(3_000, "USD"), Money(100_000, "USD")

    first = subject.desk.refund(payment, part, "r1")
    assert isinstance(first, Sent)
    assert subject.desk.refund(payment, part, "r1") == first
    assert subject.state(start).refunded == part
    assert isinstance(subject.desk.refund(payment, WHOLE, "r2"), Refused)
    assert isinstance(subject.desk.refund(payment, rest, "r3"), Sent)
    assert subject.state(start).step is FundingStep.REFUNDED


def test_money_of_a_transfer_comes_back_once_and_never_more_than_went(subject: Subject) -> None:
    order = PayoutOrder("pay1", subject.payee, "6411", Money(28_000, "USD"), "day_1", "2026-00001")
    sent = subject.gateway.pay(order, "k1")
    assert isinstance(sent, Sent)

    first = subject.desk.take_back(sent.ref, Money(8_000, "USD"), "rev-1")

    assert isinstance(first, Sent)
    assert subject.desk.take_back(sent.ref, Money(8_000, "USD"), "rev-1") == first
    assert isinstance(subject.desk.take_back(sent.ref, Money(28_000, "USD"), "rev-2"), Refused)


def test_a_desk_that_is_down_tells_nothing(subject: Subject) -> None:
    start = subject.paid()
    payment = subject.state(start).payment
    subject.go_down()

    assert isinstance(subject.desk.open_payer(PAYER, "k8"), Unknown)
    assert isinstance(subject.desk.start_funding(ORDER, "k9"), Unknown)
    assert isinstance(subject.desk.funding(start.ref), Unknown)
    assert isinstance(subject.desk.refund(payment, Money(5, "USD"), "r9"), Unknown)


def test_a_checkout_nobody_knows_tells_nothing(subject: Subject) -> None:
    assert isinstance(subject.desk.funding("cs_other"), Unknown)


def test_the_embedded_gateways_bank_pays_after_some_days(tmp_path: Path, clock: FixedClock) -> None:
    subject = in_sandbox(tmp_path, clock)
    start = subject.paid("us_bank_account")

    clock.at = NOW + timedelta(days=2)

    assert subject.state(start).step is FundingStep.PAID


def test_the_embedded_gateway_takes_currencies_without_prices(
    tmp_path: Path, clock: FixedClock
) -> None:
    subject = in_sandbox(tmp_path, clock)
    order = replace(ORDER, lines=(("薪酬", Money(100_000, "CNY")),), way="")
    start = subject.desk.start_funding(order, "k1")
    assert isinstance(start, FundingStart)

    assert subject.state(start).fee == Money(0, "CNY")


def test_a_bank_that_says_no_has_not_paid_and_one_that_says_yes_has(
    standin: Running, clock: FixedClock
) -> None:
    subject = at_stripe(standin, clock)
    bad, good = (
        subject.desk.start_funding(replace(ORDER, way="us_bank_account"), key)
        for key in ("k1", "k2")
    )
    assert isinstance(bad, FundingStart)
    assert isinstance(good, FundingStart)
    for start, is_good in ((bad, False), (good, True)):
        subject.pay(start.ref)
        with standin.app.store.work() as books:
            funding.end_bank_payment(books, start.ref, is_good=is_good)

    assert subject.state(bad).step is FundingStep.FAILED
    assert subject.state(good).step is FundingStep.PAID


def test_a_transfer_says_how_to_send_it_and_costs_less_than_a_debit(
    standin: Running, clock: FixedClock
) -> None:
    subject = at_stripe(standin, clock)
    start = subject.paid(TRANSFER)

    page = requests.get(subject.state(start).instructions, timeout=5)
    with standin.app.store.work() as books:
        funding.end_bank_payment(books, start.ref, is_good=True)
    came = subject.state(start)

    assert "Routing number" in page.text
    assert (came.step, came.instructions) == (FundingStep.PAID, "")
    assert came.fee == Money(500, "USD")
    assert requests.get(page.url, timeout=5).status_code == HTTPStatus.NOT_FOUND


def test_a_transfer_without_a_customer_is_refused(standin: Running, clock: FixedClock) -> None:
    subject = at_stripe(standin, clock)

    for number, customer in enumerate(("", "cus_other")):
        order = replace(ORDER, way=TRANSFER, customer=customer)
        assert isinstance(subject.desk.start_funding(order, f"k{number}"), Refused)


def test_a_checkout_can_be_open_or_over(standin: Running, clock: FixedClock) -> None:
    subject = at_stripe(standin, clock)
    start = subject.desk.start_funding(ORDER, "k1")
    assert isinstance(start, FundingStart)

    assert subject.state(start).step is FundingStep.OPEN
    with standin.app.store.work() as books:
        funding.expire(books, start.ref)
    assert subject.state(start).step is FundingStep.EXPIRED


def test_only_the_way_whose_cost_is_in_the_lines_is_offered(
    standin: Running, clock: FixedClock
) -> None:
    subject = at_stripe(standin, clock)
    start = subject.desk.start_funding(ORDER, "k1")
    assert isinstance(start, FundingStart)

    with standin.app.store.work() as books, pytest.raises(Exception, match="not offered"):
        funding.pay(books, start.ref, "us_bank_account")


@pytest.mark.parametrize("is_won", [True, False])
def test_a_dispute_says_what_it_took_until_it_is_won(
    standin: Running,
    clock: FixedClock,
    is_won: bool,  # noqa: FBT001 - a table
) -> None:
    subject = at_stripe(standin, clock)
    start = subject.paid()
    payment = subject.state(start).payment
    with standin.app.store.work() as books:
        charge = funding.get(books, "payment_intent", payment)["latest_charge"]
        dispute = funding.dispute(books, charge)["id"]

    held = subject.state(start)
    assert (held.step, held.disputed) == (FundingStep.DISPUTED, WHOLE)
    assert held.dispute_fee == Money(funding.DISPUTE_FEE, "USD")
    with standin.app.store.work() as books:
        funding.end_dispute(books, dispute, is_won=is_won)
    ended = subject.state(start)
    assert (ended.step is FundingStep.PAID, ended.is_lost) == (is_won, not is_won)
