"""From a filled-in form to explained lines, stage by stage: a problem stands beside its field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from babel.core import get_global

from marketplace.blueprints.calculator.forms import CalculatorForm
from marketplace.domain.payroll.queries import load_scheme
from marketplace.domain.payroll.rules.shapes import Deal, PayError, PayLine, WorkedDay
from marketplace.domain.payroll.services.days import meals_of
from marketplace.domain.payroll.services.estimates import Estimate, Taxing, estimate, paid_before
from marketplace.domain.timecards.rules import Hours
from marketplace.kernel.money import Money

ON_TOP: Final = "memo"


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What the page shows: the estimate, its lines in three parts, and the day it is for.

    is_taxed: False when no scheme was chosen, or the form says why tax cannot be worked out.
    """

    estimate: Estimate
    day: WorkedDay
    is_taxed: bool

    @property
    def earned(self) -> list[PayLine]:
        """The lines of the gross."""
        return [one for one in self.estimate.earnings.lines if one.kind != ON_TOP]

    @property
    def taken(self) -> list[PayLine]:
        """The lines that are withheld or deducted, and why nothing is."""
        lines = (*self.estimate.withholdings, *self.estimate.deductions)
        return [one for one in lines if one.kind != ON_TOP or not one.amount.minor]

    @property
    def employer(self) -> list[PayLine]:
        """The employer's side: paid on top, never taken from the person."""
        return [one for one in self.estimate.lines if one.kind == ON_TOP and one.amount.minor]

    @property
    def cost(self) -> Money:
        """What the day costs the employer."""
        return self.estimate.totals.gross + self.estimate.employer


def reckon(form: CalculatorForm) -> Reckoning | None:
    """Return what the day of a form pays; None when it cannot be priced, the form says why."""
    if not form.validate() or form.hours_read is None:
        return None
    deal, day = _deal(form), _day(form, form.hours_read)
    try:
        gross = estimate(deal, day)
    except PayError as refusal:
        form.put("overtime" if _lacks_overtime(form) else "agreement", refusal.message)
        return None
    taxed = _taxed(form, deal, day) if form.scheme.data else None
    return Reckoning(taxed or gross, day, taxed is not None)


def _taxed(form: CalculatorForm, deal: Deal, day: WorkedDay) -> Estimate | None:
    """Return the estimate after tax; None when the form now says why there is none."""
    taxing = _taxing(form, day)
    try:
        load_scheme(taxing.scheme, taxing.pay_date)
    except PayError as refusal:
        form.put("pay_date", refusal.message)
        return None
    try:
        before = form.amount("paid_before")
        if before is not None and before.minor:
            taxing = paid_before(taxing, before, form.amount("withheld_before"))
        return estimate(deal, day, taxing)
    except PayError as refusal:
        form.put("tax_form", refusal.message)
        return None


def _deal(form: CalculatorForm) -> Deal:
    chosen = form.chosen
    return Deal(
        day_rate=form.amount("rate") or Money(0, form.code),
        guaranteed_minutes=form.hours.data,
        agreement=form.agreement.data,
        overtime_rate=form.amount("overtime"),
        commission_pct=form.commission_share(),
        card=form.card.data if chosen is not None and chosen.cards else "standard_day",
    )


def _day(form: CalculatorForm, hours: Hours) -> WorkedDay:
    return WorkedDay(
        shoot_date=form.shoot_date.data,
        zone=form.zone.data,
        in_at=hours.in_at,
        out_at=hours.out_at,
        meals=meals_of(hours),
        adjustments=form.adjustments(),
        previous_wrap_at=form.rested_from,
        day_number=int(form.day_number.data),
        is_holiday=form.is_holiday.data,
    )


def _taxing(form: CalculatorForm, day: WorkedDay) -> Taxing:
    return Taxing(
        scheme=form.scheme.data,
        pay_date=form.pay_date.data or day.shoot_date,
        payee=form.payee(),
        performed_in=get_global("zone_territories").get(day.zone),
    )


def _lacks_overtime(form: CalculatorForm) -> bool:
    """Say whether the agreement wants an overtime rate of the deal that was not given."""
    chosen = form.chosen
    if chosen is None or chosen.bands or chosen.cards or form.amount("overtime") is not None:
        return False
    return chosen.overtime is None
