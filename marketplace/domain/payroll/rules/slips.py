"""What a pay slip adds up to, who withholds, and how it is numbered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from marketplace.domain.payroll.rules.lines import total
from marketplace.domain.payroll.rules.shapes import Earnings, PayError, PayLine
from marketplace.domain.payroll.rules.terms import Workweek
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say

PLATFORM: Final = "platform"
DAYS_A_WEEK: Final = 7
A_DAY: Final = timedelta(days=1)


class PayeeIncompleteError(PayError):
    """A slip cannot be issued before the person has given what the law wants on it."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What a slip adds up to: gross = withheld + deducted + net."""

    gross: Money
    withheld: Money
    deducted: Money

    @property
    def net(self) -> Money:
        """What is paid out."""
        return self.gross - self.withheld - self.deducted


def totals(
    earnings: Earnings,
    withholdings: Sequence[PayLine],
    deductions: Sequence[PayLine],
) -> Totals:
    """Return what a slip adds up to; memo lines count nowhere.

    Raises PayError when more would be taken than was earned.
    """
    currency = earnings.gross.currency
    found = Totals(earnings.gross, total(withholdings, currency), total(deductions, currency))
    if found.net.minor < 0:
        raise PayError(
            say("%(net)s cannot be paid: more is taken than was earned.", net=found.net),
        )
    return found


def agent_key(withholding_agent: str, company_id: int) -> str:
    """Name who withholds: the platform for everybody, or the company for its own people."""
    return PLATFORM if withholding_agent == PLATFORM else f"company:{company_id}"


def slip_number(year: int, sequence: int) -> str:
    """Write the number of a slip: "2026-01187"."""
    return f"{year}-{sequence:05d}"


def document_owner(public_id: str) -> str:
    """Name what the sealed document of a slip belongs to, for the vault."""
    return f"slip:{public_id}"


def legal_name_owner(public_id: str) -> str:
    """Name what the sealed legal name of a slip belongs to, for the vault."""
    return f"slip:{public_id}|legal_name"


def week_start(day: date, starts_on: int = 7) -> date:
    """Return the date that begins the work week of a date; starts_on: ISO weekday."""
    return day - timedelta(days=(day.isoweekday() - starts_on) % DAYS_A_WEEK)


def day_number(shoot_date: date, worked: Iterable[date], week: Workweek | None = None) -> int:
    """Return which day of work this is for a person who also worked on other dates.

    Within the work week, whatever lies between; or, rolling, the days in a row up to this one.
    """
    terms, dates = week or Workweek(), set(worked)
    if terms.is_rolling:
        in_a_row = 1
        while shoot_date - in_a_row * A_DAY in dates:
            in_a_row += 1
        return in_a_row
    start = week_start(shoot_date, terms.starts_on)
    return 1 + len({day for day in dates if start <= day < shoot_date})
