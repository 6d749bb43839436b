"""Many cards and payments at once: proved before they stay, and nobody waits for another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.adapters.sandbox import gateway as sandbox
from marketplace.adapters.sandbox.gateway import SandboxGateway
from marketplace.domain.payments import jobs, services
from marketplace.domain.payments.models import Payout, PayoutAttempt
from marketplace.domain.payments.ports import PayoutOrder, Refused, Sent, Till, Unknown
from marketplace.domain.payments.rules import CLOSED_FOR, BooksError, PayoutError, PayoutState
from marketplace.domain.payments.services import payday, proofs
from marketplace.domain.payroll.models import PayLineRow, PaySlip, SlipCounter
from marketplace.domain.payroll.rules.slips import PayeeIncompleteError
from marketplace.domain.productions.models import ShootDay
from marketplace.domain.productions.rules import DayState
from marketplace.domain.tasks.models import Task
from marketplace.domain.tasks.rules import NotYetError
from marketplace.domain.timecards.models import TimeCard
from marketplace.domain.timecards.rules import CardState
from marketplace.kernel.clock import FixedClock
from tests.support.databases import Database
from tests.support.payday import Unit, a_closed_day, a_till, an_approved_card, unit_of

OFF = "ALTER TABLE pay_line DISABLE TRIGGER USER"


@pytest.fixture
def unit(database: Database) -> Unit:
    return unit_of(database)


@pytest.fixture
def gateway(tmp_path: Path, clock: FixedClock) -> SandboxGateway:
    return SandboxGateway(tmp_path / "gateway.db", clock, sleep=lambda _seconds: None)


@pytest.fixture
def till(tmp_path: Path, clock: FixedClock, gateway: SandboxGateway) -> Till:
    return a_till(tmp_path, clock, gateway)


def cards(session: Session, count: int, day: ShootDay | None = None) -> list[TimeCard]:
    day = day or a_closed_day(session)
    return [an_approved_card(session, day, f"Worker {number}") for number in range(count)]


def payouts(unit: Unit, till: Till, count: int) -> list[int]:
    """Pay cards, and return their payouts, which wait to be sent."""
    with unit() as session:
        services.pay_cards(session, [card.id for card in cards(session, count)], till=till)
        return list(session.scalars(sa.select(Payout.id).order_by(Payout.id)))


def states(unit: Unit) -> list[str]:
    with unit() as session:
        return list(session.scalars(sa.select(Payout.state).order_by(Payout.id)))


def test_each_card_of_a_batch_gets_its_own_answer(session: Session, till: Till) -> None:
    day = a_closed_day(session)
    good, paid = cards(session, 2, day)
    services.pay_card(session, paid.id, till=till)
    incomplete = an_approved_card(session, day, "Ben Ito", has_payee=False)
    early_day, gone_day = (a_closed_day(session, on=f"2026-11-{on}") for on in (19, 20))
    early_day.state, gone_day.state = DayState.PLANNED, DayState.CANCELLED
    early, gone = (an_approved_card(session, one) for one in (early_day, gone_day))
    ids = [card.id for card in (good, paid, incomplete, early, gone)]

    found = services.pay_cards(session, ids, till=till)

    assert [type(found[card_id]) for card_id in ids] == [
        PaySlip,
        PaySlip,
        PayeeIncompleteError,
        NotYetError,
        type(None),
    ]
    assert (good.state, incomplete.state) == (CardState.LOCKED, CardState.APPROVED)


def test_a_batch_leaves_the_books_as_one_by_one_does(unit: Unit, till: Till) -> None:
    payouts(unit, till, 4)
    with unit() as session:
        asked = list(session.scalars(sa.select(Task.kind).where(Task.kind != "pay_card")))
        findings = services.check_books(session, vault=till.vault)

    assert findings == []
    assert sorted(asked) == ["print_slip"] * 4 + ["send_payout"] * 4


def forget_a_line(session: Session) -> None:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    off = "DROP TRIGGER pay_line_no_delete" if is_sqlite else OFF
    session.execute(sa.text(off))
    session.execute(sa.delete(PayLineRow))


def skip_a_number(session: Session) -> None:
    session.execute(sa.update(SlipCounter).values(last=SlipCounter.last + 1))


@pytest.mark.parametrize("fault", [forget_a_line, skip_a_number])
def test_a_batch_that_cannot_be_proved_does_not_stay(
    session: Session, till: Till, fault: Callable[[Session], None]
) -> None:
    (card,) = cards(session, 1)
    slip = services.pay_card(session, card.id, till=till)
    assert slip is not None
    fault(session)

    with pytest.raises(BooksError, match=slip.number):
        proofs.prove(session, [slip])


def test_a_slip_without_its_posting_cannot_be_proved(
    session: Session, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    (card,) = cards(session, 1)
    monkeypatch.setattr(payday, "post_slips", lambda *_args, **_more: None)

    with pytest.raises(BooksError, match="postings are not its amounts"):
        services.pay_card(session, card.id, till=till)


def test_many_payments_are_sent_and_arrive_together(
    unit: Unit, till: Till, clock: FixedClock, gateway: SandboxGateway
) -> None:
    ids = payouts(unit, till, 30)

    assert jobs.send_payouts(unit, ids, till=till) == {}
    assert states(unit) == [PayoutState.SENT] * 30
    clock.at += sandbox.ARRIVES_AFTER
    assert jobs.confirm_payouts(unit, ids, till=till) == {}

    assert states(unit) == [PayoutState.PAID] * 30
    assert len(list(gateway.transfers())) == 30
    with unit() as session:
        assert services.check_books(session, gateways=till.gateways, vault=till.vault) == []


def test_each_payment_of_a_batch_gets_its_own_answer(
    unit: Unit, till: Till, gateway: SandboxGateway
) -> None:
    ids = payouts(unit, till, 3)
    gateway.switch_on(sandbox.ACCOUNT_CLOSED, times=1)

    left = jobs.send_payouts(unit, ids, till=till)

    assert left == {}
    assert states(unit) == ["blocked", "sent", "sent"]


def test_the_oldest_payment_leaves_first_however_they_are_asked_for(
    unit: Unit, till: Till, gateway: SandboxGateway
) -> None:
    ids = payouts(unit, till, 3)
    gateway.switch_on(sandbox.DOWN, times=2)
    jobs.send_payouts(unit, [ids[1], ids[2]], till=till)

    left = jobs.send_payouts(unit, [ids[2], ids[0], ids[1]], till=till)

    assert left == {}
    with unit() as session:
        oldest_first = list(session.scalars(sa.select(Payout.public_id).order_by(Payout.id)))
    assert [one.payout_id for one in gateway.transfers()] == oldest_first


def test_a_lost_answer_is_asked_for_again_and_pays_once(
    unit: Unit, till: Till, clock: FixedClock, gateway: SandboxGateway
) -> None:
    ids = payouts(unit, till, 3)
    gateway.switch_on(sandbox.RESPONSE_LOST, times=1)

    left = jobs.send_payouts(unit, ids, till=till)

    assert len(left) == 1
    assert all(isinstance(at, datetime) and at > clock.now() for at in left.values())
    assert jobs.send_payouts(unit, list(left), till=till) == {}
    assert states(unit) == ["sent"] * 3
    assert len(list(gateway.transfers())) == 3


class TurningAway(SandboxGateway):
    """A gateway that takes no order at all after the first ones."""

    takes = 1
    asked = 0

    def pay(self, order: PayoutOrder, key: str) -> Sent | Refused | Unknown:
        self.asked += 1
        if self.asked > self.takes:
            return Refused("unauthorised", "The key is not known (401).", stops_queue=True)
        return super().pay(order, key)


def test_a_gateway_that_takes_no_order_is_left_alone_and_nobody_is_blamed(
    unit: Unit, tmp_path: Path, clock: FixedClock
) -> None:
    gateway = TurningAway(tmp_path / "gateway.db", clock)
    till = a_till(tmp_path, clock, gateway)
    ids = payouts(unit, till, 5)

    left = jobs.send_payouts(unit, ids, till=till)

    assert gateway.asked == 2
    assert set(left.values()) == {clock.now() + CLOSED_FOR}
    assert states(unit) == ["sent", *["sending"] * 4]
    with unit() as session:
        waiting = sa.select(sa.func.count()).where(Task.kind == "send_payout")
        assert session.scalar(waiting.where(Task.run_at <= clock.now())) == 0
        assert services.check_books(session) == []

    gateway.takes = 99
    clock.at += CLOSED_FOR
    assert jobs.send_payouts(unit, list(left), till=till) == {}
    assert states(unit) == ["sent"] * 5
    with unit() as session:
        keys = session.scalars(sa.select(PayoutAttempt.key).where(PayoutAttempt.number > 1))
        assert len(list(keys)) == 1, "Only the payment that was turned away has a new key."
        assert services.check_books(session, gateways=till.gateways) == []


def test_payments_of_a_gateway_that_is_not_set_up_wait_by_themselves(
    unit: Unit, till: Till, clock: FixedClock
) -> None:
    ids = payouts(unit, till, 2)

    left = jobs.send_payouts(unit, ids, till=Till(till.vault, till.write, (), clock))

    assert [str(problem) for problem in left.values()] == [
        "The payment gateway sandbox is not set up."
    ] * 2
    assert jobs.send_payouts(unit, ids, till=till) == {}


def test_a_payment_no_gateway_took_is_sent_once_one_does(
    unit: Unit, till: Till, clock: FixedClock
) -> None:
    """Of the time when a payment nobody could carry was held, instead of left to a bank."""
    (payout_id,) = payouts(unit, till, 1)
    with unit() as session:
        payout = session.get_one(Payout, payout_id)
        payout.state, payout.problem_code, payout.gateway = "held", "no_gateway", ""
        session.flush()
        retry = services.RetryPayout(payout.public_id, payout.company_id, 1, "We have one now")
        with pytest.raises(PayoutError):
            services.retry_payout(session, retry, till=Till(till.vault, till.write, (), clock))
        services.retry_payout(session, retry, till=till)

    assert jobs.send_payouts(unit, [payout_id], till=till) == {}
    assert states(unit) == [PayoutState.SENT]
