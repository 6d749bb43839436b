"""What a payday paid, and what of it waits for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.rules import PayoutState, problem
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.productions.models import Production
from marketplace.domain.tasks.models import Task
from marketplace.domain.timecards.models import TimeCard
from marketplace.domain.timecards.rules import PAYABLE
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence

WAITING = (PayoutState.HELD, PayoutState.BLOCKED)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which payday is meant: one shoot day, or every slip issued since an instant."""

    shoot_day_id: int | None
    since: datetime


@dataclass(frozen=True, slots=True)
class PaidSum:
    """What the slips in one currency add up to."""

    people: int
    slips: int
    gross: Money
    net: Money


@dataclass(frozen=True, slots=True)
class WaitingSum:
    """Payments that wait for the same reason."""

    payments: int
    net: Money
    why: Sentence | None


@dataclass(frozen=True, slots=True)
class Unpaid:
    """An approved card without a slip: whose, of what, and why."""

    production: str
    card: str
    why: str


@dataclass(frozen=True, slots=True)
class Payday:
    """A payday as it stands. under_way: payments whose answer is not known yet."""

    sums: tuple[PaidSum, ...]
    waiting: tuple[WaitingSum, ...]
    unpaid: tuple[Unpaid, ...]
    under_way: int


def payday(session: Session, scope: Scope) -> Payday:
    """Return what a payday paid and what waits; four queries."""
    return Payday(
        sums=tuple(_sums(session, scope)),
        waiting=tuple(_waiting(session, scope)),
        unpaid=tuple(_unpaid(session, scope)),
        under_way=session.scalar(_payouts(scope, sa.func.count(Payout.id), PayoutState.SENDING))
        or 0,
    )


def _slips(scope: Scope) -> sa.ColumnElement[bool]:
    if scope.shoot_day_id is not None:
        return PaySlip.shoot_day_id == scope.shoot_day_id
    return PaySlip.issued_at >= scope.since


def _sums(session: Session, scope: Scope) -> list[PaidSum]:
    rows = session.execute(
        sa.select(
            PaySlip.currency,
            sa.func.count(sa.distinct(PaySlip.person_id)),
            sa.func.count(PaySlip.id),
            sa.func.sum(PaySlip.gross_minor),
            sa.func.sum(PaySlip.net_minor),
        )
        .where(_slips(scope))
        .group_by(PaySlip.currency)
        .order_by(PaySlip.currency),
    )
    return [
        PaidSum(people, slips, Money(int(gross), currency), Money(int(net), currency))
        for currency, people, slips, gross, net in rows
    ]


def _payouts(
    scope: Scope,
    what: sa.ColumnElement[int],
    *states: PayoutState,
) -> sa.Select[int]:
    joined = sa.select(what).join(PaySlip, PaySlip.id == Payout.pay_slip_id)
    return joined.where(_slips(scope), Payout.state.in_(states))


def _waiting(session: Session, scope: Scope) -> list[WaitingSum]:
    of = (Payout.problem_code, Payout.problem, Payout.currency)
    counted = _payouts(scope, sa.func.count(Payout.id), *WAITING)
    rows = session.execute(
        counted.add_columns(sa.func.sum(Payout.amount_minor), *of).group_by(*of).order_by(*of),
    )
    return [
        WaitingSum(count, Money(int(minor), currency), problem(code, text))
        for count, minor, code, text, currency in rows
    ]


def _unpaid(session: Session, scope: Scope) -> list[Unpaid]:
    """Return the approved cards whose slip was asked for and cannot be issued, and why."""
    wanted = sa.and_(
        Task.kind == "pay_card",
        Task.subject_id == TimeCard.id,
        Task.done_at.is_(None),
        Task.problem != "",
    )
    rows = sa.select(Production.title, TimeCard.public_id, Task.problem)
    if scope.shoot_day_id is not None:
        rows = rows.where(TimeCard.shoot_day_id == scope.shoot_day_id)
    found = session.execute(
        rows.select_from(TimeCard)
        .join(Task, wanted)
        .join(Production, Production.id == TimeCard.production_id)
        .where(TimeCard.state.in_(PAYABLE))
        .order_by(TimeCard.id),
    )
    return [Unpaid(title, card, why) for title, card, why in found]
