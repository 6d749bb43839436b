"""What a correction is made of: the slip taken back, the slip in its place, the days it touches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import insert_rows
from marketplace.domain.payroll.models import (
    ClaimState,
    Overpayment,
    PayLineRow,
    PaySlip,
    Recovery,
)
from marketplace.domain.payroll.rules import Payee, Payment
from marketplace.domain.payroll.rules.records import read_line, record
from marketplace.domain.payroll.rules.reversals import (
    ALREADY_PAID,
    already_paid_line,
    is_repriced,
    negated,
    negated_earnings,
    negated_totals,
)
from marketplace.domain.payroll.rules.shapes import PayError, PayLine
from marketplace.domain.payroll.rules.slips import Totals
from marketplace.domain.payroll.services.days import engagement_of, price
from marketplace.domain.payroll.services.slips import SlipWork, Taxed
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.timecards.models import AdjustmentVoucher, TimeCard, TimeEntry
from marketplace.domain.timecards.rules import CardState
from marketplace.kernel.frozen import thaw
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say

A_WEEK: Final = timedelta(days=7)

_taken_back = sa.orm.aliased(PaySlip)

IS_CURRENT = sa.and_(
    PaySlip.kind != "reversal",
    ~sa.exists().where(_taken_back.corrects_id == PaySlip.id, _taken_back.kind == "reversal"),
)
"""A slip nothing has taken back: the one that says what a day pays."""


class CorrectionError(PayError):
    """A slip that cannot be corrected, or not yet."""


@dataclass(frozen=True, slots=True)
class Replacing:
    """A slip to be replaced, by which adjustment, and what was paid for the day so far."""

    slip: PaySlip
    voucher: AdjustmentVoucher
    paid: Money


def current_slip(session: Session, time_card_id: int) -> PaySlip | None:
    """Return the slip that says what a card pays now."""
    return session.scalar(
        sa.select(PaySlip).where(PaySlip.time_card_id == time_card_id, IS_CURRENT),
    )


def refuse_other_tax_year(slip: PaySlip, today: date) -> None:
    """Refuse to correct a slip of a tax year that has ended.

    Raises CorrectionError saying what to do instead. See docs/payroll.md, "Corrections".
    """
    paid_on = _taxed_on(slip)
    if paid_on.year == today.year:
        return
    raise CorrectionError(
        say(
            "Pay slip %(number)s was paid in %(year)s, and that tax year has ended. Pay the "
            "difference with a day of this year, and let your accountant amend the forms of "
            "%(year)s.",
            number=slip.number,
            year=str(paid_on.year),
        ),
    )


def reversal_work(
    session: Session,
    card: TimeCard,
    slip: PaySlip,
    voucher: AdjustmentVoucher,
) -> SlipWork:
    """Return the slip that takes another one back, line by line."""
    entry = session.get_one(TimeEntry, slip.time_entry_id)
    lines = lines_of_slip(session, slip.id)
    totals = Totals(
        *(
            Money(minor, slip.currency)
            for minor in (slip.gross_minor, slip.withheld_minor, slip.deducted_minor)
        ),
    )
    taxed: Money = thaw(slip.inputs["payment"]["gross"])
    priced = price(session, engagement_of(session, slip.booking_id), entry)
    return SlipWork(
        card=card,
        entry=entry,
        kind="reversal",
        corrects=slip,
        taxed=Taxed(
            priced=replace(priced, earnings=negated_earnings(lines, totals, slip.worked_minutes)),
            payment=Payment(_taxed_on(slip), str(slip.production_id), -taxed, Payee(None)),
            lines=tuple(negated(one) for one in lines),
            totals=negated_totals(totals),
            scheme=slip.inputs["scheme"],
        ),
        columns={
            "voucher_id": voucher.id,
            "inputs": slip.inputs,
            "withholding_agent": slip.withholding_agent,
            "agreement": slip.agreement,
            "scheme": slip.scheme,
        },
    )


def correction_work(card: TimeCard, entry: TimeEntry, of: Replacing) -> SlipWork:
    """Return the slip that takes the place of another one, with what was paid already kept.

    It is taxed as if it had been paid when the first slip of the day was.
    """

    def already_paid(found: Totals) -> Sequence[PayLine]:
        line = already_paid_line(of.paid, found.net, of.slip.number)
        return [line] if line else []

    return SlipWork(
        card=card,
        entry=entry,
        kind="correction",
        corrects=of.slip,
        extra_lines=already_paid,
        taxed_on=_taxed_on(of.slip),
        columns={"voucher_id": of.voucher.id},
    )


def lines_of_slip(session: Session, slip_id: int) -> list[PayLine]:
    """Return the lines of a slip, in printing order."""
    rows = session.scalars(
        sa.select(PayLineRow.line)
        .where(PayLineRow.pay_slip_id == slip_id)
        .order_by(PayLineRow.position),
    )
    return [read_line(row) for row in rows]


def kept_on(session: Session, slip_id: int) -> int:
    """Return how much of a slip, in minor units, was kept because it had been paid already."""
    found = sa.select(sa.func.coalesce(sa.func.sum(PayLineRow.amount_minor), 0)).where(
        PayLineRow.pay_slip_id == slip_id,
        PayLineRow.code == ALREADY_PAID,
    )
    return int(session.scalars(found).one())


def kept_of_card(session: Session, time_card_id: int) -> int:
    """Return how much of what was paid on reversed slips of a card has come back, in minor units.

    On the slips that replaced them, and from other slips as the person agreed.
    """
    replaced = (
        sa.select(sa.func.coalesce(sa.func.sum(PayLineRow.amount_minor), 0))
        .join(PaySlip, PaySlip.id == PayLineRow.pay_slip_id)
        .where(PaySlip.time_card_id == time_card_id, PayLineRow.code == ALREADY_PAID)
    )
    agreed = (
        sa.select(sa.func.coalesce(sa.func.sum(Recovery.amount_minor), 0))
        .join(Overpayment, Overpayment.id == Recovery.overpayment_id)
        .where(Overpayment.time_card_id == time_card_id)
    )
    return int(session.scalars(replaced).one()) + int(session.scalars(agreed).one())


def take_back_recoveries(session: Session, slip: PaySlip, reversal: PaySlip) -> None:
    """Open the overpayments again of which a reversed slip had kept something."""
    rows = session.scalars(sa.select(Recovery).where(Recovery.pay_slip_id == slip.id))
    insert_rows(
        session,
        Recovery,
        [
            {
                "overpayment_id": row.overpayment_id,
                "pay_slip_id": reversal.id,
                "amount_minor": -row.amount_minor,
            }
            for row in rows
        ],
    )


def replace_claims(session: Session, time_card_id: int) -> None:
    """End the overpayments of a card that is corrected again: they are worked out anew."""
    session.execute(
        sa.update(Overpayment)
        .where(Overpayment.time_card_id == time_card_id, Overpayment.state != ClaimState.REPLACED)
        .values(state=ClaimState.REPLACED),
    )


def cards_touched(session: Session, card: TimeCard) -> list[int]:
    """Return the locked cards whose pay may follow from this one's hours, and its own.

    The person's days for the same company within a week before and after: rest is measured
    from the last wrap, and hours and days of a work week are counted together.
    """
    on = session.get_one(ShootDay, card.shoot_day_id).shoot_date
    company = sa.select(Production.company_id).where(Production.id == card.production_id)
    found = session.scalars(
        sa.select(TimeCard.id)
        .join(ShootDay, ShootDay.id == TimeCard.shoot_day_id)
        .join(Production, Production.id == TimeCard.production_id)
        .where(
            TimeCard.person_id == card.person_id,
            Production.company_id == company.scalar_subquery(),
            TimeCard.state == CardState.LOCKED,
            ShootDay.shoot_date > on - A_WEEK,
            ShootDay.shoot_date <= on + A_WEEK,
        ),
    )
    return sorted({card.id, *found})


def pays_otherwise_now(session: Session, card: TimeCard) -> bool:
    """Say whether the hours of a locked card would pay something else by what is known now.

    Priced again from its hours in force and the days around it; only a change of what went into
    the engine counts, so a new table never reopens an issued slip.
    """
    slip = current_slip(session, card.id)
    if slip is None or slip.time_entry_id is None:
        return False
    entry = session.get_one(TimeEntry, slip.time_entry_id)
    try:
        priced = price(session, engagement_of(session, card.booking_id), entry)
    except PayError:
        return False
    if record(priced.day) == slip.inputs["day"]:
        return False
    return is_repriced(lines_of_slip(session, slip.id), priced.earnings.lines)


def _taxed_on(slip: PaySlip) -> date:
    found: date = thaw(slip.inputs["payment"]["pay_date"])
    return found
