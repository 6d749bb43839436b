"""Adjustments of locked hours: who may propose, answer, approve; what is told, what is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company
from marketplace.domain.audit.models import AuditEntry
from marketplace.domain.notices.models import Notice
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production
from marketplace.domain.tasks.models import Task
from marketplace.domain.timecards.jobs import auto_agree_voucher
from marketplace.domain.timecards.models import AdjustmentVoucher, TimeCard, VoucherEntry
from marketplace.domain.timecards.rules import CardState, HoursError
from marketplace.domain.timecards.rules.vouchers import VoucherState
from marketplace.domain.timecards.services import (
    AnswerAdjustment,
    DecideAdjustment,
    ProposeAdjustment,
    agree_to_adjustment,
    approve_adjustment,
    approve_adjustment_for_payroll,
    propose,
    query_adjustment,
    reject_adjustment,
    void_adjustment,
)
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import NotAllowedError, NotFoundError
from tests.support import adjusting, builders
from tests.support.payday import a_closed_day, an_approved_card


@pytest.fixture
def card(session: Session) -> TimeCard:
    production = builders.a_production(session)
    builders.a_member(session, session.get_one(Company, production.company_id))
    made = an_approved_card(session, a_closed_day(session, production))
    made.state = CardState.LOCKED
    session.flush()
    return made


@pytest.fixture
def voucher(session: Session, card: TimeCard, clock: FixedClock) -> AdjustmentVoucher:
    return adjusting.propose(session, card.id, clock=clock)


def answered(voucher: AdjustmentVoucher, text: str = "") -> AnswerAdjustment:
    return AnswerAdjustment(voucher.id, voucher.person_id, voucher.version, text)


def own_user(session: Session, voucher: AdjustmentVoucher) -> int:
    return session.get_one(Person, voucher.person_id).user_id


def told(session: Session, user_id: int) -> list[str]:
    session.flush()
    found = sa.select(Notice.key).where(Notice.user_id == user_id).order_by(Notice.id)
    return list(session.scalars(found))


def test_a_proposal_waits_for_the_person_and_changes_nothing(
    session: Session, card: TimeCard, voucher: AdjustmentVoucher
) -> None:
    assert voucher.state == VoucherState.PROPOSED
    assert (card.state, card.version, voucher.base_version) == (CardState.LOCKED, 1, 1)
    key = f"voucher:{voucher.id}:1:{own_user(session, voucher)}"
    assert told(session, own_user(session, voucher)) == [key]


def test_hours_that_are_not_paid_are_corrected_on_the_card(
    session: Session, card: TimeCard, clock: FixedClock
) -> None:
    card.state = CardState.APPROVED
    session.flush()

    with pytest.raises(NotAllowedError, match="not paid yet"):
        adjusting.propose(session, card.id, clock=clock)


def test_nobody_proposes_for_themselves(
    session: Session, card: TimeCard, clock: FixedClock
) -> None:
    by_id = session.get_one(Person, card.person_id).user_id
    hours = adjusting.hours_on(session, card.id, ("07:00", "21:00"))
    command = ProposeAdjustment(card.id, card.production_id, hours, "Mine.", by_id)

    with pytest.raises(NotAllowedError, match="their own"):
        propose(session, command, clock=clock)


@pytest.mark.parametrize(
    ("times", "reason", "field"),
    [(("07:00", "21:00"), " ", "reason"), (("07:00", "19:00"), "Why not.", "in_")],
)
def test_a_proposal_needs_a_reason_and_a_change(
    session: Session,
    card: TimeCard,
    clock: FixedClock,
    times: tuple[str, str],
    reason: str,
    field: str,
) -> None:
    by_id = session.get_one(Production, card.production_id).created_by_id
    hours = adjusting.hours_on(session, card.id, times)
    command = ProposeAdjustment(card.id, card.production_id, hours, reason, by_id)

    with pytest.raises(HoursError) as refusal:
        propose(session, command, clock=clock)

    assert refusal.value.field == field


def test_a_card_of_another_production_is_not_there(
    session: Session, card: TimeCard, clock: FixedClock
) -> None:
    other = builders.a_production(session)
    hours = adjusting.hours_on(session, card.id, ("07:00", "21:00"))
    command = ProposeAdjustment(card.id, other.id, hours, "Why.", other.created_by_id)

    with pytest.raises(NotFoundError):
        propose(session, command, clock=clock)


def test_a_new_proposal_takes_the_signatures_away(
    session: Session, card: TimeCard, voucher: AdjustmentVoucher, clock: FixedClock
) -> None:
    agree_to_adjustment(session, answered(voucher), clock=clock)

    again = adjusting.propose(session, card.id, ("07:00", "22:00"), clock=clock)

    assert again is voucher
    assert (voucher.state, voucher.version, voucher.agreed_at) == ("proposed", 2, None)
    entries = session.scalars(
        sa.select(VoucherEntry.version).where(VoucherEntry.voucher_id == voucher.id),
    ).all()
    assert sorted(entries) == [1, 2]


def test_a_version_nobody_has_seen_is_not_agreed(
    session: Session, voucher: AdjustmentVoucher, clock: FixedClock
) -> None:
    command = AnswerAdjustment(voucher.id, voucher.person_id, voucher.version + 1)

    with pytest.raises(NotAllowedError, match="changed meanwhile"):
        agree_to_adjustment(session, command, clock=clock)


def test_another_person_does_not_answer(
    session: Session, voucher: AdjustmentVoucher, clock: FixedClock
) -> None:
    stranger = builders.a_person(session, "Ben Ortiz")
    command = AnswerAdjustment(voucher.id, stranger.id, voucher.version)

    with pytest.raises(NotFoundError):
        agree_to_adjustment(session, command, clock=clock)


def test_a_query_says_what_is_wrong_and_is_told_once(
    session: Session, voucher: AdjustmentVoucher, clock: FixedClock
) -> None:
    with pytest.raises(HoursError):
        query_adjustment(session, answered(voucher, " "), clock=clock)

    query_adjustment(session, answered(voucher, "I wrapped at eight."), clock=clock)

    maker = voucher.made_by_id
    assert maker is not None
    assert (voucher.state, voucher.answer) == ("queried", "I wrapped at eight.")
    assert told(session, maker) == [f"voucher:{voucher.id}:1:queried:{maker}"]


def test_agreeing_twice_is_once(
    session: Session, voucher: AdjustmentVoucher, clock: FixedClock
) -> None:
    agree_to_adjustment(session, answered(voucher), clock=clock)
    agree_to_adjustment(session, answered(voucher), clock=clock)

    acts = session.scalars(
        sa.select(AuditEntry.action).where(AuditEntry.subject == f"voucher:{voucher.public_id}"),
    ).all()
    assert acts == ["propose", "agree"]


def test_nobody_answering_in_72_hours_is_marked(
    session: Session, voucher: AdjustmentVoucher, clock: FixedClock
) -> None:
    assert not auto_agree_voucher(session, voucher.id, clock=clock)
    clock.at += timedelta(hours=72)

    assert auto_agree_voucher(session, voucher.id, clock=clock)

    assert (voucher.state, voucher.is_auto_agreed) == ("agreed", True)
    assert not auto_agree_voucher(session, voucher.id, clock=clock)


def test_a_queried_adjustment_does_not_agree_by_itself(
    session: Session, voucher: AdjustmentVoucher, clock: FixedClock
) -> None:
    query_adjustment(session, answered(voucher, "No."), clock=clock)
    clock.at += timedelta(hours=73)

    assert not auto_agree_voucher(session, voucher.id, clock=clock)


def test_nobody_approves_their_own_adjustment(
    session: Session, voucher: AdjustmentVoucher, clock: FixedClock
) -> None:
    agree_to_adjustment(session, answered(voucher), clock=clock)
    by_id = own_user(session, voucher)
    own = DecideAdjustment(voucher.id, voucher.company_id, voucher.version, by_id)

    with pytest.raises(NotAllowedError, match="their own"):
        approve_adjustment(session, own, clock=clock)


def test_an_approved_adjustment_asks_for_its_slips_once(
    session: Session, voucher: AdjustmentVoucher, clock: FixedClock
) -> None:
    agree_to_adjustment(session, answered(voucher), clock=clock)
    command = adjusting.decision(session, voucher)

    approve_adjustment(session, command, clock=clock)
    approve_adjustment(session, command, clock=clock)

    asked = session.scalars(sa.select(Task.subject_id).where(Task.kind == "issue_voucher")).all()
    assert asked == [voucher.id]


def test_the_accountant_is_asked_where_the_production_wants_it(
    session: Session, voucher: AdjustmentVoucher, clock: FixedClock
) -> None:
    session.get_one(Production, voucher.production_id).needs_payroll_approval = True
    agree_to_adjustment(session, answered(voucher), clock=clock)
    command = adjusting.decision(session, voucher)
    approve_adjustment(session, command, clock=clock)
    asked = sa.select(Task.id).where(Task.kind == "issue_voucher")
    assert session.scalars(asked).all() == []

    approve_adjustment_for_payroll(session, command, clock=clock)
    approve_adjustment_for_payroll(session, command, clock=clock)

    assert voucher.state == VoucherState.PAYROLL_APPROVED
    assert len(session.scalars(asked).all()) == 1


@pytest.mark.parametrize("verb", [reject_adjustment, void_adjustment])
def test_an_end_needs_a_reason(
    session: Session,
    voucher: AdjustmentVoucher,
    clock: FixedClock,
    verb: Callable[..., object],
) -> None:
    agree_to_adjustment(session, answered(voucher), clock=clock)

    with pytest.raises(HoursError):
        verb(session, adjusting.decision(session, voucher), clock=clock)


def test_a_rejected_adjustment_is_proposed_again(
    session: Session, card: TimeCard, voucher: AdjustmentVoucher, clock: FixedClock
) -> None:
    agree_to_adjustment(session, answered(voucher), clock=clock)
    reject_adjustment(session, adjusting.decision(session, voucher, "Which car?"), clock=clock)
    assert (voucher.state, voucher.answer, voucher.agreed_at) == ("rejected", "Which car?", None)

    adjusting.propose(session, card.id, ("07:00", "20:00"), clock=clock)

    assert (voucher.state, voucher.version, voucher.answer) == ("proposed", 2, "")


def test_after_one_that_was_given_up_another_can_be_made(
    session: Session, card: TimeCard, voucher: AdjustmentVoucher, clock: FixedClock
) -> None:
    void_adjustment(session, adjusting.decision(session, voucher, "It was right."), clock=clock)

    other = adjusting.propose(session, card.id, clock=clock)

    assert (voucher.state, other.number, other.state) == ("voided", 2, "proposed")


def test_a_company_decides_only_about_its_own(
    session: Session, voucher: AdjustmentVoucher, clock: FixedClock
) -> None:
    other = builders.a_company(session)
    command = DecideAdjustment(voucher.id, other.id, voucher.version, 1, "Why.")

    with pytest.raises(NotFoundError):
        void_adjustment(session, command, clock=clock)


def test_two_open_adjustments_of_a_card_cannot_be_stored(
    session: Session, voucher: AdjustmentVoucher
) -> None:
    session.add(
        AdjustmentVoucher(
            time_card_id=voucher.time_card_id,
            production_id=voucher.production_id,
            company_id=voucher.company_id,
            person_id=voucher.person_id,
            number=2,
            base_version=1,
            reason="Another.",
            made_at=voucher.made_at,
        ),
    )

    with pytest.raises(sa.exc.IntegrityError):
        session.flush()


def test_a_proposed_version_is_never_changed(session: Session, voucher: AdjustmentVoucher) -> None:
    with pytest.raises(sa.exc.DatabaseError, match="append-only"):
        session.execute(
            sa.update(VoucherEntry)
            .where(VoucherEntry.voucher_id == voucher.id)
            .values(reason="Another."),
        )
