"""Read where people's money is, in the plain words they are told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.payments.models import Payout, PayoutAttempt
from marketplace.domain.payments.rules import (
    OF_THE_PAYEE,
    PayoutState,
    PayWord,
    pay_word,
    problem,
)
from marketplace.domain.payments.rules.gateways import OF_THE_ACCOUNT
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.payroll.services.corrections import IS_CURRENT
from marketplace.domain.timecards.models import TimeCard
from marketplace.domain.timecards.rules import CardState
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence

WAITING = (PayoutState.HELD, PayoutState.BLOCKED)


@dataclass(frozen=True, slots=True)
class PayStatus:
    """Where the pay of one card is.

    at: when it arrived, or when it should; None before it is sent.
    problem: why it waits; is_for_payee: whether the person can solve that, or the company must;
    is_for_account: whether it is over when their account at the gateway is ready.
    """

    word: PayWord | None
    at: datetime | None = None
    problem: Sentence | None = None
    is_for_payee: bool = False
    is_for_account: bool = False


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A payment of a company that waits for somebody."""

    payout_id: str
    slip_id: str
    slip_number: str
    stage_name: str
    amount: Money
    problem: Sentence | None
    is_for_payee: bool
    can_retry: bool


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One attempt to send a payment, for the slip's page of the accountant."""

    number: int
    outcome: str
    detail: str
    first_sent_at: datetime
    last_sent_at: datetime


@dataclass(frozen=True, slots=True)
class LastWay:
    """How far paid money is between the payee's account at the gateway and their own bank."""

    banked_at: datetime | None
    returned_at: datetime | None


def last_way_of_slip(session: Session, slip_id: int) -> LastWay | None:
    """Return how far the money of a slip is on its last way; None while nothing is known."""
    found = session.execute(
        sa.select(Payout.banked_at, Payout.bank_returned_at).where(
            Payout.pay_slip_id == slip_id,
            sa.or_(Payout.banked_at.is_not(None), Payout.bank_returned_at.is_not(None)),
        ),
    ).one_or_none()
    return LastWay(*found) if found else None


def statuses_of_slips(session: Session, slip_ids: Iterable[int]) -> dict[int, PayStatus]:
    """Return where the money of each slip is, in one query."""
    rows = session.execute(
        sa.select(
            Payout.pay_slip_id,
            Payout.state,
            Payout.paid_at,
            Payout.arrives_at,
            Payout.problem_code,
            Payout.problem,
        ).where(Payout.pay_slip_id.in_(set(slip_ids))),
    )
    return {
        slip_id: _status(CardState.LOCKED, state, (paid_at, arrives_at), (code, text))
        for slip_id, state, paid_at, arrives_at, code, text in rows
    }


def statuses_of_cards(session: Session, card_ids: Iterable[int]) -> dict[int, PayStatus]:
    """Return where the pay of each time card is, in one query; also before there is a slip."""
    rows = session.execute(
        sa.select(
            TimeCard.id,
            TimeCard.state,
            Payout.state,
            Payout.paid_at,
            Payout.arrives_at,
            Payout.problem_code,
            Payout.problem,
        )
        .select_from(TimeCard)
        .join(
            PaySlip,
            sa.and_(PaySlip.time_card_id == TimeCard.id, IS_CURRENT),
            isouter=True,
        )
        .join(Payout, Payout.pay_slip_id == PaySlip.id, isouter=True)
        .where(TimeCard.id.in_(set(card_ids))),
    )
    return {
        card_id: _status(CardState(card), state, (paid_at, arrives_at), (code, text))
        for card_id, card, state, paid_at, arrives_at, code, text in rows
    }


def waiting(session: Session, company_id: int) -> list[WaitingRow]:
    """Return the payments of a company that wait for somebody, oldest first."""
    rows = session.execute(
        sa.select(Payout, PaySlip.public_id, PaySlip.number, PaySlip.stage_name)
        .join(PaySlip, PaySlip.id == Payout.pay_slip_id)
        .where(Payout.company_id == company_id, Payout.state.in_(WAITING))
        .order_by(Payout.id),
    )
    return [
        WaitingRow(
            payout_id=payout.public_id,
            slip_id=slip_id,
            slip_number=number,
            stage_name=stage_name,
            amount=Money(payout.amount_minor, payout.currency),
            problem=problem(payout.problem_code, payout.problem),
            is_for_payee=payout.problem_code in OF_THE_PAYEE,
            can_retry=payout.state == PayoutState.BLOCKED,
        )
        for payout, slip_id, number, stage_name in rows
    ]


def attempts(session: Session, slip_id: int) -> list[AttemptRow]:
    """Return how often the money of a slip was sent, and what came of it."""
    rows = session.execute(
        sa.select(
            PayoutAttempt.number,
            PayoutAttempt.outcome,
            PayoutAttempt.detail,
            PayoutAttempt.first_sent_at,
            PayoutAttempt.last_sent_at,
        )
        .join(Payout, Payout.id == PayoutAttempt.payout_id)
        .where(Payout.pay_slip_id == slip_id)
        .order_by(PayoutAttempt.number),
    )
    return [AttemptRow(*row) for row in rows]


def _status(
    card: CardState,
    state: str | None,
    arrival: tuple[datetime | None, datetime | None],
    why: tuple[str | None, str | None],
) -> PayStatus:
    paid_at, arrives_at = arrival
    code, text = why
    return PayStatus(
        word=pay_word(card, PayoutState(state) if state else None, code or ""),
        at=paid_at or arrives_at,
        problem=problem(code or "", text or ""),
        is_for_payee=code in OF_THE_PAYEE,
        is_for_account=code in OF_THE_ACCOUNT,
    )
