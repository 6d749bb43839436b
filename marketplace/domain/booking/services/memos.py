"""Deal memos: what both sides agreed on, frozen when somebody is booked, a new one when it changes.

A memo is never changed. A change of the terms makes the next version, linked to the one before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company, User
from marketplace.domain.booking.models import Booking, DealMemo, Offer
from marketplace.domain.booking.rules import BookingState
from marketplace.domain.casting.models import Role
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.tasks import services as tasks
from marketplace.kernel import zones
from marketplace.kernel.clock import Clock


def sign(session: Session, offer: Offer, name: str, address: str) -> None:
    """Keep on a locked offer what the person signed with; without a typed name, their own."""
    person = session.get_one(Person, offer.person_id)
    offer.signed_name = name.strip() or person.stage_name
    offer.signed_from = address


def make(
    session: Session, offer_id: int, *, clock: Clock, signed_at: datetime | None = None
) -> DealMemo | None:
    """Freeze the terms of the booked dates of an offer, and ask for the paper.

    signed_at: when the person agreed, where that was not with the offer.
    The same terms make the same memo, once. None while nothing is booked. Flushes, never commits.
    """
    session.flush()
    offer = session.get_one(Offer, offer_id)
    bookings = _booked(session, offer_id)
    if not bookings:
        return None
    terms = _terms(session, offer, bookings)
    digest = digest_of(terms)
    last = latest(session, offer_id)
    if last is not None and last.digest == digest:
        return last
    production = session.get_one(Production, bookings[0].production_id)
    person = session.get_one(Person, offer.person_id)
    memo = DealMemo(
        offer_id=offer_id,
        version=last.version + 1 if last else 1,
        replaces_id=last.id if last else None,
        production_id=production.id,
        company_id=production.company_id,
        person_id=offer.person_id,
        terms=terms,
        digest=digest,
        signed_name=offer.signed_name or person.stage_name,
        signed_from=offer.signed_from,
        signed_at=signed_at or offer.answered_at or clock.now(),
        sent_by_id=offer.sent_by_id,
        made_at=clock.now(),
    )
    session.add(memo)
    session.flush()
    tasks.ask(session, "print_memo", f"print_memo:{memo.id}", memo.id, run_at=clock.now())
    return memo


def latest(session: Session, offer_id: int) -> DealMemo | None:
    """Return the memo of an offer that is in force."""
    found = sa.select(DealMemo).where(DealMemo.offer_id == offer_id)
    return session.scalars(found.order_by(DealMemo.version.desc()).limit(1)).first()


def digest_of(terms: dict[str, Any]) -> str:
    """Return the SHA-256 of terms in one fixed way of writing them."""
    text = json.dumps(terms, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _booked(session: Session, offer_id: int) -> list[Booking]:
    found = sa.select(Booking).where(
        Booking.offer_id == offer_id, Booking.state == BookingState.CONFIRMED
    )
    return list(session.scalars(found.order_by(Booking.call_at, Booking.id)))


def _terms(session: Session, offer: Offer, bookings: Sequence[Booking]) -> dict[str, Any]:
    """Return everything the paper says, in values that can be written as JSON."""
    role = session.get_one(Role, offer.role_id)
    production = session.get_one(Production, role.production_id)
    company = session.get_one(Company, production.company_id)
    first = bookings[0]
    return {
        "company": company.legal_name or company.name,
        "production": production.title,
        "registration_number": production.registration_number,
        "place": f"{production.city}, {production.country}",
        "zone": production.zone,
        "name": session.get_one(Person, offer.person_id).stage_name,
        "role": role.name,
        "agreement": first.agreement,
        "engagement": first.engagement,
        "withholding_agent": first.withholding_agent,
        "pays_by": company.pays_by,
        "rest_minutes": first.rest_minutes,
        "standby_percent": first.standby_percent,
        "cancellation_policy": first.cancellation_policy,
        "disclosures": list(role.disclosures),
        "note": offer.note,
        "sent_by": session.get_one(User, offer.sent_by_id).display_name,
        "sent_at": offer.sent_at.isoformat(),
        "days": [_day(session, booking, role, production.zone) for booking in bookings],
    }


def _day(session: Session, booking: Booking, role: Role, zone: str) -> dict[str, Any]:
    day = session.get_one(ShootDay, booking.shoot_day_id)
    call, wrap = (
        zones.show_clock(zones.clock_minutes(at, day.shoot_date, zone))
        for at in (booking.call_at, booking.wrap_at)
    )
    return {
        "date": day.shoot_date.isoformat(),
        "call": call,
        "wrap": wrap,
        "role": booking.upgraded_to or role.name,
        "rate_minor": booking.day_rate_minor,
        "currency": booking.currency,
        "minutes": booking.guaranteed_minutes,
    }
