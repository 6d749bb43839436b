"""Adjustments of paid hours: one by one, of a card, of a production, of a company."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import User
from marketplace.domain.booking.models import Booking
from marketplace.domain.casting.models import Role
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.timecards.models import (
    AdjustmentVoucher,
    TimeCard,
    TimeEntry,
    VoucherEntry,
)
from marketplace.domain.timecards.queries.cards import hours_of
from marketplace.domain.timecards.rules import CardState, Hours
from marketplace.domain.timecards.rules.vouchers import CLOSED_VOUCHERS, VoucherState
from marketplace.kernel.frozen import thaw
from marketplace.kernel.sentences import Sentence

MOST: Final = 200
"""How many adjustments a list shows: the newest, those that wait first."""


@dataclass(frozen=True, slots=True)
class PaidCard:
    """A locked card, for the page that proposes an adjustment.

    voucher, proposed, proposed_reason: of the open one, as its proposal stands.
    """

    id: int
    public_id: str
    booking_id: int
    user_id: int
    name: str
    role: str
    agreement: str
    currency: str
    call_at: datetime
    shoot_date: date
    day_number: int
    day_public_id: str
    hours: Hours
    voucher: str | None
    proposed: Hours | None
    proposed_reason: str


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature: who, when; by is None for nobody (agreed by itself)."""

    at: datetime
    by: str | None


@dataclass(frozen=True, slots=True)
class VoucherRow:
    """One adjustment with everything its pages show. cause: our words, for one made by itself."""

    id: int
    public_id: str
    number: int
    version: int
    state: VoucherState
    reason: str
    cause: Sentence | None
    answer: str
    is_auto_agreed: bool
    made: Signed
    agreed_at: datetime | None
    approved: Signed | None
    payroll: Signed | None
    issued_at: datetime | None
    card_id: int
    card_public_id: str
    booking_id: int
    user_id: int
    name: str
    role: str
    title: str
    production: str
    zone: str
    needs_payroll_approval: bool
    shoot_date: date
    day_number: int
    before: Hours
    now: Hours

    @property
    def is_open(self) -> bool:
        """Whether something can still happen to it."""
        return self.state not in CLOSED_VOUCHERS

    @property
    def can_answer(self) -> bool:
        """Whether the person's word is awaited."""
        return self.state in (VoucherState.PROPOSED, VoucherState.QUERIED)

    @property
    def can_query(self) -> bool:
        """Whether the person can still say that something is wrong."""
        return self.state in (VoucherState.PROPOSED, VoucherState.AGREED)

    @property
    def waits_for_production(self) -> bool:
        """Whether the production's approval is next."""
        return self.state is VoucherState.AGREED

    @property
    def waits_for_accountant(self) -> bool:
        """Whether the accountant's approval is next."""
        return self.state is VoucherState.APPROVED and self.needs_payroll_approval

    @property
    def can_void(self) -> bool:
        """Whether it can still be given up."""
        return self.is_open and self.state is not VoucherState.PAYROLL_APPROVED


def paid_card(session: Session, production_id: int, public_id: str) -> PaidCard | None:
    """Return a locked card with hours, or None; one query."""
    is_open = sa.and_(
        AdjustmentVoucher.time_card_id == TimeCard.id,
        AdjustmentVoucher.state.not_in(CLOSED_VOUCHERS),
    )
    row = session.execute(
        sa.select(
            TimeCard.id,
            TimeCard.public_id,
            Booking.id,
            Person.user_id,
            Person.stage_name,
            Role.name,
            Booking.agreement,
            Booking.currency,
            Booking.call_at,
            ShootDay.shoot_date,
            ShootDay.number,
            ShootDay.public_id,
            TimeEntry,
            AdjustmentVoucher.public_id,
            VoucherEntry,
        )
        .join(Booking, Booking.id == TimeCard.booking_id)
        .join(Person, Person.id == TimeCard.person_id)
        .join(Role, Role.id == Booking.role_id)
        .join(ShootDay, ShootDay.id == TimeCard.shoot_day_id)
        .join(TimeEntry, _entry(TimeCard.version))
        .outerjoin(AdjustmentVoucher, is_open)
        .outerjoin(VoucherEntry, _proposal())
        .where(
            TimeCard.production_id == production_id,
            TimeCard.public_id == public_id,
            TimeCard.state == CardState.LOCKED,
        ),
    ).first()
    if row is None:
        return None
    facts: list[Any] = list(row)
    facts[12] = hours_of(facts[12])
    proposal: VoucherEntry | None = facts.pop()
    facts.append(hours_of(proposal) if proposal else None)
    facts.append(proposal.reason if proposal else "")
    return PaidCard(*facts)


def own_voucher(session: Session, person_id: int, public_id: str) -> VoucherRow | None:
    """Return an adjustment of a person's own hours, or None when it is not theirs."""
    mine = (AdjustmentVoucher.person_id == person_id, AdjustmentVoucher.public_id == public_id)
    return next(iter(_rows(session, *mine)), None)


def voucher_of(
    session: Session,
    company_id: int,
    public_id: str,
    within: Collection[int] | None = None,
) -> VoucherRow | None:
    """Return an adjustment of a company, or of some of its productions; or None."""
    where = [AdjustmentVoucher.company_id == company_id, AdjustmentVoucher.public_id == public_id]
    if within is not None:
        where.append(AdjustmentVoucher.production_id.in_(within))
    return next(iter(_rows(session, *where)), None)


def vouchers_of_card(session: Session, time_card_id: int) -> list[VoucherRow]:
    """Return the adjustments of a card, newest first."""
    return _rows(session, AdjustmentVoucher.time_card_id == time_card_id)


def vouchers_of_production(session: Session, production_id: int) -> list[VoucherRow]:
    """Return the newest adjustments of a production, those that wait first."""
    return _rows(session, AdjustmentVoucher.production_id == production_id)


def vouchers_of_company(
    session: Session,
    company_id: int,
    within: Collection[int] | None = None,
) -> list[VoucherRow]:
    """Return the newest adjustments of a company, those that wait first.

    within: the ids of the only productions to show; None: all of the company.
    """
    where = [AdjustmentVoucher.company_id == company_id]
    if within is not None:
        where.append(AdjustmentVoucher.production_id.in_(within))
    return _rows(session, *where)


_maker, _approver, _accountant = (sa.orm.aliased(User) for _ in range(3))


def _rows(session: Session, *where: sa.ColumnElement[bool]) -> list[VoucherRow]:
    is_closed = AdjustmentVoucher.state.in_(CLOSED_VOUCHERS)
    rows = session.execute(
        sa.select(
            AdjustmentVoucher,
            VoucherEntry,
            TimeEntry,
            _maker.display_name,
            _approver.display_name,
            _accountant.display_name,
            TimeCard.public_id,
            Booking.id,
            Person.user_id,
            Person.stage_name,
            Role.name,
            Production.title,
            Production.public_id,
            Production.zone,
            Production.needs_payroll_approval,
            ShootDay.shoot_date,
            ShootDay.number,
        )
        .join(VoucherEntry, _proposal())
        .join(TimeCard, TimeCard.id == AdjustmentVoucher.time_card_id)
        .join(TimeEntry, _entry(AdjustmentVoucher.base_version))
        .join(Booking, Booking.id == TimeCard.booking_id)
        .join(Person, Person.id == TimeCard.person_id)
        .join(Role, Role.id == Booking.role_id)
        .join(Production, Production.id == TimeCard.production_id)
        .join(ShootDay, ShootDay.id == TimeCard.shoot_day_id)
        .outerjoin(_maker, _maker.id == AdjustmentVoucher.made_by_id)
        .outerjoin(_approver, _approver.id == AdjustmentVoucher.approved_by_id)
        .outerjoin(_accountant, _accountant.id == AdjustmentVoucher.payroll_by_id)
        .where(*where)
        .order_by(is_closed, AdjustmentVoucher.id.desc())
        .limit(MOST),
    )
    return [_row(row) for row in rows]


def _proposal() -> sa.ColumnElement[bool]:
    """Match the proposal of an adjustment as it stands."""
    return sa.and_(
        VoucherEntry.voucher_id == AdjustmentVoucher.id,
        VoucherEntry.version == AdjustmentVoucher.version,
    )


def _entry(version: sa.orm.InstrumentedAttribute[int]) -> sa.ColumnElement[bool]:
    return sa.and_(TimeEntry.time_card_id == TimeCard.id, TimeEntry.version == version)


def _row(row: Sequence[Any]) -> VoucherRow:
    voucher, entry, before, maker, approver, accountant, *rest = row
    facts: list[Any] = [
        voucher.id,
        voucher.public_id,
        voucher.number,
        voucher.version,
        VoucherState(voucher.state),
        voucher.reason,
        None if voucher.cause is None else thaw(voucher.cause),
        voucher.answer,
        voucher.is_auto_agreed,
        Signed(entry.entered_at, maker),
        voucher.agreed_at,
        _signed(voucher.approved_at, approver),
        _signed(voucher.payroll_at, accountant),
        voucher.issued_at,
        voucher.time_card_id,
        *rest,
        hours_of(before),
        hours_of(entry),
    ]
    return VoucherRow(*facts)


def _signed(at: datetime | None, by: str | None) -> Signed | None:
    return None if at is None else Signed(at, by)
