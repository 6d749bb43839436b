"""What casting does with applications: view, shortlist, pass; and every move of their state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock
from marketplace.domain.audit import services as audit
from marketplace.domain.casting.models import Application
from marketplace.domain.casting.queries.applicants import ApplicationFacts, application_facts
from marketplace.domain.casting.rules import Action, ApplicationState, after
from marketplace.domain.notices import services as notices
from marketplace.domain.notices.services import Message
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotAllowedError
from marketplace.kernel.sentences import say

SELECTIONS: Final = (Action.VIEW, Action.SHORTLIST, Action.UNSHORTLIST, Action.TURN_DOWN)
"""What casting may do with many applications at once."""


@dataclass(frozen=True, slots=True)
class SelectApplicants:
    """Casting does one thing with some applications of one role.

    application_ids: public ids, as the page carries them; those of another role are ignored.
    """

    role_id: int
    application_ids: Sequence[str]
    action: Action
    by_id: int


@dataclass(frozen=True, slots=True)
class Selected:
    """How many applications moved, and how many had moved on meanwhile and were left alone."""

    moved: int
    left: int


def select(session: Session, command: SelectApplicants, *, clock: Clock) -> Selected:
    """Do one thing with some applications; one that has moved on meanwhile is left as it is.

    Flushes, never commits.
    """
    if command.action not in SELECTIONS:
        raise NotAllowedError(say("That cannot be done from the list of applicants."))
    applications = lock(session, Application, _ids(session, command))
    moved = 0
    for application in applications:
        try:
            move(session, application, command.action, actor_id=command.by_id, clock=clock)
        except NotAllowedError:
            continue
        moved += 1
    return Selected(moved, len(applications) - moved)


def view_all(session: Session, role_id: int, by_id: int, *, clock: Clock) -> Selected:
    """Mark every new application of a role as viewed; the applicants see it."""
    new = sa.select(Application.public_id).where(
        Application.role_id == role_id,
        Application.state == ApplicationState.SUBMITTED,
    )
    found = session.scalars(new).all()
    return select(session, SelectApplicants(role_id, found, Action.VIEW, by_id), clock=clock)


def move(
    session: Session,
    application: Application,
    action: Action,
    *,
    actor_id: int | None,
    clock: Clock,
) -> None:
    """Move one locked application, write the log, and tell the applicant when it concerns them.

    Raises NotAllowedError when the state machine has no such move.
    """
    old = ApplicationState(application.state)
    application.state = after(old, action)
    application.changed_at = clock.now()
    if action in {*SELECTIONS, Action.OFFER}:
        application.viewed_at = application.viewed_at or clock.now()
    session.flush()
    facts = application_facts(session, application.id)
    act = audit.Act(
        f"application:{application.public_id}",
        action,
        {"state": old.value},
        {"state": application.state},
        company_id=facts.company_id,
    )
    audit.record(session, act, actor_id=actor_id, clock=clock)
    message = _message(application, action, facts)
    if message is not None:
        notices.tell(session, facts.talent, message, clock=clock)


def _ids(session: Session, command: SelectApplicants) -> list[int]:
    found = sa.select(Application.id).where(
        Application.role_id == command.role_id,
        Application.public_id.in_(command.application_ids),
    )
    return list(session.scalars(found))


def _message(
    application: Application,
    action: Action,
    facts: ApplicationFacts,
) -> Message | None:
    """Return what the applicant is told; offers and bookings are told by whoever makes them."""
    names = {"role": facts.role, "title": facts.title}
    if action is Action.SHORTLIST:
        subject = say("You are on the shortlist for %(role)s in %(title)s", **names)
        lines = (say("Nothing is booked yet. You hear from us when there is an offer."),)
    elif action is Action.TURN_DOWN:
        subject = say("%(role)s in %(title)s went to somebody else", **names)
        lines = (say("Thank you for applying. Your dates are free again."),)
    else:
        return None
    return Message(
        key=f"application:{application.public_id}:{action}",
        kind="application",
        subject=subject,
        lines=lines,
        button=say("See your application"),
        path=f"/me/applications/{application.public_id}",
    )
