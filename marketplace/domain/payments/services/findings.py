"""What a check of the books says when something cannot be, and how sums are compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.kernel.sentences import Sentence

Totals = Mapping[tuple[str, str], int]
"""Minor units by account or name, and currency."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing in the books that cannot be. name: I1…I18; subject: which row or account."""

    name: str
    sentence: Sentence
    subject: str


def sums(session: Session, query: sa.Executable, name: Callable[[Any], str]) -> Totals:
    """Return the sums a query of owner, currency and total finds, by the owners' accounts."""
    found = session.execute(query)
    return {(name(owner), currency): int(total) for owner, currency, total in found}


def differences(
    name: str,
    sentence: Sentence,
    expected: Totals,
    booked: Totals,
) -> Iterator[Finding]:
    """Yield every account whose balance is not what it should be."""
    for key in sorted(expected.keys() | booked.keys()):
        should, is_ = expected.get(key, 0), booked.get(key, 0)
        if should != is_:
            account, currency = key
            subject = f"{account} {currency}: {should} expected, {is_} booked"
            yield Finding(name, sentence, subject)
