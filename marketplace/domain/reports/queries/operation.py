"""How an installation stands: work, payments, gateways, checks. Public ids, never people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company
from marketplace.domain.ledger.models import BooksCheck
from marketplace.domain.notices.models import Alarm
from marketplace.domain.payments.models import (
    GatewayEvent,
    GatewayHalt,
    Payout,
    PayoutAttempt,
    Reconciliation,
)
from marketplace.domain.payments.rules import Outcome, PayoutState
from marketplace.domain.payments.rules.events import Upshot
from marketplace.domain.payroll.models import PaySlip
from marketplace.kernel.frozen import thaw
from marketplace.kernel.sentences import Sentence

UNSENT: Final = (PayoutState.DUE, PayoutState.SENDING)
STUCK: Final = (PayoutState.HELD, PayoutState.BLOCKED)
OPEN_STATES: Final = (*UNSENT, *STUCK, PayoutState.SENT)
PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class StateRow:
    """Payouts of one gateway in one state."""

    gateway: str
    state: PayoutState
    count: int
    oldest_at: datetime


def open_payouts(session: Session) -> list[StateRow]:
    """Return how many payouts are not done with, by gateway and state."""
    rows = session.execute(
        sa.select(Payout.gateway, Payout.state, sa.func.count(), sa.func.min(Payout.created_at))
        .where(Payout.state.in_(OPEN_STATES))
        .group_by(Payout.gateway, Payout.state)
        .order_by(Payout.gateway, Payout.state),
    )
    return [
        StateRow(gateway, PayoutState(state), count, oldest)
        for gateway, state, count, oldest in rows
    ]


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """Why payouts wait for somebody: the code of the problem, and how many."""

    state: PayoutState
    code: str
    count: int


def reasons(session: Session) -> list[ReasonRow]:
    """Return why payouts are held or blocked, the most frequent first."""
    count = sa.func.count()
    rows = session.execute(
        sa.select(Payout.state, Payout.problem_code, count)
        .where(Payout.state.in_(STUCK))
        .group_by(Payout.state, Payout.problem_code)
        .order_by(count.desc(), Payout.problem_code),
    )
    return [ReasonRow(PayoutState(state), code, found) for state, code, found in rows]


@dataclass(frozen=True, slots=True)
class PayoutRow:
    """One payout by its public ids. left_at: when its last attempt left first."""

    id: int
    public_id: str
    company: str
    gateway: str
    state: PayoutState
    code: str
    attempts: int
    created_at: datetime
    left_at: datetime | None


def payouts(
    session: Session, states: Sequence[PayoutState], code: str = "", after: int = 0
) -> list[PayoutRow]:
    """Return payouts in some states, oldest first, one more than a page."""
    is_last = sa.and_(PayoutAttempt.payout_id == Payout.id, PayoutAttempt.number == Payout.attempts)
    found = (
        sa.select(
            Payout.id,
            Payout.public_id,
            Company.public_id,
            Payout.gateway,
            Payout.state,
            Payout.problem_code,
            Payout.attempts,
            Payout.created_at,
            PayoutAttempt.first_sent_at,
        )
        .join(Company, Company.id == Payout.company_id)
        .join(PayoutAttempt, is_last, isouter=True)
        .where(Payout.state.in_(states), Payout.id > after)
        .order_by(Payout.id)
        .limit(PAGE + 1)
    )
    if code:
        found = found.where(Payout.problem_code == code)
    return [PayoutRow(*row[:4], PayoutState(row[4]), *row[5:]) for row in session.execute(found)]


@dataclass(frozen=True, slots=True)
class UnknownRow:
    """Payments of a gateway of which nobody knows whether they left."""

    gateway: str
    count: int
    oldest_at: datetime


def unknown(session: Session, before: datetime) -> list[UnknownRow]:
    """Return the payments whose last order left before an instant and was never answered."""
    rows = session.execute(
        sa.select(Payout.gateway, sa.func.count(), sa.func.min(PayoutAttempt.first_sent_at))
        .join(
            PayoutAttempt,
            sa.and_(PayoutAttempt.payout_id == Payout.id, PayoutAttempt.number == Payout.attempts),
        )
        .where(
            Payout.state == PayoutState.SENDING,
            PayoutAttempt.outcome == Outcome.UNKNOWN,
            PayoutAttempt.first_sent_at < before,
        )
        .group_by(Payout.gateway)
        .order_by(Payout.gateway),
    )
    return [UnknownRow(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class HaltRow:
    """A gateway that takes no order: why, and until when nothing is sent."""

    gateway: str
    code: str
    text: str
    stopped_at: datetime
    until: datetime


def halts(session: Session) -> list[HaltRow]:
    """Return the gateways that take no order now."""
    rows = session.execute(
        sa.select(
            GatewayHalt.gateway,
            GatewayHalt.code,
            GatewayHalt.text,
            GatewayHalt.stopped_at,
            GatewayHalt.until,
        )
        .where(GatewayHalt.ended_at.is_(None))
        .order_by(GatewayHalt.gateway),
    )
    return [HaltRow(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class LastPayday:
    """The pay slips of the last day on which any were issued (UTC)."""

    at: datetime
    slips: int


def last_payday(session: Session) -> LastPayday | None:
    """Return the last payday; None before the first."""
    last = session.scalar(sa.select(sa.func.max(PaySlip.issued_at)))
    if last is None:
        return None
    start = last.replace(hour=0, minute=0, second=0, microsecond=0)
    wanted = sa.select(sa.func.count()).where(
        PaySlip.issued_at >= start,
        PaySlip.issued_at < start + timedelta(days=1),
    )
    return LastPayday(last, session.scalar(wanted) or 0)


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One thing that cannot be in the books."""

    name: str
    subject: str
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class CheckRow:
    """What the check of the books found, the same from `first_at` until `last_at`."""

    is_thorough: bool
    first_at: datetime
    last_at: datetime
    findings: tuple[FindingRow, ...]


def checks(session: Session, most: int = 20) -> list[CheckRow]:
    """Return the last checks of the books, newest first."""
    found = session.scalars(
        sa.select(BooksCheck).order_by(BooksCheck.last_at.desc(), BooksCheck.id.desc()).limit(most),
    )
    return [
        CheckRow(
            one.is_thorough,
            one.first_at,
            one.last_at,
            tuple(FindingRow(*row) for row in thaw(one.findings)),
        )
        for one in found
    ]


def last_checks(session: Session) -> list[CheckRow]:
    """Return the last quick and the last thorough check of the books."""
    found: dict[bool, CheckRow] = {}
    for one in checks(session):
        found.setdefault(one.is_thorough, one)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Behind:
    """Letters of gateways that were kept and not looked at yet."""

    count: int
    oldest_at: datetime | None


def letters_behind(session: Session) -> Behind:
    """Return how many letters of gateways wait to be looked at."""
    count, oldest = session.execute(
        sa.select(sa.func.count(), sa.func.min(GatewayEvent.received_at)).where(
            GatewayEvent.outcome == Upshot.WAITING,
        ),
    ).one()
    return Behind(count, oldest)


@dataclass(frozen=True, slots=True)
class ReconciledRow:
    """The last finished comparison with a gateway's statement."""

    public_id: str
    gateway: str
    finished_at: datetime
    differences: int


def last_reconciled(session: Session) -> list[ReconciledRow]:
    """Return the last finished comparison with each gateway."""
    last = (
        sa.select(sa.func.max(Reconciliation.id))
        .where(Reconciliation.finished_at.is_not(None))
        .group_by(Reconciliation.gateway)
    )
    rows = session.execute(
        sa.select(
            Reconciliation.public_id,
            Reconciliation.gateway,
            Reconciliation.finished_at,
            Reconciliation.differences,
        )
        .where(Reconciliation.id.in_(last))
        .order_by(Reconciliation.gateway),
    )
    return [
        ReconciledRow(public_id, gateway, at, differences)
        for public_id, gateway, at, differences in rows
        if at is not None
    ]


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """Something operators were called for."""

    kind: str
    sentence: Sentence
    path: str
    raised_at: datetime
    cleared_at: datetime | None


def alarms(session: Session, most: int = 20) -> list[AlarmRow]:
    """Return alarms, those that last first, then the newest."""
    found = session.scalars(
        sa.select(Alarm)
        .order_by(Alarm.cleared_at.is_not(None), Alarm.raised_at.desc(), Alarm.id.desc())
        .limit(most),
    )
    return [
        AlarmRow(one.kind, thaw(one.sentence), one.path, one.raised_at, one.cleared_at)
        for one in found
    ]
