"""Stage 2: hours become money. Bands, guarantee, day multiples, golden time, rate cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Final

from marketplace.domain.payroll.rules import bands
from marketplace.domain.payroll.rules.hours import MINUTES, Hours, started_units
from marketplace.domain.payroll.rules.lines import (
    Quantity,
    Wording,
    line,
    plain,
    settle,
    word,
)
from marketplace.domain.payroll.rules.rates import Base, base, minimum_on, stretch
from marketplace.domain.payroll.rules.shapes import Deal, PayError, PayLine
from marketplace.domain.payroll.rules.terms import (
    Agreement,
    Band,
    Card,
    DayRule,
    FixedOvertime,
    MoneyBreak,
)
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say

ONE: Final = Fraction(1)
ZERO: Final = Fraction(0)
LAST_DAY: Final = 7
ORDINARY: Final = DayRule(row="")


@dataclass(frozen=True, slots=True)
class Situation:
    """What the calendar says of a day: its date, its place in the week, a holiday or not."""

    shoot_date: date
    day_number: int = 1
    is_holiday: bool = False

    def key(self, agreement: Agreement) -> str:
        """Return which of the agreement's special days this is: 6, 7, holiday or none."""
        if self.is_holiday and "holiday" in agreement.day_rules:
            return "holiday"
        day = str(min(self.day_number, LAST_DAY))
        return day if day in agreement.day_rules else ""


@dataclass(frozen=True, slots=True)
class Job:
    """Everything that prices the hours of one day, gathered once."""

    deal: Deal
    agreement: Agreement
    base: Base
    hours: Hours
    special: str

    @property
    def rule(self) -> DayRule:
        """The rule of a 6th day, 7th day or holiday; of an ordinary day otherwise."""
        return self.agreement.day_rules.get(self.special, ORDINARY)

    @property
    def guarantee(self) -> Fraction:
        """The hours paid at least."""
        return Fraction(self.deal.guaranteed_minutes, MINUTES) if self.deal.is_guaranteed else ZERO

    @property
    def paid(self) -> Fraction:
        """The hours that are paid: worked, or the guarantee when that is more."""
        return max(self.hours.worked, self.guarantee)


def job(
    deal: Deal,
    agreement: Agreement,
    hours: Hours,
    when: Situation,
    extra: Fraction = ZERO,
) -> Job:
    """Gather what prices a day; `extra` are the bumps of the overtime base in minor units."""
    if agreement.cards:
        deal = _deal_of_card(deal, agreement)
    return Job(deal, agreement, base(deal, agreement, extra), hours, when.key(agreement))


def hour_lines(work: Job, when: Situation) -> list[PayLine]:
    """Return the lines of the hours: by rate card, flat day, money break or bands."""
    if work.agreement.cards:
        return _card_lines(work, work.agreement.cards[work.deal.card])
    if work.agreement.overtime is not None:
        return _flat_lines(work, work.agreement.overtime)
    if work.agreement.money_break is not None:
        return _break_lines(work, when, work.agreement.money_break)
    return _band_lines(work)


def premium(work: Job, lines: Sequence[PayLine]) -> Money:
    """Return the part of the worked hours' pay above the straight rate."""
    over = [
        one.amount - Money(one.amount.minor, one.amount.currency).times(_straight_share(one, work))
        for one in lines
        if one.unit == "hour" and one.code != "guaranteed"
    ]
    return sum(over, Money(0, work.agreement.currency))


def _straight_share(one: PayLine, work: Job) -> Fraction:
    per_hour = one.rate * one.multiplier
    return min(ONE, work.base.hourly / per_hour) if per_hour > 0 else ONE


def _band_lines(work: Job) -> list[PayLine]:
    parts = _cut_at_guarantee(work, _golden_bands(work, _in_week(work, _ordinary_bands(work))))
    worked = [_band_line(work, band, ZERO, work.hours.worked) for band in parts]
    floor = [_band_line(work, band, work.hours.worked, work.paid) for band in parts]
    owed = [replace(one, code="guaranteed", label=_unworked(one.multiplier)) for one in floor]
    lines = _without_extra(work, [one for one in worked + owed if one.quantity > 0])
    if work.paid == work.guarantee:
        lines = settle(lines)
    return lines + _golden_days(work)


def _in_week(work: Job, found: tuple[Band, ...]) -> tuple[Band, ...]:
    """Return the bands with what earlier hours of the workday and of the week do to them."""
    hours, terms = work.hours, work.agreement.weekly
    if hours.shared is not None:
        found = bands.shared(found, *hours.shared)
    if terms is None or work.rule.multiplier != 1:
        return found
    return bands.weekly(found, terms, hours.straight_before, hours.worked)


def _ordinary_bands(work: Job) -> tuple[Band, ...]:
    if work.rule.bands:
        return work.rule.bands
    if work.agreement.bands:
        return work.agreement.bands
    end = max(work.guarantee, work.agreement.day_h)
    straight = Band(ZERO, end, ONE, "rate_basis")
    if work.paid <= end:
        return (straight,)
    if work.deal.overtime_rate is None:
        raise PayError(
            say(
                "This agreement leaves overtime after %(hours)s hours to the deal: agree a rate.",
                hours=plain(end),
            ),
        )
    factor = Fraction(work.deal.overtime_rate.minor) / work.base.hourly
    return (straight, Band(end, None, factor, "deal.overtime_rate"))


def _cut_at_guarantee(work: Job, found: tuple[Band, ...]) -> tuple[Band, ...]:
    """Part the band the guarantee ends in: limits of the overtime rate begin after it."""
    end = work.guarantee
    if work.agreement.overtime_limits is None:
        return found
    inside = [replace(band, to_h=_earlier(band.to_h, end)) for band in found if band.from_h < end]
    beyond = [
        replace(band, from_h=max(band.from_h, end))
        for band in found
        if band.to_h is None or band.to_h > end
    ]
    return (*inside, *beyond)


def _earlier(one: Fraction | None, other: Fraction) -> Fraction:
    return other if one is None else min(one, other)


def _golden_bands(work: Job, found: tuple[Band, ...]) -> tuple[Band, ...]:
    golden, starts = work.agreement.golden, work.hours.golden_from
    if golden is None or starts is None:
        return found
    cut = tuple(
        replace(band, to_h=_earlier(band.to_h, starts)) for band in found if band.from_h < starts
    )
    if golden.pays_day_rate:
        return cut
    return (*cut, Band(starts, None, golden.multipliers[work.special], "golden"))


def _band_line(work: Job, band: Band, start: Fraction, end: Fraction) -> PayLine:
    rule = work.rule
    rate, multiplier = work.base.hourly, band.multiplier
    cause = band.cause
    is_late = multiplier > 1 and band.from_h >= work.guarantee
    limited = _limited(work, rate * multiplier) if is_late else None
    if limited is not None:
        rate, multiplier = limited, ONE
        cause = say("The agreement limits the overtime rate.")
    multiplier *= ONE if band.row == "golden" else rule.multiplier
    if rule.row and cause is None:
        cause = _special_day(work.special)
    words = Wording(
        kind="earning",
        code=_code(band),
        label=_label(band, band.multiplier * rule.multiplier),
        rule=work.agreement.row(band.row),
        cause=cause,
    )
    hours = Quantity(stretch(band, start, end), "hour", rate, multiplier)
    return line(words, hours, work.agreement.currency)


def _limited(work: Job, rate: Fraction) -> Fraction | None:
    """Return the overtime rate the agreement's limits leave; None when they change nothing.

    The cap never pushes overtime below the hourly rate itself. Hours inside the guarantee
    are the day rate's own and have no limit.
    """
    if work.agreement.overtime_limits is None:
        return None
    least, most = work.agreement.overtime_limits
    limited = max(min(rate, Fraction(most.minor)), Fraction(least.minor), work.base.hourly)
    return None if limited == rate else limited


def _without_extra(work: Job, lines: list[PayLine]) -> list[PayLine]:
    """Take the bumps of the base out of the first line: they are printed on their own line."""
    if not work.base.extra or not lines:
        return lines
    first = lines[0]
    pay = max(ZERO, first.quantity * first.rate * first.multiplier - work.base.extra)
    rate = pay / first.quantity / first.multiplier
    own = Wording(first.kind, first.code, first.label, first.rule, first.cause)
    priced = Quantity(first.quantity, first.unit, rate, first.multiplier)
    return [line(own, priced, first.amount.currency), *lines[1:]]


def _golden_days(work: Job) -> list[PayLine]:
    golden = work.agreement.golden
    if golden is None or not golden.pays_day_rate or work.hours.golden_from is None:
        return []
    words = Wording(
        kind="earning",
        code="golden_day",
        label=say("Golden time, a day's pay for each started hour"),
        rule=work.agreement.row("golden"),
        cause=say("More than %(hours)s hours from call to wrap.", hours=plain(golden.after_h)),
    )
    started = Fraction(started_units(work.hours.elapsed - golden.after_h, MINUTES))
    day = Quantity(started, "hour", work.base.day)
    return [line(words, day, work.agreement.currency)]


def _break_lines(work: Job, when: Situation, terms: MoneyBreak) -> list[PayLine]:
    """Over the break the day rate covers the long day, and late hours are paid on the break."""
    minimum = work.deal.minimum or minimum_on(work.agreement, when.shoot_date)
    limit = None if minimum is None else minimum.minor * terms.of_minimum
    if limit is None or work.base.day - work.base.extra <= limit:
        return _band_lines(work)
    on_break = replace(work, base=Base(limit, limit / work.agreement.day_h, work.base.currency))
    late = [
        _band_line(on_break, band, work.guarantee, work.hours.worked)
        for band in terms.bands
        if band.multiplier
    ]
    return [_day_line(work), *(one for one in late if one.quantity > 0)]


def _flat_lines(work: Job, overtime: FixedOvertime) -> list[PayLine]:
    agreed = work.deal.overtime_rate or overtime.amount
    rate = Fraction(agreed.minor) if agreed else work.base.hourly
    included = Fraction(work.deal.guaranteed_minutes, MINUTES)
    units = started_units(work.hours.worked - included, overtime.unit_minutes)
    words = Wording(
        kind="earning",
        code="overtime",
        label=say("Overtime"),
        rule=work.agreement.row("overtime"),
        cause=say("More than the %(hours)s hours of the day rate.", hours=plain(included)),
    )
    late = Fraction(units * overtime.unit_minutes, MINUTES)
    extra = Quantity(late, "hour", rate, work.rule.multiplier)
    lines = [_day_line(work)]
    return [*lines, line(words, extra, work.agreement.currency)] if units else lines


def _day_line(work: Job) -> PayLine:
    words = Wording(
        kind="earning",
        code="day",
        label=say("Day rate"),
        rule=work.agreement.row("rate_basis"),
        cause=_special_day(work.special) if work.rule.row else None,
    )
    day = Quantity(ONE, "day", work.base.day - work.base.extra, work.rule.multiplier)
    return line(words, day, work.agreement.currency)


def _deal_of_card(deal: Deal, agreement: Agreement) -> Deal:
    card = agreement.cards.get(deal.card)
    if card is None:
        raise PayError(say("The rate card has no row %(row)s.", row=deal.card))
    minutes = int(card.included_h * MINUTES)
    return replace(deal, day_rate=card.daily, hourly=None, guaranteed_minutes=minutes)


def _card_lines(work: Job, card: Card) -> list[PayLine]:
    units = card_units(card, work.hours.elapsed)
    row = work.agreement.row(f"rate_card[{card.code}]")
    printed = [
        _of_card("day", say("Day rate"), Fraction(1), card.daily, row),
        _of_card("holiday_pay", say("Holiday pay"), Fraction(1), card.holiday, row),
        _of_card(
            "overtime",
            say("Overtime, units of %(minutes)s minutes", minutes=card.unit_minutes),
            Fraction(units),
            card.overtime,
            row,
        ),
    ]
    return [one for one in printed if one.quantity]


def card_units(card: Card, elapsed: Fraction) -> int:
    """Return the started overtime units of a rate card after its included hours."""
    return started_units(elapsed - card.included_h, card.unit_minutes)


def _of_card(code: str, label: Sentence, count: Fraction, amount: Money, row: str) -> PayLine:
    words = Wording("earning", code, label, row)
    unit = "unit" if code == "overtime" else "day"
    return line(words, Quantity(count, unit, Fraction(amount.minor)), amount.currency)


def _code(band: Band) -> str:
    if band.row == "golden":
        return f"golden_{word(band.multiplier)}"
    return "straight" if band.multiplier == 1 else f"overtime_{word(band.multiplier)}"


def _label(band: Band, multiplier: Fraction) -> Sentence:
    if band.row == "golden":
        return say("Golden time, %(multiplier)s times", multiplier=plain(band.multiplier))
    if band.multiplier == 1 and multiplier == 1:
        return say("Straight time")
    if band.multiplier == 1:
        return say("Straight time, %(multiplier)s times", multiplier=plain(multiplier))
    return say("Overtime, %(multiplier)s times", multiplier=plain(multiplier))


def _unworked(multiplier: Fraction) -> Sentence:
    if multiplier == 1:
        return say("Guaranteed, not worked")
    return say("Guaranteed, not worked, %(multiplier)s times", multiplier=plain(multiplier))


def _special_day(special: str) -> Sentence:
    return {
        "6": say("Sixth day of the work week."),
        "7": say("Seventh day of the work week."),
        "holiday": say("Holiday."),
    }[special]
