"""Work on time cards that becomes due by itself. Safe to run again."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.domain.timecards import services
from marketplace.domain.timecards.services import called_off
from marketplace.kernel.clock import Clock


def close_day(session: Session, shoot_day_id: int, *, clock: Clock) -> bool:
    """Close a shoot day after its last working minute; raises NotYetError before that."""
    return services.close_day(session, shoot_day_id, clock=clock)


def auto_agree(session: Session, time_card_id: int, *, clock: Clock) -> bool:
    """Let unanswered hours stand after 72 hours."""
    return services.auto_agree(session, time_card_id, clock=clock)


def auto_agree_voucher(session: Session, voucher_id: int, *, clock: Clock) -> bool:
    """Let an adjustment nobody has answered stand after 72 hours."""
    return services.auto_agree_to_adjustment(session, voucher_id, clock=clock)


def expire_reconfirm(session: Session, booking_id: int, *, clock: Clock) -> bool:
    """End the place of somebody who did not say whether they follow a day that moved."""
    return called_off.expire_reconfirm(session, booking_id, clock=clock) is not None


def release_standby(session: Session, role_date_id: int, *, clock: Clock) -> int:
    """Let go of everyone who still waits for a place, with a card where a fee is due."""
    return len(services.release_standby(session, role_date_id, clock=clock))
