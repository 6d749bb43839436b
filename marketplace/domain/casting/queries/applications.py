"""Read a person's own applications."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.casting.models import Application, ApplicationDate, Role
from marketplace.domain.casting.rules import ENDED, ApplicationState
from marketplace.domain.productions.models import Production
from marketplace.kernel.money import Money

MOST: Final = 200
"""How many applications a list shows, the newest ones."""


@dataclass(frozen=True, slots=True)
class OwnApplication:
    """One application as the person who sent it sees it."""

    id: int
    public_id: str
    state: ApplicationState
    note: str
    has_consented: bool
    submitted_at: datetime
    viewed_at: datetime | None
    changed_at: datetime
    role: str
    role_public_id: str
    day_rate_minor: int
    currency: str
    production: str
    zone: str
    days: int

    @property
    def day_rate(self) -> Money:
        """What one day is paid."""
        return Money(self.day_rate_minor, self.currency)

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in ENDED

    @property
    def can_be_withdrawn(self) -> bool:
        """Whether it may be taken back here: until it is booked."""
        return not self.has_ended and self.state is not ApplicationState.BOOKED


_DAYS = (
    sa.select(sa.func.count(ApplicationDate.id))
    .where(ApplicationDate.application_id == Application.id)
    .correlate(Application)
    .scalar_subquery()
)
_COLUMNS: tuple[Any, ...] = (
    Application.id,
    Application.public_id,
    Application.state,
    Application.note,
    Application.has_consented,
    Application.submitted_at,
    Application.viewed_at,
    Application.changed_at,
    Role.name,
    Role.public_id,
    Role.day_rate_minor,
    Role.currency,
    Production.title,
    Production.zone,
    _DAYS,
)


def mine(session: Session, person_id: int) -> list[OwnApplication]:
    """Return a person's applications, the one that changed last first."""
    return _rows(session, Application.person_id == person_id)


def one(session: Session, person_id: int, public_id: str) -> OwnApplication | None:
    """Return one of a person's applications, or None when it is not theirs."""
    found = _rows(
        session,
        Application.person_id == person_id,
        Application.public_id == public_id,
    )
    return found[0] if found else None


def live_for(session: Session, person_id: int, role_id: int) -> str | None:
    """Return the public id of a person's application to a role that has not ended, or None."""
    return session.scalar(
        sa.select(Application.public_id).where(
            Application.person_id == person_id,
            Application.role_id == role_id,
            Application.state.not_in(sorted(ENDED)),
        ),
    )


def ticked(session: Session, application_id: int) -> set[int]:
    """Return the role dates an application was sent for."""
    return set(
        session.scalars(
            sa.select(ApplicationDate.role_date_id).where(
                ApplicationDate.application_id == application_id,
            ),
        ),
    )


def _rows(session: Session, *where: sa.ColumnElement[bool]) -> list[OwnApplication]:
    found = session.execute(
        sa.select(*_COLUMNS)
        .select_from(Application)
        .join(Role, Role.id == Application.role_id)
        .join(Production, Production.id == Role.production_id)
        .where(*where)
        .order_by(Application.changed_at.desc(), Application.id.desc())
        .limit(MOST),
    )
    return [OwnApplication(row[0], row[1], ApplicationState(row[2]), *row[3:]) for row in found]
