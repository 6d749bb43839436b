"""Let go of everyone who waits for a role that is filled or cut, and tell each of them."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock
from marketplace.domain.casting.models import Application, RoleDate
from marketplace.domain.casting.queries.applicants import application_facts
from marketplace.domain.casting.rules import Action, ApplicationState
from marketplace.domain.casting.services import selects
from marketplace.domain.notices import services as notices
from marketplace.domain.notices.services import Message
from marketplace.kernel.clock import Clock
from marketplace.kernel.sentences import say

WAITING: Final = (
    ApplicationState.SUBMITTED,
    ApplicationState.VIEWED,
    ApplicationState.SHORTLISTED,
)
ENGAGED: Final = (ApplicationState.OFFERED, ApplicationState.BOOKED)


def fill(session: Session, role_id: int, by_id: int, *, clock: Clock) -> int:
    """Release everyone who waits because the role takes no more people."""
    return _release(session, role_id, Action.FILL, by_id, clock)


def cut(session: Session, role_id: int, by_id: int, *, clock: Clock) -> int:
    """Release everyone who waits because the role is no longer in the show."""
    return _release(session, role_id, Action.CUT, by_id, clock)


def engaged(session: Session, role_id: int) -> int:
    """Return how many people have an offer or a booking for a role."""
    offered = session.scalar(
        sa.select(sa.func.count(Application.id)).where(
            Application.role_id == role_id,
            Application.state.in_(ENGAGED),
        ),
    )
    confirmed = session.scalar(
        sa.select(sa.func.max(RoleDate.confirmed)).where(RoleDate.role_id == role_id),
    )
    return max(offered or 0, confirmed or 0)


def _release(session: Session, role_id: int, action: Action, by_id: int, clock: Clock) -> int:
    ids = session.scalars(
        sa.select(Application.id).where(
            Application.role_id == role_id,
            Application.state.in_(WAITING),
        ),
    ).all()
    released = lock(session, Application, ids)
    for application in released:
        selects.move(session, application, action, actor_id=by_id, clock=clock)
        facts = application_facts(session, application.id)
        message = _message(application, action, facts.role, facts.title)
        notices.tell(session, facts.talent, message, clock=clock)
    return len(released)


def _message(application: Application, action: Action, role: str, title: str) -> Message:
    if action is Action.FILL:
        subject = say("%(role)s in %(title)s is filled", role=role, title=title)
    else:
        subject = say("%(role)s was cut from %(title)s", role=role, title=title)
    return Message(
        key=f"application:{application.public_id}:{action}",
        kind="application",
        subject=subject,
        lines=(say("Thank you for applying. Your dates are free again."),),
        button=say("Find other roles"),
        path="/roles",
    )
