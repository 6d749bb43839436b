"""Work that becomes due by itself: what waits for an answer runs out. Safe to run again."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.db import UnitOfWork
from marketplace.domain.booking.services import (
    alerts,
    availability,
    counters,
    offers,
    refusals,
    rush,
)
from marketplace.domain.people.ports import Vault
from marketplace.kernel.clock import Clock


def expire_offer(session: Session, offer_id: int, *, clock: Clock) -> bool:
    """End an offer whose deadline has come; False when it was answered before."""
    return offers.expire(session, offer_id, clock=clock)


def expire_counter(session: Session, offer_id: int, *, clock: Clock) -> bool:
    """End an offer whose counter nobody answered; False when it was answered before."""
    return counters.expire(session, offer_id, clock=clock)


def expire_avail_check(session: Session, check_id: int, *, clock: Clock) -> bool:
    """Note that an avail check got no answer in time; False when it got one."""
    return availability.expire(session, check_id, clock=clock)


def expire_first_refusal(session: Session, refusal_id: int, *, clock: Clock) -> bool:
    """End a first refusal whose time has come; False when it ended before."""
    return refusals.expire(session, refusal_id, clock=clock)


def end_challenge(session: Session, refusal_id: int, *, clock: Clock) -> bool:
    """Release a first refusal that was challenged without an answer; False when it had one."""
    return refusals.end_challenge(session, refusal_id, clock=clock)


def announce_role(unit: UnitOfWork, role_id: int, *, vault: Vault, clock: Clock) -> None:
    """Tell of a role that was published, some saved searches in each transaction."""
    after: int | None = 0
    while after is not None:
        with unit() as session:
            after = alerts.announce(session, role_id, after, vault=vault, clock=clock)


def send_digest(unit: UnitOfWork, person_id: int, *, vault: Vault, clock: Clock) -> None:
    """Tell a person of a day's new roles."""
    with unit() as session:
        alerts.digest(session, person_id, vault=vault, clock=clock)


def fill_rush(session: Session, role_date_id: int, *, clock: Clock) -> int:
    """Tell whoever was asked in a rush that the place is filled; returns how many."""
    return rush.fill_rush(session, role_date_id, clock=clock)
