"""A company's productions at a glance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.casting.models import Role
from marketplace.domain.casting.rules import RoleState
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import CALLED_OFF, ProductionState


@dataclass(frozen=True, slots=True)
class ShowRow:
    """One production as its card shows it; next_call_at: of the next shoot day, or None."""

    public_id: str
    title: str
    second_title: str
    format: str
    city: str
    zone: str
    state: str
    next_call_at: datetime | None
    days: int
    open_roles: int


def shows_of(
    session: Session,
    company_id: int,
    now: datetime,
    within: frozenset[int] | None = None,
) -> list[ShowRow]:
    """Return a company's productions: live ones first, then drafts, then what is over.

    within: the ids of the only ones the reader may see; None for all.
    """
    standing = ShootDay.state.not_in(CALLED_OFF)
    of_show = ShootDay.production_id == Production.id
    next_call = sa.select(sa.func.min(ShootDay.call_at)).where(
        of_show, standing, ShootDay.wrap_at > now
    )
    days = sa.select(sa.func.count(ShootDay.id)).where(of_show, standing)
    open_roles = sa.select(sa.func.count(Role.id)).where(
        Role.production_id == Production.id, Role.state == RoleState.OPEN
    )
    turn = sa.case({ProductionState.LIVE: 0, ProductionState.DRAFT: 1}, value=Production.state)
    query = (
        sa.select(
            Production.public_id,
            Production.title,
            Production.second_title,
            Production.format,
            Production.city,
            Production.zone,
            Production.state,
            next_call.scalar_subquery(),
            days.scalar_subquery(),
            open_roles.scalar_subquery(),
        )
        .where(Production.company_id == company_id)
        .order_by(sa.func.coalesce(turn, 2), Production.id.desc())
    )
    if within is not None:
        query = query.where(Production.id.in_(sorted(within)))
    return [ShowRow(*found) for found in session.execute(query)]
