"""Reads the data file of a pay agreement into `Agreement`, and refuses a file with a hole in it.

No file is opened here: the caller hands over the parsed JSON and its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from marketplace.domain.payroll.rules.shapes import PayError
from marketplace.domain.payroll.rules.terms import (
    Agreement,
    Band,
    Bump,
    Card,
    DayFee,
    DayRule,
    FixedOvertime,
    Fringe,
    Golden,
    MealRule,
    MoneyBreak,
    NightWindow,
    Penalty,
    RestRule,
    TimeClock,
    Weekly,
    Workweek,
)
from marketplace.kernel.money import Money, from_major
from marketplace.kernel.sentences import say
from marketplace.kernel.zones import parse_clock

Raw = Mapping[str, Any]
ZERO: Final = Fraction(0)
NO_RAW: Final[Raw] = {}
FRINGES: Final = (
    ("pension_health_employer", "fringe", "pension_health_pct"),
    ("holiday_accrual", "accruals", "holiday_pct"),
)
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class BookError(PayError):
    """A data file that contradicts itself: the file and the row are named."""


def bad_row(file: str, row: str, fault: str) -> BookError:
    """Return the refusal of one row of a data file."""
    return BookError(
        say("%(file)s, %(row)s: %(fault)s.", file=file, row=row, fault=fault),
    )


def agreement(raw: Raw) -> Agreement:
    """Return the agreement of a parsed file; bands without gaps, amounts in its currency.

    Raises BookError naming the file and the row for anything missing or discontinuous.
    """
    try:
        return _agreement(raw)
    except (KeyError, ValueError, TypeError, AttributeError) as fault:
        name = str(raw.get("id", "?"))
        raise bad_row(name, str(fault), "is missing or cannot be read") from fault


def inherit(raw: Raw, others: Mapping[str, Raw]) -> Raw:
    """Return a file with what it does not say filled in from the one it extends."""
    parent = raw.get("extends")
    return raw if parent is None else {**others[parent], **raw}


def _agreement(raw: Raw) -> Agreement:
    currency = str(raw["currency"])
    name = str(raw["id"])
    bands = _bands(raw.get("bands", ()), name, "bands")
    rest = raw.get("rest")
    return Agreement(
        id=name,
        title=str(raw["title"]),
        currency=currency,
        effective_from=date.fromisoformat(raw["effective_from"]),
        effective_to=day_or_none(raw.get("effective_to")),
        basis=str(raw.get("rate_basis", NO_RAW).get("kind", "rate_card")),
        day_h=_day_hours(raw, bands),
        clock=_clock(raw.get("clock", NO_RAW)),
        bands=bands,
        day_rules={
            key: _day_rule(rule, name, f"day_bands[{key}]")
            for key, rule in raw.get("day_bands", NO_RAW).items()
        },
        overtime=_overtime(raw.get("overtime"), currency),
        overtime_limits=_limits(raw.get("ot_rate_limits"), currency),
        golden=_golden(raw.get("golden")),
        money_break=_money_break(raw.get("money_break"), name),
        minimums=tuple(
            (date.fromisoformat(day), from_major(amount, currency))
            for day, amount in sorted(raw.get("min_day_rate", NO_RAW).items())
        ),
        fees=_fees(raw, currency),
        cards=_cards(raw.get("rate_card", NO_RAW), currency),
        meals=_meals(raw.get("meals"), currency),
        rest=None if rest is None else _rest(rest, name, currency),
        bumps=_bumps(raw, currency),
        nights=_nights(raw.get("night_premium", ())),
        weekly=_weekly(raw.get("weekly")),
        commission_pct=Fraction(raw.get("commission", NO_RAW).get("pct", "0")),
        workweek=_workweek(raw),
        fringes=tuple(
            Fringe(code, Fraction(raw[group][name]), f"{group}.{name}")
            for code, group, name in FRINGES
            if name in raw.get(group, NO_RAW)
        ),
        sources=tuple(raw["sources"]),
    )


def day_or_none(text: str | None) -> date | None:
    """Read an ISO date that may be open."""
    return None if text is None else date.fromisoformat(text)


def hours(value: int | str) -> Fraction:
    """Read hours of a data file exactly: 10, "9.5"."""
    return Fraction(str(value))


def _day_hours(raw: Raw, bands: tuple[Band, ...]) -> Fraction:
    basis = raw.get("rate_basis", NO_RAW)
    for key in ("guarantee_h", "n", "included_h"):
        if key in basis:
            return hours(basis[key])
    return bands[0].to_h or ZERO if bands else ZERO


def _clock(raw: Raw) -> TimeClock:
    return TimeClock(
        measure=raw.get("measure", "worked"),
        unit_minutes=int(raw.get("unit_min", 1)),
        rounding=raw.get("round", "none"),
    )


def _bands(rows: Iterable[Raw], name: str, place: str) -> tuple[Band, ...]:
    bands = tuple(
        Band(
            from_h=hours(row["from_h"]),
            to_h=None if row["to_h"] is None else hours(row["to_h"]),
            multiplier=Fraction(row["mult"]),
            row=f"{place}[{index}]",
        )
        for index, row in enumerate(rows)
    )
    for band, following in pairwise(bands):
        if band.to_h != following.from_h:
            raise bad_row(name, following.row, "the band does not start where the last one ends")
    if bands and (bands[0].from_h != 0 or bands[-1].to_h is not None):
        raise bad_row(name, place, "bands must cover the day from hour 0 without an end")
    return bands


def _day_rule(rule: Any, name: str, place: str) -> DayRule:  # noqa: ANN401 - a list or a mapping
    if isinstance(rule, Mapping):
        return DayRule(row=place, multiplier=Fraction(rule["mult_all"]))
    return DayRule(row=place, bands=_bands(rule, name, place))


def _overtime(raw: Raw | None, currency: str) -> FixedOvertime | None:
    if raw is None:
        return None
    amount = from_major(raw["amount"], currency) if "amount" in raw else None
    return FixedOvertime(amount=amount, unit_minutes=int(raw["unit_min"]))


def _limits(raw: Raw | None, currency: str) -> tuple[Money, Money] | None:
    if raw is None:
        return None
    return from_major(raw["min"], currency), from_major(raw["max"], currency)


def _golden(raw: Raw | None) -> Golden | None:
    if raw is None:
        return None
    seventh = raw.get("day7_or_holiday", raw.get("mult", "1"))
    days = {"6": raw.get("day6", raw.get("mult", "1")), "7": seventh, "holiday": seventh}
    multipliers = {"": raw.get("mult", "1"), **days}
    return Golden(
        after_h=hours(raw["after_elapsed_h"]),
        multipliers={day: Fraction(value) for day, value in multipliers.items()},
        pays_day_rate=raw.get("kind") == "day_rate_per_started_hour",
    )


def _money_break(raw: Raw | None, name: str) -> MoneyBreak | None:
    if raw is None:
        return None
    bands = _bands(raw["when_over"]["bands"], name, "money_break.when_over.bands")
    return MoneyBreak(of_minimum=Fraction(raw["of_minimum"]), bands=bands)


def _fees(raw: Raw, currency: str) -> tuple[DayFee, ...]:
    basis = raw.get("rate_basis", NO_RAW)
    if "amount" not in basis:
        return ()
    ordinary = {**basis, "from": raw["effective_from"], "to": raw.get("effective_to")}
    return tuple(
        DayFee(
            starts=date.fromisoformat(row["from"]),
            ends=day_or_none(row["to"]),
            amount=from_major(row["amount"], currency),
            included_h=hours(row["included_h"]),
        )
        for row in (*raw.get("overrides", ()), ordinary)
    )


def _cards(raw: Raw, currency: str) -> dict[str, Card]:
    return {code: _card(code, row, currency) for code, row in raw.items()}


def _card(code: str, row: Raw, currency: str) -> Card:
    unit = 15 if "ot_15min_incl_holiday" in row else 30
    return Card(
        code=code,
        daily=from_major(row["bdr"], currency),
        holiday=from_major(row["holiday"], currency),
        overtime=from_major(row[f"ot_{unit}min_incl_holiday"], currency),
        unit_minutes=unit,
        included_h=hours(row["included_elapsed_h"]),
    )


def _meals(raw: Raw | None, currency: str) -> MealRule | None:
    if raw is None:
        return None
    return MealRule(
        first_by_h=hours(raw["first_by_h"]),
        next_by_h=_hours_or_none(raw.get("next_by_h")),
        second_by_h=_hours_or_none(raw.get("second_by_h")),
        grace_minutes=int(raw.get("grace_min", 0)),
        min_deduct_minutes=int(raw.get("min_deduct_min", 0)),
        max_deduct_minutes=raw.get("max_deduct_min"),
        penalty=_penalty(raw["penalty"], "meals.penalty", currency),
    )


def _hours_or_none(value: int | str | None) -> Fraction | None:
    return None if value is None else hours(value)


def _penalty(raw: Raw, name: str, currency: str) -> Penalty:
    ceiling = next((part for part in raw.get("of", ()) if part != "day_rate"), None)
    return Penalty(
        kind=raw["kind"],
        hours=hours(raw.get("hours", 0)),
        unit_minutes=int(raw.get("unit_min", 1)),
        steps=tuple(from_major(step, currency) for step in raw.get("steps", ())),
        bands=_bands(raw.get("bands", ()), name, "rest.penalty.bands"),
        ceiling=None if ceiling is None else from_major(ceiling, currency),
    )


def _rest(raw: Raw, name: str, currency: str) -> RestRule:
    penalty = raw.get("penalty")
    return RestRule(
        daily_h=hours(raw["daily_h"]),
        weekly_h=hours(raw.get("weekly_h", 0)),
        warn_below_h=hours(raw.get("warn_below_h", raw["daily_h"])),
        penalty=None if penalty is None else _penalty(penalty, name, currency),
    )


def _bumps(raw: Raw, currency: str) -> dict[str, Bump]:
    table = raw.get("bumps", NO_RAW)
    in_base = table.get("ot_base_includes", ())
    amounts = {**table.get("amounts", NO_RAW), **raw.get("supplements", NO_RAW)}
    return {
        code: Bump(from_major(amount, currency), is_in_overtime_base=code in in_base)
        for code, amount in amounts.items()
    }


def _nights(rows: Iterable[Raw]) -> tuple[NightWindow, ...]:
    return tuple(
        NightWindow(
            starts=parse_clock(row["from"]),
            ends=parse_clock(row["to"]),
            share=Fraction(row["pct"]),
        )
        for row in rows
    )


def _weekly(raw: Raw | None) -> Weekly | None:
    if raw is None:
        return None
    return Weekly(over_h=hours(raw["over_straight_h"]), multiplier=Fraction(raw["mult"]))


def _workweek(raw: Raw) -> Workweek:
    workday = raw.get("workday", NO_RAW)
    is_fixed = workday.get("kind") == "fixed_24h"
    return Workweek(
        starts_on=WEEKDAYS.index(raw.get("workweek_starts", "sun")) + 1,
        is_rolling=raw.get("day_count") == "rolling",
        day_starts=parse_clock(workday["starts"]) if is_fixed else None,
    )
