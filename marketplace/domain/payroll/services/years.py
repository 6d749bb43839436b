"""What was paid before in the calendar year: by the same agent, to the same person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.payroll.models import PayLineRow, PaySlip
from marketplace.domain.payroll.rules.shapes import PaidBefore, PayeeYear, PayLine
from marketplace.domain.payroll.rules.slips import Totals
from marketplace.domain.payroll.services.parties import Parties
from marketplace.kernel.frozen import thaw
from marketplace.kernel.money import Money

Whose = tuple[int, str, str, int]
"""Person, withholding agent, currency and calendar year of the date of payment."""

LineCode = tuple[str, str]
"""Kind and code of a pay line."""


@dataclass(frozen=True, slots=True)
class Before:
    """One earlier slip of the same agent and person: what of it was taxed, and its totals.

    lines: its lines, where the slip is no older than the batch.
    """

    paid: PaidBefore
    totals: Totals
    lines: tuple[PayLine, ...] = ()


class Years:
    """The payments of some people's years, in order of payment; new ones are added at the end."""

    def __init__(
        self,
        found: Iterable[tuple[Whose, Before]],
        sums: Iterable[tuple[Whose, LineCode, int]] = (),
    ) -> None:
        """Keep what is stored; sums: of the lines by code, in minor units."""
        self._sums: dict[Whose, dict[LineCode, int]] = {}
        for whose, code, minor in sums:
            self._sums.setdefault(whose, {})[code] = minor
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

    def lines(self, parties: Parties, pay_date: date) -> dict[LineCode, Money]:
        """Return what the lines of the year so far add up to, by kind and code."""
        sums = Counter(self._sums.get(_whose(parties, pay_date), {}))
        for before in self._of(parties, pay_date):
            for line in before.lines:
                sums[line.kind, line.code] += line.amount.minor
        currency = parties.engagement.booking.currency
        return {code: Money(minor, currency) for code, minor in sums.items()}

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
    wanted_years = sorted(people.items())
    return Years(
        (found for one in wanted_years for found in _paid(session, *one)),
        (found for one in wanted_years for found in _line_sums(session, *one)),
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


def _line_sums(
    session: Session,
    year: int,
    persons: set[int],
) -> Iterable[tuple[Whose, LineCode, int]]:
    """Yield what the lines of these people's slips of a year add up to, by code."""
    whose = (PaySlip.person_id, PaySlip.withholding_agent, PaySlip.currency)
    code = (PayLineRow.kind, PayLineRow.code)
    rows = session.execute(
        sa.select(*whose, *code, sa.cast(sa.func.sum(PayLineRow.amount_minor), sa.BigInteger))
        .join(PayLineRow, PayLineRow.pay_slip_id == PaySlip.id)
        .where(
            PaySlip.person_id.in_(persons),
            PaySlip.pay_date >= date(year, 1, 1),
            PaySlip.pay_date <= date(year, 12, 31),
        )
        .group_by(*whose, *code),
    )
    for person, agent, currency, kind, name, minor in rows:
        yield (person, agent, currency, year), (kind, name), minor
