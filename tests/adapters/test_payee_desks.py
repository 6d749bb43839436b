"""One contract for every gateway at which payees have accounts: sandbox, accounts v1 and v2."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from marketplace.adapters.sandbox.gateway import SandboxGateway
from marketplace.adapters.standin import accounts, server
from marketplace.adapters.stripe_gateway import StripeGateway
from marketplace.adapters.stripe_payees import status_v1, status_v2
from marketplace.domain.payments.ports import (
    Link,
    Opened,
    PayeeDesk,
    PayeeRef,
    PayeeStatus,
    Provider,
    Refused,
    Unknown,
)
from marketplace.domain.payments.rules.gateways import PayeeState
from marketplace.kernel.clock import FixedClock
from tests.support.standin import Running, running

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
AVA = PayeeRef("person1", "US", "ava@example.test", "Ava Maria Lin")
BACK, AGAIN = "http://127.0.0.1/back", "http://127.0.0.1/again"
MANY = 50


@dataclass(frozen=True, slots=True)
class Subject:
    """A desk, and a way to bring an account into a state."""

    desk: PayeeDesk
    bring: Callable[[str, PayeeState], None]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def standin(
    tmp_path: Path,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Running]:
    monkeypatch.setattr("stripe._http_client.HTTPClient._sleep_time_seconds", lambda *_: 0)
    with running(tmp_path / "standin.db", clock) as found:
        yield found


@pytest.fixture(params=["sandbox", "v1", "v2"])
def subject(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Subject:
    if request.param == "sandbox":
        box = SandboxGateway(tmp_path / "gateway.db", clock)
        return Subject(box, box.set_payee)
    standin: Running = request.getfixturevalue("standin")

    def bring(account: str, state: PayeeState) -> None:
        with standin.app.store.work() as books:
            accounts.change(books, account, state)

    return Subject(StripeGateway(standin.client(), accounts_api=request.param), bring)


def opened(desk: PayeeDesk, payee: PayeeRef = AVA, key: str = "acct-1-1") -> str:
    answer = desk.open_payee(payee, key)
    assert isinstance(answer, Opened)
    return answer.account


def test_a_key_opens_one_account(subject: Subject) -> None:
    assert opened(subject.desk) == opened(subject.desk)


def test_every_gateway_is_a_whole_provider(subject: Subject) -> None:
    assert isinstance(subject.desk, Provider)


@pytest.mark.parametrize("state", ["ready", "checking", "needs", "paused"])
def test_the_state_of_an_account_is_told(subject: Subject, state: str) -> None:
    account = opened(subject.desk)

    subject.bring(account, PayeeState(state))

    status = subject.desk.payee_status(account)
    assert isinstance(status, PayeeStatus)
    assert status.state == state


def test_a_link_leads_somewhere_and_back(subject: Subject) -> None:
    account = opened(subject.desk)

    link = subject.desk.payee_link(account, BACK, AGAIN)

    assert isinstance(link, Link)
    assert link.url.startswith("http")


@pytest.mark.parametrize("version", ["v1", "v2"])
class TestStripe:
    def test_an_account_is_new_until_details_are_given(
        self, standin: Running, version: str
    ) -> None:
        desk = StripeGateway(standin.client(), accounts_api=version)
        account = opened(desk)

        before = desk.payee_status(account)
        link = desk.payee_link(account, BACK, AGAIN)
        assert isinstance(link, Link)
        requests.post(link.url, {"choice": "needs"}, timeout=5, allow_redirects=False)
        after = desk.payee_status(account)

        assert isinstance(before, PayeeStatus)
        assert isinstance(after, PayeeStatus)
        assert (before.state, after.state) == (PayeeState.NEW, PayeeState.NEEDS)
        assert any("document" in need for need in after.needs)

    def test_every_link_is_another_one(self, standin: Running, version: str) -> None:
        desk = StripeGateway(standin.client(), accounts_api=version)
        account = opened(desk)

        links = [desk.payee_link(account, BACK, AGAIN) for _ in range(2)]

        assert links[0] != links[1]

    def test_the_legal_name_and_the_address_go_to_stripe(
        self, standin: Running, version: str
    ) -> None:
        account = opened(StripeGateway(standin.client(), accounts_api=version))

        with standin.app.store.work() as books:
            kept = books.any(account)

        assert "ava@example.test" in (kept.get("email"), kept.get("contact_email"))
        assert kept["metadata"] == {"person": "person1"}

    def test_silence_is_unknown_and_a_lost_account_is_gone(
        self, standin: Running, version: str
    ) -> None:
        desk = StripeGateway(standin.client(), accounts_api=version)
        account = opened(desk)
        standin.app.switch_on(server.DOWN, times=MANY)

        silent = (
            desk.open_payee(AVA, "acct-1-2"),
            desk.payee_link(account, BACK, AGAIN),
            desk.payee_status(account),
        )
        standin.app.switch_off()

        assert all(isinstance(one, Unknown) for one in silent)
        assert desk.payee_status("acct_nobody") == PayeeStatus(PayeeState.GONE)
        assert isinstance(desk.payee_link("acct_nobody", BACK, AGAIN), Refused)

    def test_an_answer_that_cannot_be_read_is_unknown(self, standin: Running, version: str) -> None:
        desk = StripeGateway(standin.client(), accounts_api=version)
        account = opened(desk)
        standin.app.switch_on(server.CUT, times=MANY)

        answers = (
            desk.open_payee(AVA, "acct-1-3"),
            desk.payee_link(account, BACK, AGAIN),
            desk.payee_status(account),
        )

        standin.app.switch_off()
        assert all(isinstance(one, Unknown) for one in answers)

    def test_other_details_under_a_key_are_refused(self, standin: Running, version: str) -> None:
        desk = StripeGateway(standin.client(), accounts_api=version)
        opened(desk)

        answer = desk.open_payee(replace(AVA, email="other@example.test"), "acct-1-1")

        assert isinstance(answer, Refused)
        assert answer.code == "idempotency_error"

    def test_nobody_in_mainland_china_gets_an_account(self, standin: Running, version: str) -> None:
        desk = StripeGateway(standin.client(), accounts_api=version)

        assert isinstance(desk.open_payee(replace(AVA, country="CN"), "acct-2-1"), Refused)

    def test_somebody_abroad_gets_an_account_too(self, standin: Running, version: str) -> None:
        desk = StripeGateway(standin.client(), accounts_api=version, home="US")

        assert opened(desk, replace(AVA, country="GB"), "acct-3-1")


@pytest.mark.parametrize(
    ("shown", "state"),
    [
        ({}, "paused"),
        ({"closed": True}, "gone"),
        ({"configuration": {"recipient": None}, "requirements": None}, "paused"),
    ],
)
def test_an_account_that_says_little_is_never_taken_for_ready(
    shown: dict[str, object], state: str
) -> None:
    assert status_v2(shown).state == state


def test_a_restricted_account_stripe_looks_at_is_being_checked() -> None:
    detail = {"code": "requirements_pending_verification", "resolution": "no_resolution"}
    capability = {"status": "restricted", "status_details": [detail]}
    recipient = {"capabilities": {"stripe_balance": {"stripe_transfers": capability}}}

    assert status_v2({"configuration": {"recipient": recipient}}).state is PayeeState.CHECKING


def test_what_stripe_has_to_do_itself_is_not_asked_of_the_payee() -> None:
    entries = [
        {"description": "identity.individual.id_numbers", "awaiting_action_from": "user"},
        {"description": "identity.individual.address", "awaiting_action_from": "stripe"},
    ]
    detail = {"code": "requirements_past_due", "resolution": "provide_info"}
    capability = {"status": "restricted", "status_details": [detail]}
    recipient = {"capabilities": {"stripe_balance": {"stripe_transfers": capability}}}
    shown = {
        "configuration": {"recipient": recipient},
        "identity": {"individual": {"given_name": "Ava"}},
        "requirements": {"entries": entries},
    }

    expected = PayeeStatus(PayeeState.NEEDS, ("identity.individual.id_numbers",))
    assert status_v2(shown) == expected


def test_a_first_version_account_under_review_is_being_checked() -> None:
    shown = {"details_submitted": True, "requirements": {"disabled_reason": "under_review"}}

    assert status_v1(shown).state is PayeeState.CHECKING
