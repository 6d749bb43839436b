"""Read one published role with everything somebody needs before they apply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company
from marketplace.domain.casting.models import Role, RoleDate
from marketplace.domain.casting.rules import RoleState
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import CALLED_OFF, ProductionState
from marketplace.kernel.money import Money

BEFORE_ALL: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DateRow:
    """One date of a role: call, wrap, and how many of its places are taken."""

    role_date_id: int
    shoot_day_id: int
    shoot_date: date
    call_at: datetime
    wrap_at: datetime
    headcount: int
    confirmed: int

    @property
    def left(self) -> int:
        """How many places are left."""
        return self.headcount - self.confirmed


@dataclass(frozen=True, slots=True)
class Posting:
    """A published role, its production and company, as anybody may read them."""

    dates: tuple[DateRow, ...]
    id: int
    public_id: str
    name: str
    kind: str
    department: str
    who: str
    description: str
    day_rate_minor: int
    guaranteed_minutes: int
    currency: str
    apply_by_at: datetime
    disclosures: list[str]
    plays_from: int | None
    plays_to: int | None
    languages: list[str]
    state: str
    published_at: datetime
    production: str
    second_title: str
    format: str
    episodes: int | None
    city: str
    country: str
    zone: str
    agreement: str
    scheme: str
    rest_minutes: int
    registration_number: str
    production_state: str
    company: str

    @property
    def day_rate(self) -> Money:
        """What one day is paid."""
        return Money(self.day_rate_minor, self.currency)

    @property
    def total(self) -> Money:
        """What all its dates are paid together."""
        return self.day_rate.times(len(self.dates))

    def is_open(self, now: datetime) -> bool:
        """Say whether it takes applications."""
        return (
            self.state == RoleState.OPEN
            and self.production_state == ProductionState.LIVE
            and now < self.apply_by_at
        )


_COLUMNS: tuple[Any, ...] = (
    Role.id,
    Role.public_id,
    Role.name,
    Role.kind,
    Role.department,
    Role.who,
    Role.description,
    Role.day_rate_minor,
    Role.guaranteed_minutes,
    Role.currency,
    Role.apply_by_at,
    Role.disclosures,
    Role.plays_from,
    Role.plays_to,
    Role.languages,
    Role.state,
    Role.published_at,
    Production.title,
    Production.second_title,
    Production.format,
    Production.episodes,
    Production.city,
    Production.country,
    Production.zone,
    Production.agreement,
    Production.scheme,
    Production.minimum_rest_minutes,
    Production.registration_number,
    Production.state,
    Company.name,
)

_DATES = (
    sa.select(
        RoleDate.role_id,
        RoleDate.id,
        RoleDate.shoot_day_id,
        ShootDay.shoot_date,
        ShootDay.call_at,
        ShootDay.wrap_at,
        RoleDate.headcount,
        RoleDate.confirmed,
    )
    .join(ShootDay, ShootDay.id == RoleDate.shoot_day_id)
    .where(
        RoleDate.role_id.in_(sa.bindparam("roles", expanding=True)),
        ShootDay.state.not_in(CALLED_OFF),
        ShootDay.call_at > sa.bindparam("after"),
    )
    .order_by(ShootDay.call_at, RoleDate.id)
)
"""Written once: the list of roles asks it for every page."""


def posting(session: Session, public_id: str, *, now: datetime) -> Posting | None:
    """Return a role that was published, open or not; None for drafts and what never was.

    Its dates are those to come; all of them once every one has passed.
    """
    row = session.execute(
        sa.select(*_COLUMNS)
        .join(Production, Production.id == Role.production_id)
        .join(Company, Company.id == Production.company_id)
        .where(
            Role.public_id == public_id,
            Role.published_at.is_not(None),
            Production.state != ProductionState.DRAFT,
        ),
    ).first()
    if row is None:
        return None
    dates = dates_of(session, [row[0]]).get(row[0], [])
    to_come = [one for one in dates if one.call_at > now]
    return Posting(tuple(to_come or dates), *row)


def dates_of(
    session: Session,
    role_ids: Sequence[int],
    *,
    now: datetime | None = None,
) -> dict[int, list[DateRow]]:
    """Return the dates of roles in their order, by role id; one query.

    now: leave out days whose call has passed.
    """
    values = {"roles": list(role_ids), "after": now or BEFORE_ALL}
    rows: dict[int, list[DateRow]] = {}
    for row in session.connection().execute(_DATES, values):
        rows.setdefault(row[0], []).append(DateRow(*row[1:]))
    return rows
