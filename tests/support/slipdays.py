"""A day whose cards are paid: slips, payouts and papers, as the worker makes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.adapters.pdf.sheets import PaperWriter
from marketplace.domain.accounts.models import User
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.documents.models import ExportJob
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.productions.models import Production
from marketplace.domain.reports.ports import Desk
from marketplace.domain.reports.rules import SlipFilters
from marketplace.domain.reports.services import AskExport, ask_export
from marketplace.kernel.clock import FixedClock
from marketplace.web.sheets import Words as CellWords
from marketplace.web.sheets import sheets_csv
from marketplace.worker.drain import Crew
from tests.support import builders
from tests.support.crews import an_outside
from tests.support.databases import Database
from tests.support.payday import (
    VAULT,
    a_closed_day,
    a_till,
    an_approved_card,
    run_to_the_end,
    unit_of,
)

NAMES = ("Ava Lin", "Ben Okafor", "赵国强")


@dataclass
class PaidDays:
    """A company with slips in dollars and in yuan."""

    company_id: int
    company: str
    production: str
    accountant: User
    slips: list[PaySlip]

    @property
    def all(self) -> SlipFilters:
        """Filters that filter nothing."""
        return SlipFilters()


def paid_days(database: Database, work: Callable[[], object]) -> PaidDays:
    """Let `work` pay two days of one company, one in dollars and one in yuan."""
    with unit_of(database)() as session:
        session.expire_on_commit = False
        company = builders.a_company(session)
        accountant = builders.a_member(session, company, CompanyRole.ACCOUNTANT)
        american = builders.a_production(session, company)
        chinese = builders.a_production(session, company, "重生之闪婚总裁", is_chinese=True)
        _cards(session, american, hours=("07:00", "21:00"))
        _cards(session, chinese, hours=("07:00", "19:00"))
        found = company.id, company.public_id, american.public_id
    work()
    with database.session() as session:
        slips = list(session.scalars(sa.select(PaySlip).order_by(PaySlip.id)))
    return PaidDays(*found, accountant, slips)


def days_of_money(database: Database, folder: Path, clock: FixedClock) -> PaidDays:
    """Pay two days, and print nothing: for tests about amounts."""
    till = a_till(folder, clock)
    return paid_days(database, lambda: run_to_the_end(unit_of(database), till, clock))


def days_with_papers(database: Database, crew: Crew, clock: FixedClock) -> PaidDays:
    """Pay two days and print every slip; the clock then stands after payday."""

    def work() -> None:
        crew.drain_all()
        clock.at += timedelta(days=5)
        crew.drain_all()

    return paid_days(database, work)


def a_desk() -> Desk:
    """Make what papers are written with: the product's own, with the vault of the builders."""
    return Desk(VAULT, PaperWriter(), CellWords, sheets_csv)


def _cards(session: Session, production: Production, hours: tuple[str, str]) -> None:
    day = a_closed_day(session, production, wrap=hours[1])
    for name in NAMES:
        an_approved_card(session, day, f"{name} {production.currency}", hours=hours)


def a_crew_in(database: Database, folder: Path, clock: FixedClock) -> Crew:
    """Make a crew with the ports of a test."""
    return Crew(database.engine, an_outside(database, folder, clock))


def ask_for_all(crew: Crew, days: PaidDays, clock: FixedClock) -> ExportJob:
    """Ask for every slip in one file."""
    command = AskExport(days.company_id, days.accountant.id, days.all, "November")
    with crew.unit() as session:
        return ask_export(session, command, clock=clock)
