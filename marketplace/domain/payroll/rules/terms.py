"""The terms of a pay agreement, as `books.agreement` reads them from a data file.

Hours are exact fractions of an hour, amounts are `Money`, `row` names the place in the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Band:
    """Hours from (including) to (excluding; None = no end) paid at a multiple of the rate.

    cause: why these hours are paid like this, where the hour of the day alone does not say.
    """

    from_h: Fraction
    to_h: Fraction | None
    multiplier: Fraction
    row: str
    cause: Sentence | None = None


@dataclass(frozen=True, slots=True)
class TimeClock:
    """How time is measured (worked, or elapsed with the meals) and rounded to whole units."""

    measure: str = "worked"
    unit_minutes: int = 1
    rounding: str = "none"


@dataclass(frozen=True, slots=True)
class Penalty:
    """What a missed meal or a short rest costs. Which fields matter depends on `kind`.

    hours_of_regular_rate: hours · ladder: unit_minutes, steps (the last repeats)
    lesser_of: ceiling (against the day rate) · bands_on_invaded: unit_minutes, bands
    previous_rate_until_rested: nothing more.
    """

    kind: str
    hours: Fraction = Fraction(0)
    unit_minutes: int = 1
    steps: tuple[Money, ...] = ()
    bands: tuple[Band, ...] = ()
    ceiling: Money | None = None


@dataclass(frozen=True, slots=True)
class MealRule:
    """When meals are due, how much of one leaves the clock, what a late one costs."""

    first_by_h: Fraction
    next_by_h: Fraction | None
    second_by_h: Fraction | None
    grace_minutes: int
    min_deduct_minutes: int
    max_deduct_minutes: int | None
    penalty: Penalty


@dataclass(frozen=True, slots=True)
class RestRule:
    """Hours owed between wrap and the next call, and what a shorter rest costs."""

    daily_h: Fraction
    weekly_h: Fraction
    warn_below_h: Fraction
    penalty: Penalty | None


@dataclass(frozen=True, slots=True)
class DayRule:
    """A 6th day, 7th day or holiday: other bands, or one multiple for all of it."""

    row: str
    bands: tuple[Band, ...] = ()
    multiplier: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Golden:
    """Golden time after elapsed hours, meals included: a multiple, or a day's pay an hour."""

    after_h: Fraction
    multipliers: dict[str, Fraction]
    pays_day_rate: bool


@dataclass(frozen=True, slots=True)
class MoneyBreak:
    """Above this multiple of the minimum, overtime is paid on the break and by other bands."""

    of_minimum: Fraction
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class FixedOvertime:
    """Overtime as an amount per hour (None: by the deal), in started units."""

    amount: Money | None
    unit_minutes: int


@dataclass(frozen=True, slots=True)
class Card:
    """A row of a rate card: daily rate, holiday pay, overtime per started unit."""

    code: str
    daily: Money
    holiday: Money
    overtime: Money
    unit_minutes: int
    included_h: Fraction


@dataclass(frozen=True, slots=True)
class DayFee:
    """What the agreement itself pays for a day between two dates."""

    starts: date
    ends: date | None
    amount: Money
    included_h: Fraction


@dataclass(frozen=True, slots=True)
class Bump:
    """An extra of the agreement's table."""

    amount: Money
    is_in_overtime_base: bool


@dataclass(frozen=True, slots=True)
class NightWindow:
    """Minutes after midnight between which hours earn a share of the hourly rate on top."""

    starts: int
    ends: int
    share: Fraction


@dataclass(frozen=True, slots=True)
class Weekly:
    """Straight hours a week above which the rest is overtime."""

    over_h: Fraction
    multiplier: Fraction


@dataclass(frozen=True, slots=True)
class Fringe:
    """A share of the wages that the employer pays or sets aside on top."""

    code: str
    pct: Fraction
    row: str


@dataclass(frozen=True, slots=True)
class Workweek:
    """How days and hours are counted together.

    starts_on: ISO weekday, 7 = Sunday. is_rolling: days in a row count across weeks.
    day_starts: minutes after midnight at which a fixed workday of 24 hours begins; None = a
    day lasts from call to wrap.
    """

    starts_on: int = 7
    is_rolling: bool = False
    day_starts: int | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """A pay agreement in force between two dates, the second one included."""

    id: str
    title: str
    currency: str
    effective_from: date
    effective_to: date | None
    basis: str
    day_h: Fraction
    clock: TimeClock
    bands: tuple[Band, ...]
    day_rules: dict[str, DayRule]
    overtime: FixedOvertime | None
    overtime_limits: tuple[Money, Money] | None
    golden: Golden | None
    money_break: MoneyBreak | None
    minimums: tuple[tuple[date, Money], ...]
    fees: tuple[DayFee, ...]
    cards: dict[str, Card]
    meals: MealRule | None
    rest: RestRule | None
    bumps: dict[str, Bump]
    nights: tuple[NightWindow, ...]
    weekly: Weekly | None
    commission_pct: Fraction
    workweek: Workweek
    fringes: tuple[Fringe, ...]
    sources: tuple[str, ...]

    def row(self, place: str) -> str:
        """Name a row of this version, for the `rule` of a pay line."""
        return f"{self.id}@{self.effective_from.isoformat()} {place}"

    def is_in_force(self, day: date) -> bool:
        """Say whether the agreement covers a shoot date."""
        return self.effective_from <= day <= (self.effective_to or date.max)
