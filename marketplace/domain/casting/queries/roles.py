"""Read the roles of a production, shaped for the breakdown, the board and the role's form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.casting.models import Application, Role, RoleDate
from marketplace.domain.casting.rules import ApplicationState, RoleState
from marketplace.domain.productions.models import ShootDay
from marketplace.domain.productions.rules import CALLED_OFF
from marketplace.kernel.money import Money

NEW = ApplicationState.SUBMITTED
WAITING = (NEW, ApplicationState.VIEWED, ApplicationState.SHORTLISTED)


@dataclass(frozen=True, slots=True)
class Need:
    """How many people a role needs on one shoot day, and how many are confirmed."""

    role_date_id: int
    shoot_day_id: int
    headcount: int
    confirmed: int


@dataclass(frozen=True, slots=True)
class RoleRow:
    """One role of a production with its days; new, waiting: applications without an answer."""

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
    standby_percent: int
    state: str
    published_at: datetime | None
    plays_from: int | None
    plays_to: int | None
    languages: list[str]
    needs: dict[int, Need] = field(default_factory=dict)
    new: int = 0
    waiting: int = 0

    @property
    def day_rate(self) -> Money:
        """What one day is paid."""
        return Money(self.day_rate_minor, self.currency)

    @property
    def needed(self) -> int:
        """How many person-days the role needs."""
        return sum(need.headcount for need in self.needs.values())

    @property
    def confirmed(self) -> int:
        """How many person-days are confirmed."""
        return sum(need.confirmed for need in self.needs.values())

    @property
    def most(self) -> int:
        """The largest number of people on one day: how many are looked for."""
        return max((need.headcount for need in self.needs.values()), default=0)

    @property
    def is_open(self) -> bool:
        """Whether people can apply."""
        return self.state == RoleState.OPEN


_PLAIN = (
    "id",
    "public_id",
    "name",
    "kind",
    "department",
    "who",
    "description",
    "day_rate_minor",
    "guaranteed_minutes",
    "currency",
    "apply_by_at",
    "disclosures",
    "standby_percent",
    "state",
    "published_at",
    "plays_from",
    "plays_to",
    "languages",
)
_COLUMNS = [getattr(Role, name) for name in _PLAIN]


def breakdown(session: Session, production_id: int) -> list[RoleRow]:
    """Return every role of a production that was not cut, oldest first; three queries."""
    return _rows(session, Role.production_id == production_id, Role.state != RoleState.CUT)


def one(session: Session, production_id: int, public_id: str) -> RoleRow | None:
    """Return one role of a production, or None when it has no such role."""
    found = _rows(session, Role.production_id == production_id, Role.public_id == public_id)
    return found[0] if found else None


def planned_cost(roles: Iterable[RoleRow], shoot_day_id: int) -> tuple[Money, ...]:
    """Return what a day costs when every place is filled, one sum per currency."""
    totals: dict[str, Money] = {}
    for role in roles:
        need = role.needs.get(shoot_day_id)
        if need is not None:
            before = totals.get(role.currency, Money(0, role.currency))
            totals[role.currency] = before + role.day_rate.times(need.headcount)
    return tuple(totals[currency] for currency in sorted(totals))


def _rows(session: Session, *where: sa.ColumnElement[bool]) -> list[RoleRow]:
    found = session.execute(sa.select(*_COLUMNS).where(*where).order_by(Role.id)).all()
    ids = [role.id for role in found]
    needs = _needs(session, ids)
    counts = _counts(session, ids)
    return [
        RoleRow(
            **role._mapping,  # noqa: SLF001 - public, named so that no column can hide it
            needs=needs.get(role.id, {}),
            new=counts.get((role.id, NEW), 0),
            waiting=sum(counts.get((role.id, state), 0) for state in WAITING),
        )
        for role in found
    ]


def _needs(session: Session, role_ids: list[int]) -> dict[int, dict[int, Need]]:
    rows = session.execute(
        sa.select(
            RoleDate.role_id,
            RoleDate.id,
            RoleDate.shoot_day_id,
            RoleDate.headcount,
            RoleDate.confirmed,
        )
        .join(ShootDay, ShootDay.id == RoleDate.shoot_day_id)
        .where(RoleDate.role_id.in_(role_ids), ShootDay.state.not_in(CALLED_OFF))
        .order_by(ShootDay.number),
    )
    found: dict[int, dict[int, Need]] = {}
    for role_id, *need in rows:
        row = Need(*need)
        found.setdefault(role_id, {})[row.shoot_day_id] = row
    return found


def _counts(session: Session, role_ids: list[int]) -> dict[tuple[int, str], int]:
    rows = session.execute(
        sa.select(Application.role_id, Application.state, sa.func.count())
        .where(Application.role_id.in_(role_ids), Application.state.in_(WAITING))
        .group_by(Application.role_id, Application.state),
    )
    return {(role_id, state): count for role_id, state, count in rows}
