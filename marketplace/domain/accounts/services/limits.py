"""Which productions of a company a member may see: all, or those an owner named."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Membership, ProductionAccess
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.kernel.errors import DomainError
from marketplace.kernel.sentences import say


class LimitError(DomainError):
    """A limit that cannot be."""


def refuse_wrong_limit(role: CompanyRole | None, productions: tuple[int, ...] | None) -> None:
    """Raise LimitError for an owner who would not see all, and for a limit to nothing."""
    if role is None or productions is None:
        return
    if role is CompanyRole.OWNER:
        raise LimitError(say("An owner sees every production."))
    if not productions:
        raise LimitError(say("Choose at least one production."))


def limit(session: Session, membership: Membership, productions: Iterable[int] | None) -> None:
    """Let a member see these productions alone, or all with None."""
    mine = ProductionAccess.membership_id == membership.id
    session.execute(sa.delete(ProductionAccess).where(mine))
    membership.is_limited = productions is not None
    session.add_all(
        ProductionAccess(membership_id=membership.id, production_id=one)
        for one in sorted(set(productions or ()))
    )
    session.flush()


def within(session: Session, membership: Membership) -> list[int] | None:
    """Return the ids of the only productions a member may see; None for all."""
    if not membership.is_limited:
        return None
    mine = ProductionAccess.membership_id == membership.id
    return sorted(session.scalars(sa.select(ProductionAccess.production_id).where(mine)))


def seen(productions: list[int] | None) -> dict[str, list[int]]:
    """Return what is written down of a limit: nothing when there is none."""
    return {} if productions is None else {"productions": productions}


def sorted_or_none(productions: Iterable[int] | None) -> list[int] | None:
    """Return ids as they are compared and written down."""
    return None if productions is None else sorted(set(productions))
