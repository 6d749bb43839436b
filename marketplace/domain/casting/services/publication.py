"""Publish a production together with its roles, and keep both in step when it changes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.db import lock_one
from marketplace.domain.casting.services import roles
from marketplace.domain.productions import services as productions
from marketplace.domain.productions.models import Production
from marketplace.domain.productions.services import EditProduction
from marketplace.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class PublishProduction:
    """Somebody makes a production and its roles visible."""

    production_id: int
    by_id: int


@dataclass(frozen=True, slots=True)
class Published:
    """The names of roles that opened, and of those left as drafts because they lack something."""

    opened: tuple[str, ...]
    left: tuple[str, ...]


def publish_production(session: Session, command: PublishProduction, *, clock: Clock) -> Published:
    """Make a draft production visible and open its complete draft roles.

    Raises a DomainError, and changes nothing, when it lacks a shoot day, a complete role or,
    in China, its registration number.
    """
    production = lock_one(session, Production, command.production_id)
    productions.go_live(session, production, command.by_id, clock=clock)
    opened, left = roles.publish_drafts(session, production.id, command.by_id, clock=clock)
    return Published(
        tuple(role.name for role in opened),
        tuple(role.name for role in left),
    )


def edit_production(session: Session, command: EditProduction, *, clock: Clock) -> Production:
    """Change a production; its open roles are found under the new titles and city."""
    production = productions.edit(session, command, clock=clock)
    roles.reindex_production(session, production.id)
    return production
