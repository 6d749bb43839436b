"""The hot cost of one shoot day: the plan, the time cards as they stand, and why they differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.blueprints.days import bp
from marketplace.blueprints.roles.forms import DEPARTMENTS, KINDS
from marketplace.domain.payroll.services.hotcost import HotCost, RoleCost, Sums, hot_cost
from marketplace.domain.productions import queries
from marketplace.domain.productions.queries import DayRow
from marketplace.web.access import Permission, allow, the_production
from marketplace.web.downloads import streamed
from marketplace.web.extensions import reading
from marketplace.web.presentation import exact, sentence
from marketplace.web.tables import Cell, csv_file

PEOPLE: Final = ("people", "entered", "waiting")


@bp.get("/<day>/cost")
@allow(Permission.SEE_COST)
def cost(day: str) -> ResponseReturnValue:
    """Show what a day was planned to cost, what it costs, and who is above plan."""
    found, days = _day(day), queries.days(reading(), the_production().id)
    hot = hot_cost(reading(), the_production().id, found.id)
    words = {"kinds": KINDS, "departments": DEPARTMENTS, "days": days}
    return render_template("days/cost.html", shoot_day=found, hot=hot, **words)


@bp.get("/<day>/cost.csv")
@allow(Permission.SEE_COST)
def cost_table(day: str) -> ResponseReturnValue:
    """Give the hot cost of a day as a table: a row for each role, then the sums."""
    found = _day(day)
    hot = hot_cost(reading(), the_production().id, found.id)
    name = f"{_('Hot cost')} {the_production().title} {found.shoot_date.isoformat()}.csv"
    return streamed(csv_file(_head(), _lines(hot)), name, "text/csv; charset=utf-8")


def _day(public_id: str) -> DayRow:
    return queries.day(reading(), the_production().id, public_id) or abort(404)


def _head() -> list[str]:
    return [
        _("Kind"),
        _("Department"),
        _("Role"),
        _("Currency"),
        _("People planned"),
        _("People with hours"),
        _("People without hours"),
        _("Plan"),
        _("Actual"),
        _("Still to come"),
        _("Expected"),
        _("Difference"),
        _("Employer's side, plan"),
        _("Employer's side, actual"),
        _("Above plan, and why"),
    ]


def _lines(hot: HotCost) -> Iterator[list[Cell]]:
    for _kind, _name, _totals, roles in hot.departments():
        for role in roles:
            facts = [str(KINDS[role.kind]), role.department, role.name]
            yield [*facts, *_people(role), *_amounts(role.sums), _why(role)]
    for currency, sums in hot.totals.items():
        ours = [role for role in hot.roles if role.sums.planned.currency == currency]
        people = [sum(getattr(role, name) for role in ours) for name in PEOPLE]
        yield ["", "", _("All"), currency, *people, *_amounts(sums), ""]


def _people(role: RoleCost) -> list[Cell]:
    return [role.sums.planned.currency, role.people, role.entered, role.waiting]


def _amounts(sums: Sums) -> list[Cell]:
    return [
        sums.planned,
        sums.actual,
        sums.to_come,
        sums.expected,
        sums.difference,
        sums.planned_employer,
        sums.actual_employer,
    ]


def _why(role: RoleCost) -> str:
    """Write who is above plan by how much, with the reasons, in one cell."""
    zone = the_production().zone
    return "; ".join(
        f"{one.name} +{exact(one.over)}: "
        + ", ".join(sentence(reason, zone=zone) for reason in one.reasons)
        for one in role.over
    )
