"""Price the day: what the planned days of a role will pay, before anybody sees the role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.blueprints.roles.forms import RoleForm
from marketplace.domain.casting.queries.roles import RoleRow
from marketplace.domain.payroll.queries import agreements
from marketplace.domain.payroll.rules.shapes import Deal
from marketplace.domain.payroll.services.plans import Planned, RolePlan, plan
from marketplace.domain.productions import queries
from marketplace.kernel.money import Money
from marketplace.web.forms import read_money


@dataclass(frozen=True, slots=True)
class Pricing:
    """The plan of a role, and the agreement that prices it."""

    plan: RolePlan
    agreement: str
    guaranteed_minutes: int

    @property
    def meals(self) -> int:
        """How many meals the longest day is planned with."""
        return max((len(one.meals) for one in self.plan.days), default=0)

    @property
    def extra(self) -> Money:
        """What the plan costs beyond the day rates."""
        return self.plan.total - self.plan.rates


def of_role(session: Session, production_id: int, role: RoleRow) -> Pricing:
    """Return the pricing of a role as it is stored; two queries."""
    needs = {day_id: need.headcount for day_id, need in role.needs.items()}
    return _priced(session, production_id, (role.day_rate, role.guaranteed_minutes), needs)


def of_form(session: Session, production_id: int, form: RoleForm) -> Pricing | None:
    """Return the pricing of a role as typed; None when rate, hours or people cannot be read.

    A role needs no name to have a price: the other fields are not looked at. Two queries.
    """
    asked = [form.currency, form.rate, form.hours, *(form.need(day) for day in form.days)]
    own = {form.rate.name: [RoleForm.validate_rate]}
    wrong = [one for one in asked if not one.validate(form, own.get(one.name, ()))]
    if wrong:
        return None
    rate = read_money(form.rate.data, form.currency.data), form.hours.data
    people = {day.id: form.need(day).data or 0 for day in form.days}
    return _priced(session, production_id, rate, people)


def _priced(
    session: Session,
    production_id: int,
    rate: tuple[Money, int],
    people: Mapping[int, int],
) -> Pricing:
    facts = queries.facts(session, production_id)
    amount, minutes = rate
    days = [
        Planned(day.id, day.number, day.shoot_date, day.call_at, day.wrap_at, people[day.id])
        for day in queries.days(session, production_id)
        if people.get(day.id)
    ]
    found = plan(Deal(amount, minutes, facts.agreement), facts.zone, days, scheme=facts.scheme)
    agreement = agreements().get(facts.agreement)
    return Pricing(found, agreement.title if agreement else facts.agreement, minutes)
