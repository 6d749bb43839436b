"""How worked hours look: clock times of the set, and what changed from version to version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Final

from flask_babel import gettext

from marketplace.domain.payroll.rules.extras import LABELS
from marketplace.domain.timecards.queries import Version
from marketplace.domain.timecards.rules import Hours, QueryPart
from marketplace.kernel import zones
from marketplace.kernel.frozen import thaw
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say
from marketplace.web.presentation import exact

DAY: Final = 24 * 60
WORDS: Final = {
    "in_": say("In"),
    "ndb": say("Breakfast (NDB)"),
    "meal_out": say("Meal out"),
    "meal_in": say("Meal in"),
    "meal2_out": say("2nd out"),
    "meal2_in": say("2nd in"),
    "out": say("Wrap"),
}
"""The times of a card in the order of the day, as people call them."""

PARTS: Final = {
    QueryPart.HOURS: say("The hours"),
    QueryPart.MEALS: say("A meal"),
    QueryPart.EXTRAS: say("Extras and allowances"),
    QueryPart.RATE: say("The rate"),
    QueryPart.OTHER: say("Something else"),
}
"""What a question about an agreed card can be about."""

NONE: Final = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class Change:
    """One correction: what it said before, what it says now, who, when and why."""

    version: Version
    items: list[tuple[Sentence, str, str]]


def extra_word(code: str) -> Sentence:
    """Return what people call a bump or an allowance."""
    return LABELS.get(code) or say("%(code)s", code=code.replace("_", " "))


def extra_text(recorded: Mapping[str, Any]) -> str:
    """Write how much an extra on record pays and how often; its amount may be the agreement's."""
    amount: Money | None = thaw(recorded.get("amount"))
    many = recorded.get("quantity") or 1
    said = f"× {many}" if amount is None else exact(amount)
    if amount is not None and many != 1:
        said += f" × {many}"
    if recorded.get("is_reimbursement"):
        said += " · " + gettext("against a receipt")
    return said


def clock_text(at: datetime | None, on: date, zone: str) -> str:
    """Write a time as the set does: 02:00 of the next morning is "26:00"; "" for none.

    What the set has no hour for is written as on the wall: the evening before, and the next
    day's noon and later. `read_hours` reads every text back as the same instant.
    """
    if at is None:
        return ""
    minutes = zones.clock_minutes(at, on, zone)
    has_hour = 0 <= minutes <= zones.LATEST_HOUR * 60
    return zones.show_clock(minutes if has_hour else minutes % DAY)


def clock_texts(hours: Hours, on: date, zone: str) -> dict[str, str]:
    """Write the times of a day by the names of WORDS."""
    instants = {
        "in_": hours.in_at,
        "ndb": hours.ndb_at,
        "meal_out": hours.meal_out_at,
        "meal_in": hours.meal_in_at,
        "meal2_out": hours.meal2_out_at,
        "meal2_in": hours.meal2_in_at,
        "out": hours.out_at,
    }
    return {name: clock_text(at, on, zone) for name, at in instants.items()}


def changes_of(versions: Sequence[Version], on: date, zone: str) -> list[Change]:
    """Return what each version changed, newest first; the same hours sent again are no change."""
    found = [
        Change(new, [*_times(old.hours, new.hours, on, zone), *_extras(old.hours, new.hours)])
        for old, new in pairwise(versions)
    ]
    return [one for one in found[::-1] if one.items]


def _times(old: Hours, new: Hours, on: date, zone: str) -> list[tuple[Sentence, str, str]]:
    before, after = clock_texts(old, on, zone), clock_texts(new, on, zone)
    return [
        (word, before[name] or NONE, after[name] or NONE)
        for name, word in WORDS.items()
        if before[name] != after[name]
    ]


def _extras(old: Hours, new: Hours) -> list[tuple[Sentence, str, str]]:
    before, after = _counted(old), _counted(new)
    return [
        (extra_word(code), before.get(code, NONE), after.get(code, NONE))
        for code in sorted(before.keys() | after.keys())
        if before.get(code) != after.get(code)
    ]


def _counted(hours: Hours) -> dict[str, str]:
    return {one["code"]: extra_text(one) for one in hours.adjustments}
