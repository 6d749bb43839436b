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

from marketplace.domain.booking.models import Booking
from marketplace.domain.casting.models import Role
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

PLAIN: Final[dict[str, Sentence]] = {
    "straight": say("Straight time"),
    "guaranteed": say("Guaranteed, not worked"),
    "already_paid": say("Already paid on corrected slips"),
    "overpayment": say("Overpayments given back"),
}
"""What codes are called when the line of one slip would say more than the column means."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which codes the slips of a register have, each with its words, in order of appearance."""

    hours: Mapping[str, Sentence]
    earned: Mapping[str, Sentence]
    taken: Mapping[str, Sentence]
    employer: Mapping[str, Sentence]


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One slip of the register: what it earned, what was taken, the employer's side, by code."""

    slip: SlipRow
    worker: str
    worked_minutes: int
    engagement: str
    department: str
    episodes: str
    hours: dict[str, Fraction] = field(default_factory=dict)
    earned: dict[str, Money] = field(default_factory=dict)
    taken: dict[str, Money] = field(default_factory=dict)
    employer: dict[str, Money] = field(default_factory=dict)

    @property
    def cost(self) -> Money:
        """What the slip costs the company: the gross and the employer's side."""
        return sum(self.employer.values(), self.slip.gross)


@dataclass(frozen=True, slots=True)
class RunChoice:
    """One pay run of a company, to choose from."""

    public_id: str
    number: int
    production_title: str
    shoot_date: date


@dataclass(frozen=True, slots=True)
class RunRow:
    """One pay run, in one currency."""

    public_id: str
    number: int
    day_public_id: str
    day_number: int
    shoot_date: date
    opened_at: datetime
    currency: str
    production_public_id: str
    production_title: str
    zone: str
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
        .where(PayLineRow.pay_slip_id.in_(matching), on_register())
        .group_by(PayLineRow.kind, PayLineRow.code)
    )
    found = session.execute(
        sa.select(PayLineRow.kind, PayLineRow.code, PayLineRow.line)
        .where(PayLineRow.id.in_(first))
        .order_by(PayLineRow.id),
    )
    sides: dict[str, dict[str, Sentence]] = {name: {} for name in ("earned", "taken", "employer")}
    hours: dict[str, Sentence] = {}
    for kind, code, line in found:
        words = PLAIN.get(code) or thaw(line["label"])
        sides[side_of(kind)].setdefault(code, words)
        if kind == "earning" and line["unit"] == "hour":
            hours.setdefault(code, words)
    return Columns(hours, **sides)


def on_register() -> sa.ColumnElement[bool]:
    """Say which lines count: a memo with an amount is what the employer pays on top."""
    return sa.or_(PayLineRow.kind != "memo", PayLineRow.amount_minor != 0)


def side_of(kind: str) -> str:
    """Say on which side of a register a kind of line stands."""
    if kind == "memo":
        return "employer"
    return "taken" if kind in TAKEN else "earned"


def register(session: Session, company_id: int, filters: SlipFilters) -> Iterator[RegisterRow]:
    """Yield the register of the slips that match, a batch in memory at a time."""
    slips = slips_of(session, company_id, filters)
    while batch := list(islice(slips, BATCH)):
        yield from _with_lines(session, batch)


def _with_lines(session: Session, slips: list[SlipRow]) -> Iterator[RegisterRow]:
    ids = [slip.id for slip in slips]
    people = {slip_id: about for slip_id, *about in session.execute(_people(ids))}
    rows = {slip.id: RegisterRow(slip, *people[slip.id]) for slip in slips}
    lines = session.execute(
        sa.select(PayLineRow)
        .where(PayLineRow.pay_slip_id.in_(ids), on_register())
        .order_by(PayLineRow.id),
    )
    for (line,) in lines:
        _enter(rows[line.pay_slip_id], line)
    return iter(rows.values())


def _people(ids: list[int]) -> sa.Select[*tuple[Any, ...]]:
    """Select who worked as what on slips: in the order of the fields of a row."""
    return (
        sa.select(
            PaySlip.id,
            Person.public_id,
            PaySlip.worked_minutes,
            Booking.engagement,
            Role.department,
            ShootDay.episodes,
        )
        .join(Person, Person.id == PaySlip.person_id)
        .join(Booking, Booking.id == PaySlip.booking_id)
        .join(Role, Role.id == Booking.role_id)
        .join(ShootDay, ShootDay.id == PaySlip.shoot_day_id)
        .where(PaySlip.id.in_(ids))
    )


def _enter(row: RegisterRow, line: PayLineRow) -> None:
    side = {"earned": row.earned, "taken": row.taken, "employer": row.employer}[side_of(line.kind)]
    amount = Money(line.amount_minor, line.currency)
    side[line.code] = side.get(line.code, Money(0, line.currency)) + amount
    if line.kind == "earning" and line.line["unit"] == "hour":
        hours = thaw(line.line["quantity"])
        row.hours[line.code] = row.hours.get(line.code, Fraction(0)) + hours


def run_choices(
    session: Session,
    company_id: int,
    within: frozenset[int] | None = None,
) -> list[RunChoice]:
    """Return the newest pay runs of a company that may be seen."""
    choices = (
        sa.select(PayRun.public_id, PayRun.number, Production.title, ShootDay.shoot_date)
        .join(Production, Production.id == PayRun.production_id)
        .join(ShootDay, ShootDay.id == PayRun.shoot_day_id)
        .where(PayRun.company_id == company_id)
        .order_by(PayRun.id.desc())
        .limit(MOST_RUNS)
    )
    if within is not None:
        choices = choices.where(PayRun.production_id.in_(sorted(within)))
    return [RunChoice(*row) for row in session.execute(choices)]


def runs(session: Session, production_id: int) -> list[RunRow]:
    """Return the pay runs of a production, newest first, with their totals."""
    return _runs(session, [PayRun.production_id == production_id])


def episodes_of(session: Session, production_id: int) -> dict[str, str]:
    """Return which episodes the shoot days of a production are booked to, by public id."""
    wanted = sa.select(ShootDay.public_id, ShootDay.episodes)
    found = session.execute(wanted.where(ShootDay.production_id == production_id))
    return {public_id: episodes for public_id, episodes in found}  # noqa: C416 - rows are no pairs


def company_runs(
    session: Session,
    company_id: int,
    within: frozenset[int] | None,
    *,
    before: int | None = None,
) -> tuple[list[RunRow], int | None]:
    """Return a page of a company's pay runs, newest first, and where the next page begins."""
    page = sa.select(PayRun.id).where(PayRun.company_id == company_id)
    if within is not None:
        page = page.where(PayRun.production_id.in_(sorted(within)))
    if before is not None:
        page = page.where(PayRun.id < before)
    ids = list(session.scalars(page.order_by(PayRun.id.desc()).limit(MOST_RUNS + 1)))
    shown = ids[:MOST_RUNS]
    rows = _runs(session, [PayRun.id.in_(shown)])
    return rows, shown[-1] if len(ids) > MOST_RUNS else None


def _runs(session: Session, where: list[sa.ColumnElement[bool]]) -> list[RunRow]:
    """Return pay runs with their totals; one query."""
    day = (ShootDay.public_id, ShootDay.number, ShootDay.shoot_date)
    show = (Production.public_id, Production.title, Production.zone)
    group = (PayRun.public_id, PayRun.number, *day, PayRun.opened_at, PaySlip.currency, *show)
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
        .join(Production, Production.id == PayRun.production_id)
        .where(*where)
        .group_by(*group, PayRun.id, Payout.state)
        .order_by(PayRun.id.desc(), PaySlip.currency.desc()),
    )
    counts: dict[Any, dict[PayoutStatus, int]] = defaultdict(dict)
    sums: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for *key, state, count, gross, net in found:
        run = tuple(key)
        status = status_of(PayoutState(state) if state else None)
        counts[run][status] = counts[run].get(status, 0) + count
        sums[run] = [sums[run][0] + int(gross), sums[run][1] + int(net)]
    found_runs: list[list[Any]] = [[*run, counts[run], *sums[run]] for run in counts]
    return [RunRow(*fields) for fields in found_runs]
