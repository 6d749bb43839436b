"""Somebody who did not apply for a role, as casting offers them its dates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import User
from marketplace.domain.booking.queries.applicants import Applicant, Place, as_applicants
from marketplace.domain.casting.queries.applicants import ApplicantRow
from marketplace.domain.casting.rules import ApplicationState
from marketplace.domain.people.models import Person, PersonListing


def unapplied(
    session: Session, role_id: int, public_id: str, places: Sequence[Place], now: datetime
) -> Applicant | None:
    """Return a listed person with the dates of a role as if they had applied for none of them.

    None for somebody nobody may find. A date they were offered or have here is marked so.
    """
    person = session.execute(
        sa.select(Person.id, Person.public_id, Person.stage_name, Person.city, Person.created_at)
        .join(PersonListing, PersonListing.person_id == Person.id)
        .join(User, User.id == Person.user_id)
        .where(Person.public_id == public_id, User.disabled_at.is_(None)),
    ).first()
    if person is None:
        return None
    row = ApplicantRow(
        application_id=0,  # they did not apply: an offer to them names no application
        public_id=person.public_id,
        person_id=person.id,
        name=person.stage_name,
        city=person.city,
        state=ApplicationState.SHORTLISTED,
        note="",
        submitted_at=person.created_at,
        role_date_ids=frozenset(place.role_date_id for place in places),
    )
    return as_applicants(session, role_id, [row], places, now)[0]
