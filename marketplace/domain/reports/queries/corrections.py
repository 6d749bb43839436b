"""Which slip takes back or replaces which, and what people were paid too much."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.payroll.models import ClaimState, Overpayment, PaySlip
from marketplace.domain.payroll.services.offsets import recovered
from marketplace.domain.timecards.models import AdjustmentVoucher
from marketplace.kernel.money import Money

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class SlipLink:
    """Another slip of the same day."""

    public_id: str
    number: str
    kind: str
    gross: Money
    net: Money


@dataclass(frozen=True, slots=True)
class Chain:
    """How a slip stands to the others of its day. voucher: the adjustment that made it.

    corrects: what it takes back or replaces; reversed_by, corrected_by: what came after it.
    """

    voucher: str | None
    corrects: SlipLink | None
    reversed_by: SlipLink | None
    corrected_by: SlipLink | None

    @property
    def is_alone(self) -> bool:
        """Whether nothing was ever corrected."""
        return not (self.corrects or self.reversed_by)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a person was paid too much for one day, and what of it has come back."""

    public_id: str
    amount: Money
    back: Money
    state: ClaimState
    answered_at: datetime | None
    slip: str
    number: str
    name: str
    title: str
    shoot_date: date

    @property
    def left(self) -> Money:
        """What has not come back."""
        return self.amount - self.back

    @property
    def is_open(self) -> bool:
        """Whether an answer still changes something."""
        return self.state is not ClaimState.REPLACED and self.left.minor > 0


def chain_of(session: Session, slip_id: int) -> Chain:
    """Return how a slip stands to the others of its day; three queries."""
    corrects_id, voucher = session.execute(
        sa.select(PaySlip.corrects_id, AdjustmentVoucher.public_id)
        .outerjoin(AdjustmentVoucher, AdjustmentVoucher.id == PaySlip.voucher_id)
        .where(PaySlip.id == slip_id),
    ).one()
    after = {one.kind: one for one in _links(session, PaySlip.corrects_id == slip_id)}
    before = _links(session, PaySlip.id == corrects_id) if corrects_id else []
    return Chain(
        voucher=voucher,
        corrects=before[0] if before else None,
        reversed_by=after.get("reversal"),
        corrected_by=after.get("correction"),
    )


def slips_of_voucher(session: Session, voucher_id: int) -> list[SlipLink]:
    """Return the reversal and the correction an adjustment was issued as."""
    return _links(session, PaySlip.voucher_id == voucher_id)


def own_claim(session: Session, person_id: int, public_id: str) -> Claim | None:
    """Return what a person was paid too much, or None when it is not theirs."""
    mine = (Overpayment.person_id == person_id, Overpayment.public_id == public_id)
    return next(iter(_claims(session, *mine)), None)


def own_claims(session: Session, person_id: int) -> list[Claim]:
    """Return what a person was paid too much and has not given back."""
    return [one for one in _claims(session, Overpayment.person_id == person_id) if one.is_open]


def claims_of_company(
    session: Session,
    company_id: int,
    within: Collection[int] | None = None,
) -> list[Claim]:
    """Return the newest overpayments of a company that no later correction replaced.

    within: the ids of the only productions to show; None: all of the company.
    """
    where = [Overpayment.company_id == company_id, Overpayment.state != ClaimState.REPLACED]
    if within is not None:
        where.append(PaySlip.production_id.in_(within))
    return _claims(session, *where)


def _links(session: Session, where: sa.ColumnElement[bool]) -> list[SlipLink]:
    rows = session.execute(
        sa.select(
            PaySlip.public_id,
            PaySlip.number,
            PaySlip.kind,
            PaySlip.currency,
            PaySlip.gross_minor,
            PaySlip.net_minor,
        )
        .where(where)
        .order_by(PaySlip.id),
    )
    return [
        SlipLink(public_id, number, kind, Money(gross, currency), Money(net, currency))
        for public_id, number, kind, currency, gross, net in rows
    ]


def _claims(session: Session, *where: sa.ColumnElement[bool]) -> list[Claim]:
    rows = session.execute(
        sa.select(
            Overpayment,
            recovered(),
            PaySlip.public_id,
            PaySlip.number,
            PaySlip.stage_name,
            PaySlip.production_title,
            PaySlip.shoot_date,
        )
        .join(PaySlip, PaySlip.id == Overpayment.correction_id)
        .where(*where)
        .order_by(Overpayment.id.desc())
        .limit(MOST),
    )
    found: list[list[Any]] = [
        [
            claim.public_id,
            Money(claim.amount_minor, claim.currency),
            Money(int(back), claim.currency),
            ClaimState(claim.state),
            claim.answered_at,
            *slip,
        ]
        for claim, back, *slip in rows
    ]
    return [Claim(*facts) for facts in found]
