"""Invite people to apply for a role: each once, and only while they can."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import insert_once, lock_one
from marketplace.domain.accounts.models import Company, User
from marketplace.domain.audit import services as audit
from marketplace.domain.casting.models import Application, Role, RoleInvitation
from marketplace.domain.casting.rules import RoleState
from marketplace.domain.notices import services as notices
from marketplace.domain.notices.services import Message, Reader
from marketplace.domain.people.models import Person, PersonListing
from marketplace.domain.productions.models import Production
from marketplace.domain.productions.rules import ProductionState
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import DomainError, NotFoundError
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say


class InvitationError(DomainError):
    """Somebody who cannot be invited."""


@dataclass(frozen=True, slots=True)
class InvitePerson:
    """A production invites somebody to apply. role, person: public ids."""

    production_id: int
    role: str
    person: str
    by_id: int


def invite(session: Session, command: InvitePerson, *, clock: Clock) -> bool:
    """Invite a listed person to apply for an open role; False when they were invited before.

    Raises NotFoundError for a role of another production or a person nobody may find, and
    InvitationError when the role takes no applications or they applied already.
    """
    role = _role(session, command)
    production = session.get_one(Production, role.production_id)
    person, user = _person(session, command.person)
    is_open = role.state == RoleState.OPEN and clock.now() < role.apply_by_at
    if not is_open or production.state != ProductionState.LIVE:
        raise InvitationError(say("This role takes no more applications."))
    applied = (Application.role_id == role.id, Application.person_id == person.id)
    if session.scalar(sa.select(Application.id).where(*applied).limit(1)) is not None:
        raise InvitationError(say("%(name)s applied already.", name=person.stage_name))
    pair = {"role_id": role.id, "person_id": person.id}
    values = {**pair, "by_id": command.by_id, "sent_at": clock.now()}
    if insert_once(session, RoleInvitation, list(pair), **values) is None:
        return False
    act = audit.Act(
        f"role:{role.public_id}",
        "invite",
        {},
        {"person": person.public_id},
        company_id=production.company_id,
    )
    audit.record(session, act, actor_id=command.by_id, clock=clock)
    reader = Reader(user.id, user.email, user.locale)
    notices.tell(session, reader, _message(session, role, production), clock=clock)
    return True


def _role(session: Session, command: InvitePerson) -> Role:
    ours = (Role.public_id == command.role, Role.production_id == command.production_id)
    found = session.scalar(sa.select(Role.id).where(*ours))
    if found is None:
        raise NotFoundError(say("There is no such role."))
    return lock_one(session, Role, found)


def _person(session: Session, public_id: str) -> tuple[Person, User]:
    row = session.execute(
        sa.select(Person, User)
        .join(User, User.id == Person.user_id)
        .join(PersonListing, PersonListing.person_id == Person.id)
        .where(Person.public_id == public_id, User.disabled_at.is_(None)),
    ).first()
    if row is None:
        raise NotFoundError(say("There is no such person."))
    return row[0], row[1]


def _message(session: Session, role: Role, production: Production) -> Message:
    company = session.get_one(Company, production.company_id)
    return Message(
        key=f"role_invitation:{role.public_id}",
        kind="role_invitation",
        subject=say(
            "%(company)s invites you to apply: %(role)s in %(title)s",
            company=company.name,
            role=role.name,
            title=production.title,
        ),
        lines=(
            say("%(rate)s per day.", rate=Money(role.day_rate_minor, role.currency)),
            say("It is no offer yet, and you need not answer. Applying is free."),
        ),
        button=say("See the role and apply"),
        path=f"/roles/{role.public_id}",
    )
