"""Change a role that people are booked for."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.services.endings import promote_standby
from marketplace.domain.casting.models import RoleDate
from marketplace.domain.casting.services import roles
from marketplace.domain.casting.services.roles import EditRole
from marketplace.kernel.clock import Clock


def edit_role(session: Session, command: EditRole, *, clock: Clock) -> list[Booking]:
    """Change a role; where a date now needs more people, standbys move up.

    Returns the bookings that got a place. Raises what `casting.services.roles.edit` refuses.
    """
    dates = sa.select(RoleDate.id, RoleDate.headcount).where(RoleDate.role_id == command.role_id)
    before = {place.id: place.headcount for place in session.execute(dates)}
    roles.edit(session, command, clock=clock)
    promoted = []
    for place_id, headcount in session.execute(dates.order_by(RoleDate.id)):
        if headcount > before.get(place_id, headcount):
            promoted += promote_standby(session, place_id, clock=clock)
    return promoted
