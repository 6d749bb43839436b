"""A card becomes a slip, a payout and postings: once, or not at all."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.documents.rules import SlipDocument
from marketplace.domain.ledger.queries import balances
from marketplace.domain.payments import services
from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.ports import Till
from marketplace.domain.payments.rules import BANK_FILE, PayoutState
from marketplace.domain.payroll.models import PayLineRow, PayRun, PaySlip
from marketplace.domain.payroll.rules.records import read_line
from marketplace.domain.payroll.rules.shapes import PayError
from marketplace.domain.payroll.rules.slips import PayeeIncompleteError, document_owner
from marketplace.domain.people.models import Payee, Person
from marketplace.domain.productions.models import ShootDay
from marketplace.domain.productions.rules import DayState
from marketplace.domain.tasks.models import Task
from marketplace.domain.tasks.rules import NotYetError
from marketplace.domain.timecards.models import TimeCard
from marketplace.domain.timecards.rules import CardState
from marketplace.kernel.clock import FixedClock
from tests.support import builders
from tests.support.payday import VAULT, a_closed_day, a_till, an_approved_card


@pytest.fixture
def till(tmp_path: Path, clock: FixedClock) -> Till:
    return a_till(tmp_path, clock)


def pay(session: Session, card: TimeCard, till: Till) -> PaySlip:
    slip = services.pay_card(session, card.id, till=till)
    assert slip is not None
    return slip


def payout_of(session: Session, slip: PaySlip) -> Payout:
    return session.scalars(sa.select(Payout).where(Payout.pay_slip_id == slip.id)).one()


def asked(session: Session, kind: str) -> list[int]:
    found = sa.select(Task.subject_id).where(Task.kind == kind)
    return list(session.scalars(found.order_by(Task.id)))


def test_an_approved_card_becomes_a_slip_and_a_payout_of_its_net(
    session: Session, till: Till
) -> None:
    card = an_approved_card(session, a_closed_day(session))

    slip = pay(session, card, till)

    payout = payout_of(session, slip)
    assert (slip.number, slip.gross_minor, slip.net_minor) == ("2026-00001", 28_000, 28_000)
    assert (payout.state, payout.amount_minor) == (PayoutState.DUE, slip.net_minor)
    assert card.state == CardState.LOCKED
    assert asked(session, "send_payout") == [payout.id]
    assert asked(session, "print_slip") == [slip.id]


def test_paying_a_card_again_changes_nothing(session: Session, till: Till) -> None:
    card = an_approved_card(session, a_closed_day(session))

    slips = [pay(session, card, till) for _ in range(3)]

    assert len({slip.id for slip in slips}) == 1
    assert session.scalar(sa.select(sa.func.count(Payout.id))) == 1
    assert services.check_books(session, vault=VAULT) == []


def test_what_is_earned_withheld_and_owed_is_in_the_books(session: Session, till: Till) -> None:
    production = builders.a_production(session, is_chinese=True)
    card = an_approved_card(
        session, a_closed_day(session, production), "赵国强", day_rate_minor=200_000
    )

    slip = pay(session, card, till)

    assert slip.withheld_minor > 0
    assert balances(session) == {
        (f"wages:{slip.company_id}", "CNY"): slip.gross_minor,
        (f"payable:{slip.person_id}", "CNY"): -slip.net_minor,
        (
            f"withholding:company:{slip.company_id}:cn_labor_per_payment",
            "CNY",
        ): -slip.withheld_minor,
    }


def test_a_second_payment_of_the_month_is_taxed_with_the_first(
    session: Session, till: Till
) -> None:
    """800 and 800 yuan: nothing on the first, 20% of (1,600 - 800) on both together."""
    production = builders.a_production(session, is_chinese=True)
    first_day = a_closed_day(session, production, "2026-11-20")
    second_day = a_closed_day(session, production, "2026-11-21")
    first = an_approved_card(session, first_day, "赵国强", day_rate_minor=80_000)
    person = session.get_one(Person, first.person_id)
    role = builders.a_role(session, production, [second_day], day_rate_minor=80_000)
    booking = builders.a_booking(session, role, person, second_day)
    second = builders.a_time_card(session, booking)

    slips = [pay(session, card, till) for card in (first, second)]

    assert [slip.withheld_minor for slip in slips] == [0, 16_000]


def test_numbers_of_a_company_run_without_gaps_and_start_anew_each_year(
    session: Session, till: Till, clock: FixedClock
) -> None:
    company = builders.a_company(session)
    production = builders.a_production(session, company)
    day = a_closed_day(session, production)
    cards = [an_approved_card(session, day, name) for name in ("A B", "C D", "E F")]

    numbers = [pay(session, card, till).number for card in cards[:2]]
    clock.at += timedelta(days=60)
    with pytest.raises(PayError):  # the scheme has no table for 2027: nothing is guessed
        pay(session, cards[2], till)

    assert numbers == ["2026-00001", "2026-00002"]


def test_slips_of_one_day_and_date_share_a_run(
    session: Session, till: Till, clock: FixedClock
) -> None:
    day = a_closed_day(session)
    cards = [an_approved_card(session, day, name) for name in ("A B", "C D", "E F")]

    same = [pay(session, card, till).pay_run_id for card in cards[:2]]
    clock.at += timedelta(days=1)
    late = pay(session, cards[2], till).pay_run_id

    assert same[0] == same[1] != late
    assert session.get_one(PayRun, late).number == session.get_one(PayRun, same[0]).number + 1


def test_a_day_belongs_to_the_date_of_its_call(session: Session, till: Till) -> None:
    day = a_closed_day(session, on="2026-11-20", wrap="26:00")
    card = an_approved_card(session, day, hours=("14:00", "26:00"), meal=("19:00", "19:30"))

    slip = pay(session, card, till)

    document = SlipDocument.from_json(
        VAULT.open(slip.document_sealed, document_owner(slip.public_id))
    )
    assert slip.shoot_date == date(2026, 11, 20)
    assert (document.call, document.wrap) == ("14:00", "02:00 next day")


def test_the_paper_says_what_the_slip_says(session: Session, till: Till) -> None:
    slip = pay(session, an_approved_card(session, a_closed_day(session)), till)

    text = VAULT.open(slip.document_sealed, document_owner(slip.public_id))
    document = SlipDocument.from_json(text)

    assert document.data_digest == slip.digest
    assert document.payee.legal_name == "Lin Yuting"
    assert document.payee.stage_name == "Ava Lin"
    assert document.employer.name == "Redwood Vertical LLC"
    assert (document.gross, document.net) == ("$280.00", "$280.00")
    assert document.paper == "Letter"


def test_lines_of_a_slip_can_be_read_back(session: Session, till: Till) -> None:
    slip = pay(session, an_approved_card(session, a_closed_day(session)), till)

    rows = session.scalars(
        sa.select(PayLineRow)
        .where(PayLineRow.pay_slip_id == slip.id)
        .order_by(PayLineRow.position),
    ).all()

    lines = [read_line(row.line) for row in rows]
    assert sum(one.amount.minor for one in lines if one.kind == "earning") == slip.gross_minor
    assert [one.code for one in lines] == [row.code for row in rows]


def test_a_card_nobody_approved_is_not_paid(session: Session, till: Till) -> None:
    card = an_approved_card(session, a_closed_day(session))
    card.state = CardState.QUERIED
    session.flush()

    assert services.pay_card(session, card.id, till=till) is None


def test_a_cancelled_day_is_not_paid(session: Session, till: Till) -> None:
    day = a_closed_day(session)
    card = an_approved_card(session, day)
    day.state = DayState.CANCELLED
    session.flush()

    assert services.pay_card(session, card.id, till=till) is None


def test_a_day_that_still_runs_is_waited_for(session: Session, till: Till) -> None:
    day = builders.a_shoot_day(session, builders.a_production(session), "2026-11-29")
    card = an_approved_card(session, day)

    with pytest.raises(NotYetError) as early:
        services.pay_card(session, card.id, till=till)

    assert early.value.run_at == session.get_one(ShootDay, day.id).wrap_at


@pytest.mark.parametrize("missing", ["payee", "legal_name_sealed", "tax_form"])
def test_without_a_name_and_a_tax_form_no_slip_is_issued(
    session: Session, till: Till, missing: str
) -> None:
    card = an_approved_card(session, a_closed_day(session), has_payee=missing != "payee")
    if missing != "payee":
        payee = session.scalars(sa.select(Payee)).one()
        setattr(payee, missing, None)
        session.flush()

    with pytest.raises(PayeeIncompleteError):
        services.pay_card(session, card.id, till=till)

    assert card.state == CardState.APPROVED
    assert session.scalar(sa.select(sa.func.count(PaySlip.id))) == 0


def test_without_a_bank_account_the_slip_is_issued_and_the_money_waits(
    session: Session, till: Till, clock: FixedClock
) -> None:
    card = an_approved_card(session, a_closed_day(session))
    payee = session.scalars(sa.select(Payee)).one()
    payee.account_sealed = None
    session.flush()

    payout = payout_of(session, pay(session, card, till))
    assert (payout.state, payout.problem_code) == (PayoutState.HELD, "no_account")
    assert asked(session, "send_payout") == []

    payee.account_sealed = b"sealed"
    session.flush()
    released = services.payee_is_ready(session, card.person_id, clock=clock)

    assert released == 1
    assert payout.state == PayoutState.DUE
    assert asked(session, "send_payout") == [payout.id]


def test_a_currency_no_gateway_pays_waits_for_the_companys_own_bank(
    session: Session, till: Till, clock: FixedClock
) -> None:
    card = an_approved_card(session, a_closed_day(session))
    shut = Till(till.vault, till.write, (), clock)

    payout = payout_of(session, pay(session, card, shut))

    assert (payout.state, payout.gateway) == (PayoutState.DUE, BANK_FILE)
    assert asked(session, "send_payout") == []
    assert services.check_books(session) == []


def test_the_platform_withholds_across_companies(session: Session, till: Till) -> None:
    """The cumulative scheme of a platform sees both companies' payments as one year."""
    cards = []
    person = builders.a_person(session, "赵国强")
    builders.a_payee(session, person, VAULT, tax_form="cn_resident")
    for on in ("2026-11-19", "2026-11-21"):
        production = builders.a_production(session, builders.a_company(session), is_chinese=True)
        production.withholding_agent = "platform"
        production.scheme = "cn_labor_platform_cumulative"
        day = a_closed_day(session, production, on)
        role = builders.a_role(session, production, [day], day_rate_minor=700_000)
        cards.append(builders.a_time_card(session, builders.a_booking(session, role, person, day)))

    first, second = (pay(session, card, till) for card in cards)

    assert first.withholding_agent == second.withholding_agent == "platform"
    assert second.withheld_minor > first.withheld_minor
    assert len(second.inputs["payment"]["year"]["payments"]) == 1
