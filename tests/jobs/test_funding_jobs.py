"""The way of a production's money through a gateway that is silent, slow or not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketplace.adapters.sandbox import gateway as sandbox
from marketplace.adapters.sandbox.gateway import SandboxGateway
from marketplace.domain.payments import services
from marketplace.domain.payments.jobs.funding import (
    begin_funding,
    check_funding,
    look_for_ref,
    resume_funding,
    send_refund,
)
from marketplace.domain.payments.models import Fund, Funding, Refund
from marketplace.domain.payments.rules import PayoutError
from marketplace.domain.payments.rules.funding import FundingError, FundingStage, quote, way_named
from marketplace.domain.payments.services.funding import StartFunding
from marketplace.domain.payments.services.refunds import AskRefund, ask_refund
from marketplace.domain.tasks.rules import NotYetError
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.money import Money
from tests.support import builders
from tests.support.databases import Database
from tests.support.payday import Unit, a_till, unit_of

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
