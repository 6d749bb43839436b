"""Payees' accounts at Stripe: opened once, looked at often, and their pay waits until ready."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from marketplace.adapters.sandbox.gateway import SandboxGateway
from marketplace.adapters.standin import accounts, server
from marketplace.adapters.stripe_gateway import StripeGateway
from marketplace.domain.booking.models import Booking
from marketplace.domain.notices.models import Notice
from marketplace.domain.payments import jobs, services
from marketplace.domain.payments.jobs import payees
from marketplace.domain.payments.jobs.payees import SetUp
from marketplace.domain.payments.models import PayeeAccount, Payout
from marketplace.domain.payments.ports import PayeeRef, PayeeStatus, Till
from marketplace.domain.payments.queries import payee_accounts as queries
from marketplace.domain.payments.rules import BANK_FILE, PayoutState
from marketplace.domain.payments.rules.gateways import PayeeAccountError, PayeeState
from marketplace.domain.payments.services import payee_accounts
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production
from marketplace.domain.tasks.models import Task
from marketplace.domain.tasks.rules import NotYetError
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import NotFoundError
from tests.support import builders
from tests.support.databases import Database
from tests.support.funds import a_fund
from tests.support.payday import VAULT, Unit, a_closed_day, a_till, an_approved_card, unit_of
from tests.support.standin import Running, running

BACK = "http://127.0.0.1/me/payouts"
AGAIN = "http://127.0.0.1/me/payouts/{account}/again"
MANY = 50


@pytest.fixture
def unit(database: Database) -> Unit:
    return unit_of(database)


@pytest.fixture
def standin(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Running]:
    monkeypatch.setattr("stripe._http_client.HTTPClient._sleep_time_seconds", lambda *_: 0)
    with running(tmp_path / "standin.db", clock) as found:
        yield found


@pytest.fixture
def till(tmp_path: Path, clock: FixedClock, standin: Running) -> Till:
    return a_till(tmp_path, clock, StripeGateway(standin.client()))


@pytest.fixture
def ava(unit: Unit) -> int:
    """Return somebody in the United States whose legal name is known."""
    with unit() as session:
        person = builders.a_person(session, "Ava Lin")
        person.country = "US"
        builders.a_payee(session, person, VAULT)
        return person.id


def set_up(unit: Unit, person_id: int, till: Till) -> str:
    return payees.set_up(unit, SetUp(person_id, BACK, AGAIN), till=till)


def row_of(unit: Unit, person_id: int) -> PayeeAccount:
    with unit() as session:
        wanted = sa.select(PayeeAccount).where(PayeeAccount.person_id == person_id)
        row = session.scalars(wanted).one()
        session.expunge(row)
        return row


def bring(standin: Running, unit: Unit, person_id: int, state: str) -> None:
    """Let Stripe think otherwise of somebody; nobody has told us yet."""
    account = row_of(unit, person_id).account
    assert account is not None
    with standin.app.store.work() as books:
        accounts.change(books, account, state)


def look(unit: Unit, person_id: int, till: Till) -> PayeeState:
    return payees.check_own(unit, person_id, row_of(unit, person_id).public_id, till=till)


def at_stripe(standin: Running) -> list[str]:
    with standin.app.store.work() as books:
        return [one["id"] for one in books.newest("v2.core.account")]


def subjects(unit: Unit, person_id: int) -> list[str]:
    with unit() as session:
        person = session.get_one(Person, person_id)
        mine = sa.select(Notice.sentence).where(Notice.user_id == person.user_id)
        return [one["$say"] for one in session.scalars(mine.order_by(Notice.id))]


def test_every_click_gets_a_link_of_its_own_to_the_same_account(
    unit: Unit, till: Till, standin: Running, ava: int
) -> None:
    links = {set_up(unit, ava, till) for _ in range(3)}

    assert len(links) == 3
    assert at_stripe(standin) == [row_of(unit, ava).account]


def test_two_clicks_at_once_open_one_account(
    unit: Unit, till: Till, standin: Running, ava: int
) -> None:
    with ThreadPoolExecutor(8) as pool:
        links = list(pool.map(lambda _: set_up(unit, ava, till), range(8)))

    assert len(set(links)) == 8
    assert at_stripe(standin) == [row_of(unit, ava).account]


def test_a_lost_answer_opens_no_second_account(
    unit: Unit, till: Till, standin: Running, ava: int
) -> None:
    standin.app.switch_on(server.RESET_AFTER, times=MANY)
    with pytest.raises(PayeeAccountError, match="does not answer"):
        set_up(unit, ava, till)
    assert row_of(unit, ava).account is None

    standin.app.switch_off()
    set_up(unit, ava, till)

    assert at_stripe(standin) == [row_of(unit, ava).account]


def test_after_a_refusal_the_next_click_asks_under_another_key(
    unit: Unit, till: Till, standin: Running, ava: int
) -> None:
    with unit() as session:
        wanted = payee_accounts.want_account(session, ava, till=till)
    till.desk_named("stripe").open_payee(of_another_time(wanted), wanted.key)

    with pytest.raises(PayeeAccountError, match="did not open an account"):
        set_up(unit, ava, till)
    set_up(unit, ava, till)

    assert row_of(unit, ava).number == 2
    assert row_of(unit, ava).account == at_stripe(standin)[0]


def of_another_time(wanted: payee_accounts.Wanted) -> PayeeRef:
    """Return the same person with another address: the key is then used for something else."""
    known = wanted.payee
    return PayeeRef(known.ref, known.country, "old@example.test", known.legal_name)


def test_a_wrong_key_of_ours_uses_up_no_number(
    unit: Unit, till: Till, standin: Running, ava: int
) -> None:
    standin.app.switch_on(server.WRONG_KEY, times=MANY)

    with pytest.raises(PayeeAccountError):
        set_up(unit, ava, till)

    assert row_of(unit, ava).number == 1


def test_without_a_legal_name_no_account_is_opened(
    unit: Unit, till: Till, standin: Running
) -> None:
    with unit() as session:
        person = builders.a_person(session, "No Name")
        person.country = "US"
        person_id = person.id

    with pytest.raises(PayeeAccountError, match="legal name first"):
        set_up(unit, person_id, till)

    assert at_stripe(standin) == []


def test_nobody_in_china_is_sent_to_stripe(unit: Unit, till: Till, ava: int) -> None:
    with unit() as session:
        session.get_one(Person, ava).country = "CN"

    with pytest.raises(PayeeAccountError, match="Nobody in your country"):
        set_up(unit, ava, till)


def test_a_closed_account_is_given_up_and_another_one_opened(
    unit: Unit, till: Till, standin: Running, ava: int
) -> None:
    set_up(unit, ava, till)
    with unit() as session:
        session.scalars(sa.select(PayeeAccount)).one().account = "acct_lost"

    with pytest.raises(PayeeAccountError, match="is closed"):
        set_up(unit, ava, till)
    assert row_of(unit, ava).state == PayeeState.GONE
    set_up(unit, ava, till)

    assert (row_of(unit, ava).state, row_of(unit, ava).number) == (PayeeState.NEW, 2)
    assert row_of(unit, ava).account in at_stripe(standin)


def test_what_stripe_says_is_kept_and_the_person_told_once(
    unit: Unit, till: Till, standin: Running, ava: int
) -> None:
    set_up(unit, ava, till)
    bring(standin, unit, ava, "needs")

    states = [look(unit, ava, till) for _ in range(3)]
    bring(standin, unit, ava, "paused")
    states.append(look(unit, ava, till))
    bring(standin, unit, ava, "ready")
    states.append(look(unit, ava, till))

    assert states == ["needs", "needs", "needs", "paused", "ready"]
    assert subjects(unit, ava) == [
        "%(gateway)s needs more before it can pay you",
        "%(gateway)s has paused your payouts",
        "Your payouts are set up",
    ]
    with unit() as session:
        shown = queries.payee_account(session, ava, "stripe")
    assert (shown.state, shown.is_open) == (PayeeState.READY, True)


def test_an_older_answer_never_takes_the_place_of_a_newer_one(
    unit: Unit, till: Till, standin: Running, ava: int, clock: FixedClock
) -> None:
    set_up(unit, ava, till)
    bring(standin, unit, ava, "ready")
    early = clock.now()
    clock.at += timedelta(seconds=30)
    look(unit, ava, till)

    with unit() as session:
        row = session.scalars(sa.select(PayeeAccount)).one()
        old = PayeeStatus(PayeeState.NEEDS, ("x",))
        payee_accounts.keep_status(session, row.id, old, asked_at=early, clock=clock)

    assert row_of(unit, ava).state == PayeeState.READY


def test_nobody_looks_at_the_account_of_somebody_else(unit: Unit, till: Till, ava: int) -> None:
    set_up(unit, ava, till)
    with unit() as session:
        other = builders.a_person(session, "Bea Hart").id

    with pytest.raises(NotFoundError):
        payees.check_own(unit, other, row_of(unit, ava).public_id, till=till)
    assert payees.check_account(unit, "stripe", "acct_of_nobody", till=till) is None


def test_the_worker_looks_until_stripe_has_checked(
    unit: Unit, till: Till, standin: Running, ava: int
) -> None:
    set_up(unit, ava, till)
    row_id = row_of(unit, ava).id
    with unit() as session:
        asked = session.scalars(sa.select(Task.subject_id).where(Task.kind == "check_payee")).all()
    assert asked == [row_id]

    bring(standin, unit, ava, "checking")
    with pytest.raises(NotYetError):
        payees.check_payee(unit, row_id, till=till)
    standin.app.switch_on(server.DOWN, times=MANY)
    with pytest.raises(NotYetError):
        payees.check_payee(unit, row_id, till=till)
    standin.app.switch_off()
    bring(standin, unit, ava, "ready")
    payees.check_payee(unit, row_id, till=till)

    assert row_of(unit, ava).state == PayeeState.READY


def test_an_account_that_was_never_opened_is_new(unit: Unit, till: Till, ava: int) -> None:
    with unit() as session:
        payee_accounts.want_account(session, ava, till=till)

    assert look(unit, ava, till) is PayeeState.NEW


def a_card(unit: Unit, gateway: str = "") -> tuple[int, int]:
    """Return an approved card of somebody in the United States, and who that is.

    Their production has money; gateway: as it was chosen with the booking.
    """
    with unit() as session:
        day = a_closed_day(session)
        card = an_approved_card(session, day)
        session.get_one(Person, card.person_id).country = "US"
        session.get_one(Booking, card.booking_id).gateway = gateway
        a_fund(session, session.get_one(Production, day.production_id))
        return card.id, card.person_id


def pay(unit: Unit, card_id: int, till: Till) -> None:
    with unit() as session:
        services.pay_card(session, card_id, till=till)


def payouts_of(unit: Unit) -> list[tuple[str, str, str]]:
    with unit() as session:
        rows = session.execute(
            sa.select(Payout.state, Payout.problem_code, Payout.gateway).order_by(Payout.id),
        )
        return [(state, problem, gateway) for state, problem, gateway in rows]


def start(unit: Unit, clock: FixedClock) -> list[services.Leaving]:
    with unit() as session:
        found = list(session.scalars(sa.select(Payout.id)))
        return list(services.start_payouts(session, found, clock=clock).values())


def due_sends(unit: Unit) -> int:
    with unit() as session:
        wanted = sa.select(sa.func.count(Task.id)).where(
            Task.kind == "send_payout", Task.done_at.is_(None)
        )
        return session.scalars(wanted).one()


def test_pay_waits_for_the_account_and_goes_out_when_it_is_ready(
    unit: Unit, till: Till, standin: Running
) -> None:
    card_id, person_id = a_card(unit)
    standin.fund(1_000_000)
    pay(unit, card_id, till)
    before = payouts_of(unit)
    set_up(unit, person_id, till)
    look(unit, person_id, till)
    meanwhile = payouts_of(unit)
    with unit() as session:
        waiting = queries.waiting(session, person_id, "stripe")

    bring(standin, unit, person_id, "ready")
    look(unit, person_id, till)
    with unit() as session:
        ids = list(session.scalars(sa.select(Payout.id)))
    jobs.send_payouts(unit, ids, till=till)

    assert before == meanwhile == [(PayoutState.HELD, "payee_not_ready", "stripe")]
    assert len(waiting) == 1
    assert payouts_of(unit) == [(PayoutState.SENT, "", "stripe")]
    account = row_of(unit, person_id).account
    with standin.app.store.work() as books:
        assert [one["destination"] for one in books.newest("transfer")] == [account]
    assert "%(amount)s waits for your payout account" in subjects(unit, person_id)


def test_an_account_that_is_paused_again_holds_what_is_due(
    unit: Unit, till: Till, standin: Running, clock: FixedClock
) -> None:
    card_id, person_id = a_card(unit)
    set_up(unit, person_id, till)
    bring(standin, unit, person_id, "ready")
    look(unit, person_id, till)
    pay(unit, card_id, till)
    assert payouts_of(unit) == [(PayoutState.DUE, "", "stripe")]

    bring(standin, unit, person_id, "paused")
    look(unit, person_id, till)
    leaving = start(unit, clock)
    held = payouts_of(unit)
    sends = due_sends(unit)
    bring(standin, unit, person_id, "ready")
    look(unit, person_id, till)

    assert leaving == []
    assert held == [(PayoutState.HELD, "payee_not_ready", "stripe")]
    assert payouts_of(unit) == [(PayoutState.DUE, "", "stripe")]
    assert due_sends(unit) == sends + 1, "it is asked for again, not taken for done"


def test_a_refusal_for_the_account_is_over_when_it_is_ready(
    unit: Unit, till: Till, standin: Running
) -> None:
    """Stripe has paused the account, and its letter has not come yet."""
    card_id, person_id = a_card(unit)
    standin.fund(1_000_000)
    set_up(unit, person_id, till)
    bring(standin, unit, person_id, "ready")
    look(unit, person_id, till)
    pay(unit, card_id, till)
    bring(standin, unit, person_id, "paused")
    with unit() as session:
        ids = list(session.scalars(sa.select(Payout.id)))

    jobs.send_payouts(unit, ids, till=till)
    blocked = payouts_of(unit)
    bring(standin, unit, person_id, "ready")
    look(unit, person_id, till)
    jobs.send_payouts(unit, ids, till=till)

    code = "insufficient_capabilities_for_transfer"
    assert blocked == [(PayoutState.BLOCKED, code, "stripe")]
    assert payouts_of(unit) == [(PayoutState.SENT, "", "stripe")]


def test_bank_details_do_not_let_go_what_waits_for_an_account(
    unit: Unit, till: Till, clock: FixedClock
) -> None:
    card_id, person_id = a_card(unit)
    pay(unit, card_id, till)

    with unit() as session:
        assert services.payee_is_ready(session, person_id, clock=clock) == 0

    assert payouts_of(unit) == [(PayoutState.HELD, "payee_not_ready", "stripe")]


@pytest.mark.parametrize(
    ("chosen", "carried"),
    [("", "stripe"), ("stripe", "stripe"), (BANK_FILE, BANK_FILE), ("gone", "stripe")],
)
def test_the_carrier_of_the_booking_pays_as_long_as_it_can(
    unit: Unit, till: Till, chosen: str, carried: str
) -> None:
    card_id, _ = a_card(unit, chosen)

    pay(unit, card_id, till)

    assert payouts_of(unit)[0][2] == carried


def test_yuan_wait_for_the_companys_bank_and_never_for_stripe(
    unit: Unit, till: Till, standin: Running
) -> None:
    with unit() as session:
        production = builders.a_production(session, is_chinese=True)
        card = an_approved_card(session, a_closed_day(session, production))
        session.get_one(Person, card.person_id).country = "CN"
        session.get_one(Booking, card.booking_id).gateway = "stripe"
        card_id = card.id

    pay(unit, card_id, till)

    assert payouts_of(unit) == [(PayoutState.DUE, "", BANK_FILE)]
    with standin.app.store.work() as books:
        assert list(books.newest("transfer")) == []


def test_a_sandbox_account_can_be_taken_away_and_given_back(
    unit: Unit, tmp_path: Path, clock: FixedClock
) -> None:
    box = SandboxGateway(tmp_path / "gateway.db", clock)
    till = a_till(tmp_path, clock, box)
    card_id, person_id = a_card(unit)
    with unit() as session:
        name = session.get_one(Person, person_id).public_id
    box.set_payee(name, PayeeState.NEEDS, ("individual.verification.document",))

    taken = payees.adopt(unit, person_id, "sandbox", name, till=till)
    pay(unit, card_id, till)
    held = payouts_of(unit)
    back = set_up(unit, person_id, till)
    given = look(unit, person_id, till)

    assert (taken, given, back) == (PayeeState.NEEDS, PayeeState.READY, BACK)
    assert held == [(PayoutState.HELD, "payee_not_ready", "sandbox")]
    assert payouts_of(unit) == [(PayoutState.DUE, "", "sandbox")]


def test_the_sandbox_refuses_an_account_it_has_stopped(
    unit: Unit, tmp_path: Path, clock: FixedClock
) -> None:
    box = SandboxGateway(tmp_path / "gateway.db", clock)
    till = a_till(tmp_path, clock, box)
    card_id, person_id = a_card(unit)
    pay(unit, card_id, till)
    with unit() as session:
        ids = list(session.scalars(sa.select(Payout.id)))
        box.set_payee(session.get_one(Person, person_id).public_id, PayeeState.PAUSED)

    jobs.send_payouts(unit, ids, till=till)

    code = "insufficient_capabilities_for_transfer"
    assert payouts_of(unit) == [(PayoutState.BLOCKED, code, "sandbox")]
