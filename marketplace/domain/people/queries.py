"""Read profiles."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.people.models import Person


def person_of(session: Session, user_id: int) -> int | None:
    """Return the id of a user's talent profile, or None when they have none."""
    return session.scalar(sa.select(Person.id).where(Person.user_id == user_id))
