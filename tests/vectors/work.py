"""Questions about days, weeks, rates, penalties and files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Final

from marketplace.domain.banking.rules import nacha, numbers
from marketplace.domain.ledger.rules import Account, JournalLine, imbalance, sides
from marketplace.domain.payroll import queries
from marketplace.domain.payroll.rules import penalties, rates
from marketplace.domain.payroll.rules.day import price_hours
from marketplace.domain.payroll.rules.earnings import Situation, card_units
from marketplace.domain.payroll.rules.extras import commission_lines
from marketplace.domain.payroll.rules.hours import MINUTES, clocked, elapsed_hours, round_minutes
from marketplace.domain.payroll.rules.lines import cents, total
from marketplace.domain.payroll.rules.shapes import Adjustment, Deal, Earnings, PayLine
from marketplace.domain.payroll.rules.terms import RestRule
from marketplace.domain.payroll.rules.week import split_workdays, week_hours, week_lines
from marketplace.kernel.money import Money, from_major
from marketplace.kernel.sentences import say
from marketplace.kernel.zones import local, parse_clock
from tests.vectors.reading import (
    STATUTE,
    ZERO,
    Inputs,
    Outputs,
    day_of,
    deal_of,
    hours_of,
    moment,
    number,
    paid,
    rate_of,
    rule_of,
    show,
)


def hourly(inputs: Inputs) -> Outputs:
    agreement = rule_of(inputs)
    guarantee = number(inputs, "guarantee_h", agreement.day_h)
    deal = Deal(
        from_major(inputs["day_rate"], agreement.currency),
        int(guarantee * MINUTES),
        agreement.id,
    )
    base = rates.base(deal, agreement)
    return {"pay_hours": show(rates.pay_hours(agreement.bands, guarantee)), **rate(base.hourly)}


def rate(minor: Fraction) -> Outputs:
    return {"hourly": show(minor / 100), "hourly_4dp": show(minor / 100, 4)}


def hourly_per_n(inputs: Inputs) -> Outputs:
    agreement = queries.agreements()[STATUTE]
    hours = number(inputs, "n")
    day = from_major(inputs["day_rate"], agreement.currency)
    deal = Deal(day, int(hours * MINUTES), agreement.id, priced_hours=hours)
    return rate(rates.base(deal, agreement).hourly)


def equiv_rate(inputs: Inputs) -> Outputs:
    agreement = rule_of(inputs)
    day = rates.equivalent_day(
        from_major(inputs["day_rate"], agreement.currency),
        agreement.bands,
        number(inputs, "from_guarantee_h"),
        number(inputs, "to_guarantee_h"),
    )
    return {"day_rate": paid(day)}


def pay_day(inputs: Inputs) -> Outputs:
    agreement = rule_of(inputs)
    hours, shoot_date = hours_of(inputs, agreement)
    number_of_day = inputs.get("day_number") or 1
    is_holiday = bool(inputs.get("holiday")) or number_of_day == "holiday"
    when = Situation(shoot_date, 1 if is_holiday else int(number_of_day), is_holiday)
    adjustments = tuple(
        Adjustment(
            one.get("code", "adjustment"),
            from_major(str(one["amount"]), agreement.currency),
            in_overtime_base=bool(one.get("in_ot_base")),
        )
        for one in inputs.get("adjustments", ())
    )
    earned = price_hours(deal_of(inputs, agreement), hours, agreement, when, adjustments)
    return {
        "hours": show(Fraction(earned.worked_minutes, MINUTES)),
        "gross": paid(earned.gross),
        "lines": [printed(line) for line in earned.lines],
    }


def printed(line: PayLine) -> Outputs:
    return {
        "code": line.code,
        "hours": show(line.quantity),
        "mult": show(line.multiplier),
        "rate": show(line.rate / 100, 4),
        "amount": paid(line.amount),
    }


def ca_week(inputs: Inputs) -> Outputs:
    agreement = queries.agreements()[STATUTE]
    hours = week_hours([Fraction(str(day)) for day in inputs["hours"]], agreement)
    names = {"straight_h": Fraction(1), "ot_h": Fraction(3, 2), "dt_h": Fraction(2)}
    answer = {name: show(hours.at(multiplier)) for name, multiplier in names.items()}
    if "hourly" not in inputs:
        return answer
    lines = week_lines(hours, number(inputs, "hourly") * 100, agreement)
    return {**answer, "gross": paid(total(lines, agreement.currency))}


def salary(inputs: Inputs) -> Outputs:
    regular = rates.salary_rate(number(inputs, "weekly_salary"))
    return regular_rate(regular, number(inputs, "ot_h"))


def weighted(inputs: Inputs) -> Outputs:
    work = [(Fraction(one["hours"]), Fraction(one["rate"])) for one in inputs["work"]]
    late = rates.weekly_overtime([hours for hours, _ in work])
    return regular_rate(rates.weighted_rate(work), number(inputs, "ot_h", late))


def regular_rate(regular: Fraction, overtime_h: Fraction) -> Outputs:
    return {
        "regular_rate": show(regular),
        "ot_pay": show(rates.overtime_pay(regular, overtime_h)),
        "ot_premium": show(rates.overtime_premium(regular, overtime_h)),
    }


def bonus_ot(inputs: Inputs) -> Outputs:
    late = number(inputs, "ot_h")
    straight = next((name for name in STRAIGHT_NAMES if name in inputs), "")
    hours = number(inputs, "total_h", number(inputs, straight) + late)
    bonus, kind = number(inputs, "bonus"), inputs.get("kind", "production")
    return {
        "regular_rate": show(rates.bonus_rate(bonus, kind, hours, late)),
        "ot_on_bonus": show(rates.bonus_overtime(bonus, kind, hours, late)),
    }


STRAIGHT_NAMES: Final = ("non_ot_h", "straight_h", "regular_h")


def meal_penalty(inputs: Inputs) -> Outputs:
    rule = rule_of(inputs).meals
    if rule is None:
        return {"penalty": show(ZERO), "units": 0}
    units = penalties.meal_units(rule, number(inputs, "late_min"))
    price = penalties.meal_price(rule, units, number(inputs, "regular_rate") * 100)
    return {"penalty": show(price / 100), "units": units}


NO_REST: Final = RestRule(ZERO, ZERO, ZERO, None)


def rest(inputs: Inputs) -> Outputs:
    agreement, zone = rule_of(inputs), inputs["tz"]
    rule = agreement.rest or NO_REST
    required = rule.weekly_h if inputs.get("weekly") else rule.daily_h
    gap = penalties.rest_between(
        moment(inputs["wrap"], zone, inputs.get("wrap_fold", 0)),
        moment(inputs["next_call"], zone, inputs.get("call_fold", 0)),
        required,
    )
    answer: Outputs = {
        "rest_h": show(gap.had_h),
        "short_h": show(gap.short_h),
        "earliest_call": local(gap.earliest_call, zone).strftime("%Y-%m-%dT%H:%M"),
    }
    if rule.penalty is None:
        return {**answer, "penalty": show(ZERO)}
    if rule.penalty.kind == "previous_rate_until_rested":
        multiplier = number(inputs, "previous_mult", Fraction(1))
        kept = {"hours_at_previous_rate": show(gap.short_h)}
        return {**answer, **kept, "penalty_rate_mult": show(multiplier)}
    base = rates.base(deal_of(inputs, agreement), agreement)
    return {**answer, "penalty": show(penalties.rest_price(rule.penalty, gap.short_h, base) / 100)}


def comp_rest(inputs: Inputs) -> Outputs:
    nights = [Fraction(hours) for hours in inputs["unit_wraps_after_midnight_h"]]
    return {"bank": [show(hours) for hours in penalties.rest_bank(nights)]}


def elapsed(inputs: Inputs) -> Outputs:
    day = day_of(inputs)
    hours = elapsed_hours(day.in_at, day.out_at)
    return {"minutes": int(hours * MINUTES), "hours": show(hours)}


def round_time(inputs: Inputs) -> Outputs:
    minutes = round_minutes(number(inputs, "minutes"), int(inputs["unit_min"]), inputs["mode"])
    return {"minutes": int(minutes), "hours": show(minutes / MINUTES)}


def split_workday(inputs: Inputs) -> Outputs:
    day = day_of(inputs)
    parts = split_workdays(day.in_at, day.out_at, day.zone, parse_clock(inputs["starts"]))
    return {"hours_by_workday": [show(hours) for hours in parts]}


def faa(inputs: Inputs) -> Outputs:
    agreement, hours = rule_of(inputs), number(inputs, "elapsed_h")
    deal = deal_of(inputs, agreement)
    when = Situation(agreement.effective_from)
    earned = price_hours(deal, clocked(hours, hours, agreement, ZERO), agreement, when)
    units = card_units(agreement.cards[deal.card], hours)
    return {"ot_units": units, "gross": paid(earned.gross)}


def cn_day(inputs: Inputs) -> Outputs:
    agreement, hours = rule_of(inputs), number(inputs, "hours")
    fee = agreement.fees[-1] if agreement.fees else None
    amount = rate_of(inputs, "amount", agreement) or (fee.amount if fee else None)
    assert amount is not None
    included = number(inputs, "included_h", agreement.day_h)
    deal = Deal(amount, int(included * MINUTES), agreement.id)
    when = Situation(agreement.effective_from)
    earned = price_hours(deal, clocked(hours, hours, agreement, ZERO), agreement, when)
    taken = commission_lines(deal, earned, agreement) if inputs.get("commission") else []
    share = total(taken, agreement.currency)
    net = earned.gross - share
    return {"gross": paid(earned.gross), "commission": paid(share), "to_performer": paid(net)}


def commission(inputs: Inputs) -> Outputs:
    agreement = queries.agreements()[STATUTE]
    gross = from_major(inputs["gross"], agreement.currency)
    deal = Deal(gross, MINUTES, agreement.id, commission_pct=number(inputs, "pct"))
    none = Money(0, agreement.currency)
    earned = Earnings((), gross, MINUTES, Fraction(1), none, none)
    share = total(commission_lines(deal, earned, agreement), agreement.currency)
    return {"commission": paid(share), "net": paid(gross - share)}


def product(inputs: Inputs) -> Outputs:
    factor = inputs.get("mult", inputs.get("pct"))
    return {"amount": show(cents(number(inputs, "base") * Fraction(str(factor))))}


def pay_hours_ceil(inputs: Inputs) -> Outputs:
    day_h = number(inputs, "n", queries.agreements()["us_sag_ulb_2025"].day_h)
    cost = rates.all_in_day(
        number(inputs, "day_rate"),
        day_h,
        number(inputs, "pay_hours"),
        number(inputs, "agency"),
    )
    return {"real_day_rate": str(cost)}


def aba(inputs: Inputs) -> Outputs:
    return {"check_digit": numbers.check_digit(inputs["routing8"])}


def ach_totals(inputs: Inputs) -> Outputs:
    amounts = [from_major(str(amount), "USD") for amount in inputs["amounts"]]
    totals = nacha.file_totals(inputs["routings"], amounts)
    return {
        "entry_hash": totals.entry_hash,
        "entry_count": totals.entry_count,
        "blocks": totals.blocks,
        "lines": totals.lines,
        "credit_cents": totals.credit.minor,
    }


def gl(inputs: Inputs) -> Outputs:
    lines = [
        JournalLine(
            on=date(2026, 1, 1),
            account=Account(str(code), say("An account of the example.")),
            text=say("A line of the example."),
            production="",
            episodes="",
            department="",
            debit=from_major(str(amount), "USD") if side == "debits" else None,
            credit=from_major(str(amount), "USD") if side == "credits" else None,
        )
        for side in ("debits", "credits")
        for code, amount in inputs[side]
    ]
    debit, credit = sides(lines)["USD"]
    return {
        "balanced": imbalance(lines) is None,
        "debit_total": paid(debit),
        "credit_total": paid(credit),
    }


OPERATIONS: Final[dict[str, Callable[[Inputs], Outputs]]] = {
    "hourly": hourly,
    "hourly_per_n": hourly_per_n,
    "equiv_rate": equiv_rate,
    "pay_day": pay_day,
    "ca_week": ca_week,
    "515d": salary,
    "weighted": weighted,
    "bonus_ot": bonus_ot,
    "meal_penalty": meal_penalty,
    "rest": rest,
    "comp_rest": comp_rest,
    "elapsed": elapsed,
    "round_time": round_time,
    "split_workday": split_workday,
    "faa": faa,
    "cn_day": cn_day,
    "pct": product,
    "mult": product,
    "commission": commission,
    "pay_hours_ceil": pay_hours_ceil,
    "aba": aba,
    "ach_totals": ach_totals,
    "gl": gl,
}
