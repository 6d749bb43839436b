"""A payout leaves, is answered, waits for people, arrives; and who is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from marketplace.adapters.sandbox import gateway as sandbox
from marketplace.adapters.sandbox.gateway import SandboxGateway
from marketplace.domain.accounts.models import Company
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.notices.models import Notice
from marketplace.domain.payments import jobs, queries, services
from marketplace.domain.payments.models import Payout, PayoutAttempt
from marketplace.domain.payments.ports import Sent, Till, Transfer
from marketplace.domain.payments.rules import (
    SURE_AFTER,
    BooksError,
    PayoutError,
    PayoutState,
    PayWord,
)
from marketplace.domain.payments.services import RetryPayout
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.people.models import Payee, Person
from marketplace.domain.people.rules import TaxForm
from marketplace.domain.people.services import PayeeDetails
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import DayState
from marketplace.domain.tasks.rules import NotYetError
from marketplace.domain.timecards.models import TimeCard
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import NotAllowedError, NotFoundError
from marketplace.kernel.money import Money
from tests.support import builders
from tests.support.databases import Database
from tests.support.payday import (
    Unit,
    a_closed_day,
    a_till,
    an_approved_card,
    run_to_the_end,
    unit_of,
)


@pytest.fixture
def unit(database: Database) -> Unit:
    return unit_of(database)


@pytest.fixture
def gateway(tmp_path: Path, clock: FixedClock) -> SandboxGateway:
    return SandboxGateway(tmp_path / "gateway.db", clock)


@pytest.fixture
def till(tmp_path: Path, clock: FixedClock, gateway: SandboxGateway) -> Till:
    return a_till(tmp_path, clock, gateway)


def a_due_payout(unit: Unit, till: Till) -> int:
    """Make one payout that waits to be sent."""
    with unit() as session:
        card = an_approved_card(session, a_closed_day(session))
        company = session.get_one(Production, card.production_id).company_id
        builders.a_member(session, session.get_one(Company, company))
        assert services.pay_card(session, card.id, till=till)
        return session.scalars(sa.select(Payout.id)).one()


def payout(unit: Unit) -> Payout:
    with unit() as session:
        session.expire_on_commit = False
        return session.scalars(sa.select(Payout)).one()


def attempts(unit: Unit) -> list[tuple[str, str]]:
    with unit() as session:
        rows = session.execute(
            sa.select(PayoutAttempt.key, PayoutAttempt.outcome).order_by(PayoutAttempt.number),
        )
        return [(key, outcome) for key, outcome in rows]


def told(unit: Unit) -> list[str]:
    with unit() as session:
        return list(session.scalars(sa.select(Notice.kind).order_by(Notice.id)))


def test_a_payment_that_is_sent_is_told_and_arrives(
    unit: Unit, till: Till, clock: FixedClock
) -> None:
    payout_id = a_due_payout(unit, till)
    jobs.send_payout(unit, payout_id, till=till)

    sent = payout(unit)
    assert sent.state == PayoutState.SENT
    assert sent.gateway_ref
    assert told(unit) == ["paid"]

    with pytest.raises(NotYetError) as early:
        jobs.confirm_payout(unit, payout_id, till=till)
    assert early.value.run_at == sent.arrives_at

    clock.at += timedelta(days=1)
    jobs.confirm_payout(unit, payout_id, till=till)

    paid = payout(unit)
    assert (paid.state, paid.paid_at) == (PayoutState.PAID, sent.arrives_at)
    with unit() as session:
        assert session.get_one(ShootDay, paid.shoot_day_id).state == DayState.SETTLED


def test_a_sent_payment_is_not_sent_or_confirmed_again(
    unit: Unit, till: Till, clock: FixedClock, gateway: SandboxGateway
) -> None:
    payout_id = a_due_payout(unit, till)
    jobs.send_payout(unit, payout_id, till=till)
    clock.at += timedelta(days=1)
    for _ in range(2):
        jobs.send_payout(unit, payout_id, till=till)
        jobs.confirm_payout(unit, payout_id, till=till)

    assert len(list(gateway.transfers())) == 1
    assert told(unit) == ["paid"]


def test_a_day_with_another_open_card_is_not_settled(
    unit: Unit, till: Till, clock: FixedClock
) -> None:
    with unit() as session:
        day = a_closed_day(session)
        an_approved_card(session, day)
        waiting = an_approved_card(session, day, "Ben Ortiz", has_payee=False)
        waiting_id, day_id = waiting.id, day.id

    run_to_the_end(unit, till, clock, days=2)

    with unit() as session:
        assert session.get_one(ShootDay, day_id).state == DayState.CLOSED
        assert session.get_one(TimeCard, waiting_id).state == "approved"


def test_a_refused_payment_waits_for_a_person_and_is_retried_under_a_new_key(
    unit: Unit, till: Till, gateway: SandboxGateway
) -> None:
    gateway.switch_on(sandbox.ACCOUNT_CLOSED, times=1)
    payout_id = a_due_payout(unit, till)
    jobs.send_payout(unit, payout_id, till=till)

    blocked = payout(unit)
    assert (blocked.state, blocked.problem_code) == (PayoutState.BLOCKED, "account_closed")
    assert told(unit) == ["needs_you", "needs_you"]

    retry = RetryPayout(blocked.public_id, blocked.company_id, 1, "New account")
    with unit() as session:
        services.retry_payout(session, retry, till=till)
    jobs.send_payout(unit, payout_id, till=till)

    name = blocked.public_id
    assert payout(unit).state == PayoutState.SENT
    assert attempts(unit) == [(f"po-{name}-a1", "refused"), (f"po-{name}-a2", "sent")]


def test_a_payee_with_a_new_account_is_sent_what_was_refused(
    unit: Unit, till: Till, clock: FixedClock, gateway: SandboxGateway
) -> None:
    gateway.switch_on(sandbox.ACCOUNT_CLOSED, times=1)
    payout_id = a_due_payout(unit, till)
    jobs.send_payout(unit, payout_id, till=till)

    with unit() as session:
        person = session.get_one(Payout, payout_id).person_id
        released = services.payee_is_ready(session, person, clock=clock)
    run_to_the_end(unit, till, clock)

    assert released == 1
    assert payout(unit).state == PayoutState.PAID


def test_a_payment_that_waits_for_an_account_leaves_when_the_person_gives_one(
    unit: Unit, till: Till, clock: FixedClock
) -> None:
    with unit() as session:
        card = an_approved_card(session, a_closed_day(session))
        payee = session.scalars(sa.select(Payee)).one()
        payee.account_sealed, payee.account_last4 = None, ""
        person_id = card.person_id
    run_to_the_end(unit, till, clock, days=1)
    assert payout(unit).state == PayoutState.HELD
    papers = PayeeDetails(
        person_id=person_id,
        legal_name="Lin Yuting",
        address="1 Olive Street, Los Angeles, CA 90012",
        tax_form=TaxForm.W9,
        tax_number="123-45-6789",
        bank_name="Second Bank",
        account="000999888777",
    )

    with unit() as session:
        released = services.keep_payee(session, papers, vault=till.vault, clock=clock)
    run_to_the_end(unit, till, clock)

    assert released == 1
    assert payout(unit).state == PayoutState.PAID
    with unit() as session:
        assert services.check_books(session, gateways=till.gateways, vault=till.vault) == []


def test_a_payment_of_another_company_cannot_be_retried(unit: Unit, till: Till) -> None:
    a_due_payout(unit, till)
    mine = payout(unit)

    retry = RetryPayout(mine.public_id, mine.company_id + 1, 1, "New account")
    with unit() as session, pytest.raises(NotFoundError):
        services.retry_payout(session, retry, till=till)


def test_a_payment_that_is_not_blocked_cannot_be_retried(unit: Unit, till: Till) -> None:
    a_due_payout(unit, till)
    mine = payout(unit)

    retry = RetryPayout(mine.public_id, mine.company_id, 1, "New account")
    with unit() as session, pytest.raises(NotAllowedError):
        services.retry_payout(session, retry, till=till)


def test_a_silent_gateway_is_asked_again_with_the_same_key(
    unit: Unit, till: Till, clock: FixedClock, gateway: SandboxGateway
) -> None:
    gateway.switch_on(sandbox.RESPONSE_LOST, times=1)
    payout_id = a_due_payout(unit, till)
    with pytest.raises(NotYetError) as later:
        jobs.send_payout(unit, payout_id, till=till)
    assert payout(unit).state == PayoutState.SENDING
    clock.at = later.value.run_at

    jobs.send_payout(unit, payout_id, till=till)

    assert payout(unit).state == PayoutState.SENT
    assert [outcome for _, outcome in attempts(unit)] == ["sent"]
    assert len(list(gateway.transfers())) == 1


def test_a_saved_error_leads_to_a_search_and_a_new_key_only_when_nothing_is_there(
    unit: Unit, till: Till, clock: FixedClock, gateway: SandboxGateway
) -> None:
    gateway.switch_on(sandbox.ERROR_SAVED, times=1)
    payout_id = a_due_payout(unit, till)
    waits = []
    for _ in range(3):
        with pytest.raises(NotYetError) as later:
            jobs.send_payout(unit, payout_id, till=till)
        waits.append(later.value.run_at - clock.at)
        clock.at = later.value.run_at
    jobs.send_payout(unit, payout_id, till=till)

    assert waits[1:] == [SURE_AFTER, timedelta(0)]
    assert [outcome for _, outcome in attempts(unit)] == ["absent", "sent"]
    assert len(list(gateway.transfers())) == 1


def test_a_saved_error_after_the_work_is_found(
    unit: Unit, till: Till, clock: FixedClock, gateway: SandboxGateway
) -> None:
    gateway.switch_on(sandbox.ERROR_SAVED_AFTER_WORK, times=1)
    gateway.switch_on(sandbox.LIST_LAGS, times=1)
    payout_id = a_due_payout(unit, till)
    run_to_the_end(unit, till, clock)

    (transfer,) = gateway.transfers()
    assert payout(unit).gateway_ref == transfer.ref
    assert payout(unit).id == payout_id


def test_a_key_that_names_another_order_is_searched_never_paid_anew(
    unit: Unit, till: Till, clock: FixedClock, gateway: SandboxGateway
) -> None:
    payout_id = a_due_payout(unit, till)
    with unit() as session:
        leaving = services.start_payout(session, payout_id, clock=clock)
        assert leaving is not None
    other = replace(leaving.order, statement="another text")
    gateway.pay(other, leaving.key)

    run_to_the_end(unit, till, clock)

    assert payout(unit).state == PayoutState.PAID
    assert len(list(gateway.transfers())) == 1


def test_a_transfer_of_another_amount_stops_for_a_person(
    unit: Unit, till: Till, clock: FixedClock
) -> None:
    payout_id = a_due_payout(unit, till)
    with unit() as session:
        leaving = services.start_payout(session, payout_id, clock=clock)
        assert leaving is not None
    now = clock.now()
    wrong = Transfer("tr_x", leaving.order.payout_id, "g", Money(1, "USD"), now, now, None)

    with unit() as session, pytest.raises(BooksError):
        services.record_search(session, leaving.attempt_id, [wrong], clock=clock)

    assert payout(unit).state == PayoutState.SENDING


def test_a_late_answer_changes_nothing(unit: Unit, till: Till, clock: FixedClock) -> None:
    payout_id = a_due_payout(unit, till)
    with unit() as session:
        leaving = services.start_payout(session, payout_id, clock=clock)
        assert leaving is not None
    jobs.send_payout(unit, payout_id, till=till)
    first = payout(unit).gateway_ref

    with unit() as session:
        late = Sent("tr_late", clock.now())
        assert services.record_answer(session, leaving.attempt_id, late, clock=clock) is None
        assert services.record_search(session, leaving.attempt_id, [], clock=clock) is None

    assert payout(unit).gateway_ref == first


def test_an_order_that_left_too_late_waits_for_the_next_try(
    unit: Unit, till: Till, gateway: SandboxGateway, clock: FixedClock
) -> None:
    class Paused(FixedClock):
        def now(self) -> datetime:
            self.at += timedelta(seconds=40)
            return self.at

    payout_id = a_due_payout(unit, till)
    paused = Till(till.vault, till.write, till.gateways, Paused(clock.at))

    with pytest.raises(NotYetError):
        jobs.send_payout(unit, payout_id, till=paused)

    assert list(gateway.transfers()) == []
    assert payout(unit).state == PayoutState.SENDING


def test_a_gateway_that_is_not_set_up_stops_for_a_person(
    unit: Unit, till: Till, clock: FixedClock
) -> None:
    payout_id = a_due_payout(unit, till)

    with pytest.raises(PayoutError, match="sandbox is not set up"):
        jobs.send_payout(unit, payout_id, till=Till(till.vault, till.write, (), clock))


def test_a_gateway_that_is_down_confirms_nothing(
    unit: Unit, till: Till, clock: FixedClock, gateway: SandboxGateway
) -> None:
    payout_id = a_due_payout(unit, till)
    jobs.send_payout(unit, payout_id, till=till)
    clock.at += timedelta(days=2)
    gateway.switch_on(sandbox.DOWN)

    with pytest.raises(NotYetError) as later:
        jobs.confirm_payout(unit, payout_id, till=till)

    assert later.value.run_at == clock.at + jobs.CONFIRM_AGAIN
    assert payout(unit).state == PayoutState.SENT


def test_missing_papers_are_asked_for_once_and_the_slip_follows(
    unit: Unit, till: Till, clock: FixedClock
) -> None:
    with unit() as session:
        card = an_approved_card(session, a_closed_day(session), has_payee=False)
        company = session.get_one(Production, card.production_id).company_id
        accountant = CompanyRole.ACCOUNTANT
        builders.a_member(session, session.get_one(Company, company), accountant)
        card_id, person_id = card.id, card.person_id
    run_to_the_end(unit, till, clock, days=2)
    assert told(unit) == ["needs_you", "needs_you"]

    with unit() as session:
        builders.a_payee(session, session.get_one(Person, person_id), till.vault)
        services.payee_is_ready(session, person_id, clock=clock)
    run_to_the_end(unit, till, clock)

    with unit() as session:
        assert session.scalars(sa.select(PaySlip.time_card_id)).one() == card_id
        assert queries.statuses_of_cards(session, [card_id])[card_id].word is PayWord.PAID
        assert services.check_books(session, gateways=till.gateways, vault=till.vault) == []


def test_people_read_where_their_money_is(unit: Unit, till: Till, gateway: SandboxGateway) -> None:
    gateway.switch_on(sandbox.ACCOUNT_CLOSED, times=1)
    payout_id = a_due_payout(unit, till)
    words = []
    slip_id = 0
    for _ in range(2):
        with unit() as session:
            slip_id, card_id = session.execute(sa.select(PaySlip.id, PaySlip.time_card_id)).one()
            of_slip = queries.statuses_of_slips(session, [slip_id])[slip_id]
            assert of_slip == queries.statuses_of_cards(session, [card_id])[card_id]
            words.append(of_slip.word)
        jobs.send_payout(unit, payout_id, till=till)

    with unit() as session:
        (row,) = queries.waiting(session, payout(unit).company_id)
        (attempt,) = queries.attempts(session, slip_id)
    assert words == [PayWord.APPROVED, PayWord.NEEDS_YOU]
    assert (row.amount, row.can_retry, row.is_for_payee) == (Money(28_000, "USD"), True, True)
    assert str(row.problem) == "The bank account is closed."
    assert attempt.outcome == "refused"
