"""The breakdown as a grid: roles down, shoot days across, cost per day beneath."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.domain.booking.queries import boards
from marketplace.domain.booking.queries.boards import Fill, Staffing
from marketplace.domain.casting.queries import roles as role_queries
from marketplace.domain.casting.queries.roles import Need, RoleRow
from marketplace.domain.productions import queries
from marketplace.domain.productions.queries import DayRow
from marketplace.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Cell:
    """One role on one day: how many it needs, and how far that is."""

    need: Need
    fill: Fill

    @property
    def is_full(self) -> bool:
        """Whether every place is confirmed."""
        return self.need.confirmed >= self.need.headcount


@dataclass(frozen=True, slots=True)
class Grid:
    """Every role of a production against its days."""

    days: list[DayRow]
    roles: list[RoleRow]
    staffing: Staffing

    def cell(self, role: RoleRow, day: DayRow) -> Cell | None:
        """Return the cell of a role and a day, or None when the role is not needed then."""
        need = role.needs.get(day.id)
        if need is None:
            return None
        return Cell(need, self.staffing.fills.get(need.role_date_id, Fill()))

    def confirmed_cost(self, day: DayRow) -> tuple[Money, ...]:
        """Return the day rates confirmed on a day, one sum per currency."""
        return self.staffing.costs.get(day.id, ())

    def planned_cost(self, day: DayRow) -> tuple[Money, ...]:
        """Return what a day costs when every place is filled, one sum per currency."""
        return role_queries.planned_cost(self.roles, day.id)


def grid_of(session: Session, production_id: int) -> Grid:
    """Return the breakdown of a production; five queries, however many roles it has."""
    return Grid(
        queries.days(session, production_id),
        role_queries.breakdown(session, production_id),
        boards.staffing(session, production_id),
    )
