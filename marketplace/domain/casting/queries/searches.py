"""Searches that people keep: how they are written down, and read again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.casting.models import SavedSearch
from marketplace.domain.casting.queries.browse import Filters
from marketplace.domain.casting.rules import Cadence
from marketplace.kernel.money import Money


@dataclass(frozen=True, slots=True)
class KeptSearch:
    """What is looked for. is_free: only roles with a date on which the person is free."""

    filters: Filters
    is_free: bool = False

    @property
    def is_narrow(self) -> bool:
        """Whether it asks for anything at all."""
        return self.is_free or self.filters != Filters()


@dataclass(frozen=True, slots=True)
class SearchRow:
    """One saved search as its owner sees it."""

    id: int
    public_id: str
    name: str
    cadence: Cadence
    kept: KeptSearch
    created_at: datetime


def written(kept: KeptSearch) -> dict[str, Any]:
    """Return a search as it is stored: only what it asks for."""
    filters = kept.filters
    said = {
        "text": filters.text,
        "first": filters.first.isoformat() if filters.first else "",
        "last": filters.last.isoformat() if filters.last else "",
        "kinds": list(filters.kinds),
        "cities": list(filters.cities),
        "currency": filters.currency,
        "least_minor": filters.least.minor if filters.least else 0,
        "plays": list(filters.plays or ()),
        "languages": list(filters.languages),
        "departments": list(filters.departments),
        "pays_standby": filters.pays_standby,
        "is_free": kept.is_free,
    }
    return {name: value for name, value in said.items() if value}


def opened(said: dict[str, Any]) -> KeptSearch:
    """Return a stored search as it was."""
    currency = said.get("currency", "")
    least, plays = said.get("least_minor"), said.get("plays")
    filters = Filters(
        text=said.get("text", ""),
        first=date.fromisoformat(said["first"]) if "first" in said else None,
        last=date.fromisoformat(said["last"]) if "last" in said else None,
        kinds=tuple(said.get("kinds", ())),
        cities=tuple(said.get("cities", ())),
        currency=currency,
        least=Money(least, currency) if least else None,
        plays=(plays[0], plays[1]) if plays else None,
        languages=tuple(said.get("languages", ())),
        departments=tuple(said.get("departments", ())),
        pays_standby=said.get("pays_standby", False),
    )
    return KeptSearch(filters, said.get("is_free", False))


def searches_of(session: Session, person_id: int) -> list[SearchRow]:
    """Return a person's saved searches, the newest first."""
    return _rows(session, SavedSearch.person_id == person_id)


def search_of(session: Session, person_id: int, public_id: str) -> SearchRow | None:
    """Return one of a person's saved searches, or None when they have no such."""
    mine = (SavedSearch.person_id == person_id, SavedSearch.public_id == public_id)
    return next(iter(_rows(session, *mine)), None)


def _rows(session: Session, *where: sa.ColumnElement[bool]) -> list[SearchRow]:
    rows = session.execute(
        sa.select(
            SavedSearch.id,
            SavedSearch.public_id,
            SavedSearch.name,
            SavedSearch.cadence,
            SavedSearch.filters,
            SavedSearch.created_at,
        )
        .where(*where)
        .order_by(SavedSearch.id.desc()),
    )
    return [
        SearchRow(row[0], row[1], row[2], Cadence(row[3]), opened(row[4]), row[5]) for row in rows
    ]
