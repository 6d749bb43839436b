"""What every step of an adjustment needs: its state, its hours, its log."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.audit import services as audit
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production
from marketplace.domain.timecards.models import AdjustmentVoucher, VoucherEntry
from marketplace.domain.timecards.queries.cards import hours_of
from marketplace.domain.timecards.rules import Hours
from marketplace.domain.timecards.rules.vouchers import (
    VoucherAction,
    VoucherState,
    is_issuable,
    voucher_after,
)
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotAllowedError
from marketplace.kernel.sentences import say


def can_be_issued(session: Session, voucher: AdjustmentVoucher) -> bool:
    """Say whether an adjustment has every approval its production asks for."""
    needs = session.get_one(Production, voucher.production_id).needs_payroll_approval
    return is_issuable(VoucherState(voucher.state), needs_payroll_approval=needs)


def refuse_own(session: Session, person_id: int, by_id: int) -> None:
    """Refuse to let somebody propose or decide about their own hours."""
    if session.get_one(Person, person_id).user_id == by_id:
        raise NotAllowedError(say("Nobody adjusts or approves their own hours; ask somebody else."))


def latest_proposal(session: Session, voucher: AdjustmentVoucher) -> VoucherEntry | None:
    """Return the version of the proposal that counts; None before the first."""
    return session.scalar(
        sa.select(VoucherEntry).where(
            VoucherEntry.voucher_id == voucher.id,
            VoucherEntry.version == voucher.version,
        ),
    )


def proposed_hours(session: Session, voucher: AdjustmentVoucher) -> Hours | None:
    """Return the hours an adjustment proposes; None before the first."""
    entry = latest_proposal(session, voucher) if voucher.version else None
    return None if entry is None else hours_of(entry)


def move(voucher: AdjustmentVoucher, action: VoucherAction) -> VoucherState:
    """Move on; returns the state before."""
    before = VoucherState(voucher.state)
    voucher.state = voucher_after(before, action)
    return before


def log(
    session: Session,
    voucher: AdjustmentVoucher,
    action: VoucherAction,
    before: VoucherState,
    *,
    by_id: int | None,
    clock: Clock,
) -> None:
    """Record what somebody did to an adjustment."""
    act = audit.Act(
        subject=f"voucher:{voucher.public_id}",
        action=action,
        before={"state": str(before)},
        after={"state": str(voucher.state), "version": voucher.version},
        reason=voucher.answer or voucher.reason,
        company_id=voucher.company_id,
    )
    audit.record(session, act, actor_id=by_id, clock=clock)
