"""Letters of Stripe are hints: whatever their order and number, what is read decides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from marketplace.adapters.standin import accounts, money, server
from marketplace.adapters.standin.store import Body
from marketplace.app import create_app
from marketplace.domain.accounts.models import Company
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.notices.models import Mail
from marketplace.domain.payments.models import GatewayEvent, PayeeAccount
from marketplace.domain.payments.rules.events import Upshot
from marketplace.domain.payments.rules.gateways import PayeeState
from marketplace.domain.payments.services.letters import replay_letter
from marketplace.domain.tasks.models import Task
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import NotFoundError
from tests.support import builders
from tests.support.databases import Database
from tests.support.stripe_days import StripeDay, deliver, stripe_day


@pytest.fixture
def day(
    database: Database, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StripeDay]:
    monkeypatch.setattr("stripe._http_client.HTTPClient._sleep_time_seconds", lambda *_: 0)
    with stripe_day(database, tmp_path, clock) as made:
        yield made


def a_door(day: StripeDay) -> FlaskClient:
    app = create_app(day.outside.settings, day.outside)
    return app.test_client()


def lose_the_answer(day: StripeDay) -> None:
    """Send what is due; Stripe works, and its answer never comes."""
    day.standin.app.switch_on(server.RESET_AFTER, times=3)
    day.do("send_payout")
    day.standin.app.switch_off()


def to_the_bank(day: StripeDay, account: str, *statuses: str) -> Body:
    """Send everything an account holds on to its bank, and let that end, also twice."""
    with day.standin.app.store.work() as books:
        amount = books.balance(account)[0]["usd"]
        made = money.pay_out(books, account, {"amount": amount, "currency": "usd"})
        for status in statuses:
            money.end_payout(books, account, made["id"], status)
    return made


def bring(day: StripeDay, *types: str) -> None:
    """Deliver the letters of some types, and have them looked at."""
    told = [one for one in day.events() if one["type"] in types]
    assert told, "a test about nothing"
    assert set(deliver(a_door(day).post, told, day.clock)) == {200}
    day.do("handle_event")


def outcomes(day: StripeDay) -> dict[str, str]:
    with day.database.session() as session:
        rows = session.execute(sa.select(GatewayEvent.type, GatewayEvent.outcome))
        return dict(rows.all())


def test_a_letter_completes_a_payment_whose_answer_was_lost(day: StripeDay) -> None:
    day.pay("Ava Lin")
    lose_the_answer(day)
    (before,) = day.payouts()

    bring(day, "transfer.created")

    (payout,) = day.payouts()
    assert (before.state, payout.state, payout.attempts) == ("sending", "sent", 1)
    assert outcomes(day) == {"transfer.created": Upshot.APPLIED}


def test_a_letter_that_comes_twice_or_late_changes_nothing(day: StripeDay) -> None:
    day.pay("Ava Lin")
    day.do("send_payout")
    day.do("confirm_payout")
    bring(day, "transfer.created")
    bring(day, "transfer.created")

    (payout,) = day.payouts()
    assert payout.state == "paid"
    assert outcomes(day) == {"transfer.created": Upshot.NO_CHANGE}
    with day.database.session() as session:
        assert session.scalar(sa.select(sa.func.count(GatewayEvent.id))) == 1


def test_a_letter_about_nothing_of_ours_is_counted(day: StripeDay) -> None:
    account = day.standin.payee()
    options = {"amount": 500, "currency": "usd", "destination": account}
    day.standin.client().v1.transfers.create(options)  # type: ignore[arg-type]  # a plain dict

    bring(day, "transfer.created", "balance.available")

    assert outcomes(day)["transfer.created"] == Upshot.NOT_OURS


def test_types_nobody_listens_to_are_counted(day: StripeDay) -> None:
    (event,) = [one for one in day.events() if one["type"] == "balance.available"]
    deliver(a_door(day).post, [{**event, "type": "tax.settings.updated"}], day.clock)
    day.do("handle_event")

    assert outcomes(day) == {"tax.settings.updated": Upshot.NOT_USED}


def test_what_a_letter_says_about_money_is_not_believed(day: StripeDay) -> None:
    day.pay("Ava Lin")
    day.do("send_payout")
    (sent,) = day.payouts()
    (event,) = [one for one in day.events() if one["type"] == "transfer.created"]
    about = {**event["data"]["object"], "amount": 1, "id": "tr_other"}
    deliver(a_door(day).post, [{**event, "data": {"object": about}}], day.clock)
    day.do("handle_event")

    (payout,) = day.payouts()
    assert (payout.gateway_ref, payout.amount_minor) == (sent.gateway_ref, sent.amount_minor)


@pytest.mark.parametrize(
    ("statuses", "is_banked", "is_returned"),
    [(("paid",), True, False), (("paid", "failed"), False, True), ((), False, False)],
)
def test_money_is_followed_to_the_payees_bank(
    day: StripeDay,
    statuses: tuple[str, ...],
    is_banked: bool,  # noqa: FBT001 - a table
    is_returned: bool,  # noqa: FBT001 - a table
) -> None:
    (account,) = day.pay("Ava Lin")
    day.do("send_payout")
    day.do("confirm_payout")
    to_the_bank(day, account, *statuses)

    bring(day, "payout.created", "payout.paid", "payout.failed")

    (payout,) = day.payouts()
    assert payout.state == "paid", "what a bank returns lies at Stripe: it is never paid again"
    assert (payout.banked_at is not None, payout.bank_returned_at is not None) == (
        is_banked,
        is_returned,
    )


def test_who_is_paid_and_who_pays_are_told_that_the_bank_returned_it(day: StripeDay) -> None:
    (account,) = day.pay("Ava Lin")
    day.do("send_payout")
    with day.unit() as session:
        company = session.get_one(Company, day.payouts()[0].company_id)
        builders.a_member(session, company, CompanyRole.ACCOUNTANT)
    to_the_bank(day, account, "failed")

    bring(day, "payout.failed")
    bring(day, "payout.failed")

    with day.database.session() as session:
        told = session.scalars(sa.select(Mail.key).where(Mail.key.startswith("bank_returned:")))
        assert sorted(":company" in key for key in told) == [False, True]
    assert day.payouts()[0].bank_problem == "account_closed"


def test_money_that_sets_out_again_is_at_the_bank_after_all(day: StripeDay) -> None:
    (account,) = day.pay("Ava Lin")
    day.do("send_payout")
    to_the_bank(day, account, "failed")
    day.clock.at += timedelta(days=1)
    again = to_the_bank(day, account, "paid")

    bring(day, "payout.paid")
    bring(day, "payout.failed")

    (payout,) = day.payouts()
    assert (payout.bank_ref, payout.bank_returned_at) == (again["id"], None)
    assert payout.banked_at is not None


def test_an_account_that_becomes_ready_lets_go_what_waited(day: StripeDay) -> None:
    (account,) = day.pay("Ava Lin", state=PayeeState.CHECKING)
    day.do("send_payout")
    (held,) = day.payouts()
    with day.standin.app.store.work() as books:
        accounts.change(books, account, "ready")

    bring(day, "v2.core.account[configuration.recipient].capability_status_updated")
    day.do("send_payout")

    (payout,) = day.payouts()
    assert (held.state, payout.state) == ("held", "sent")
    with day.database.session() as session:
        assert session.scalars(sa.select(PayeeAccount.state)).all() == [PayeeState.READY]


def test_new_money_wakes_what_waited_for_it(day: StripeDay) -> None:
    with day.standin.app.store.work() as books:
        money.booked(books, "", {"id": "", "object": "payout", "currency": "usd"}, -50_000_000)
    day.pay("Ava Lin")
    day.do("send_payout")
    (waiting,) = day.payouts()
    day.standin.fund(50_000_000)

    bring(day, "balance.available")
    day.do("send_payout")

    (payout,) = day.payouts()
    assert (waiting.state, payout.state) == ("sending", "sent")


def test_while_stripe_is_silent_letters_wait(day: StripeDay) -> None:
    day.pay("Ava Lin")
    lose_the_answer(day)
    told = [one for one in day.events() if one["type"] == "transfer.created"]
    deliver(a_door(day).post, told, day.clock)
    day.standin.app.switch_on(server.DOWN)
    day.do("handle_event")
    day.standin.app.switch_off()

    assert outcomes(day) == {"transfer.created": Upshot.WAITING}
    day.do_to_the_end("handle_event")
    assert outcomes(day) == {"transfer.created": Upshot.APPLIED}


def test_a_letter_can_be_looked_at_again(day: StripeDay) -> None:
    day.pay("Ava Lin")
    day.do("send_payout")
    bring(day, "transfer.created")
    (event,) = [one for one in day.events() if one["type"] == "transfer.created"]
    with day.unit() as session:
        operator = builders.a_user(session, "Op Erator")
        replay_letter(session, event["id"], actor_id=operator.id, clock=day.clock)
        replay_letter(session, event["id"], actor_id=operator.id, clock=day.clock)
    assert outcomes(day) == {"transfer.created": Upshot.WAITING}

    day.do("handle_event")

    assert outcomes(day) == {"transfer.created": Upshot.NO_CHANGE}
    with day.database.session() as session:
        keys = session.scalars(sa.select(Task.key).where(Task.kind == "handle_event")).all()
        assert len(keys) == 2
    with pytest.raises(NotFoundError), day.unit() as session:
        replay_letter(session, "evt_nobody", actor_id=operator.id, clock=day.clock)
