"""Reads parsed JSON strictly: every value named, nothing unknown, no float."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any, Final, TypeVar

from marketplace.domain.payroll.rules.shapes import Meal, PayError
from marketplace.kernel import zones
from marketplace.kernel.errors import DomainError
from marketplace.kernel.money import EXPONENTS, Money, parse
from marketplace.kernel.sentences import say

HOUR: Final = 60
WHOLE: Final = re.compile(r"\d{1,4}")
NUMBER: Final = re.compile(r"\d{1,6}(\.\d{1,6})?")
LONGEST_DAY_H: Final = 24
LAST_DAY: Final = 7
LONGEST_SHOWN: Final = 80
Found = TypeVar("Found")


class QuestionError(PayError):
    """A question that cannot be read; its place in the JSON is named."""


@dataclass(frozen=True, slots=True)
class Part:
    """One object of the question, and where it stands."""

    place: str
    values: Mapping[str, Any]

    def at(self, name: str) -> str:
        """Name the place of a value: deal.rate."""
        return f"{self.place}.{name}" if self.place else name

    def get(self, name: str, read: Callable[[Any], Found], default: Found) -> Found:
        """Read a value that may be left out; raises QuestionError for one that cannot be read."""
        return default if self.values.get(name) is None else self._read(name, read)

    def need(self, name: str, read: Callable[[Any], Found]) -> Found:
        """Read a value that must be there."""
        if self.values.get(name) is None:
            raise QuestionError(say("%(place)s is missing.", place=self.at(name)))
        return self._read(name, read)

    def objects(self, name: str) -> list[Part]:
        """Return the objects of a list that may be left out."""
        found: list[Any] = self.get(name, a_list, [])
        return [the_part(f"{self.at(name)}[{place}]", one) for place, one in enumerate(found)]

    def only(self, *names: str) -> None:
        """Refuse what nobody reads: a typing error would change the pay in silence."""
        unknown = sorted(set(self.values) - set(names))
        if unknown:
            raise QuestionError(
                say(
                    "There is no %(place)s; known are %(names)s.",
                    place=self.at(unknown[0]),
                    names=", ".join(names),
                ),
            )

    def _read(self, name: str, read: Callable[[Any], Found]) -> Found:
        value = self.values[name]
        try:
            return read(value)
        except QuestionError:
            raise
        except DomainError as refusal:
            raise QuestionError(
                say("%(place)s: %(problem)s", place=self.at(name), problem=refusal.message),
            ) from refusal
        except (ValueError, TypeError, OverflowError) as fault:
            raise QuestionError(
                say(
                    "%(place)s: %(value)s cannot be read.",
                    place=self.at(name),
                    value=str(value)[:LONGEST_SHOWN],
                ),
            ) from fault


def the_part(place: str, raw: object) -> Part:
    """Return an object of the question; raises QuestionError when it is none."""
    if not isinstance(raw, Mapping):
        name = place or "The question"
        raise QuestionError(say("%(place)s must be a JSON object.", place=name))
    return Part(place, raw)


def an_object(place: str) -> Callable[[Any], Part | Any]:
    """Return a reader of the object at a place."""
    return lambda raw: the_part(place, raw)


def a_list(raw: object) -> list[Any]:
    """Return a list."""
    if not isinstance(raw, list):
        raise TypeError
    return raw


def a_text(raw: object) -> str:
    """Return a text that is not empty."""
    if not isinstance(raw, str) or not raw.strip():
        raise TypeError
    return raw.strip()


def yes_or_no(raw: object) -> bool:
    """Return true or false."""
    if not isinstance(raw, bool):
        raise TypeError
    return raw


def a_date(raw: object) -> date:
    """Read an ISO date."""
    return date.fromisoformat(a_text(raw))


def a_zone(raw: object) -> str:
    """Read the name of a time zone."""
    name = a_text(raw)
    if not zones.is_zone(name):
        raise QuestionError(say("There is no time zone called %(name)s.", name=name))
    return name


def a_currency(raw: object) -> str:
    """Read a currency the product knows."""
    code = a_text(raw)
    if code not in EXPONENTS:
        raise ValueError
    return code


def an_amount(currency: str) -> Callable[[Any], Any]:
    """Return a reader of amounts; below zero is refused."""

    def read(raw: object) -> Money:
        amount = parse(_digits(raw), currency)
        if amount.minor < 0:
            raise ValueError
        return amount

    return read


def _digits(raw: object) -> str:
    """Return a number of the JSON as text; yes and no are no numbers."""
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        raise TypeError
    return str(raw)


def hours(raw: object) -> int:
    """Read hours of a day as minutes: 12, "10.5"."""
    length = _number(raw)
    minutes = length * HOUR
    if minutes.denominator != 1 or not 0 < length <= LONGEST_DAY_H:
        raise ValueError
    return int(minutes)


def _number(raw: object) -> Fraction:
    text = _digits(raw)
    if not NUMBER.fullmatch(text):
        raise ValueError
    return Fraction(text)


def a_ratio(raw: object) -> Fraction:
    """Read a multiple such as 1.5."""
    return _number(raw)


def percent(raw: object) -> Fraction:
    """Read per cent as a share: 10 is a tenth."""
    share = _number(raw) / 100
    if share > 1:
        raise ValueError
    return share


def a_count(raw: object) -> int:
    """Read how often: a whole number."""
    text = _digits(raw)
    if not WHOLE.fullmatch(text):
        raise ValueError
    return int(text)


def day_number(raw: object) -> int:
    """Read which day of the work week: 1 to 7."""
    number = a_count(raw)
    if not 1 <= number <= LAST_DAY:
        raise ValueError
    return number


def one_of(known: tuple[str, ...]) -> Callable[[Any], str]:
    """Return a reader of one of some names."""

    def read(raw: object) -> str:
        name = a_text(raw)
        if name not in known:
            raise ValueError
        return name

    return read


def an_instant(shoot_date: date, zone: str) -> Callable[[Any], Any]:
    """Return a reader of times: "26:00" of the shoot date, or an ISO time with its offset."""

    def read(raw: object) -> datetime:
        text = a_text(raw)
        if "T" not in text:
            return zones.at(shoot_date, zones.parse_clock(text), zone)
        found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            raise QuestionError(
                say("%(time)s needs its offset, such as 2026-11-01T01:30-07:00.", time=text),
            )
        return found.astimezone(UTC)

    return read


def pairs_of_meals(instant: Callable[[Any], datetime]) -> Callable[[Any], Any]:
    """Return a reader of meals: out and in, and `true` for a breakfast that is paid (NDB)."""

    def meal(raw: object) -> Meal:
        out_at, in_at, *is_ndb = a_list(raw)
        if is_ndb not in ([], [True], [False]):
            raise QuestionError(say("A meal is out, in and perhaps true for a breakfast (NDB)."))
        return Meal(instant(out_at), instant(in_at), is_ndb=is_ndb == [True])

    def read(raw: object) -> list[Meal]:
        return [meal(one) for one in a_list(raw)]

    return read
