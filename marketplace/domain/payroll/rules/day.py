"""One day's pay, stage after stage: time, meals, bands, days, golden, bumps, penalties, extras."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Final

from marketplace.domain.booking.rules.cancelling import Fee
from marketplace.domain.payroll.rules.earnings import Job, Situation, hour_lines, job, premium
from marketplace.domain.payroll.rules.extras import (
    adjustment_lines,
    night_lines,
    overtime_extra,
    reimbursed,
)
from marketplace.domain.payroll.rules.fees import fee_day, is_without_work, sent_home_line
from marketplace.domain.payroll.rules.fringes import with_fringes
from marketplace.domain.payroll.rules.hours import MINUTES, Hours, clocked, measure
from marketplace.domain.payroll.rules.lines import total
from marketplace.domain.payroll.rules.penalties import (
    meal_lines,
    rest_lines,
    weekly_rest_lines,
)
from marketplace.domain.payroll.rules.shapes import (
    Adjustment,
    Deal,
    Earnings,
    PayError,
    PayLine,
    WorkedDay,
)
from marketplace.domain.payroll.rules.terms import Agreement
from marketplace.kernel.money import half_up
from marketplace.kernel.sentences import say

ZERO: Final = Fraction(0)


def pay_day(deal: Deal, day: WorkedDay, agreement: Agreement) -> Earnings:
    """Return what one worked day earns, line by line, and why.

    Order: round time, deduct meals, bands with the guarantee as a floor, day multiples,
    golden time, bumps, penalties, allowances. Commission and withholding come after
    (`extras.commission_lines`, `withholding.withhold`).
    Raises PayError when the agreement is another one or not in force on the shoot date,
    when the rate has no hours, or when the times cannot be.
    """
    refuse_other(deal, agreement)
    if not agreement.is_in_force(day.shoot_date):
        raise PayError(
            say("%(title)s is not in force on %(day)s.", title=agreement.title, day=day.shoot_date),
        )
    if day.fee is not None:
        return with_fringes(_pay_called_off(deal, day, day.fee, agreement), agreement)
    return with_fringes(_pay_work(deal, day, agreement), agreement)


def _pay_called_off(deal: Deal, day: WorkedDay, fee: Fee, agreement: Agreement) -> Earnings:
    """Return the fee alone, or for somebody sent home the hours lifted to the agreed share."""
    if is_without_work(fee):
        return fee_day(deal, fee)
    found = _pay_work(replace(deal, is_guaranteed=False), day, agreement)
    hours = [one for one in found.lines if one.kind == "earning"]
    lift = sent_home_line(deal, hours, fee)
    lines = (*hours, lift, *(one for one in found.lines if one.kind != "earning"))
    return replace(found, lines=lines, gross=found.gross + lift.amount)


def _pay_work(deal: Deal, day: WorkedDay, agreement: Agreement) -> Earnings:
    when = Situation(day.shoot_date, day.day_number, day.is_holiday)
    work = job(
        deal,
        agreement,
        measure(day, agreement),
        when,
        overtime_extra(day.adjustments, agreement),
    )
    earned = hour_lines(work, when)
    others = [
        *night_lines(day, agreement, work.base),
        *meal_lines(day, agreement, work.base),
        *rest_lines(day, agreement, work.base),
        *weekly_rest_lines(day, agreement),
        *adjustment_lines(day.adjustments, agreement),
    ]
    return _sum(work, earned, others, day.adjustments)


def price_hours(
    deal: Deal,
    hours: Hours,
    agreement: Agreement,
    when: Situation,
    adjustments: tuple[Adjustment, ...] = (),
) -> Earnings:
    """Return what measured hours and their bumps earn, without penalties of the clock."""
    work = job(deal, agreement, hours, when, overtime_extra(adjustments, agreement))
    return _sum(work, hour_lines(work, when), adjustment_lines(adjustments, agreement), adjustments)


def price_day(
    deal: Deal,
    agreement: Agreement,
    worked_minutes: int,
    when: Situation | None = None,
) -> Earnings:
    """Estimate a planned day of so many worked minutes: on time, with its meals, no extras.

    when: its date and place in the week; left out, an ordinary day at the latest scale.
    """
    refuse_other(deal, agreement)
    worked = Fraction(worked_minutes, MINUTES)
    hours = clocked(worked, worked, agreement, ZERO)
    return price_hours(
        deal, hours, agreement, when or Situation(agreement.effective_to or date.max)
    )


def refuse_other(deal: Deal, agreement: Agreement) -> None:
    """Raise PayError when a deal was made under another agreement."""
    if deal.agreement != agreement.id:
        raise PayError(
            say(
                "The deal was made under %(deal)s, not under %(agreement)s.",
                deal=deal.agreement,
                agreement=agreement.id,
            ),
        )


def _sum(
    work: Job,
    earned: list[PayLine],
    others: list[PayLine],
    adjustments: Sequence[Adjustment],
) -> Earnings:
    lines = (*earned, *others)
    return Earnings(
        lines=lines,
        gross=total(lines, work.agreement.currency),
        worked_minutes=half_up(work.hours.worked * MINUTES),
        paid_hours=work.paid,
        premium=premium(work, earned),
        reimbursed=reimbursed(adjustments, work.agreement),
    )
