"""Write, publish, close and cut roles, and keep their search index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock, lock_one
from marketplace.domain.audit import services as audit
from marketplace.domain.audit.services import Act
from marketplace.domain.casting.models import Role, RoleDate, RoleGram
from marketplace.domain.casting.rules import (
    RoleAction,
    RoleError,
    RoleKind,
    RoleState,
    ages_problem,
    role_after,
    why_not_open,
)
from marketplace.domain.casting.services import releases
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import DayState, ProductionState
from marketplace.domain.tasks import services as tasks
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import DomainError
from marketplace.kernel.grams import grams, tag
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say

PLAIN: Final = (
    "name",
    "kind",
    "department",
    "who",
    "description",
    "apply_by_at",
    "standby_percent",
    "plays_from",
    "plays_to",
)


@dataclass(frozen=True, slots=True)
class RoleTerms:
    """What a role says; headcounts: people needed by shoot day id, days left out need nobody.

    standby_percent: what waiting on standby to the end pays, of the day rate.
    plays_from, plays_to: the ages it may be played by, both or neither.
    """

    name: str
    kind: RoleKind
    department: str
    who: str
    description: str
    day_rate: Money
    guaranteed_minutes: int
    apply_by_at: datetime
    disclosures: Sequence[str]
    headcounts: Mapping[int, int]
    standby_percent: int = 0
    plays_from: int | None = None
    plays_to: int | None = None
    languages: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class CreateRole:
    """Somebody adds a line to the breakdown."""

    production_id: int
    by_id: int
    terms: RoleTerms


@dataclass(frozen=True, slots=True)
class EditRole:
    """Somebody changes a role."""

    role_id: int
    by_id: int
    terms: RoleTerms


@dataclass(frozen=True, slots=True)
class RoleAct:
    """Somebody publishes, closes, cuts or copies a role."""

    role_id: int
    by_id: int


def create(session: Session, command: CreateRole, *, clock: Clock) -> Role:
    """Add a role as a draft."""
    production = lock_one(session, Production, command.production_id)
    terms = _sound(command.terms)
    role = Role(
        production_id=production.id,
        day_rate_minor=terms.day_rate.minor,
        guaranteed_minutes=terms.guaranteed_minutes,
        currency=terms.day_rate.currency,
        disclosures=list(terms.disclosures),
        languages=list(terms.languages),
        created_at=clock.now(),
        **{name: getattr(terms, name) for name in PLAIN},
    )
    session.add(role)
    session.flush()
    _set_headcounts(session, role, terms.headcounts)
    _record(session, role, "create", after=_values(role), by=(command.by_id, clock))
    return role


def edit(session: Session, command: EditRole, *, clock: Clock) -> Role:
    """Change a role; offers and bookings keep the rate and hours they were made with.

    Raises RoleError for a headcount below what is confirmed, for a day somebody applied for
    or was offered that would go, and for an open role that could not be published like this.
    """
    role = lock_one(session, Role, command.role_id)
    if role.state == RoleState.CUT:
        raise RoleError(say("This role was cut, so it stays as it is."))
    before = _values(role)
    terms = _sound(command.terms)
    if terms.day_rate.currency != role.currency and role.published_at:
        raise RoleError(
            say("The currency stays as it was published: %(code)s.", code=role.currency)
        )
    for name in PLAIN:
        setattr(role, name, getattr(terms, name))
    role.day_rate_minor = terms.day_rate.minor
    role.currency = terms.day_rate.currency
    role.guaranteed_minutes = terms.guaranteed_minutes
    role.disclosures = list(terms.disclosures)
    role.languages = list(terms.languages)
    session.flush()
    _set_headcounts(session, role, terms.headcounts)
    if role.state == RoleState.OPEN:
        _refuse_unready(session, role, clock, is_open=before["apply_by_at"] == role.apply_by_at)
        reindex(session, role)
    _record(session, role, "edit", before=before, after=_values(role), by=(command.by_id, clock))
    return role


def duplicate(session: Session, command: RoleAct, *, clock: Clock) -> Role:
    """Copy a role, its days and headcounts as a draft to be changed."""
    source = session.get_one(Role, command.role_id)
    counts = session.execute(
        sa.select(RoleDate.shoot_day_id, RoleDate.headcount)
        .join(ShootDay, ShootDay.id == RoleDate.shoot_day_id)
        .where(RoleDate.role_id == source.id, ShootDay.state == DayState.PLANNED),
    )
    terms = RoleTerms(
        name=source.name,
        kind=RoleKind(source.kind),
        department=source.department,
        who=source.who,
        description=source.description,
        day_rate=Money(source.day_rate_minor, source.currency),
        guaranteed_minutes=source.guaranteed_minutes,
        apply_by_at=source.apply_by_at,
        disclosures=source.disclosures,
        headcounts={found.shoot_day_id: found.headcount for found in counts},
        standby_percent=source.standby_percent,
        plays_from=source.plays_from,
        plays_to=source.plays_to,
        languages=source.languages,
    )
    return create(session, CreateRole(source.production_id, command.by_id, terms), clock=clock)


def publish(session: Session, command: RoleAct, *, clock: Clock) -> Role:
    """Open a role of a published production to applications; a closed one opens again.

    Raises RoleError when something is missing.
    """
    role = lock_one(session, Role, command.role_id)
    production = session.get_one(Production, role.production_id)
    if production.state != ProductionState.LIVE:
        raise RoleError(say("Publish the production first; that opens its roles too."))
    _open(session, role, command.by_id, clock)
    return role


def publish_drafts(
    session: Session, production_id: int, by_id: int, *, clock: Clock
) -> tuple[list[Role], list[Role]]:
    """Open every complete draft role; returns (opened, left as drafts because incomplete).

    Raises RoleError when there is none to open: its sentence says what the first one lacks.
    """
    ids = session.scalars(
        sa.select(Role.id).where(
            Role.production_id == production_id,
            Role.state == RoleState.DRAFT,
        ),
    ).all()
    opened: list[Role] = []
    left: list[Role] = []
    reason = say("Add at least one role before you publish.")
    for role in lock(session, Role, ids):
        try:
            _open(session, role, by_id, clock)
        except DomainError as refusal:
            left.append(role)
            reason = say("%(role)s: %(reason)s", role=role.name, reason=refusal.message)
        else:
            opened.append(role)
    if not opened:
        raise RoleError(reason)
    return opened, left


def close(session: Session, command: RoleAct, *, clock: Clock) -> int:
    """Take no more applications and release everyone who waits; returns how many were told.

    Offers that are out and bookings stand.
    """
    role = lock_one(session, Role, command.role_id)
    _move(session, role, RoleAction.CLOSE, command.by_id, clock)
    return releases.fill(session, role.id, command.by_id, clock=clock)


def cut(session: Session, command: RoleAct, *, clock: Clock) -> int:
    """Take a role out of the show and release everyone who waits; returns how many were told.

    Raises RoleError while somebody has an offer or a booking for it.
    """
    role = lock_one(session, Role, command.role_id)
    waiting = releases.engaged(session, role.id)
    if waiting:
        raise RoleError(
            say(
                "People with an offer or a booking for this role: %(people)s. "
                "Withdraw or cancel these first, so that each of them is told.",
                people=waiting,
            ),
        )
    _move(session, role, RoleAction.CUT, command.by_id, clock)
    return releases.cut(session, role.id, command.by_id, clock=clock)


def reindex(session: Session, role: Role) -> None:
    """Write the search index of a role anew; a role that is not open has none."""
    session.execute(sa.delete(RoleGram).where(RoleGram.role_id == role.id))
    if role.state != RoleState.OPEN:
        return
    production = session.get_one(Production, role.production_id)
    said = [role.name, role.who, role.department, role.description]
    said += [production.title, production.second_title, production.city]
    pieces = grams("\n".join(said)) | {tag("language", code) for code in role.languages}
    session.add_all(RoleGram(gram=gram, role_id=role.id) for gram in sorted(pieces))
    session.flush()


def reindex_production(session: Session, production_id: int) -> None:
    """Write the search index of every open role anew, after the production's titles changed."""
    is_open = sa.and_(Role.production_id == production_id, Role.state == RoleState.OPEN)
    for role in session.scalars(sa.select(Role).where(is_open)).all():
        reindex(session, role)


def _open(session: Session, role: Role, by_id: int, clock: Clock) -> None:
    role_after(RoleState(role.state), RoleAction.PUBLISH)
    _refuse_unready(session, role, clock)
    role.published_at = clock.now()
    _move(session, role, RoleAction.PUBLISH, by_id, clock)
    key = f"announce_role:{role.id}:{role.published_at.isoformat()}"
    tasks.ask(session, "announce_role", key, role.id, run_at=role.published_at)


def _move(session: Session, role: Role, action: RoleAction, by_id: int, clock: Clock) -> None:
    before = {"state": role.state}
    role.state = role_after(RoleState(role.state), action)
    session.flush()
    reindex(session, role)
    _record(session, role, action, before=before, after={"state": role.state}, by=(by_id, clock))


def _refuse_unready(session: Session, role: Role, clock: Clock, *, is_open: bool = False) -> None:
    """Refuse to publish what is incomplete; an open role may keep an apply-by that has passed."""
    wraps = session.scalars(
        sa.select(ShootDay.wrap_at)
        .join(RoleDate, RoleDate.shoot_day_id == ShootDay.id)
        .where(RoleDate.role_id == role.id),
    ).all()
    if is_open and wraps:
        return
    reason = why_not_open(apply_by_at=role.apply_by_at, wraps=wraps, now=clock.now())
    if reason:
        raise RoleError(reason)


def _sound(terms: RoleTerms) -> RoleTerms:
    """Return terms that can be stored; raises RoleError for others."""
    problem = ages_problem(terms.plays_from, terms.plays_to)
    if problem is not None:
        raise RoleError(problem)
    if terms.day_rate.minor <= 0:
        raise RoleError(say("Enter a day rate above zero."))
    if terms.guaranteed_minutes <= 0:
        raise RoleError(say("A day rate needs its hours: say how many it covers."))
    return terms


def _set_headcounts(session: Session, role: Role, wanted: Mapping[int, int]) -> None:
    """Make a role's dates what is wanted; days that are over or not the production's stay out."""
    ids = session.scalars(sa.select(RoleDate.id).where(RoleDate.role_id == role.id)).all()
    kept = {found.shoot_day_id: found for found in lock(session, RoleDate, ids)}
    planned = session.scalars(
        sa.select(ShootDay).where(
            ShootDay.production_id == role.production_id,
            ShootDay.state == DayState.PLANNED,
        ),
    ).all()
    for day in planned:
        headcount = wanted.get(day.id, 0)
        found = kept.get(day.id)
        if found is not None:
            _change(session, found, headcount, day)
        elif headcount > 0:
            session.add(RoleDate(role_id=role.id, shoot_day_id=day.id, headcount=headcount))
    session.flush()


def _change(session: Session, role_date: RoleDate, headcount: int, day: ShootDay) -> None:
    if headcount < role_date.confirmed:
        raise RoleError(
            say(
                "People confirmed on %(day)s: %(people)s. "
                "Ask for at least as many, or cancel a booking first.",
                people=role_date.confirmed,
                day=day.shoot_date,
            ),
        )
    if headcount > 0:
        role_date.headcount = headcount
        return
    try:
        with session.begin_nested():
            session.delete(role_date)
            session.flush()
    except sa.exc.IntegrityError as refused:
        raise RoleError(
            say(
                "Somebody applied for %(day)s or was offered it, so the role keeps that day; "
                "ask for at least one person.",
                day=day.shoot_date,
            ),
        ) from refused


def _values(role: Role) -> dict[str, Any]:
    return {
        **{name: getattr(role, name) for name in PLAIN},
        "kind": str(role.kind),
        "day_rate": Money(role.day_rate_minor, role.currency),
        "guaranteed_minutes": role.guaranteed_minutes,
        "disclosures": list(role.disclosures),
        "languages": list(role.languages),
    }


def _record(
    session: Session,
    role: Role,
    action: str,
    *,
    by: tuple[int, Clock],
    after: dict[str, Any],
    before: dict[str, Any] | None = None,
) -> None:
    company_id = session.scalar(
        sa.select(Production.company_id).where(Production.id == role.production_id),
    )
    act = Act(f"role:{role.public_id}", str(action), before or {}, after, company_id=company_id)
    by_id, clock = by
    audit.record(session, act, actor_id=by_id, clock=clock)
