"""How people are engaged decides what is withheld; the week decides what a day pays."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company
from marketplace.domain.audit.queries import history
from marketplace.domain.booking.rules import OfferRefusedError
from marketplace.domain.booking.services import SendOffer, send_offer
from marketplace.domain.payments import services
from marketplace.domain.payments.ports import Till
from marketplace.domain.payroll.models import PayLineRow, PaySlip
from marketplace.domain.payroll.rules.records import read_line
from marketplace.domain.payroll.rules.shapes import PayLine
from marketplace.domain.payroll.rules.slips import PayeeIncompleteError
from marketplace.domain.payroll.services.slips import SlipWork, issue_slips
from marketplace.domain.people.models import Payee, Person
from marketplace.domain.people.rules import Certificate
from marketplace.domain.productions import services as productions
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import ProductionError, ProductionState
from marketplace.domain.productions.services import EditProduction, Terms
from marketplace.domain.timecards.models import TimeCard
from marketplace.kernel.clock import FixedClock
from marketplace.web.presentation import sentence
from tests.support import builders
from tests.support.payday import VAULT, a_closed_day, a_till, an_approved_card

W4 = Certificate(
    filing_status="single",
    is_step2=False,
    credits=0,
    other_income=0,
    deductions=0,
    extra=0,
    state_status="single",
    regular_allowances=0,
    estimated_allowances=0,
    has_one_employer=False,
)


@pytest.fixture
def till(tmp_path: Path, clock: FixedClock) -> Till:
    return a_till(tmp_path, clock)


def a_show(session: Session, **terms: Any) -> Production:
    production = builders.a_production(session)
    for name, value in terms.items():
        setattr(production, name, value)
    session.flush()
    return production


def an_employer(session: Session, **terms: Any) -> Production:
    return a_show(session, engagement="employee", scheme="us_ca_w2", **terms)


def a_card(session: Session, show: Production, on: str = "2026-11-21", **payee: Any) -> TimeCard:
    card = an_approved_card(session, a_closed_day(session, show, on))
    row = session.scalars(sa.select(Payee).where(Payee.person_id == card.person_id)).one()
    for name, value in payee.items():
        setattr(row, name, value)
    session.flush()
    return card


def lines_of(session: Session, card: TimeCard, till: Till) -> list[PayLine]:
    slip = services.pay_card(session, card.id, till=till)
    assert slip is not None
    rows = session.scalars(
        sa.select(PayLineRow).where(PayLineRow.pay_slip_id == slip.id).order_by(PayLineRow.position)
    )
    return [read_line(row.line) for row in rows]


def withheld(lines: list[PayLine]) -> dict[str, str]:
    return {line.code: str(line.amount.decimal) for line in lines if line.kind == "withholding"}


def test_an_employee_in_california_is_taxed_by_their_forms(session: Session, till: Till) -> None:
    card = a_card(session, an_employer(session), certificate=asdict(W4))

    lines = lines_of(session, card, till)

    assert withheld(lines) == {
        "social_security": "17.36",
        "medicare": "4.06",
        "federal_income_tax": "27.64",
        "state_income_tax": "11.65",
        "state_disability": "3.64",
    }
    assert {"futa_employer", "ca_ui_employer"} <= {one.code for one in lines if one.kind == "memo"}
    slip = session.scalars(sa.select(PaySlip)).one()
    assert (slip.scheme, slip.net_minor) == ("us_ca_w2", 28_000 - 6_435)
    assert services.check_books(session, vault=VAULT) == []


def test_the_statement_of_one_employer_brings_the_weekly_table(
    session: Session, till: Till
) -> None:
    show = an_employer(session, payroll_period="weekly")
    alone = a_card(session, show, certificate=asdict(replace(W4, has_one_employer=True)))
    other = a_card(session, show, "2026-11-20", certificate=asdict(W4))

    assert "federal_income_tax" not in withheld(lines_of(session, alone, till))
    assert withheld(lines_of(session, other, till))["federal_income_tax"] == "27.64"


@pytest.mark.parametrize(
    ("payee", "said"),
    [
        ({"certificate": None}, "has not given Form W-4 and DE 4 yet"),
        ({"certificate": asdict(W4), "tax_form": "w8ben"}, "no United States person"),
    ],
)
def test_wages_without_the_right_forms_are_refused(
    session: Session, till: Till, payee: dict[str, Any], said: str
) -> None:
    card = a_card(session, an_employer(session), **payee)

    with pytest.raises(PayeeIncompleteError) as refused:
        services.pay_card(session, card.id, till=till)

    assert said in str(refused.value.message)


@pytest.mark.parametrize(
    ("payee", "found"),
    [
        ({"is_state_nonresident": False}, {}),
        (
            {"tax_form": "w8ben", "is_state_nonresident": False},
            {"nonresident_tax": "84.00"},
        ),
        ({"tax_form": "8233", "is_state_nonresident": False}, {}),
        (
            {"is_backup_withholding": True, "is_state_nonresident": False},
            {"backup_withholding": "67.20"},
        ),
    ],
)
def test_contractors_of_one_show_are_taxed_each_by_their_own_form(
    session: Session, till: Till, payee: dict[str, Any], found: dict[str, str]
) -> None:
    card = a_card(session, a_show(session, scheme="us_ca_contractors"), **payee)

    assert withheld(lines_of(session, card, till)) == found


def another(
    session: Session, show: Production, card: TimeCard, day_rate_minor: int = 130_000
) -> TimeCard:
    """Book the person of a card for one more day, and enter its hours."""
    day = a_closed_day(session, show, "2026-11-20")
    person = session.get_one(Person, card.person_id)
    role = builders.a_role(session, show, [day], day_rate_minor=day_rate_minor)
    return builders.a_time_card(session, builders.a_booking(session, role, person, day))


def test_the_year_of_a_non_resident_is_counted_over_their_slips(
    session: Session, till: Till
) -> None:
    show = a_show(session, scheme="us_ca_nonresident_592")
    first = a_card(session, show, is_state_nonresident=True)

    assert withheld(lines_of(session, first, till)) == {}
    second = another(session, show, first)
    assert withheld(lines_of(session, second, till)) == {"state_nonresident_tax": "91.00"}


def test_days_that_are_booked_belong_to_the_year_a_non_resident_expects(
    session: Session, till: Till
) -> None:
    show = a_show(session, scheme="us_ca_nonresident_592")
    first = a_card(session, show, is_state_nonresident=True)
    another(session, show, first)

    assert withheld(lines_of(session, first, till)) == {"state_nonresident_tax": "19.60"}


def test_two_days_paid_together_are_counted_once_each(session: Session, till: Till) -> None:
    show = a_show(session, scheme="us_ca_nonresident_592")
    first = a_card(session, show, is_state_nonresident=True)
    second = another(session, show, first, 121_000)
    works = [SlipWork(card=first), SlipWork(card=second)]

    slips = issue_slips(session, works, vault=VAULT, write=sentence, clock=till.clock)

    assert [one.withheld_minor for one in slips if isinstance(one, PaySlip)] == [0, 0]


STATUTE = "us_ca_statute"


def worked(session: Session, person: Person, show: Production, on: str) -> TimeCard:
    day = a_closed_day(session, show, on)
    role = builders.a_role(session, show, [day], day_rate_minor=16_000)
    role.guaranteed_minutes = 8 * 60
    booking = builders.a_booking(session, role, person, day)
    booking.guaranteed_minutes = 8 * 60
    return builders.a_time_card(session, booking, hours=("08:00", "16:30"), meal=("12:00", "12:30"))


def test_the_sixth_day_for_one_company_is_weekly_overtime_whatever_the_show(
    session: Session, till: Till
) -> None:
    person = builders.a_person(session)
    builders.a_payee(session, person, VAULT)
    one = a_show(session, agreement=STATUTE)
    other = builders.a_production(session, builders.a_company(session, "Somebody else"))
    same = builders.a_production(session, session.get_one(Company, one.company_id))
    for show in (other, same):
        show.agreement = STATUTE
    for day in (15, 16, 17):
        worked(session, person, one, f"2026-11-{day}")
    for day in (18, 19):
        worked(session, person, same, f"2026-11-{day}")
    sixth = worked(session, person, same, "2026-11-20")
    elsewhere = worked(session, person, other, "2026-11-21")

    late = [line for line in lines_of(session, sixth, till) if line.kind == "earning"]
    alone = [line for line in lines_of(session, elsewhere, till) if line.kind == "earning"]

    assert [(line.code, str(line.amount.decimal)) for line in late] == [("overtime_1_5", "240.00")]
    assert "40 of them before this day" in str(late[0].cause)
    assert [line.code for line in alone] == ["straight"]


def test_a_holiday_of_the_agreement_pays_its_multiple(session: Session, till: Till) -> None:
    show = a_show(session, agreement="us_sag_day_performer")
    card = a_card(session, show)
    session.get_one(ShootDay, card.shoot_day_id).is_holiday = True

    lines = [line for line in lines_of(session, card, till) if line.kind == "earning"]

    assert {str(line.cause) for line in lines} == {"Holiday."}


def test_nothing_is_published_or_offered_before_somebody_chose(
    session: Session, clock: FixedClock
) -> None:
    show = a_show(session, engagement=None, state=ProductionState.DRAFT)
    day = builders.a_shoot_day(session, show)
    role = builders.a_role(session, show, [day])
    person = builders.a_person(session)
    with pytest.raises(ProductionError, match="how people are engaged"):
        productions.go_live(session, show, show.created_by_id, clock=clock)
    show.state = ProductionState.LIVE
    command = SendOffer(
        role_id=role.id,
        person_id=person.id,
        application_id=None,
        shoot_day_ids=[day.id],
        expires_at=clock.now() + timedelta(hours=12),
        note="",
        sent_by_id=show.created_by_id,
    )

    with pytest.raises(OfferRefusedError, match="how people are engaged"):
        send_offer(session, command, clock=clock)


def test_the_choice_is_logged_with_who_made_it_and_copied_to_the_booking(
    session: Session, clock: FixedClock
) -> None:
    show = a_show(session, engagement=None)
    lin = builders.a_user(session, "Lin")
    said = {name: getattr(show, name) for name in Terms.__annotations__}
    chosen = Terms(**said | {"engagement": "employee", "scheme": "us_ca_w2"})

    productions.edit(session, EditProduction(show.id, lin.id, chosen), clock=clock)

    (act,) = history(session, [f"production:{show.public_id}"])
    assert (act.actor_id, act.after["engagement"]) == (lin.id, "employee")
    assert show.engagement_by_id == lin.id
    day = builders.a_shoot_day(session, show)
    role = builders.a_role(session, show, [day])
    booking = builders.a_booking(session, role, builders.a_person(session), day)
    assert (booking.engagement, booking.payroll_period) == ("employee", "daily")
