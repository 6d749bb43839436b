"""Change, close or cut a role that people are booked or asked for."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.services import refusals
from marketplace.domain.booking.services.endings import promote_standby
from marketplace.domain.casting.models import RoleDate
from marketplace.domain.casting.services import roles
from marketplace.domain.casting.services.roles import EditRole, RoleAct
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


def close_role(session: Session, command: RoleAct, *, clock: Clock) -> int:
    """Close a role and let everyone go who waits for it, first refusals included.

    Returns how many applicants were told. Raises what `casting.services.roles.close` refuses.
    """
    told = roles.close(session, command, clock=clock)
    refusals.release_role(session, command.role_id, command.by_id, clock=clock)
    return told


def cut_role(session: Session, command: RoleAct, *, clock: Clock) -> int:
    """Cut a role and let everyone go who waits for it, first refusals included.

    Returns how many applicants were told. Raises what `casting.services.roles.cut` refuses.
    """
    told = roles.cut(session, command, clock=clock)
    refusals.release_role(session, command.role_id, command.by_id, clock=clock)
    return told
