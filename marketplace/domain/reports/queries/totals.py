"""What slips add up to: one function for page, file, register and books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.rules import OF_THE_PAYEE, PayoutState
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.productions.models import Production
from marketplace.domain.reports.queries.slips import conditions, joined
from marketplace.domain.reports.rules import (
    STATES_OF,
    PayoutStatus,
    SlipFilters,
    Totals,
    status_of,
)
from marketplace.kernel.money import Money
from marketplace.kernel.zones import local_date

_SUMS: Final = (
    sa.func.count(PaySlip.id),
    sa.func.sum(PaySlip.gross_minor),
    sa.func.sum(PaySlip.withheld_minor),
    sa.func.sum(PaySlip.deducted_minor),
    sa.func.sum(PaySlip.net_minor),
)


@dataclass(frozen=True, slots=True)
class DayBar:
    """The gross of one shoot date in one currency."""

    shoot_date: date
    gross: Money


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many payments wait for the people who are paid, and how many for the company."""

    for_payees: int
    for_company: int


def totals(session: Session, company_id: int, filters: SlipFilters) -> dict[str, Totals]:
    """Return what matching slips add up to, by currency."""
    found = session.execute(
        joined(PaySlip.currency, *_SUMS)
        .where(*conditions(company_id, filters))
        .group_by(PaySlip.currency)
        .order_by(PaySlip.currency.desc()),
    )
    return {currency: _totals(currency, sums) for currency, *sums in found}


def totals_by_status(
    session: Session,
    company_id: int,
    filters: SlipFilters,
) -> dict[PayoutStatus, dict[str, Totals]]:
    """Return what matching slips add up to, by status and currency."""
    found = session.execute(
        joined(Payout.state, PaySlip.currency, *_SUMS)
        .where(*conditions(company_id, filters))
        .group_by(Payout.state, PaySlip.currency)
        .order_by(PaySlip.currency.desc()),
    )
    by_status: dict[PayoutStatus, dict[str, Totals]] = {one: {} for one in PayoutStatus}
    for state, currency, *sums in found:
        of_status = by_status[status_of(PayoutState(state) if state else None)]
        more = _totals(currency, sums)
        of_status[currency] = add(of_status[currency], more) if currency in of_status else more
    return by_status


def add(one: Totals, other: Totals) -> Totals:
    """Add up totals of the same currency."""
    return Totals(
        one.slips + other.slips,
        one.gross + other.gross,
        one.withheld + other.withheld,
        one.deducted + other.deducted,
        one.net + other.net,
    )


def next_arrival(session: Session, company_id: int, filters: SlipFilters) -> date | None:
    """Return on which date at its set the next matching payment should arrive, or None."""
    found = session.execute(
        joined(Payout.arrives_at, Production.zone)
        .join(Production, Production.id == PaySlip.production_id)
        .where(
            *conditions(company_id, filters),
            Payout.state.in_(STATES_OF[PayoutStatus.ON_ITS_WAY]),
            Payout.arrives_at.is_not(None),
        )
        .order_by(Payout.arrives_at)
        .limit(1),
    ).first()
    return local_date(*found) if found else None


def waiting(session: Session, company_id: int, filters: SlipFilters) -> Waiting:
    """Return whom the matching payments wait for."""
    found = session.execute(
        joined(Payout.problem_code, sa.func.count(PaySlip.id))
        .where(
            *conditions(company_id, filters),
            Payout.state.in_(STATES_OF[PayoutStatus.NEEDS_YOU]),
        )
        .group_by(Payout.problem_code),
    )
    counts = {True: 0, False: 0}
    for code, count in found:
        counts[code in OF_THE_PAYEE] += count
    return Waiting(counts[True], counts[False])


def by_shoot_day(session: Session, company_id: int, filters: SlipFilters) -> list[DayBar]:
    """Return the gross of every shoot date in the filters, by currency and date."""
    found = session.execute(
        joined(PaySlip.shoot_date, PaySlip.currency, sa.func.sum(PaySlip.gross_minor))
        .where(*conditions(company_id, filters))
        .group_by(PaySlip.shoot_date, PaySlip.currency)
        .order_by(PaySlip.currency.desc(), PaySlip.shoot_date),
    )
    return [DayBar(on, Money(int(minor), currency)) for on, currency, minor in found]


def _totals(currency: str, sums: Sequence[Any]) -> Totals:
    count, *minors = sums
    return Totals(count, *(Money(int(minor), currency) for minor in minors))
