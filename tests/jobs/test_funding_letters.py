"""Letters about money a production puts in: paid, disputed, won; read anew, whatever they say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from marketplace.adapters.standin import funding as checkout
from marketplace.adapters.standin import server
from marketplace.app import create_app
from marketplace.domain.payments.jobs.funding import begin_funding
from marketplace.domain.payments.models import Funding, GatewayEvent
from marketplace.domain.payments.rules.events import Upshot
from marketplace.domain.payments.rules.funding import FundingStage, quote, way_named
from marketplace.domain.payments.services.funding import StartFunding
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.money import Money
from tests.support import builders
from tests.support.databases import Database
from tests.support.stripe_days import StripeDay, deliver, stripe_day

pytestmark = pytest.mark.embedded


@pytest.fixture
def day(
    database: Database, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StripeDay]:
    monkeypatch.setattr("stripe._http_client.HTTPClient._sleep_time_seconds", lambda *_: 0)
    with stripe_day(database, tmp_path, clock) as made:
        yield made


def begun(day: StripeDay) -> str:
    """Open a checkout for a production; returns what Stripe calls it."""
    with day.unit() as session:
        show = builders.a_production(session)
    way = way_named("card", "USD")
    command = StartFunding(
        production_id=show.id,
        actor_id=show.created_by_id,
        token="drawn with the page",  # noqa: S106 - of a form
        days=(),
        way=way.code,
        quote=quote(Money(100_000, "USD"), Money(0, "USD"), 0, way),
        gateway="stripe",
        page="http://localhost/p/x/funding",
        words=("Pay", "Employer", "Fee", "Processing"),
    )
    begin_funding(day.unit, command, till=day.outside.till)
    with day.database.session() as session:
        return session.scalars(sa.select(Funding.gateway_ref)).one() or ""


def pay(day: StripeDay, session_id: str) -> None:
    with day.standin.app.store.work() as books:
        checkout.pay(books, session_id, "card")


def argue(day: StripeDay) -> str:
    """Let the card's bank take the money back; returns what Stripe calls the dispute."""
    with day.standin.app.store.work() as books:
        (charge,) = (one for one in books.newest("charge") if "source_transfer" not in one)
        return str(checkout.dispute(books, charge["id"])["id"])


def bring(day: StripeDay, *types: str) -> None:
    told = [one for one in day.events() if one["type"] in types]
    assert told, "a test about nothing"
    door = create_app(day.outside.settings, day.outside).test_client()
    assert set(deliver(door.post, told, day.clock)) == {200}
    day.do("handle_event")


def stage(day: StripeDay) -> str:
    with day.database.session() as session:
        return session.scalars(sa.select(Funding.stage)).one()


def outcomes(day: StripeDay) -> set[str]:
    with day.database.session() as session:
        return set(session.scalars(sa.select(GatewayEvent.outcome)))


def test_a_letter_says_to_look_and_the_money_is_there(day: StripeDay) -> None:
    pay(day, begun(day))

    bring(day, "checkout.session.completed")

    assert stage(day) == FundingStage.PAID
    assert outcomes(day) == {Upshot.APPLIED}


def test_a_letter_about_a_payment_finds_what_it_paid_for(day: StripeDay) -> None:
    pay(day, begun(day))
    bring(day, "checkout.session.completed")

    bring(day, "charge.succeeded")

    assert outcomes(day) == {Upshot.APPLIED, Upshot.NO_CHANGE}


@pytest.mark.parametrize(
    ("is_won", "ends"), [(True, FundingStage.SETTLED), (False, FundingStage.LOST)]
)
def test_a_dispute_is_followed_to_its_end(
    day: StripeDay,
    is_won: bool,  # noqa: FBT001 - a table
    ends: FundingStage,
) -> None:
    pay(day, begun(day))
    bring(day, "checkout.session.completed")
    dispute = argue(day)
    bring(day, "charge.dispute.created")
    between = stage(day)
    with day.standin.app.store.work() as books:
        checkout.end_dispute(books, dispute, is_won=is_won)

    bring(day, "charge.dispute.closed")

    assert (between, stage(day)) == (FundingStage.DISPUTED, ends)


def test_a_dispute_is_not_forgotten_while_stripe_is_silent(day: StripeDay) -> None:
    pay(day, begun(day))
    bring(day, "checkout.session.completed")
    argue(day)
    told = [one for one in day.events() if one["type"] == "charge.dispute.created"]
    door = create_app(day.outside.settings, day.outside).test_client()
    deliver(door.post, told, day.clock)
    day.standin.app.switch_on(server.DOWN)
    day.do("handle_event")
    assert outcomes(day) == {Upshot.APPLIED, Upshot.WAITING}
    day.standin.app.switch_off()

    day.do_to_the_end("handle_event")

    assert (stage(day), outcomes(day)) == (FundingStage.DISPUTED, {Upshot.APPLIED})


def test_a_payment_for_nothing_of_ours_is_counted(day: StripeDay) -> None:
    pay(day, begun(day))
    told = [one for one in day.events() if one["type"] == "charge.succeeded"]
    about = {**told[0]["data"]["object"], "id": "ch_other", "payment_intent": "pi_other"}
    door = create_app(day.outside.settings, day.outside).test_client()
    deliver(door.post, [{**told[0], "data": {"object": about}}], day.clock)
    day.do("handle_event")

    assert outcomes(day) == {Upshot.NOT_OURS}
    assert stage(day) == FundingStage.OPEN
