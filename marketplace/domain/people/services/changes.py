"""Write down that a profile changed: the one place every change of a profile passes."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.domain.audit.services import Act, record
from marketplace.domain.people.models import Person
from marketplace.domain.people.services.listing import index_person
from marketplace.kernel.clock import Clock


def changed(session: Session, person: Person, action: str, *, clock: Clock) -> None:
    """Record what a person did to their own profile, and let them be found by it."""
    session.flush()
    index_person(session, person, clock=clock)
    act = Act(f"person:{person.public_id}", action)
    record(session, act, actor_id=person.user_id, clock=clock)
