"""The page of pay slips: figures, rows, sums and the chart; and the same rows as a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace.blueprints.payslips.filters import Asked
from marketplace.domain.people.ports import Vault
from marketplace.domain.reports import queries
from marketplace.domain.reports.queries import (
    DayBar,
    ExportRow,
    ProductionChoice,
    SlipPage,
    SlipRow,
    Waiting,
)
from marketplace.domain.reports.rules import PayoutStatus, SlipFilters, Totals
from marketplace.kernel.clock import Clock
from marketplace.web.tables import Cell

MOST_BARS: Final = 31
JUST_NOW: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Chart:
    """The gross of the newest shoot dates in one currency."""

    bars: tuple[DayBar, ...]

    @property
    def peak(self) -> DayBar:
        """The dearest date."""
        return max(self.bars, key=lambda bar: bar.gross.minor)


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything on the page; legal names are by slip id."""

    asked: Asked
    page: SlipPage
    names: dict[int, str]
    totals: dict[str, Totals]
    by_status: dict[PayoutStatus, dict[str, Totals]]
    waiting: Waiting
    next_arrival: date | None
    charts: list[Chart]
    productions: list[ProductionChoice]
    exports: list[ExportRow]

    @property
    def page_totals(self) -> dict[str, Totals]:
        """What the rows of this page add up to, by currency."""
        return sums(self.page.rows)

    @property
    def facts(self) -> str:
        """Which days and productions are shown."""
        return self.asked.words(self.productions)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: a user of a company, what opens legal names for them, what they may see."""

    company_id: int
    user_id: int
    vault: Vault
    within: frozenset[int] | None = None


def listing_of(
    session: Session,
    reader: Reader,
    asked: Asked,
    before: int | None,
    clock: Clock,
) -> Listing:
    """Return the page for these filters."""
    company_id, filters = reader.company_id, asked.filters(reader.vault, within=reader.within)
    page = queries.slip_page(session, company_id, filters, before=before)
    since = clock.now() - JUST_NOW
    return Listing(
        asked=asked,
        page=page,
        names=queries.legal_names(page.rows, reader.vault),
        totals=queries.totals(session, company_id, filters),
        by_status=queries.totals_by_status(session, company_id, filters),
        waiting=queries.waiting(session, company_id, filters),
        next_arrival=queries.next_arrival(session, company_id, filters),
        charts=_charts(queries.by_shoot_day(session, company_id, filters)),
        productions=queries.production_choices(session, company_id, reader.within),
        exports=queries.recent_exports(session, company_id, reader.user_id, since),
    )


def sums(rows: Iterable[SlipRow]) -> dict[str, Totals]:
    """Return what rows add up to, by currency."""
    found: dict[str, Totals] = {}
    for row in rows:
        one = Totals(1, row.gross, row.withheld, row.deducted, row.net)
        currency = row.gross.currency
        found[currency] = queries.add(found[currency], one) if currency in found else one
    return found


def head() -> list[str]:
    """Return the titles of the file's columns."""
    return [
        _("Pay slip"),
        _("Legal name"),
        _("Stage name"),
        _("Role"),
        _("Production"),
        _("Worked on"),
        _("Issued on"),
        _("Currency"),
        _("Gross"),
        _("Withheld"),
        _("Deducted"),
        _("Net"),
        _("Payout"),
        _("Account"),
        _("Paid at (UTC)"),
    ]


def lines(
    session: Session,
    company_id: int,
    filters: SlipFilters,
    vault: Vault,
) -> Iterator[list[Cell]]:
    """Yield the rows of the file: every slip that matches."""
    for row in queries.slips_of(session, company_id, filters):
        yield [
            row.number,
            queries.legal_name(row, vault),
            row.stage_name,
            row.role_name,
            row.production_title,
            row.shoot_date,
            row.pay_date,
            row.gross.currency,
            row.gross,
            row.withheld,
            row.deducted,
            row.net,
            status_words(row.status),
            row.account_last4,
            row.paid_at,
        ]


def status_words(status: PayoutStatus) -> str:
    """Say where a payment is."""
    words: dict[PayoutStatus, str] = {
        PayoutStatus.PAID: _("Paid"),
        PayoutStatus.ON_ITS_WAY: _("On its way"),
        PayoutStatus.WAITING: _("Waiting to be sent"),
        PayoutStatus.NEEDS_YOU: _("Needs you"),
        PayoutStatus.NO_PAYMENT: _("No payment"),
    }
    return words[status]


def _charts(bars: list[DayBar]) -> list[Chart]:
    grouped = groupby(bars, key=lambda bar: bar.gross.currency)
    return [Chart(tuple(of_currency)[-MOST_BARS:]) for _currency, of_currency in grouped]
