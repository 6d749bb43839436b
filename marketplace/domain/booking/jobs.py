"""Work that becomes due by itself: offers run out. Safe to run again."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.domain.booking.services import offers
from marketplace.kernel.clock import Clock


def expire_offer(session: Session, offer_id: int, *, clock: Clock) -> bool:
    """End an offer whose deadline has come; False when it was answered before."""
    return offers.expire(session, offer_id, clock=clock)
