"""What was paid before in the calendar year: by the same agent, to the same person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.payroll.rules.shapes import PaidBefore, PayeeYear
from marketplace.domain.payroll.rules.slips import Totals
from marketplace.domain.payroll.services.parties import Parties
from marketplace.kernel.frozen import thaw
from marketplace.kernel.money import Money

Whose = tuple[int, str, str, int]
"""Person, withholding agent, currency and calendar year of the date of payment."""


@dataclass(frozen=True, slots=True)
class Before:
    """One earlier slip of the same agent and person: what of it was taxed, and its totals."""

    paid: PaidBefore
    totals: Totals


class Years:
    """The payments of some people's years, in order of payment; new ones are added at the end."""

    def __init__(self, found: Iterable[tuple[Whose, Before]]) -> None:
        """Keep what is stored."""
        self._years: dict[Whose, list[Before]] = {}
        for whose, before in found:
            self._years.setdefault(whose, []).append(before)

    def before(self, parties: Parties, pay_date: date) -> PayeeYear:
        """Return what was paid to these parties' payee before."""
        return PayeeYear(tuple(one.paid for one in self._of(parties, pay_date)))

    def totals(self, parties: Parties, pay_date: date) -> Totals:
        """Return what all slips of the year so far add up to."""
        zero = Money(0, parties.engagement.booking.currency)
        slips = [one.totals for one in self._of(parties, pay_date)]
        return Totals(
            sum((one.gross for one in slips), zero),
            sum((one.withheld for one in slips), zero),
            sum((one.deducted for one in slips), zero),
        )

    def add(self, parties: Parties, before: Before) -> None:
        """Take in a slip that is being issued, so that the person's next one sees it."""
        whose = _whose(parties, before.paid.pay_date)
        self._years.setdefault(whose, []).append(before)

    def _of(self, parties: Parties, pay_date: date) -> list[Before]:
        return self._years.get(_whose(parties, pay_date), [])


def years_of(session: Session, wanted: Iterable[tuple[Parties, date]]) -> Years:
    """Return the years of payment of these parties' payees; one query for each calendar year."""
    people: dict[int, set[int]] = {}
    for parties, pay_date in wanted:
        people.setdefault(pay_date.year, set()).add(parties.person.id)
    return Years(
        found for year, persons in sorted(people.items()) for found in _paid(session, year, persons)
    )


def _whose(parties: Parties, pay_date: date) -> Whose:
    currency = parties.engagement.booking.currency
    return parties.person.id, parties.agent, currency, pay_date.year


def _paid(session: Session, year: int, persons: set[int]) -> Iterable[tuple[Whose, Before]]:
    """Yield what was paid in a year; a slip and its reversal are nothing together.

    A correction counts where the payment it replaces was made.
    """
    taken_back = sa.orm.aliased(PaySlip)
    rows = session.execute(
        sa.select(
            PaySlip.person_id,
            PaySlip.withholding_agent,
            PaySlip.currency,
            PaySlip.inputs["payment", "pay_date"],
            PaySlip.production_id,
            PaySlip.inputs["payment", "gross"],
            PaySlip.gross_minor,
            PaySlip.withheld_minor,
            PaySlip.deducted_minor,
            PaySlip.scheme,
        )
        .where(
            PaySlip.person_id.in_(persons),
            PaySlip.pay_date >= date(year, 1, 1),
            PaySlip.pay_date <= date(year, 12, 31),
            PaySlip.kind != "reversal",
            ~sa.exists().where(taken_back.corrects_id == PaySlip.id, taken_back.kind == "reversal"),
        )
        .order_by(PaySlip.pay_date, PaySlip.id),
    )
    for person, agent, currency, taxed_on, production, taxed, *minors, scheme in rows:
        gross, withheld, deducted = (Money(minor, currency) for minor in minors)
        paid = PaidBefore(thaw(taxed_on), str(production), thaw(taxed), withheld, scheme)
        yield (person, agent, currency, year), Before(paid, Totals(gross, withheld, deducted))
