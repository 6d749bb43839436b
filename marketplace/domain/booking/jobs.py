"""Work that becomes due by itself: offers run out, standbys are let go. Safe to run again."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.domain.booking.services import endings, offers
from marketplace.kernel.clock import Clock


def expire_offer(session: Session, offer_id: int, *, clock: Clock) -> bool:
    """End an offer whose deadline has come; False when it was answered before."""
    return offers.expire(session, offer_id, clock=clock)


def release_standby(session: Session, role_date_id: int, *, clock: Clock) -> int:
    """Let go of everyone who still waits for a place shortly before the call; returns how many."""
    return len(endings.release_standby(session, role_date_id, clock=clock))
