"""Who asks for a paper, about what, and what opens the names on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from marketplace.domain.people.ports import Vault
from marketplace.domain.reports.rules import Scope, SlipFilters


@dataclass(frozen=True, slots=True)
class Office:
    """An accountant at work. within: the only productions they may see; today: at the company."""

    company_id: int
    scope: Scope
    vault: Vault
    today: date
    within: frozenset[int] | None = None

    @property
    def filters(self) -> SlipFilters:
        """Which slips are meant."""
        return self.scope.filters(self.within)

    @property
    def year(self) -> int:
        """The calendar year of payment that is asked about."""
        return self.scope.year or self.today.year
