"""Ask somebody who withdrew whether they would apply again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.db import lock_one
from marketplace.domain.audit import services as audit
from marketplace.domain.booking.rules import OfferRefusedError
from marketplace.domain.casting.models import Application, Role
from marketplace.domain.casting.queries.applicants import application_facts
from marketplace.domain.casting.rules import ApplicationState, RoleState
from marketplace.domain.notices import services as notices
from marketplace.domain.notices.services import Message
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.sentences import say


@dataclass(frozen=True, slots=True)
class AskBack:
    """A production asks the person of a withdrawn application to apply again."""

    application_id: int
    production_id: int
    by_id: int


def ask_back(session: Session, command: AskBack, *, clock: Clock) -> bool:
    """Tell the person that they may apply again, once for each withdrawn application.

    The withdrawn application stays as it is. Returns False when they were asked before.
    Raises OfferRefusedError when they have not withdrawn, or the role takes no applications.
    """
    application = lock_one(session, Application, command.application_id)
    role = session.get_one(Role, application.role_id)
    if role.production_id != command.production_id:
        raise NotFoundError(say("There is no such application."))
    if application.state != ApplicationState.WITHDRAWN:
        raise OfferRefusedError(say("This application was not withdrawn."))
    if role.state != RoleState.OPEN or clock.now() >= role.apply_by_at:
        raise OfferRefusedError(say("This role takes no more applications."))
    facts = application_facts(session, application.id)
    message = Message(
        key=f"application:{application.public_id}:ask_back",
        kind="application",
        subject=say(
            "Would you apply again? %(role)s, %(title)s", role=facts.role, title=facts.title
        ),
        lines=(say("You withdrew. The production would like to make you an offer."),),
        button=say("See the role"),
        path=f"/roles/{role.public_id}",
    )
    is_new = notices.tell(session, facts.talent, message, clock=clock)
    if is_new:
        act = audit.Act(
            f"application:{application.public_id}", "ask_back", company_id=facts.company_id
        )
        audit.record(session, act, actor_id=command.by_id, clock=clock)
    return is_new
