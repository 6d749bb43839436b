"""Money a company of the demo puts in for its next days, by card."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from marketplace.db import UnitOfWork
from marketplace.demo.casting import Posted
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.payments.jobs.funding import begin_funding
from marketplace.domain.payments.queries.funding import funding_plan
from marketplace.domain.payments.rules.funding import way_named
from marketplace.domain.payments.services.funding import StartFunding
from marketplace.domain.productions.models import Production
from marketplace.outside import Outside

WORDS: Final = (
    "Pay of the people",
    "Employer's side",
    "Platform fee",
    "Processing, estimated",
)


def put_in(
    unit: UnitOfWork,
    outside: Outside,
    posted: Posted,
    numbers: Collection[int],
    gateway: str,
) -> None:
    """Put in what some days lack; the worker sees that it has come."""
    with unit() as session:
        production = session.get_one(Production, posted.id)
        plan = funding_plan(session, production.id, gateway)
        days = tuple(one.public_id for one in plan.days if one.number in numbers)
        way = way_named("card", production.currency)
        command = StartFunding(
            production_id=production.id,
            actor_id=posted.office.staff[CompanyRole.OWNER],
            token=f"demo {production.public_id}",
            days=days,
            way=way.code,
            quote=plan.quote(days, way),
            gateway=gateway,
            page=f"{outside.settings.base_url}/p/{production.public_id}/funding",
            words=WORDS,
        )
    begin_funding(unit, command, till=outside.till)
