"""Adjust hours whose pay slip is issued: propose, agree or query, approve, put into force.

Nothing that was is changed: a proposal is a version of its own, and only when every signature is
there do its hours become the card's next version. See docs/payroll.md, "Corrections".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock_one
from marketplace.domain.audit import services as audit
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production
from marketplace.domain.tasks import services as tasks
from marketplace.domain.timecards.models import (
    AdjustmentVoucher,
    TimeCard,
    TimeEntry,
    VoucherEntry,
)
from marketplace.domain.timecards.queries.cards import hours_of
from marketplace.domain.timecards.rules import (
    AUTO_AGREE_AFTER,
    CLOSED_VOUCHERS,
    CardState,
    Hours,
    HoursError,
    VoucherAction,
    VoucherState,
    is_issuable,
    voucher_after,
)
from marketplace.domain.timecards.services.entries import latest
from marketplace.domain.timecards.services.voucher_notices import (
    tell_answer,
    tell_approvers,
    tell_payroll,
    tell_proposed,
    tell_rejected,
    tell_voided,
)
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotAllowedError, NotFoundError
from marketplace.kernel.frozen import freeze
from marketplace.kernel.sentences import Sentence, say


@dataclass(frozen=True, slots=True)
class ProposeAdjustment:
    """A production says what the hours of a locked card should have been, and why."""

    card_id: int
    production_id: int
    hours: Hours
    reason: str
    by_id: int


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


def propose(session: Session, command: ProposeAdjustment, *, clock: Clock) -> AdjustmentVoucher:
    """Propose other hours for a locked card, or change the proposal that is on its way.

    A new proposal takes every signature away. Raises HoursError without a reason or a change,
    NotAllowedError when the card is not locked or is the proposer's own.
    """
    card = lock_one(session, TimeCard, command.card_id)
    if card.production_id != command.production_id:
        raise NotFoundError(say("There is no such time card."))
    _refuse_own(session, card.person_id, command.by_id)
    if not command.reason.strip():
        raise HoursError("reason", say("Say why paid hours change; everybody concerned reads it."))
    entry = _in_force(session, card)
    voucher = _open_voucher(session, card) or _new_voucher(session, card, clock)
    if command.hours in (hours_of(entry), _proposed_hours(session, voucher)):
        raise HoursError("in_", say("Nothing is changed: these are the hours as they stand."))
    voucher.reason = command.reason.strip()
    voucher.made_by_id = command.by_id
    _move(voucher, VoucherAction.PROPOSE)
    return _append(session, voucher, command.hours, by_id=command.by_id, clock=clock)


def propose_follow_up(
    session: Session,
    card: TimeCard,
    cause: AdjustmentVoucher,
    why: Sentence,
    *,
    clock: Clock,
) -> AdjustmentVoucher | None:
    """Propose to price a locked card again, because another adjustment changed what it pays.

    The caller holds the card. None when an adjustment of it is open: that one prices it anyway.
    """
    if _open_voucher(session, card) is not None:
        return None
    entry = _in_force(session, card)
    voucher = _new_voucher(session, card, clock)
    voucher.cause = freeze(why)
    voucher.caused_by_id = cause.id
    return _append(session, voucher, hours_of(entry), by_id=None, clock=clock)


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
    entry = _latest_entry(session, voucher)
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
    before = _move(voucher, VoucherAction.QUERY)
    voucher.answer = command.text.strip()
    voucher.agreed_at = None
    voucher.is_auto_agreed = False
    by_id = session.get_one(Person, command.person_id).user_id
    _record(session, voucher, VoucherAction.QUERY, before, by_id=by_id, clock=clock)
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
    before = _move(voucher, VoucherAction.APPROVE)
    voucher.approved_at, voucher.approved_by_id = clock.now(), command.by_id
    _record(session, voucher, VoucherAction.APPROVE, before, by_id=command.by_id, clock=clock)
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
    before = _move(voucher, VoucherAction.PAYROLL_APPROVE)
    voucher.payroll_at, voucher.payroll_by_id = clock.now(), command.by_id
    action = VoucherAction.PAYROLL_APPROVE
    _record(session, voucher, action, before, by_id=command.by_id, clock=clock)
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


def put_into_force(
    session: Session,
    card: TimeCard,
    voucher: AdjustmentVoucher,
    *,
    clock: Clock,
) -> TimeEntry:
    """Make the proposed hours the card's next version; the caller holds both and issues slips."""
    hours = _proposed_hours(session, voucher)
    by_id = voucher.made_by_id or voucher.approved_by_id
    before = _move(voucher, VoucherAction.ISSUE)
    if hours is None or by_id is None:  # pragma: no cover - nothing is issued without either
        raise NotAllowedError(say("This adjustment is not complete."))
    voucher.issued_at = clock.now()
    card.version += 1
    entry = TimeEntry(
        time_card_id=card.id,
        version=card.version,
        reason=voucher.reason,
        entered_by_id=by_id,
        entered_at=clock.now(),
        **_times(hours),
    )
    session.add(entry)
    session.flush()
    _record(session, voucher, VoucherAction.ISSUE, before, by_id=None, clock=clock)
    return entry


def can_be_issued(session: Session, voucher: AdjustmentVoucher) -> bool:
    """Say whether an adjustment has every approval its production asks for."""
    needs = session.get_one(Production, voucher.production_id).needs_payroll_approval
    return is_issuable(VoucherState(voucher.state), needs_payroll_approval=needs)


def _ask_to_issue(session: Session, voucher: AdjustmentVoucher, clock: Clock) -> bool:
    if not can_be_issued(session, voucher):
        return False
    key = f"issue_voucher:{voucher.id}:{voucher.version}"
    tasks.ask(session, "issue_voucher", key, voucher.id, run_at=clock.now())
    return True


def _refuse_own(session: Session, person_id: int, by_id: int) -> None:
    if session.get_one(Person, person_id).user_id == by_id:
        raise NotAllowedError(say("Nobody adjusts or approves their own hours; ask somebody else."))


def _in_force(session: Session, card: TimeCard) -> TimeEntry:
    """Return the hours a locked card was paid for."""
    if card.state != CardState.LOCKED:
        raise NotAllowedError(
            say("These hours are not paid yet: correct them on the time card itself."),
        )
    entry = latest(session, card)
    if entry is None:
        raise NotAllowedError(say("This day was paid without hours; there are none to adjust."))
    return entry


def _open_voucher(session: Session, card: TimeCard) -> AdjustmentVoucher | None:
    found = session.scalar(
        sa.select(AdjustmentVoucher.id).where(
            AdjustmentVoucher.time_card_id == card.id,
            AdjustmentVoucher.state.not_in(CLOSED_VOUCHERS),
        ),
    )
    return None if found is None else lock_one(session, AdjustmentVoucher, found)


def _new_voucher(session: Session, card: TimeCard, clock: Clock) -> AdjustmentVoucher:
    last = session.scalar(
        sa.select(sa.func.max(AdjustmentVoucher.number)).where(
            AdjustmentVoucher.time_card_id == card.id,
        ),
    )
    return AdjustmentVoucher(
        time_card_id=card.id,
        production_id=card.production_id,
        company_id=session.get_one(Production, card.production_id).company_id,
        person_id=card.person_id,
        number=(last or 0) + 1,
        base_version=card.version,
        made_at=clock.now(),
    )


def _append(
    session: Session,
    voucher: AdjustmentVoucher,
    hours: Hours,
    *,
    by_id: int | None,
    clock: Clock,
) -> AdjustmentVoucher:
    """Add a version of the proposal and send it to the person."""
    voucher.version += 1
    voucher.answer = ""
    voucher.agreed_at = voucher.approved_at = voucher.approved_by_id = None
    voucher.is_auto_agreed = False
    session.add(voucher)
    session.flush()
    entry = VoucherEntry(
        voucher_id=voucher.id,
        version=voucher.version,
        reason=voucher.reason,
        entered_by_id=by_id,
        entered_at=clock.now(),
        **_times(hours),
    )
    session.add(entry)
    session.flush()
    before = VoucherState.PROPOSED
    _record(session, voucher, VoucherAction.PROPOSE, before, by_id=by_id, clock=clock)
    key = f"auto_agree_voucher:{voucher.id}:{voucher.version}"
    due = clock.now() + AUTO_AGREE_AFTER
    tasks.ask(session, "auto_agree_voucher", key, voucher.id, run_at=due)
    tell_proposed(session, voucher, clock=clock)
    return voucher


def _times(hours: Hours) -> dict[str, Any]:
    return {
        "in_at": hours.in_at,
        "out_at": hours.out_at,
        "meal_out_at": hours.meal_out_at,
        "meal_in_at": hours.meal_in_at,
        "meal2_out_at": hours.meal2_out_at,
        "meal2_in_at": hours.meal2_in_at,
        "adjustments": [dict(one) for one in hours.adjustments],
    }


def _latest_entry(session: Session, voucher: AdjustmentVoucher) -> VoucherEntry | None:
    return session.scalar(
        sa.select(VoucherEntry).where(
            VoucherEntry.voucher_id == voucher.id,
            VoucherEntry.version == voucher.version,
        ),
    )


def _proposed_hours(session: Session, voucher: AdjustmentVoucher) -> Hours | None:
    entry = _latest_entry(session, voucher) if voucher.version else None
    return None if entry is None else hours_of(entry)


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
    _refuse_own(session, voucher.person_id, command.by_id)
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
    before = _move(voucher, VoucherAction.AGREE)
    voucher.answer = ""
    voucher.agreed_at = clock.now()
    _record(session, voucher, VoucherAction.AGREE, before, by_id=by_id, clock=clock)
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
    before = _move(voucher, action)
    voucher.answer = command.reason.strip()
    _record(session, voucher, action, before, by_id=command.by_id, clock=clock)
    return voucher


def _move(voucher: AdjustmentVoucher, action: VoucherAction) -> VoucherState:
    """Move on; returns the state before."""
    before = VoucherState(voucher.state)
    voucher.state = voucher_after(before, action)
    return before


def _record(
    session: Session,
    voucher: AdjustmentVoucher,
    action: VoucherAction,
    before: VoucherState,
    *,
    by_id: int | None,
    clock: Clock,
) -> None:
    act = audit.Act(
        subject=f"voucher:{voucher.public_id}",
        action=action,
        before={"state": str(before)},
        after={"state": str(voucher.state), "version": voucher.version},
        reason=voucher.answer or voucher.reason,
        company_id=voucher.company_id,
    )
    audit.record(session, act, actor_id=by_id, clock=clock)
