"""The accountant signs after the production, sends back with a reason, and never their own card."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import User
from marketplace.domain.audit.models import AuditEntry
from marketplace.domain.notices.models import Mail
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.tasks.models import Task
from marketplace.domain.timecards import jobs, services
from marketplace.domain.timecards.models import TimeCard
from marketplace.domain.timecards.queries import counts_of
from marketplace.domain.timecards.rules import CardState, Hours
from marketplace.domain.timecards.services import (
    AgreeHours,
    ApproveCards,
    ApprovePayroll,
    EnterHours,
    SendBack,
)
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import NotAllowedError, NotFoundError
from tests.support import builders


@dataclass
class Office:
    """A day with one card the production has approved, and an accountant."""

    session: Session
    clock: FixedClock
    production: Production
    day: ShootDay
    person: Person
    card: TimeCard
    accountant: User

    def approve(self) -> None:
        """Approve the card as the production."""
        seen = {self.card.id: self.card.version}
        by_id = self.production.created_by_id
        command = ApproveCards(self.day.id, self.production.id, seen, by_id)
        services.approve(self.session, command, clock=self.clock)

    def signing(self, **changed: Any) -> ApprovePayroll:
        """Return the accountant's signature."""
        seen = {self.card.id: self.card.version}
        command = ApprovePayroll(self.day.id, self.production.id, seen, self.accountant.id)
        return replace(command, **changed)

    def sign(self, **changed: Any) -> list[TimeCard]:
        """Approve the card for payroll."""
        return services.approve_payroll(self.session, self.signing(**changed), clock=self.clock)

    def send_back(self, reason: str = "The meal is missing", **changed: Any) -> TimeCard:
        """Send the card back."""
        facts = self.production.id, self.card.version, reason, self.accountant.id
        command = replace(SendBack(self.card.id, *facts), **changed)
        return services.send_back(self.session, command, clock=self.clock)

    def asked(self) -> list[str]:
        """Return the keys of the pay that was asked for."""
        wanted = sa.select(Task.key).where(Task.kind == "pay_card").order_by(Task.id)
        return list(self.session.scalars(wanted))


@pytest.fixture
def office(session: Session) -> Office:
    """The production asks for the accountant; its day is over by the clock."""
    production = builders.a_production(session)
    production.needs_payroll_approval = True
    day = builders.a_shoot_day(session, production, "2026-11-21")
    role = builders.a_role(session, production, [day])
    person = builders.a_person(session)
    booking = builders.a_booking(session, role, person, day)
    card = builders.a_time_card(session, booking)
    accountant = builders.a_user(session, "Noor Haddad")
    clock = FixedClock(builders.NOW)
    return Office(session, clock, production, day, person, card, accountant)


def test_a_day_that_closes_asks_for_no_pay_before_the_accountant_has_signed(
    office: Office,
) -> None:
    jobs.close_day(office.session, office.day.id, clock=office.clock)
    before = office.asked()

    office.sign()
    office.sign()

    assert before == []
    assert office.asked() == [f"pay_card:{office.card.id}:1:payroll"]
    assert office.card.state == CardState.PAYROLL_APPROVED
    assert office.card.payroll_approved_by_id == office.accountant.id
    assert office.card.payroll_approved_at == office.clock.now()


def test_a_signature_before_the_close_is_paid_at_the_close(office: Office) -> None:
    office.sign()
    before = office.asked()

    jobs.close_day(office.session, office.day.id, clock=office.clock)

    assert before == []
    assert office.asked() == [f"pay_card:{office.card.id}:1:payroll"]


def test_what_the_production_has_not_approved_is_not_signed(office: Office) -> None:
    office.card.state = CardState.AGREED
    office.session.flush()

    with pytest.raises(NotAllowedError, match="agreed already"):
        office.sign()


def test_nobody_signs_or_sends_back_their_own_card(office: Office) -> None:
    own = office.person.user_id

    with pytest.raises(NotAllowedError, match="Nobody approves their own hours"):
        office.sign(by_id=own)
    with pytest.raises(NotAllowedError, match="Nobody approves their own hours"):
        office.send_back(by_id=own)

    assert office.card.state == CardState.APPROVED


def test_hours_that_changed_meanwhile_are_not_signed(office: Office) -> None:
    with pytest.raises(NotAllowedError, match="changed meanwhile"):
        office.sign(versions={office.card.id: 7})
    with pytest.raises(NotAllowedError, match="changed meanwhile"):
        office.send_back(version=7)


def test_what_belongs_to_another_production_or_day_is_not_signed(office: Office) -> None:
    other = builders.a_production(office.session, title="Night Bride")
    later = builders.a_shoot_day(office.session, office.production, "2026-11-22")

    with pytest.raises(NotFoundError):
        office.sign(production_id=other.id)
    with pytest.raises(NotFoundError):
        office.send_back(production_id=other.id)
    with pytest.raises(NotAllowedError, match="another day"):
        office.sign(shoot_day_id=later.id)


def test_a_card_goes_back_with_a_reason_to_who_approved_it(office: Office) -> None:
    office.send_back()
    office.send_back()

    assert (office.card.state, office.card.approved_at) == (CardState.AGREED, None)
    assert office.card.agreed_at is not None
    assert office.card.returned_reason == "The meal is missing"
    (mail,) = office.session.scalars(sa.select(Mail)).all()
    approver = office.session.get_one(User, office.production.created_by_id)
    assert mail.to_address == approver.email
    assert "The meal is missing" in str(mail.lines)


def test_a_card_nobody_answered_goes_back_to_waiting_for_the_person(office: Office) -> None:
    office.card.agreed_at = None
    office.session.flush()

    office.send_back()

    assert office.card.state == CardState.SENT


@pytest.mark.parametrize("reason", ["", "   "])
def test_sending_back_needs_a_reason(office: Office, reason: str) -> None:
    with pytest.raises(NotAllowedError, match="Say why"):
        office.send_back(reason)


def test_the_production_approves_again_what_came_back(office: Office) -> None:
    office.send_back()

    office.approve()
    office.sign()

    assert office.card.state == CardState.PAYROLL_APPROVED
    assert office.card.returned_reason == ""


def test_hours_that_change_after_the_accountant_need_every_signature_again(
    office: Office,
) -> None:
    office.sign()
    hours = Hours(office.day.call_at, office.day.wrap_at + timedelta(hours=1))
    by_id = office.production.created_by_id
    command = EnterHours(
        office.card.booking_id, office.production.id, hours, by_id, "Wrap was late"
    )

    services.enter(office.session, command, clock=office.clock)

    card = office.card
    assert (card.state, card.version) == (CardState.SENT, 2)
    signed = (card.agreed_at, card.approved_at, card.approved_by_id, card.payroll_approved_at)
    assert signed == (None, None, None, None)
    assert card.payroll_approved_by_id is None
    agreed = AgreeHours(card.id, office.person.id, 2)
    services.agree(office.session, agreed, clock=office.clock)
    with pytest.raises(NotAllowedError):
        office.sign()


def test_every_step_is_on_record_with_who_and_why(office: Office) -> None:
    office.send_back()
    office.approve()
    office.sign()

    wanted = sa.select(AuditEntry).where(AuditEntry.subject == f"time_card:{office.card.public_id}")
    log = office.session.scalars(wanted.order_by(AuditEntry.id)).all()
    assert [entry.action for entry in log] == ["send_back", "approve", "approve_payroll"]
    assert log[0].reason == "The meal is missing"
    assert [entry.actor_id for entry in log] == [
        office.accountant.id,
        office.production.created_by_id,
        office.accountant.id,
    ]


def test_a_production_that_no_longer_asks_pays_what_waited(office: Office) -> None:
    jobs.close_day(office.session, office.day.id, clock=office.clock)
    waiting = services.ask_for_approved(office.session, office.production.id, clock=office.clock)
    office.production.needs_payroll_approval = False
    office.session.flush()

    asked = services.ask_for_approved(office.session, office.production.id, clock=office.clock)

    assert (waiting, asked) == (0, 1)
    assert len(office.asked()) == 1


def test_the_counts_say_what_waits_for_the_accountant(office: Office) -> None:
    before = counts_of(office.session, office.production.id)[office.day.id]

    office.sign()

    after = counts_of(office.session, office.production.id)[office.day.id]
    assert (before.approved, before.for_payroll) == (1, 1)
    assert (after.approved, after.for_payroll) == (1, 0)
