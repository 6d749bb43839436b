"""What a producer is about to pay: the plan of the production, the chosen days, the lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from flask import url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from marketplace.domain.payments.ports import FundingDesk
from marketplace.domain.payments.queries.funding import FundingPlan, cover_of_day, funding_plan
from marketplace.domain.payments.rules.funding import (
    Cover,
    FundingError,
    Quote,
    Way,
    way_named,
    ways_for,
)
from marketplace.domain.payments.services.funding import StartFunding
from marketplace.domain.productions.queries import facts
from marketplace.kernel.sentences import say
from marketplace.web.access import ProductionRow, the_production, viewer
from marketplace.web.extensions import outside, reading


def gateway_name(production: ProductionRow) -> str:
    """Return the gateway that pays a production's people and takes its money; "" for none."""
    country = facts(reading(), production.id).country
    found = outside().till.gateway_for(country, production.currency)
    return found.name if found and isinstance(found, FundingDesk) else ""


def the_plan() -> FundingPlan:
    """Return the plan of this page's production."""
    production = the_production()
    return funding_plan(reading(), production.id, gateway_name(production))


def day_cover(day: str) -> Cover | None:
    """Return how far a day of this page's production is paid for; None when it need not be."""
    production = the_production()
    return cover_of_day(reading(), production.id, gateway_name(production), day)


@dataclass(frozen=True)
class Draft:
    """A funding before it is paid: chosen days and a way, as the page and its form carry them."""

    plan: FundingPlan
    days: tuple[str, ...]
    way: Way

    @cached_property
    def quote(self) -> Quote:
        """What is paid, line by line."""
        return self.plan.quote(self.days, self.way)

    @property
    def numbers(self) -> list[int]:
        """The numbers of the chosen days."""
        return [one.number for one in self.plan.days if one.public_id in self.days]


def draft_of(values: MultiDict[str, str]) -> Draft:
    """Return what was chosen; with no day chosen, every day that lacks money.

    Raises FundingError when nothing lacks any, or there is no such way to pay.
    """
    plan = the_plan()
    lacking = [one.public_id for one in plan.days if one.cover is Cover.MISSING]
    chosen: Sequence[str] = [one for one in values.getlist("day") if one in lacking] or lacking
    ways = ways_for(plan.available.currency)
    if not ways or not gateway_name(the_production()):
        raise FundingError(say("This currency cannot be paid in here."))
    if not chosen:
        raise FundingError(say("Every day is funded already."))
    way = way_named(values.get("way", ways[0].code), plan.available.currency)
    return Draft(plan, tuple(chosen), way)


def command_of(values: MultiDict[str, str]) -> StartFunding:
    """Return what a form asks for; raises FundingError when its total is not today's any more."""
    draft = draft_of(values)
    if values.get("total") != str(draft.quote.total.minor):
        raise FundingError(say("The plan changed meanwhile. Look at the amounts again."))
    return StartFunding(
        production_id=the_production().id,
        actor_id=viewer().user_id,
        token=values.get("token", ""),
        days=draft.days,
        way=draft.way.code,
        quote=draft.quote,
        gateway=gateway_name(the_production()),
        page=outside().settings.base_url + url_for("funding.index"),
        words=(
            _("Pay of the people"),
            _("Employer's side"),
            _("Platform fee"),
            _("Processing, estimated"),
        ),
    )
