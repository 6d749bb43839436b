"""Every fault of Stripe, at the first attempt and the second, with every death of a worker.

The real SDK talks HTTP to the stand-in, which really cuts the line. Whatever happens, each person
is paid once, the books agree with Stripe's list, and nobody reads that a payment failed while
its outcome is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from marketplace.adapters import stripe_gateway
from marketplace.adapters.standin import server
from marketplace.adapters.stripe_letters import StripeLetters
from marketplace.domain.payments.models import (
    GatewayHalt,
    PayeeAccount,
    Payout,
    PayoutAttempt,
)
from marketplace.domain.payments.rules import PayoutState, PayWord, pay_word
from marketplace.domain.payments.rules.matching import Kind
from marketplace.domain.payments.services import check_books
from marketplace.domain.payments.services.halts import resume
from marketplace.domain.tasks.services import LEASE, Only
from marketplace.domain.timecards.rules import CardState
from marketplace.kernel.clock import FixedClock
from marketplace.worker.drain import Crew
from marketplace.worker.handlers import HANDLERS
from tests.support import builders
from tests.support.crews import Killed, MortalCrew
from tests.support.databases import Database
from tests.support.payday import VAULT, a_closed_day, an_approved_card
from tests.support.standin import running
from tests.support.stripe_days import SECRETS, StripeDay, joined
from tests.support.stripe_troubles import (
    A_DAY,
    SOME_FAULTS,
    Watched,
    assert_everybody_is_paid_once,
    differences,
    earn,
    gateway_of,
    pay_in,
)

FAULTS = tuple(fault for fault in server.FAULTS if fault != server.KEY_FORGOTTEN)
"""All but the one that breaks Stripe's promise: a key is remembered for a day."""

TRIES = stripe_gateway.RETRIES + 1
"""How often the SDK itself asks under one key before it gives up."""

STAGES = 10
MANY = 80
UNKNOWN_WORDS = {PayWord.APPROVED, PayWord.ON_ITS_WAY, PayWord.PAID}


@pytest.fixture
def day(
    database: Database, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StripeDay]:
    """A worker that pays through the stand-in; waiting takes no time, a slow answer too much."""
    monkeypatch.setattr("stripe._http_client.HTTPClient._sleep_time_seconds", lambda *_: 0)
    monkeypatch.setattr(stripe_gateway, "TIME_OUT", 0.25)
    monkeypatch.setattr(server, "SLOW_SECONDS", 0.4)
    with running(tmp_path / "standin.db", clock) as standin:
        made = joined(database, tmp_path, clock, standin)
        letters = StripeLetters(standin.client(), SECRETS, clock)
        gateway = Watched(standin.client(), letters=letters)
        outside = replace(made.outside, gateways=(gateway,))
        yield replace(made, outside=outside, crew=Crew(database.engine, outside))


def to_the_second_attempt(day: StripeDay) -> None:
    """Let the first attempt come to nothing, provably; the process ends as the second leaves."""
    gateway = gateway_of(day)

    def end_at_the_second(key: str) -> None:
        if key.endswith("-a2"):
            raise Killed

    gateway.before = end_at_the_second
    day.standin.app.switch_on(server.ERROR_BEFORE, times=1)
    with pytest.raises(Killed):
        day.do_to_the_end("send_payout")
    gateway.before = Watched.before
    day.standin.app.switch_off()
    day.clock.at += LEASE


def dies_at(day: StripeDay, stage: int) -> bool:
    """Let a crew send what is due until it dies at a stage; False when it outlives that."""
    crew = MortalCrew(day.database.engine, day.outside, HANDLERS, stage=stage)
    try:
        crew.drain_only(Only("send_payout"))
    except Killed:
        day.clock.at += LEASE
        return True
    return False


def last_payout(day: StripeDay) -> Payout:
    with day.database.session() as session:
        return session.scalars(sa.select(Payout).order_by(Payout.id.desc()).limit(1)).one()


@pytest.mark.parametrize("attempt", [1, 2])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_and_a_death_at_every_stage_pay_once(
    day: StripeDay, fault: str, attempt: int
) -> None:
    stages = 0
    is_dead = True
    while is_dead:
        earn(day)
        if attempt == 2:
            to_the_second_attempt(day)
        day.standin.app.switch_on(fault, times=TRIES)
        is_dead = dies_at(day, stages)
        assert_is_not_called_failed(day)
        day.do_to_the_end("send_payout")
        day.standin.app.switch_off()
        stages += 1

    assert 4 < stages < STAGES, "Every stage was tried, until a crew outlived them all."
    assert_everybody_is_paid_once(day)


def assert_is_not_called_failed(day: StripeDay) -> None:
    """Check what the person reads now; Stripe refuses nothing here for good."""
    word = pay_word(CardState.LOCKED, PayoutState(last_payout(day).state))
    assert word in UNKNOWN_WORDS


def test_many_payments_with_faults_at_random_reconcile_to_nothing(day: StripeDay) -> None:
    """Two workers send at once; one call in ten goes wrong, each in its own way."""
    earn(day, MANY)
    for number, fault in enumerate(SOME_FAULTS):
        day.standin.app.switch_on(fault, percent=2, seed=number)
    with ThreadPoolExecutor(2) as workers:
        for done in [workers.submit(day.do_to_the_end, "send_payout") for _ in range(2)]:
            done.result()
    day.standin.app.switch_off()
    day.do_to_the_end("send_payout")

    assert_everybody_is_paid_once(day)
    assert gateway_of(day).calls > MANY, "Nothing went wrong: nothing was tested."
    assert differences(day) == {Kind.MISSED_EVENTS}, "No letter was brought to this worker."
    day.do("handle_event")
    day.clock.at += timedelta(minutes=11)
    assert differences(day) == set()


def test_a_key_a_day_later_is_not_trusted(day: StripeDay) -> None:
    earn(day)
    day.standin.app.switch_on(server.RESET_AFTER, times=TRIES)
    day.do("send_payout")
    assert last_payout(day).state == PayoutState.SENDING

    day.clock.at += timedelta(hours=25)
    day.do_to_the_end("send_payout")

    assert_everybody_is_paid_once(day)
    assert gateway_of(day).calls == 1, "Stripe's list was asked, not the key."


def test_a_stripe_that_forgets_its_keys_shows_its_double(day: StripeDay) -> None:
    """The control: when the promise the keys rest on is broken, the checks must see it."""
    earn(day)
    pay_in(day, 3 * A_DAY)
    day.standin.app.switch_on(server.RESET_AFTER, times=TRIES)
    day.standin.app.switch_on(server.KEY_FORGOTTEN)

    day.do_to_the_end("send_payout")

    with pytest.raises(AssertionError):
        assert_everybody_is_paid_once(day)
    assert Kind.PAID_TWICE in differences(day)


def test_an_empty_balance_stops_the_queue_until_money_is_there(day: StripeDay) -> None:
    earn(day, 3)
    pay_in(day, -3 * A_DAY)
    day.do("send_payout")

    assert halted(day) == ["balance_insufficient"]
    assert gateway_of(day).calls <= 3
    assert {one.state for one in day.payouts()} == {PayoutState.SENDING}
    pay_in(day, 3 * A_DAY)
    day.do_to_the_end("send_payout")
    assert halted(day) == []
    with day.database.session() as session:
        assert check_books(session, gateways=[gateway_of(day)], vault=VAULT) == []
    assert {one.state for one in day.payouts()} == {PayoutState.SENT}


def halted(day: StripeDay) -> list[str]:
    with day.database.session() as session:
        wanted = sa.select(GatewayHalt.code).where(GatewayHalt.ended_at.is_(None))
        return list(session.scalars(wanted))


def test_a_wrong_key_stops_everything_until_a_person_resumes(day: StripeDay) -> None:
    earn(day, 3)
    day.standin.app.switch_on(server.WRONG_KEY)
    day.do("send_payout")
    stopped = gateway_of(day).calls

    assert halted(day) == ["wrong_key"]
    assert {one.state for one in day.payouts()} == {PayoutState.SENDING}
    day.standin.app.switch_off()
    with day.unit() as session:
        by = builders.a_user(session, "Operator")
        resume(session, "stripe", by.id, clock=day.clock)
    day.do("send_payout")
    assert stopped <= 3
    assert halted(day) == []
    assert_everybody_is_paid_once(day)


def test_yuan_never_reach_stripe(day: StripeDay) -> None:
    with day.unit() as session:
        show = builders.a_production(session, is_chinese=True)
        made = a_closed_day(session, show)
        an_approved_card(session, made, "林晚")
    day.do("pay_card")
    day.do_to_the_end("send_payout")

    (payout,) = day.payouts()
    assert payout.currency == "CNY"
    assert payout.gateway != "stripe"
    assert gateway_of(day).calls == 0
    assert list(gateway_of(day).transfers()) == []


def test_an_order_that_is_sent_again_is_the_same_to_the_byte(day: StripeDay) -> None:
    """What is stored with the attempt leaves, whatever has changed meanwhile."""
    earn(day)
    day.standin.app.switch_on(server.RESET_AFTER, times=TRIES)
    day.do("send_payout")
    with day.unit() as session:
        account = session.scalars(sa.select(PayeeAccount)).one()
        account.account = day.standin.payee()

    day.do_to_the_end("send_payout")

    assert_everybody_is_paid_once(day)
    assert attempts_of(day) == 1


def attempts_of(day: StripeDay) -> int:
    with day.database.session() as session:
        return session.scalar(sa.select(sa.func.count(PayoutAttempt.id))) or 0
