"""Who answers and signs an adjustment: the person, the production, the accountant."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.db import lock_one
from marketplace.domain.people.models import Person
from marketplace.domain.tasks import services as tasks
from marketplace.domain.timecards.models import AdjustmentVoucher
from marketplace.domain.timecards.rules import AUTO_AGREE_AFTER, HoursError
from marketplace.domain.timecards.rules.vouchers import VoucherAction, VoucherState
from marketplace.domain.timecards.services.voucher_moves import (
    can_be_issued,
    latest_proposal,
    log,
    move,
    refuse_own,
)
from marketplace.domain.timecards.services.voucher_notices import (
    tell_answer,
    tell_approvers,
    tell_payroll,
    tell_rejected,
    tell_voided,
)
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotAllowedError, NotFoundError
from marketplace.kernel.sentences import say


@dataclass(frozen=True, slots=True)
class AnswerAdjustment:
    """A person answers the version of an adjustment they have seen; text: what is wrong."""

    voucher_id: int
    person_id: int
    version: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class DecideAdjustment:
    """Somebody of the company decides on the version of an adjustment they have seen."""

    voucher_id: int
    company_id: int
    version: int
    by_id: int
    reason: str = ""


def agree_to_adjustment(
    session: Session,
    command: AnswerAdjustment,
    *,
    clock: Clock,
) -> AdjustmentVoucher:
    """Let a person agree to an adjustment; twice is once."""
    voucher = _own(session, command)
    if voucher.state == VoucherState.AGREED:
        return voucher
    by_id = session.get_one(Person, command.person_id).user_id
    return _agree(session, voucher, by_id=by_id, clock=clock)


def auto_agree_to_adjustment(session: Session, voucher_id: int, *, clock: Clock) -> bool:
    """Let an adjustment nobody has answered in 72 hours stand; marked."""
    voucher = lock_one(session, AdjustmentVoucher, voucher_id)
    entry = latest_proposal(session, voucher)
    is_due = entry is not None and entry.entered_at + AUTO_AGREE_AFTER <= clock.now()
    if voucher.state != VoucherState.PROPOSED or not is_due:
        return False
    voucher.is_auto_agreed = True
    _agree(session, voucher, by_id=None, clock=clock)
    return True


def query_adjustment(
    session: Session,
    command: AnswerAdjustment,
    *,
    clock: Clock,
) -> AdjustmentVoucher:
    """Let a person say what is wrong with an adjustment; it waits for the production."""
    if not command.text.strip():
        raise HoursError("text", say("Say what is wrong, for example which time."))
    voucher = _own(session, command)
    before = move(voucher, VoucherAction.QUERY)
    voucher.answer = command.text.strip()
    voucher.agreed_at = None
    voucher.is_auto_agreed = False
    by_id = session.get_one(Person, command.person_id).user_id
    log(session, voucher, VoucherAction.QUERY, before, by_id=by_id, clock=clock)
    tell_answer(session, voucher, clock=clock)
    return voucher


def approve_adjustment(
    session: Session,
    command: DecideAdjustment,
    *,
    clock: Clock,
) -> AdjustmentVoucher:
    """Approve an agreed adjustment for the production; twice is once."""
    voucher = _decided(session, command)
    if voucher.state == VoucherState.APPROVED:
        return voucher
    before = move(voucher, VoucherAction.APPROVE)
    voucher.approved_at, voucher.approved_by_id = clock.now(), command.by_id
    log(session, voucher, VoucherAction.APPROVE, before, by_id=command.by_id, clock=clock)
    if not _ask_to_issue(session, voucher, clock):
        tell_payroll(session, voucher, clock=clock)
    return voucher


def approve_adjustment_for_payroll(
    session: Session,
    command: DecideAdjustment,
    *,
    clock: Clock,
) -> AdjustmentVoucher:
    """Approve an adjustment as the accountant, where the production asks for it; twice is once."""
    voucher = _decided(session, command)
    if voucher.state == VoucherState.PAYROLL_APPROVED:
        return voucher
    before = move(voucher, VoucherAction.PAYROLL_APPROVE)
    voucher.payroll_at, voucher.payroll_by_id = clock.now(), command.by_id
    action = VoucherAction.PAYROLL_APPROVE
    log(session, voucher, action, before, by_id=command.by_id, clock=clock)
    _ask_to_issue(session, voucher, clock)
    return voucher


def reject_adjustment(
    session: Session,
    command: DecideAdjustment,
    *,
    clock: Clock,
) -> AdjustmentVoucher:
    """Send an adjustment back with a reason; it can be proposed again, or voided."""
    voucher = _ended(session, command, VoucherAction.REJECT, clock=clock)
    voucher.agreed_at = voucher.approved_at = voucher.approved_by_id = None
    voucher.is_auto_agreed = False
    tell_rejected(session, voucher, clock=clock)
    return voucher


def void_adjustment(
    session: Session,
    command: DecideAdjustment,
    *,
    clock: Clock,
) -> AdjustmentVoucher:
    """Give an adjustment up before it is issued; the pay slip stays as it is."""
    voucher = _ended(session, command, VoucherAction.VOID, clock=clock)
    tell_voided(session, voucher, clock=clock)
    return voucher


def _ask_to_issue(session: Session, voucher: AdjustmentVoucher, clock: Clock) -> bool:
    if not can_be_issued(session, voucher):
        return False
    key = f"issue_voucher:{voucher.id}:{voucher.version}"
    tasks.ask(session, "issue_voucher", key, voucher.id, run_at=clock.now())
    return True


def _own(session: Session, command: AnswerAdjustment) -> AdjustmentVoucher:
    voucher = lock_one(session, AdjustmentVoucher, command.voucher_id)
    if voucher.person_id != command.person_id:
        raise NotFoundError(say("There is no such adjustment."))
    _refuse_unseen(voucher, command.version)
    return voucher


def _decided(session: Session, command: DecideAdjustment) -> AdjustmentVoucher:
    voucher = lock_one(session, AdjustmentVoucher, command.voucher_id)
    if voucher.company_id != command.company_id:
        raise NotFoundError(say("There is no such adjustment."))
    _refuse_unseen(voucher, command.version)
    refuse_own(session, voucher.person_id, command.by_id)
    return voucher


def _refuse_unseen(voucher: AdjustmentVoucher, version: int) -> None:
    if voucher.version != version:
        raise NotAllowedError(say("The adjustment changed meanwhile; please read it again."))


def _agree(
    session: Session,
    voucher: AdjustmentVoucher,
    *,
    by_id: int | None,
    clock: Clock,
) -> AdjustmentVoucher:
    before = move(voucher, VoucherAction.AGREE)
    voucher.answer = ""
    voucher.agreed_at = clock.now()
    log(session, voucher, VoucherAction.AGREE, before, by_id=by_id, clock=clock)
    tell_approvers(session, voucher, clock=clock)
    return voucher


def _ended(
    session: Session,
    command: DecideAdjustment,
    action: VoucherAction,
    *,
    clock: Clock,
) -> AdjustmentVoucher:
    if not command.reason.strip():
        raise HoursError("reason", say("Say why; everybody concerned reads it."))
    voucher = _decided(session, command)
    before = move(voucher, action)
    voucher.answer = command.reason.strip()
    log(session, voucher, action, before, by_id=command.by_id, clock=clock)
    return voucher
