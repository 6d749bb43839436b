"""Apply to a role, and withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock_one
from marketplace.domain.accounts.models import User
from marketplace.domain.audit import services as audit
from marketplace.domain.casting.models import Application, ApplicationDate, Role, RoleDate
from marketplace.domain.casting.rules import Action, ApplicationState, RoleState
from marketplace.domain.casting.services import selects
from marketplace.domain.notices import services as notices
from marketplace.domain.notices.services import Message, Reader
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import DayState, ProductionState
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import DomainError, NotFoundError
from marketplace.kernel.sentences import say


class ApplicationError(DomainError):
    """An application that cannot be sent or withdrawn."""


@dataclass(frozen=True, slots=True)
class Apply:
    """A person applies for some dates of a role. role: its public id."""

    role: str
    person_id: int
    role_date_ids: Sequence[int]
    note: str = ""
    has_consented: bool = False


@dataclass(frozen=True, slots=True)
class Withdraw:
    """A person takes their application back. application: its public id."""

    application: str
    person_id: int


def apply(session: Session, command: Apply, *, clock: Clock) -> Application:
    """Send an application. Its dates were found to fit by `booking.services.applying`.

    Flushes, never commits. The role is locked, so nobody applies while it closes.
    Raises ApplicationError when the role takes no applications, when a date is not to be had,
    when its disclosures were not accepted, or when an earlier application still lives.
    """
    role = _open_role(session, command.role, clock=clock)
    wanted = sorted(set(command.role_date_ids))
    if not wanted:
        raise ApplicationError(say("Tick at least one date you can work."))
    if len(_dates_to_come(session, role, wanted, clock=clock)) != len(wanted):
        raise ApplicationError(say("One of the dates has passed or was cancelled; choose again."))
    if role.disclosures and not command.has_consented:
        raise ApplicationError(say("Read what this role involves, and tick that you accept it."))
    application = Application(
        role_id=role.id,
        person_id=command.person_id,
        note=command.note.strip(),
        has_consented=bool(role.disclosures),
        submitted_at=clock.now(),
        changed_at=clock.now(),
    )
    _add_once(session, application)
    session.add_all(
        ApplicationDate(application_id=application.id, role_date_id=one) for one in wanted
    )
    session.flush()
    _record(session, application, role, wanted, clock=clock)
    return application


def withdraw(session: Session, command: Withdraw, *, clock: Clock) -> Application:
    """Take an application back; doing it twice changes nothing. Casting is told once.

    Flushes, never commits. Raises NotFoundError for somebody else's application and
    ApplicationError for one that is booked or has ended.
    """
    application = lock_one(session, Application, own(session, command).id)
    if application.state == ApplicationState.WITHDRAWN:
        return application
    if application.state == ApplicationState.BOOKED:
        raise ApplicationError(
            say("You are booked. Cancel the booking under My dates; the production is told."),
        )
    person = session.get_one(Person, application.person_id)
    selects.move(session, application, Action.WITHDRAW, actor_id=person.user_id, clock=clock)
    _tell_withdrawn(session, application, person, clock=clock)
    return application


def own(session: Session, command: Withdraw) -> Application:
    """Return a person's own application; raises NotFoundError for any other."""
    mine = sa.select(Application).where(
        Application.public_id == command.application,
        Application.person_id == command.person_id,
    )
    found = session.scalars(mine).first()
    if found is None:
        raise NotFoundError(say("There is no such application."))
    return found


def _open_role(session: Session, public_id: str, *, clock: Clock) -> Role:
    found = session.scalar(sa.select(Role.id).where(Role.public_id == public_id))
    if found is None:
        raise NotFoundError(say("There is no such role."))
    role = lock_one(session, Role, found)
    production = session.get_one(Production, role.production_id)
    if role.published_at is None:
        raise NotFoundError(say("There is no such role."))
    if role.state != RoleState.OPEN or production.state != ProductionState.LIVE:
        raise ApplicationError(say("This role takes no more applications."))
    if clock.now() >= role.apply_by_at:
        raise ApplicationError(say("The time to apply for this role has passed."))
    return role


def _dates_to_come(
    session: Session,
    role: Role,
    role_date_ids: Sequence[int],
    *,
    clock: Clock,
) -> Sequence[int]:
    return session.scalars(
        sa.select(RoleDate.id)
        .join(ShootDay, ShootDay.id == RoleDate.shoot_day_id)
        .where(
            RoleDate.id.in_(role_date_ids),
            RoleDate.role_id == role.id,
            ShootDay.state == DayState.PLANNED,
            ShootDay.call_at > clock.now(),
        ),
    ).all()


def _add_once(session: Session, application: Application) -> None:
    try:
        with session.begin_nested():
            session.add(application)
            session.flush()
    except sa.exc.IntegrityError as refused:
        raise ApplicationError(
            say("You have applied for this role already; you find it under My applications."),
        ) from refused


def _record(
    session: Session,
    application: Application,
    role: Role,
    role_date_ids: Sequence[int],
    *,
    clock: Clock,
) -> None:
    production = session.get_one(Production, role.production_id)
    person = session.get_one(Person, application.person_id)
    act = audit.Act(
        f"application:{application.public_id}",
        "submit",
        {},
        {"state": application.state, "dates": len(role_date_ids)},
        company_id=production.company_id,
    )
    audit.record(session, act, actor_id=person.user_id, clock=clock)


def _tell_withdrawn(
    session: Session,
    application: Application,
    person: Person,
    *,
    clock: Clock,
) -> None:
    """Tell whoever made the production, who has the list of applicants."""
    role = session.get_one(Role, application.role_id)
    production = session.get_one(Production, role.production_id)
    maker = session.get_one(User, production.created_by_id)
    message = Message(
        key=f"application:{application.public_id}:withdraw",
        kind="application",
        subject=say("%(name)s withdrew from %(role)s", name=person.stage_name, role=role.name),
        lines=(say("Production: %(title)s.", title=production.title),),
        button=say("See the applicants"),
        path=f"/p/{production.public_id}/roles/{role.public_id}/applicants",
    )
    notices.tell(session, Reader(maker.id, maker.email, maker.locale), message, clock=clock)
