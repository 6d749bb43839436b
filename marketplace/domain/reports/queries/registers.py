"""The payroll register: every slip with its hours and earnings by code; and the pay runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.rules import PayoutState
from marketplace.domain.payroll.models import PayLineRow, PayRun, PaySlip
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.reports.queries.slips import BATCH, SlipRow, conditions, joined, slips_of
from marketplace.domain.reports.rules import PayoutStatus, SlipFilters, status_of
from marketplace.kernel.frozen import thaw
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say

TAKEN: Final = ("withholding", "deduction")
MOST_RUNS: Final = 60
NOBODY: Final = ("", 0)

PLAIN: Final[dict[str, Sentence]] = {
    "straight": say("Straight time"),
    "guaranteed": say("Guaranteed, not worked"),
}
"""What codes are called when the line of one slip would say more than the column means."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which codes the slips of a register have, each with its words, in order of appearance."""

    hours: Mapping[str, Sentence]
    earned: Mapping[str, Sentence]
    taken: Mapping[str, Sentence]


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One slip of the register: what it earned and what was taken, by code."""

    slip: SlipRow
    worker: str
    worked_minutes: int
    hours: dict[str, Fraction] = field(default_factory=dict)
    earned: dict[str, Money] = field(default_factory=dict)
    taken: dict[str, Money] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunChoice:
    """One pay run of a company, to choose from."""

    public_id: str
    number: int
    production_title: str
    shoot_date: date


@dataclass(frozen=True, slots=True)
class RunRow:
    """One pay run of a production, in one currency."""

    public_id: str
    number: int
    day_public_id: str
    day_number: int
    shoot_date: date
    opened_at: datetime
    currency: str
    statuses: dict[PayoutStatus, int] = field(default_factory=dict)
    gross_minor: int = 0
    net_minor: int = 0

    @property
    def slips(self) -> int:
        """How many slips the run has."""
        return sum(self.statuses.values())

    @property
    def gross(self) -> Money:
        """What the slips add up to before anything is taken."""
        return Money(self.gross_minor, self.currency)

    @property
    def net(self) -> Money:
        """What is paid out."""
        return Money(self.net_minor, self.currency)


def columns(session: Session, company_id: int, filters: SlipFilters) -> Columns:
    """Return the codes that matching slips have."""
    matching = joined(PaySlip.id).where(*conditions(company_id, filters))
    first = (
        sa.select(sa.func.min(PayLineRow.id))
        .where(PayLineRow.pay_slip_id.in_(matching), PayLineRow.kind != "memo")
        .group_by(PayLineRow.kind, PayLineRow.code)
    )
    found = session.execute(
        sa.select(PayLineRow.kind, PayLineRow.code, PayLineRow.line)
        .where(PayLineRow.id.in_(first))
        .order_by(PayLineRow.id),
    )
    hours: dict[str, Sentence] = {}
    earned: dict[str, Sentence] = {}
    taken: dict[str, Sentence] = {}
    for kind, code, line in found:
        words = PLAIN.get(code) or thaw(line["label"])
        (taken if kind in TAKEN else earned).setdefault(code, words)
        if kind == "earning" and line["unit"] == "hour":
            hours.setdefault(code, words)
    return Columns(hours, earned, taken)


def register(session: Session, company_id: int, filters: SlipFilters) -> Iterator[RegisterRow]:
    """Yield the register of the slips that match, a batch in memory at a time."""
    slips = slips_of(session, company_id, filters)
    while batch := list(islice(slips, BATCH)):
        yield from _with_lines(session, batch)


def _with_lines(session: Session, slips: list[SlipRow]) -> Iterator[RegisterRow]:
    ids = [slip.id for slip in slips]
    workers = {
        slip_id: (worker, minutes)
        for slip_id, worker, minutes in session.execute(
            sa.select(PaySlip.id, Person.public_id, PaySlip.worked_minutes)
            .join(Person, Person.id == PaySlip.person_id)
            .where(PaySlip.id.in_(ids)),
        )
    }
    rows = {slip.id: RegisterRow(slip, *workers.get(slip.id, NOBODY)) for slip in slips}
    lines = session.execute(
        sa.select(PayLineRow)
        .where(PayLineRow.pay_slip_id.in_(ids), PayLineRow.kind != "memo")
        .order_by(PayLineRow.id),
    )
    for (line,) in lines:
        _enter(rows[line.pay_slip_id], line)
    return iter(rows.values())


def _enter(row: RegisterRow, line: PayLineRow) -> None:
    side = row.taken if line.kind in TAKEN else row.earned
    amount = Money(line.amount_minor, line.currency)
    side[line.code] = side.get(line.code, Money(0, line.currency)) + amount
    if line.kind == "earning" and line.line["unit"] == "hour":
        hours = thaw(line.line["quantity"])
        row.hours[line.code] = row.hours.get(line.code, Fraction(0)) + hours


def run_choices(session: Session, company_id: int) -> list[RunChoice]:
    """Return the newest pay runs of a company."""
    found = session.execute(
        sa.select(PayRun.public_id, PayRun.number, Production.title, ShootDay.shoot_date)
        .join(Production, Production.id == PayRun.production_id)
        .join(ShootDay, ShootDay.id == PayRun.shoot_day_id)
        .where(PayRun.company_id == company_id)
        .order_by(PayRun.id.desc())
        .limit(MOST_RUNS),
    )
    return [RunChoice(*row) for row in found]


def runs(session: Session, production_id: int) -> list[RunRow]:
    """Return the pay runs of a production, newest first, with their totals; one query."""
    day = (ShootDay.public_id, ShootDay.number, ShootDay.shoot_date)
    group = (PayRun.public_id, PayRun.number, *day, PayRun.opened_at, PaySlip.currency)
    found = session.execute(
        joined(
            *group,
            Payout.state,
            sa.func.count(PaySlip.id),
            sa.func.sum(PaySlip.gross_minor),
            sa.func.sum(PaySlip.net_minor),
        )
        .join(PayRun, PayRun.id == PaySlip.pay_run_id)
        .join(ShootDay, ShootDay.id == PayRun.shoot_day_id)
        .where(PayRun.production_id == production_id)
        .group_by(*group, Payout.state)
        .order_by(PayRun.number.desc(), PaySlip.currency.desc()),
    )
    counts: dict[Any, dict[PayoutStatus, int]] = defaultdict(dict)
    sums: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for *key, state, count, gross, net in found:
        run = tuple(key)
        status = status_of(PayoutState(state))
        counts[run][status] = counts[run].get(status, 0) + count
        sums[run] = [sums[run][0] + int(gross), sums[run][1] + int(net)]
    found_runs: list[list[Any]] = [[*run, counts[run], *sums[run]] for run in counts]
    return [RunRow(*fields) for fields in found_runs]
