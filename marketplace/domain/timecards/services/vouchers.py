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
from marketplace.domain.productions.models import Production
from marketplace.domain.tasks import services as tasks
from marketplace.domain.timecards.models import (
    AdjustmentVoucher,
    TimeCard,
    TimeEntry,
    VoucherEntry,
)
from marketplace.domain.timecards.queries.cards import hours_of
from marketplace.domain.timecards.rules import AUTO_AGREE_AFTER, CardState, Hours, HoursError
from marketplace.domain.timecards.rules.vouchers import CLOSED_VOUCHERS, VoucherAction, VoucherState
from marketplace.domain.timecards.services.entries import latest
from marketplace.domain.timecards.services.voucher_moves import (
    log,
    move,
    proposed_hours,
    refuse_own,
)
from marketplace.domain.timecards.services.voucher_notices import tell_proposed
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


def propose(session: Session, command: ProposeAdjustment, *, clock: Clock) -> AdjustmentVoucher:
    """Propose other hours for a locked card, or change the proposal that is on its way.

    A new proposal takes every signature away. Raises HoursError without a reason or a change,
    NotAllowedError when the card is not locked or is the proposer's own.
    """
    card = lock_one(session, TimeCard, command.card_id)
    if card.production_id != command.production_id:
        raise NotFoundError(say("There is no such time card."))
    refuse_own(session, card.person_id, command.by_id)
    if not command.reason.strip():
        raise HoursError("reason", say("Say why paid hours change; everybody concerned reads it."))
    entry = _in_force(session, card)
    voucher = _open_voucher(session, card) or _new_voucher(session, card, clock)
    if command.hours in (hours_of(entry), proposed_hours(session, voucher)):
        raise HoursError("in_", say("Nothing is changed: these are the hours as they stand."))
    voucher.reason = command.reason.strip()
    voucher.made_by_id = command.by_id
    move(voucher, VoucherAction.PROPOSE)
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


def put_into_force(
    session: Session,
    card: TimeCard,
    voucher: AdjustmentVoucher,
    *,
    clock: Clock,
) -> TimeEntry:
    """Make the proposed hours the card's next version; the caller holds both and issues slips."""
    hours = proposed_hours(session, voucher)
    by_id = voucher.made_by_id or voucher.approved_by_id
    before = move(voucher, VoucherAction.ISSUE)
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
    log(session, voucher, VoucherAction.ISSUE, before, by_id=None, clock=clock)
    return entry


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
    log(session, voucher, VoucherAction.PROPOSE, before, by_id=by_id, clock=clock)
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
        "ndb_at": hours.ndb_at,
        "adjustments": [dict(one) for one in hours.adjustments],
    }
