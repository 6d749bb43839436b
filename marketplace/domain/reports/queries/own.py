"""What a person earned and where it is: slips, and days that have no slip yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.booking.models import Booking
from marketplace.domain.casting.models import Role
from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.queries import PayStatus, statuses_of_slips
from marketplace.domain.payments.rules import PayoutState, PayWord, pay_word
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.payroll.rules.shapes import Earnings, PayError
from marketplace.domain.payroll.services import earnings_of_cards
from marketplace.domain.people.models import Payee
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.reports.queries.slips import SlipRow, rows_of
from marketplace.domain.timecards.models import TimeCard
from marketplace.domain.timecards.rules import PAYABLE, CardState
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say

PAGE: Final = 50
OPEN: Final = (
    CardState.SENT,
    CardState.AGREED,
    CardState.QUERIED,
    CardState.APPROVED,
    CardState.PAYROLL_APPROVED,
)
MISSING: Final = say("A pay slip needs your legal name and your tax form.")
TAKEN_BACK: Final = PayStatus(PayWord.REPLACED)
"""What a reversal reads as: it has no payment."""

COMING: Final = (PayoutState.SENT, PayoutState.SENDING, PayoutState.DUE)


class Need(StrEnum):
    """What only the person can do."""

    ACCOUNT = "account"
    PAYEE = "payee"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One day's pay. slip: its public id, "" before there is one; card: the time card's.

    gross: None when the hours cannot be priced; taken, net: None before there is a slip.
    on: when the money arrived or should; why: what it waits for; need: what the person can do.
    """

    production: str
    role: str
    shoot_date: date
    slip: str
    number: str
    card: str
    gross: Money | None
    taken: Money | None
    net: Money | None
    word: PayWord
    on: date | None = None
    why: Sentence | None = None
    need: Need | None = None


@dataclass(frozen=True, slots=True)
class OwnPay:
    """One page of a person's pay, newest first; `older` is where the next page begins.

    coming: the next money on its way, or else the next to be sent.
    """

    rows: tuple[OwnRow, ...]
    coming: OwnRow | None
    older: int | None

    @property
    def by_production(self) -> dict[str, list[OwnRow]]:
        """The rows under the title of their production."""
        found: dict[str, list[OwnRow]] = {}
        for row in self.rows:
            found.setdefault(row.production, []).append(row)
        return found

    @property
    def needs(self) -> dict[Need, list[OwnRow]]:
        """The rows that wait for the person, by what to do."""
        found: dict[Need, list[OwnRow]] = {}
        for row in self.rows:
            if row.need:
                found.setdefault(row.need, []).append(row)
        return found


def own_pay(session: Session, person_id: int, *, before: int | None = None) -> OwnPay:
    """Return a page of a person's pay; days without a slip stand on the first page."""
    where = [PaySlip.person_id == person_id]
    if before is not None:
        where.append(PaySlip.id < before)
    found = rows_of(session, where, PAGE + 1)
    slips = found[:PAGE]
    cards = _cards(session, person_id) if before is None else []
    return OwnPay(
        rows=(*cards, *_paid(session, slips)),
        coming=_coming(session, person_id),
        older=slips[-1].id if len(found) > PAGE else None,
    )


def own_row(session: Session, slip: SlipRow) -> OwnRow:
    """Return where the pay of one slip is."""
    return _paid(session, [slip])[0]


def _paid(session: Session, slips: list[SlipRow]) -> list[OwnRow]:
    statuses = statuses_of_slips(session, [slip.id for slip in slips])
    return [_of_slip(slip, statuses.get(slip.id) or TAKEN_BACK) for slip in slips]


def _of_slip(slip: SlipRow, status: PayStatus) -> OwnRow:
    """Return the row of a slip; a payment that waits for the company reads as approved."""
    word = status.word or PayWord.APPROVED
    is_mine = word is PayWord.NEEDS_YOU and status.is_for_payee
    if word is PayWord.NEEDS_YOU and not is_mine:
        word = PayWord.APPROVED
    return OwnRow(
        production=slip.production_title,
        role=slip.role_name,
        shoot_date=slip.shoot_date,
        slip=slip.public_id,
        number=slip.number,
        card="",
        gross=slip.gross,
        taken=slip.withheld + slip.deducted,
        net=slip.net,
        word=word,
        on=slip.money_on,
        why=_why(status, is_mine=is_mine),
        need=_need(status) if is_mine else None,
    )


def _need(status: PayStatus) -> Need:
    return Need.ACCOUNT if status.is_for_account else Need.PAYEE


def _why(status: PayStatus, *, is_mine: bool) -> Sentence | None:
    if status.problem is None or is_mine:
        return status.problem
    return say("The company is looking into it: %(problem)s", problem=status.problem)


def _coming(session: Session, person_id: int) -> OwnRow | None:
    """Return the next money of a person: what arrives first, else what is sent first."""
    is_waiting = sa.case((Payout.state == PayoutState.DUE, 1), else_=0)
    next_id = session.scalar(
        sa.select(PaySlip.id)
        .join(Payout, Payout.pay_slip_id == PaySlip.id)
        .where(PaySlip.person_id == person_id, Payout.state.in_(COMING))
        .order_by(is_waiting, Payout.arrives_at, PaySlip.id)
        .limit(1),
    )
    if next_id is None:
        return None
    return _paid(session, rows_of(session, [PaySlip.id == next_id], 1))[0]


def _cards(session: Session, person_id: int) -> list[OwnRow]:
    rows = session.execute(
        sa.select(
            TimeCard.id,
            TimeCard.public_id,
            TimeCard.state,
            Production.title,
            sa.func.coalesce(sa.func.nullif(Booking.upgraded_to, ""), Role.name).label("role"),
            ShootDay.shoot_date,
        )
        .join(Booking, Booking.id == TimeCard.booking_id)
        .join(Role, Role.id == Booking.role_id)
        .join(Production, Production.id == TimeCard.production_id)
        .join(ShootDay, ShootDay.id == TimeCard.shoot_day_id)
        .where(TimeCard.person_id == person_id, TimeCard.state.in_(OPEN))
        .order_by(ShootDay.shoot_date.desc(), TimeCard.id.desc()),
    ).all()
    earned = earnings_of_cards(session, [row.id for row in rows]) if rows else {}
    has_papers = _has_papers(session, person_id)
    return [_of_card(row, earned, has_papers=has_papers) for row in rows]


def _of_card(
    row: sa.Row[int, str, str, str, str, date],
    earned: Mapping[int, Earnings | PayError],
    *,
    has_papers: bool,
) -> OwnRow:
    card_id, card, state, production, role, shoot_date = row
    earnings = earned[card_id]
    word = pay_word(CardState(state), None) or PayWord.HOURS_SENT
    need = Need.HOURS if state == CardState.SENT else None
    if state in PAYABLE and not has_papers:
        word, need = PayWord.NEEDS_YOU, Need.PAYEE
    return OwnRow(
        production=production,
        role=role,
        shoot_date=shoot_date,
        slip="",
        number="",
        card=card,
        gross=earnings.gross if isinstance(earnings, Earnings) else None,
        taken=None,
        net=None,
        word=word,
        why=MISSING if need is Need.PAYEE else None,
        need=need,
    )


def _has_papers(session: Session, person_id: int) -> bool:
    """Say whether a slip can be issued for a person: legal name and tax form are there."""
    complete = sa.select(Payee.id).where(
        Payee.person_id == person_id,
        Payee.legal_name_sealed.is_not(None),
        sa.or_(Payee.tax_form.is_not(None), Payee.is_backup_withholding),
    )
    return session.scalar(complete) is not None
