"""Find open roles: newest first, page by page, never counting what nobody asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import Instant
from marketplace.domain.accounts.models import Company
from marketplace.domain.casting.models import Role, RoleDate, RoleGram
from marketplace.domain.casting.queries.postings import DateRow, dates_of
from marketplace.domain.casting.rules import RoleState
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import DayState, ProductionState
from marketplace.kernel.grams import long_words, rarest_first, tag
from marketplace.kernel.money import Money

PAGE: Final = 25
END_OF_TIME: Final = datetime(9999, 1, 1, tzinfo=UTC)
LONGEST_TEXT: Final = 60
STATEMENTS: Final = 256
"""How many searches are kept as written; the others are written anew."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What somebody looks for; an empty field asks for nothing.

    first, last: shoot dates, both included. least: a day rate, in its own currency only.
    plays: ages from and to; a role is found when its own touch them or it names none.
    languages, departments: any one of them.
    free: a condition on ShootDay and Production that days must meet, from `booking`.
    """

    text: str = ""
    first: date | None = None
    last: date | None = None
    kinds: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    currency: str = ""
    least: Money | None = None
    plays: tuple[int, int] | None = None
    languages: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    pays_standby: bool = False
    free: sa.ColumnElement[bool] | None = None


@dataclass(frozen=True, slots=True)
class FoundRole:
    """One role as its card shows it."""

    dates: tuple[DateRow, ...]
    id: int
    public_id: str
    name: str
    kind: str
    who: str
    day_rate_minor: int
    currency: str
    guaranteed_minutes: int
    apply_by_at: datetime
    disclosures: tuple[str, ...]
    production: str
    format: str
    episodes: int | None
    city: str
    zone: str
    rest_minutes: int
    registration_number: str
    company: str

    @property
    def day_rate(self) -> Money:
        """What one day is paid."""
        return Money(self.day_rate_minor, self.currency)

    @property
    def total(self) -> Money:
        """What all its dates are paid together."""
        return self.day_rate.times(len(self.dates))

    @property
    def places(self) -> int:
        """How many people it takes on its largest day."""
        return max((one.headcount for one in self.dates), default=0)


@dataclass(frozen=True, slots=True)
class Found:
    """One page of roles; next_after: the role after which the next page begins, or None."""

    roles: list[FoundRole]
    next_after: str | None


@dataclass(frozen=True, slots=True)
class Facets:
    """What there is to choose from: roles per shoot date, cities, currencies of open roles."""

    per_date: tuple[tuple[date, int], ...]
    cities: tuple[str, ...]
    currencies: tuple[str, ...]


_ROLE: tuple[Any, ...] = (
    Role.id,
    Role.public_id,
    Role.name,
    Role.kind,
    Role.who,
    Role.day_rate_minor,
    Role.currency,
    Role.guaranteed_minutes,
    Role.apply_by_at,
    Role.disclosures,
)

_SHOW: tuple[Any, ...] = (
    Production.title,
    Production.format,
    Production.episodes,
    Production.city,
    Production.zone,
    Production.minimum_rest_minutes,
    Production.registration_number,
    Company.name,
)


def is_open(now: datetime | sa.BindParameter[datetime]) -> sa.ColumnElement[bool]:
    """Return the condition on Role and Production of a role that takes applications."""
    return sa.and_(
        Role.state == RoleState.OPEN,
        Role.apply_by_at > now,
        Production.state == ProductionState.LIVE,
    )


def find(
    session: Session,
    filters: Filters,
    *,
    now: datetime,
    after: str = "",
    size: int = PAGE,
) -> Found:
    """Return one page of open roles, newest first; two queries.

    after: the public id of the last role of the page before; unknown ones begin at the top.
    The page is cut before anything is joined to it.
    """
    write = _page if filters.free is None else _page.__wrapped__  # that condition is one reader's
    statement = write(filters, size, is_first=not after)
    rows = session.connection().execute(statement, {"now": now, "after": after}).all()
    shown = rows[:size]
    dates = dates_of(session, [row.id for row in shown], now=now)
    found = [_found(row, dates.get(row.id, [])) for row in shown]
    return Found(found, found[-1].public_id if len(rows) > size else None)


@lru_cache(maxsize=STATEMENTS)
def _page(filters: Filters, size: int, *, is_first: bool) -> sa.Select[*tuple[Any, ...]]:
    """Write the question for a page; it is answered for `now` and the role `after` which it begins.

    Writing it takes longer than answering it.
    """
    after = [] if is_first else _later(sa.bindparam("after", type_=sa.Text()))
    ids = (
        sa.select(Role.id)
        .join(Production, Production.id == Role.production_id)
        .where(is_open(sa.bindparam("now", type_=Instant())), *_wanted(filters), *after)
        .order_by(Role.published_at.desc(), Role.id.desc())
        .limit(size + 1)
        .subquery()
    )
    return (
        sa.select(*_ROLE, *_SHOW)
        .join_from(ids, Role, Role.id == ids.c.id)
        .join(Production, Production.id == Role.production_id)
        .join(Company, Company.id == Production.company_id)
        .order_by(Role.published_at.desc(), Role.id.desc())
    )


def _found(row: sa.Row[Any], dates: list[DateRow]) -> FoundRole:
    """Return a row as a value that can be compared and kept: nothing in it changes."""
    values: list[Any] = [tuple(dates), *row]
    values[len(_ROLE)] = tuple(row.disclosures)
    return FoundRole(*values)


def matching(
    session: Session,
    filters: Filters,
    within: sa.ColumnElement[bool],
    *,
    now: datetime,
    most: int = PAGE,
) -> list[int]:
    """Return the ids of the open roles of some that filters find, newest first.

    within: a condition on Role that says which ones are looked through.
    """
    found = (
        sa.select(Role.id)
        .join(Production, Production.id == Role.production_id)
        .where(is_open(now), within, *_wanted(filters))
        .order_by(Role.published_at.desc(), Role.id.desc())
        .limit(most)
    )
    return list(session.scalars(found))


def finds(session: Session, filters: Filters, *, now: datetime) -> bool:
    """Say whether filters find any open role at all."""
    ids = _page.__wrapped__(filters, 0, is_first=True)
    return session.connection().execute(ids, {"now": now, "after": ""}).first() is not None


def facets(session: Session, first: date, last: date, *, now: datetime) -> Facets:
    """Return roles per shoot date between two dates, and the cities and currencies; two queries."""
    counts = session.execute(
        sa.select(ShootDay.shoot_date, sa.func.count(sa.distinct(Role.id)))
        .select_from(ShootDay)
        .join(RoleDate, RoleDate.shoot_day_id == ShootDay.id)
        .join(Role, Role.id == RoleDate.role_id)
        .join(Production, Production.id == Role.production_id)
        .where(
            is_open(now),
            ShootDay.shoot_date.between(first, last),
            ShootDay.state == DayState.PLANNED,
            ShootDay.call_at > now,
        )
        .group_by(ShootDay.shoot_date)
        .order_by(ShootDay.shoot_date),
    )
    places = session.execute(
        sa.select(Production.city, Role.currency)
        .join_from(Role, Production, Production.id == Role.production_id)
        .where(is_open(now))
        .distinct()
        .order_by(Production.city),
    ).all()
    return Facets(
        tuple((row[0], row[1]) for row in counts),
        tuple(dict.fromkeys(row.city for row in places)),
        tuple(sorted({row.currency for row in places})),
    )


def _later(after: sa.BindParameter[str]) -> list[sa.ColumnElement[bool]]:
    """Return what comes after a role in the order of the list: (published_at, id) below its own."""
    last = sa.select(Role.published_at, Role.id).where(Role.public_id == after).subquery()
    end = sa.literal(END_OF_TIME, Instant())
    published = sa.func.coalesce(sa.select(last.c.published_at).scalar_subquery(), end)
    number = sa.func.coalesce(sa.select(last.c.id).scalar_subquery(), 0)
    return [
        Role.published_at <= published,
        sa.or_(Role.published_at < published, Role.id < number),
    ]


def _wanted(filters: Filters) -> list[sa.ColumnElement[bool]]:
    wanted = _text(filters.text)
    if filters.kinds:
        wanted.append(Role.kind.in_(filters.kinds))
    if filters.cities:
        wanted.append(Production.city.in_(filters.cities))
    if filters.currency:
        wanted.append(Role.currency == filters.currency)
    if filters.least is not None:
        wanted.append(Role.currency == filters.least.currency)
        wanted.append(Role.day_rate_minor >= filters.least.minor)
    wanted += _part(filters)
    days = _days(filters)
    return [*wanted, days] if days is not None else wanted


def _part(filters: Filters) -> list[sa.ColumnElement[bool]]:
    """Return what is asked of the part itself: playing age, languages, department, standby."""
    wanted: list[sa.ColumnElement[bool]] = []
    if filters.plays is not None:
        youngest, oldest = filters.plays
        touches = sa.and_(Role.plays_from <= oldest, Role.plays_to >= youngest)
        wanted.append(sa.or_(Role.plays_from.is_(None), touches))
    if filters.languages:
        tags = [tag("language", code) for code in filters.languages]
        wanted.append(_indexed(RoleGram.gram.in_(tags)))
    if filters.departments:
        wanted.append(Role.department.in_(filters.departments))
    if filters.pays_standby:
        wanted.append(Role.standby_percent > 0)
    return wanted


def _days(filters: Filters) -> sa.ColumnElement[bool] | None:
    """Return that one day at least of a role is between the dates and free, or None."""
    wanted = []
    if filters.first is not None:
        wanted.append(ShootDay.shoot_date >= filters.first)
    if filters.last is not None:
        wanted.append(ShootDay.shoot_date <= filters.last)
    if filters.free is not None:
        wanted.append(filters.free)
    if not wanted:
        return None
    return sa.exists(
        sa.select(RoleDate.id)
        .join(ShootDay, ShootDay.id == RoleDate.shoot_day_id)
        .where(
            RoleDate.role_id == Role.id,
            ShootDay.production_id == Production.id,
            ShootDay.state == DayState.PLANNED,
            *wanted,
        )
        .correlate(Role, Production),
    )


def _text(text: str) -> list[sa.ColumnElement[bool]]:
    """Return that every piece of the text is in the index, and every longer Latin word in one go.

    The rarest piece leads; the others are looked up for each role it finds.
    """
    wanted = rarest_first(text[:LONGEST_TEXT])
    if not wanted:
        return []
    leader = sa.select(RoleGram.role_id).where(RoleGram.gram == wanted[0])
    others = [_indexed(RoleGram.gram == gram) for gram in wanted[1:]]
    words = [_says(word) for word in long_words(text[:LONGEST_TEXT])]
    return [Role.id.in_(leader), *others, *words]


def _indexed(entry: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Return that a role has an entry of the index."""
    found = sa.select(RoleGram.id).where(entry, RoleGram.role_id == Role.id)
    return sa.exists(found.correlate(Role))


def _says(word: str) -> sa.ColumnElement[bool]:
    """Return that a word stands somewhere in what the index is made of."""
    said = (Role.name, Role.who, Role.department, Role.description)
    shown = (Production.title, Production.second_title, Production.city)
    return sa.or_(*(text.icontains(word) for text in (*said, *shown)))
