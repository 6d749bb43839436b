"""Who may see the profile of a talent: a decision read from what they applied to and where."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Membership, ProductionAccess
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.booking.models import Booking
from marketplace.domain.casting.models import Application, Role
from marketplace.domain.casting.rules import ApplicationState
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production

CASTS: Final = (CompanyRole.OWNER, CompanyRole.PRODUCER, CompanyRole.CASTING)
"""Who looks for people."""

RUNS: Final = (*CASTS, CompanyRole.AD)
"""Who works with people that applied or are booked."""


def visible_person(session: Session, public_id: str, user_id: int) -> int | None:
    """Return the id of a person whose profile a user may see, or None: there is none for them.

    They see their own; that of somebody who applied to, or has a place in, a production they
    cast or run; and that of somebody who lets productions find them, when they cast for a company.
    """
    person = sa.select(Person.id).where(Person.public_id == public_id)
    return session.scalar(
        person.where(sa.or_(Person.user_id == user_id, _is_listed_for(user_id), _is_near(user_id)))
    )


def _is_listed_for(user_id: int) -> sa.ColumnElement[bool]:
    casts = sa.exists().where(
        Membership.user_id == user_id,
        Membership.ended_at.is_(None),
        Membership.role.in_(CASTS),
    )
    return sa.and_(Person.is_listed, casts)


def _is_near(user_id: int) -> sa.ColumnElement[bool]:
    """Say whether somebody applied to, or has a place in, a production the user works on."""
    shows = (
        sa.select(Production.id)
        .join(Membership, Membership.company_id == Production.company_id)
        .where(
            Membership.user_id == user_id,
            Membership.ended_at.is_(None),
            Membership.role.in_(RUNS),
            sa.or_(
                sa.not_(Membership.is_limited),
                sa.exists().where(
                    ProductionAccess.membership_id == Membership.id,
                    ProductionAccess.production_id == Production.id,
                ),
            ),
        )
    )
    applied = (
        sa.exists()
        .where(Application.person_id == Person.id)
        .where(Application.state != ApplicationState.WITHDRAWN)
        .where(Application.role_id == Role.id, Role.production_id.in_(shows))
    )
    placed = (
        sa.exists()
        .where(Booking.person_id == Person.id)
        .where(Booking.role_id == Role.id, Role.production_id.in_(shows))
    )
    return sa.or_(applied, placed)
