"""The payroll register: every slip of a run with its hours and earnings by code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.rules import PayoutState
from marketplace.domain.payroll.models import PayLineRow, PayRun, PaySlip
from marketplace.domain.productions.models import ShootDay
from marketplace.domain.reports.queries.slips import BATCH, SlipRow, slips_of
from marketplace.domain.reports.rules import PayoutStatus, SlipFilters, status_of
from marketplace.kernel.money import Money


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One slip of the register: what it earned and what was taken, by code."""

    slip: SlipRow
    earned: dict[str, Money]
    taken: dict[str, Money]


@dataclass(frozen=True, slots=True)
class RunRow:
    """One pay run of a production."""

    public_id: str
    number: int
    day_public_id: str
    day_number: int
    shoot_date: date
    opened_at: datetime
    slips: int
    gross: Money
    net: Money
    statuses: dict[PayoutStatus, int]


def register(session: Session, company_id: int, filters: SlipFilters) -> Iterator[RegisterRow]:
    """Yield the register of the slips that match, a batch in memory at a time."""
    slips = slips_of(session, company_id, filters)
    while batch := list(islice(slips, BATCH)):
        earned, taken = _lines(session, [slip.id for slip in batch])
        for slip in batch:
            yield RegisterRow(slip, dict(earned[slip.id]), dict(taken[slip.id]))


def _lines(
    session: Session,
    slip_ids: Iterable[int],
) -> tuple[dict[int, dict[str, Money]], dict[int, dict[str, Money]]]:
    earned: dict[int, dict[str, Money]] = defaultdict(dict)
    taken: dict[int, dict[str, Money]] = defaultdict(dict)
    found = session.execute(
        sa.select(
            PayLineRow.pay_slip_id,
            PayLineRow.kind,
            PayLineRow.code,
            PayLineRow.currency,
            sa.func.sum(PayLineRow.amount_minor),
        )
        .where(PayLineRow.pay_slip_id.in_(list(slip_ids)), PayLineRow.kind != "memo")
        .group_by(
            PayLineRow.pay_slip_id,
            PayLineRow.kind,
            PayLineRow.code,
            PayLineRow.currency,
        )
        .order_by(PayLineRow.code),
    )
    for slip_id, kind, code, currency, minor in found:
        side = taken if kind in ("withholding", "deduction") else earned
        side[slip_id][code] = Money(int(minor), currency)
    return earned, taken


def runs(session: Session, production_id: int) -> list[RunRow]:
    """Return the pay runs of a production, newest first, with their totals."""
    counted = sa.case(
        *((Payout.state == state, status_of(state)) for state in PayoutState),
    )
    found = session.execute(
        sa.select(
            PayRun,
            ShootDay.public_id,
            ShootDay.number,
            ShootDay.shoot_date,
            PaySlip.currency,
            counted,
            sa.func.count(PaySlip.id),
            sa.func.sum(PaySlip.gross_minor),
            sa.func.sum(PaySlip.net_minor),
        )
        .join(ShootDay, ShootDay.id == PayRun.shoot_day_id)
        .join(PaySlip, PaySlip.pay_run_id == PayRun.id)
        .join(Payout, Payout.pay_slip_id == PaySlip.id)
        .where(PayRun.production_id == production_id)
        .group_by(
            PayRun.id,
            ShootDay.public_id,
            ShootDay.number,
            ShootDay.shoot_date,
            PaySlip.currency,
            counted,
        )
        .order_by(PayRun.number.desc()),
    )
    rows: dict[tuple[int, str], RunRow] = {}
    for run, day_id, day_number, on, currency, status, count, gross, net in found:
        zero = Money(0, currency)
        made = RunRow(
            run.public_id, run.number, day_id, day_number, on, run.opened_at, 0, zero, zero, {}
        )
        old = rows.get((run.id, currency), made)
        rows[run.id, currency] = RunRow(
            public_id=old.public_id,
            number=old.number,
            day_public_id=old.day_public_id,
            day_number=old.day_number,
            shoot_date=old.shoot_date,
            opened_at=old.opened_at,
            slips=old.slips + count,
            gross=old.gross + Money(int(gross), currency),
            net=old.net + Money(int(net), currency),
            statuses={**old.statuses, PayoutStatus(status): count},
        )
    return list(rows.values())
