"""Read who was invited to apply."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.casting.models import RoleInvitation


def was_invited(session: Session, person_id: int, role_id: int) -> bool:
    """Say whether the production of a role invited a person to apply for it."""
    pair = (RoleInvitation.person_id == person_id, RoleInvitation.role_id == role_id)
    return session.scalar(sa.select(RoleInvitation.id).where(*pair)) is not None
