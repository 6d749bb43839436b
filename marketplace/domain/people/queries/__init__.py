"""Read profiles and how people are paid."""

from __future__ import annotations

from marketplace.domain.people.queries.payees import PayeeRow, payee
from marketplace.domain.people.queries.profiles import (
    ProfileRow,
    person_of,
    profile,
    reader_of,
    zone_of,
)

__all__ = [
    "PayeeRow",
    "ProfileRow",
    "payee",
    "person_of",
    "profile",
    "reader_of",
    "zone_of",
]
