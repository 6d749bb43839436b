"""Who applied to a role, and how to reach them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from marketplace.domain.accounts.models import User
from marketplace.domain.casting.models import Application, ApplicationDate, Role
from marketplace.domain.casting.rules import ApplicationState
from marketplace.domain.notices.services import Reader
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production


@dataclass(frozen=True, slots=True)
class ApplicantRow:
    """One applicant in the list of a role; application_id is 0 for somebody who did not apply."""

    application_id: int
    public_id: str
    person_id: int
    name: str
    city: str
    state: ApplicationState
    note: str
    submitted_at: datetime
    role_date_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class WithdrawnRow:
    """An application that was taken back. again: the one the person sent since, if any."""

    application_id: int
    public_id: str
    name: str
    submitted_at: datetime
    withdrawn_at: datetime
    again: str | None


@dataclass(frozen=True, slots=True)
class ApplicationFacts:
    """What a message about an application says: to whom, which role, whose show."""

    talent: Reader
    role: str
    title: str
    company_id: int


def applicants_of(session: Session, role_id: int) -> list[ApplicantRow]:
    """Return everyone who applied to a role and has not withdrawn, oldest first."""
    rows = session.execute(
        sa.select(
            Application.id,
            Application.public_id,
            Person.id,
            Person.stage_name,
            Person.city,
            Application.state,
            Application.note,
            Application.submitted_at,
        )
        .join(Person, Person.id == Application.person_id)
        .where(
            Application.role_id == role_id,
            Application.state != ApplicationState.WITHDRAWN,
        )
        .order_by(Application.submitted_at, Application.id),
    ).all()
    ticked = _ticked(session, role_id)
    return [
        ApplicantRow(
            *row[:5],
            state=ApplicationState(row.state),
            note=row.note,
            submitted_at=row.submitted_at,
            role_date_ids=frozenset(ticked.get(row[0], ())),
        )
        for row in rows
    ]


def withdrawn(session: Session, role_id: int, public_id: str) -> WithdrawnRow | None:
    """Return a withdrawn application of a role, or None when the role has no such one."""
    newer = aliased(Application)
    since = (
        sa.select(newer.public_id)
        .where(
            newer.role_id == Application.role_id,
            newer.person_id == Application.person_id,
            newer.state != ApplicationState.WITHDRAWN,
        )
        .order_by(newer.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    row = session.execute(
        sa.select(
            Application.id,
            Application.public_id,
            Person.stage_name,
            Application.submitted_at,
            Application.changed_at,
            since,
        )
        .join(Person, Person.id == Application.person_id)
        .where(
            Application.role_id == role_id,
            Application.public_id == public_id,
            Application.state == ApplicationState.WITHDRAWN,
        ),
    ).first()
    return WithdrawnRow(*row) if row else None


def withdrawals(session: Session, role_id: int, person_id: int) -> list[datetime]:
    """Return when a person withdrew from a role before, oldest first."""
    found = sa.select(Application.changed_at).where(
        Application.role_id == role_id,
        Application.person_id == person_id,
        Application.state == ApplicationState.WITHDRAWN,
    )
    return list(session.scalars(found.order_by(Application.changed_at)))


def _ticked(session: Session, role_id: int) -> dict[int, set[int]]:
    rows = session.execute(
        sa.select(ApplicationDate.application_id, ApplicationDate.role_date_id)
        .join(Application, Application.id == ApplicationDate.application_id)
        .where(Application.role_id == role_id),
    )
    found: dict[int, set[int]] = {}
    for application_id, role_date_id in rows:
        found.setdefault(application_id, set()).add(role_date_id)
    return found


def application_facts(session: Session, application_id: int) -> ApplicationFacts:
    """Return what a message about an application says."""
    row = session.execute(
        sa.select(
            User.id,
            User.email,
            User.locale,
            Role.name,
            Production.title,
            Production.company_id,
        )
        .select_from(Application)
        .join(Person, Person.id == Application.person_id)
        .join(User, User.id == Person.user_id)
        .join(Role, Role.id == Application.role_id)
        .join(Production, Production.id == Role.production_id)
        .where(Application.id == application_id),
    ).one()
    return ApplicationFacts(Reader(*row[:3]), *row[3:])
