"""What the board of a production shows, put together from its days, roles and bookings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

from sqlalchemy.orm import Session

from marketplace.domain.booking.queries import boards
from marketplace.domain.booking.queries.boards import Fill, OpenOffer, Staffing
from marketplace.domain.casting.queries import roles as role_queries
from marketplace.domain.casting.queries.roles import RoleRow
from marketplace.domain.productions import queries
from marketplace.domain.productions.queries import DayRow, ProductionFacts
from marketplace.domain.productions.rules import DayState
from marketplace.domain.timecards.queries import DayCounts, counts_of
from marketplace.kernel.money import Money
from marketplace.web.access import ProductionRow

SOON: Final = timedelta(hours=48)
"""Days that begin within this time and lack people need somebody today."""


@dataclass(frozen=True, slots=True)
class BoardDay:
    """One shoot day: places, confirmed people and their hours; cost so far and cost when full."""

    day: DayRow
    needed: int
    confirmed: int
    costs: tuple[Money, ...]
    planned: tuple[Money, ...]
    hours: DayCounts

    @property
    def missing(self) -> int:
        """How many places are not confirmed."""
        return self.needed - self.confirmed


@dataclass(frozen=True, slots=True)
class Board:
    """A production at a glance."""

    facts: ProductionFacts
    days: list[BoardDay]
    roles: list[RoleRow]
    offers: list[OpenOffer]
    staffing: Staffing
    now: datetime

    def fill(self, role: RoleRow, day: DayRow) -> Fill:
        """Return how full a role is on a day."""
        need = role.needs.get(day.id)
        return self.staffing.fills.get(need.role_date_id, Fill()) if need else Fill()

    @property
    def open_roles(self) -> list[RoleRow]:
        """The roles people can apply to."""
        return [role for role in self.roles if role.is_open]

    @property
    def needed(self) -> int:
        """How many person-days the production needs."""
        return sum(day.needed for day in self.days)

    @property
    def confirmed(self) -> int:
        """How many person-days are confirmed."""
        return sum(day.confirmed for day in self.days)

    @property
    def committed(self) -> tuple[Money, ...]:
        """Confirmed day rates, one sum per currency; zero of the production's own when none."""
        return self.staffing.committed or (Money(0, self.facts.currency),)

    @property
    def of_budget(self) -> Fraction | None:
        """The share of the budget that is committed in the budget's currency."""
        if not self.facts.budget_minor:
            return None
        own = [cost.minor for cost in self.committed if cost.currency == self.facts.currency]
        return Fraction(sum(own), self.facts.budget_minor)

    @property
    def to_approve(self) -> list[DayRow]:
        """Days that are over and on which somebody's hours are not approved yet."""
        return [
            day.day
            for day in self.days
            if day.day.state == DayState.CLOSED and day.hours.booked > day.hours.approved
        ]

    @property
    def short_soon(self) -> list[BoardDay]:
        """Days that begin soon and lack people."""
        return [
            day
            for day in self.days
            if day.missing > 0 and self.now < day.day.call_at <= self.now + SOON
        ]

    @property
    def overdue(self) -> list[RoleRow]:
        """Open roles whose apply-by has passed while places are free."""
        return [
            role
            for role in self.open_roles
            if role.apply_by_at <= self.now and role.confirmed < role.needed
        ]

    @property
    def with_new(self) -> list[RoleRow]:
        """Roles with applications nobody has looked at."""
        return [role for role in self.roles if role.new]

    @property
    def is_quiet(self) -> bool:
        """Whether nothing needs anybody today."""
        waiting = self.to_approve or self.short_soon or self.overdue or self.with_new
        return not (waiting or self.facts.is_draft)


def board_of(session: Session, production: ProductionRow, now: datetime) -> Board:
    """Return the board of a production; eight queries, however many roles it has."""
    days = queries.days(session, production.id)
    roles = role_queries.breakdown(session, production.id)
    staffing = boards.staffing(session, production.id)
    hours = counts_of(session, production.id)
    return Board(
        facts=queries.facts(session, production.id),
        days=[_day(day, roles, staffing, hours.get(day.id, DayCounts())) for day in days],
        roles=roles,
        offers=boards.open_offers(session, production.id),
        staffing=staffing,
        now=now,
    )


def _day(day: DayRow, roles: list[RoleRow], staffing: Staffing, hours: DayCounts) -> BoardDay:
    needs = [role.needs[day.id] for role in roles if day.id in role.needs]
    return BoardDay(
        day=day,
        needed=sum(need.headcount for need in needs),
        confirmed=sum(need.confirmed for need in needs),
        costs=staffing.costs.get(day.id, ()),
        planned=role_queries.planned_cost(roles, day.id),
        hours=hours,
    )
