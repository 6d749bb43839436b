"""A role changes while people are booked for it and others wait."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from marketplace.domain.booking import services
from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules import BookingState
from marketplace.domain.casting.models import Role
from marketplace.domain.casting.rules import RoleKind
from marketplace.domain.casting.services.roles import EditRole, RoleTerms
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.money import Money
from tests.support.builders import (
    a_booking,
    a_person,
    a_production,
    a_role,
    a_shoot_day,
    role_dates,
)


def needs(session: Session, role: Role, headcounts: dict[int, int]) -> EditRole:
    terms = RoleTerms(
        name=role.name,
        kind=RoleKind(role.kind),
        department=role.department,
        who=role.who,
        description=role.description,
        day_rate=Money(role.day_rate_minor, role.currency),
        guaranteed_minutes=role.guaranteed_minutes,
        apply_by_at=role.apply_by_at,
        disclosures=role.disclosures,
        headcounts=headcounts,
    )
    by_id = session.get_one(Production, role.production_id).created_by_id
    return EditRole(role.id, by_id, terms)


def a_line(session: Session, role: Role, day: ShootDay, size: int) -> list[Booking]:
    """Book one person for a day, and let `size` more wait."""
    a_booking(session, role, a_person(session, "Marcus Bell"), day)
    line = []
    for place in range(1, size + 1):
        person = a_person(session, f"Person {place}")
        booking = a_booking(session, role, person, day, state=BookingState.OFFERED)
        booking.state, booking.standby_rank = BookingState.STANDBY, place
        line.append(booking)
    session.flush()
    return line


def ids(bookings: Sequence[Booking]) -> list[int]:
    return [one.id for one in bookings]


def test_a_date_that_needs_more_people_takes_them_from_its_line(
    session: Session, clock: FixedClock
) -> None:
    production = a_production(session)
    first = a_shoot_day(session, production, "2026-11-28")
    second = a_shoot_day(session, production, "2026-11-29")
    role = a_role(session, production, [first, second])
    line = a_line(session, role, first, 2)
    a_line(session, role, second, 1)

    promoted = services.edit_role(
        session, needs(session, role, {first.id: 2, second.id: 1}), clock=clock
    )

    assert ids(promoted) == ids(line[:1])
    assert line[0].state == BookingState.CONFIRMED
    assert [place.confirmed for place in role_dates(session, role)] == [2, 1]


def test_a_new_date_and_an_unchanged_one_move_nobody(session: Session, clock: FixedClock) -> None:
    production = a_production(session)
    first = a_shoot_day(session, production, "2026-11-28")
    second = a_shoot_day(session, production, "2026-11-29")
    role = a_role(session, production, [first])
    line = a_line(session, role, first, 1)

    promoted = services.edit_role(
        session, needs(session, role, {first.id: 1, second.id: 3}), clock=clock
    )

    assert promoted == []
    assert line[0].state == BookingState.STANDBY
    assert [place.headcount for place in role_dates(session, role)] == [1, 3]
