"""How the week bends a day's bands: hours of the same workday, and the 40 straight hours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from marketplace.domain.payroll.rules.lines import plain
from marketplace.domain.payroll.rules.rates import stretch
from marketplace.domain.payroll.rules.terms import Band, Weekly
from marketplace.kernel.sentences import say

ZERO: Final = Fraction(0)


def shared(bands: Sequence[Band], before: Fraction, until: Fraction) -> tuple[Band, ...]:
    """Return bands for a shift whose first hours fall in a workday that was worked in before.

    before: hours of earlier shifts in that workday; until: how many hours of this shift are
    still in it. Those count on from `before`; the others count from the call, as ever. A band
    that ends before it starts holds no hours.
    """
    cause = say("%(hours)s hours were worked before in the same workday.", hours=plain(before))
    early = (
        replace(
            band,
            from_h=max(ZERO, band.from_h - before),
            to_h=until if band.to_h is None else min(until, band.to_h - before),
            cause=cause,
        )
        for band in bands
    )
    late = (replace(band, from_h=max(band.from_h, until)) for band in bands)
    return (*early, *late)


def weekly(
    bands: Sequence[Band],
    rule: Weekly,
    before: Fraction,
    worked: Fraction,
) -> tuple[Band, ...]:
    """Return bands in which straight hours above the week's limit are overtime.

    before: straight hours of earlier days in the work week; worked: the hours of this day.
    An hour that is overtime already does not count: no pyramiding. Guaranteed hours that are
    not worked stay straight.
    """
    found: list[Band] = []
    left = max(ZERO, rule.over_h - before)
    for band in bands:
        hours = stretch(band, ZERO, worked)
        if band.multiplier != 1 or hours <= left:
            found.append(band)
        else:
            found += _parted(band, (left, hours), rule, before)
        left -= min(left, hours) if band.multiplier == 1 else ZERO
    return tuple(found)


def _parted(
    band: Band, hours: tuple[Fraction, Fraction], rule: Weekly, before: Fraction
) -> Iterator[Band]:
    """Yield a straight band in up to three: below the limit, above it, and not worked."""
    limit, worked = (band.from_h + part for part in hours)
    if limit > band.from_h:
        yield replace(band, to_h=limit)
    cause = say(
        "More than %(limit)s straight hours in the work week, %(before)s of them before this day.",
        limit=plain(rule.over_h),
        before=plain(before),
    )
    yield Band(limit, worked, rule.multiplier, "weekly", cause)
    if band.to_h is None or worked < band.to_h:
        yield replace(band, from_h=worked)
