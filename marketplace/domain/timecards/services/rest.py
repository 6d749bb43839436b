"""A call inside somebody's rest is moved, or kept with a reason that everybody can read."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.db import lock_one
from marketplace.domain.audit import services as audit
from marketplace.domain.productions.models import ShootDay
from marketplace.domain.productions.rules import DayState, ShootDayError
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.sentences import say


@dataclass(frozen=True, slots=True)
class KeepCall:
    """A production keeps the calls of a day although some people get too little rest."""

    shoot_day_id: int
    production_id: int
    by_id: int
    reason: str


def keep_call(session: Session, command: KeepCall, *, clock: Clock) -> ShootDay:
    """Keep the calls of a day and record why.

    Raises ShootDayError without a reason, or for a day that is over.
    """
    day = lock_one(session, ShootDay, command.shoot_day_id)
    if day.production_id != command.production_id:
        raise NotFoundError(say("There is no such shoot day."))
    reason = command.reason.strip()
    if not reason:
        raise ShootDayError(say("Say why the calls stay; it is shown on the day and kept."))
    if day.state != DayState.PLANNED:
        raise ShootDayError(say("This shoot day is over."))
    before = day.short_rest_reason
    day.short_rest_reason = reason
    day.short_rest_by_id = command.by_id
    session.flush()
    act = audit.Act(
        subject=f"shoot_day:{day.public_id}",
        action="keep_call",
        before={"reason": before},
        after={"reason": reason},
        reason=reason,
    )
    audit.record(session, act, actor_id=command.by_id, clock=clock)
    return day
