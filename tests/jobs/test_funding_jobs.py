"""The way of a production's money through a gateway that is silent, slow or not there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from marketplace.adapters.sandbox import gateway as sandbox
from marketplace.adapters.sandbox.gateway import SandboxGateway
from marketplace.adapters.standin import funding as at_stripe
from marketplace.adapters.stripe_gateway import StripeGateway
from marketplace.domain.payments import services
from marketplace.domain.payments.jobs.funding import (
    begin_funding,
    check_funding,
    look_at_funding,
    look_for_ref,
    resume_funding,
    send_refund,
)
from marketplace.domain.payments.models import Fund, Funding, Payer, Refund
from marketplace.domain.payments.rules import PayoutError
from marketplace.domain.payments.rules.funding import (
    TRANSFER,
    FundingError,
    FundingStage,
    quote,
    way_named,
)
from marketplace.domain.payments.services.funding import StartFunding
from marketplace.domain.payments.services.refunds import AskRefund, ask_refund
from marketplace.domain.tasks.rules import NotYetError
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.money import Money
from tests.support import builders
from tests.support.databases import Database
from tests.support.payday import Unit, a_till, unit_of
from tests.support.standin import running

NONE = Money(0, "USD")


@pytest.fixture
def unit(embedded_database: Database) -> Unit:
    return unit_of(embedded_database)


@pytest.fixture
def box(tmp_path: Path, clock: FixedClock) -> SandboxGateway:
    return SandboxGateway(tmp_path / "gateway.db", clock, sleep=lambda _: None)


def a_command(unit: Unit, way: str = "card", gateway: str = "sandbox") -> StartFunding:
    with unit() as session:
        show = builders.a_production(session)
        return StartFunding(
            production_id=show.id,
            actor_id=show.created_by_id,
            token="drawn",  # noqa: S106 - the name of a form
            days=(),
            way=way,
            quote=quote(Money(100_000, "USD"), NONE, 0, way_named(way, "USD")),
            gateway=gateway,
            page="http://localhost/p/x/funding",
            words=("Pay", "Employer", "Fee", "Processing"),
        )


def the_funding(unit: Unit) -> tuple[int, str, str]:
    with unit() as session:
        found = session.query(Funding).one()
        return found.id, found.public_id, found.stage


def test_a_silent_gateway_loses_nothing(
    unit: Unit, box: SandboxGateway, tmp_path: Path, clock: FixedClock
) -> None:
    till, command = a_till(tmp_path, clock, box), a_command(unit)
    box.switch_on(sandbox.DOWN)
    with pytest.raises(FundingError):
        begin_funding(unit, command, till=till)
    box.switch_off()

    funding_id, name, stage = the_funding(unit)
    url = resume_funding(unit, command.production_id, name, till=till)
    check_funding(unit, funding_id, till=till)

    assert stage == FundingStage.OPEN
    assert url.endswith(name)
    assert the_funding(unit)[2] == FundingStage.SETTLED


def test_the_worker_looks_again_until_the_bank_has_answered(
    unit: Unit, box: SandboxGateway, tmp_path: Path, clock: FixedClock
) -> None:
    till = a_till(tmp_path, clock, box)
    begin_funding(unit, a_command(unit, "us_bank_account"), till=till)
    funding_id = the_funding(unit)[0]

    with pytest.raises(NotYetError) as early:
        check_funding(unit, funding_id, till=till)

    assert early.value.run_at > clock.now()
    assert the_funding(unit)[2] == FundingStage.PROCESSING


def test_a_company_is_made_a_customer_once_for_all_its_transfers(
    unit: Unit, tmp_path: Path, clock: FixedClock
) -> None:
    with running(tmp_path / "standin.db", clock) as standin:
        till = a_till(tmp_path, clock, StripeGateway(standin.client()))
        command = a_command(unit, TRANSFER, "stripe")

        begin_funding(unit, command, till=till)
        begin_funding(unit, replace(command, token="again"), till=till)  # noqa: S106 - a form's name

        with unit() as session:
            account = session.query(Payer).one().account
        with standin.app.store.work() as books:
            customers = [one["id"] for one in books.newest("customer")]
            paying = [one["customer"] for one in books.newest("checkout.session")]
    assert customers == [account]
    assert paying == [account, account]


def test_a_company_that_is_no_customer_yet_can_go_on(
    unit: Unit, box: SandboxGateway, tmp_path: Path, clock: FixedClock
) -> None:
    till, command = a_till(tmp_path, clock, box), a_command(unit, TRANSFER)
    box.switch_on(sandbox.DOWN)
    with pytest.raises(FundingError):
        begin_funding(unit, command, till=till)
    box.switch_off()
    _, name, stage = the_funding(unit)
    resume_funding(unit, command.production_id, name, till=till)

    with unit() as session:
        assert session.query(Payer).one().account
    assert stage == FundingStage.OPEN


def test_a_transfer_says_how_to_send_it_until_it_has_come(
    unit: Unit, tmp_path: Path, clock: FixedClock
) -> None:
    with running(tmp_path / "standin.db", clock) as standin:
        till = a_till(tmp_path, clock, StripeGateway(standin.client()))
        begin_funding(unit, a_command(unit, TRANSFER, "stripe"), till=till)
        funding_id = the_funding(unit)[0]
        with unit() as session:
            checkout = str(session.query(Funding).one().gateway_ref)
        with standin.app.store.work() as books:
            at_stripe.pay(books, checkout, TRANSFER, standin.address)
        look_at_funding(unit, funding_id, till=till)
        waiting = the_funding(unit)[2]
        with unit() as session:
            told = session.query(Funding).one().instructions
        clock.at += timedelta(days=3)
        with standin.app.store.work() as books:
            at_stripe.end_bank_payment(books, checkout, is_good=True)
        look_at_funding(unit, funding_id, till=till)

    assert waiting == FundingStage.PROCESSING
    assert told == f"{standin.address}/standin/transfer/{checkout}"
    assert the_funding(unit)[2] == FundingStage.PAID


def test_a_refund_is_asked_for_until_it_is_answered(
    unit: Unit, box: SandboxGateway, tmp_path: Path, clock: FixedClock
) -> None:
    till, command = a_till(tmp_path, clock, box), a_command(unit)
    begin_funding(unit, command, till=till)
    funding_id, name, _ = the_funding(unit)
    check_funding(unit, funding_id, till=till)
    asked = AskRefund(name, command.production_id, command.actor_id, "t", Money(500, "USD"), "Why")
    with unit() as session:
        refund_id = ask_refund(session, asked, clock=clock).id
    box.switch_on(sandbox.DOWN)
    with pytest.raises(NotYetError):
        send_refund(unit, refund_id, till=till)
    box.switch_off()

    send_refund(unit, refund_id, till=till)
    send_refund(unit, refund_id, till=till)

    with unit() as session:
        assert session.get_one(Refund, refund_id).state == "sent"
        assert session.query(Fund).one().available_minor == 99_500


def test_a_letter_about_nothing_of_ours_is_nobodys(
    unit: Unit, box: SandboxGateway, tmp_path: Path, clock: FixedClock
) -> None:
    till = a_till(tmp_path, clock, box)
    begin_funding(unit, a_command(unit), till=till)
    name = the_funding(unit)[1]

    assert look_for_ref(unit, ["ch_other"], till=till) is not True
    assert look_for_ref(unit, [name], till=till) is True
    assert look_for_ref(unit, [name], till=till) is False


def test_money_of_a_gateway_that_is_not_set_up_waits(
    unit: Unit, box: SandboxGateway, tmp_path: Path, clock: FixedClock
) -> None:
    with pytest.raises(PayoutError):
        begin_funding(unit, a_command(unit, gateway="stripe"), till=a_till(tmp_path, clock, box))


def test_the_books_say_when_a_fund_is_not_what_was_booked(
    unit: Unit, box: SandboxGateway, tmp_path: Path, clock: FixedClock
) -> None:
    till = a_till(tmp_path, clock, box)
    begin_funding(unit, a_command(unit), till=till)
    check_funding(unit, the_funding(unit)[0], till=till)

    with unit() as session:
        session.query(Fund).one().available_minor += 1
        session.query(Funding).one().stage = FundingStage.PAID
        session.flush()
        names = {one.name for one in services.check_books(session)}

    assert {"I17", "I18"} <= names
