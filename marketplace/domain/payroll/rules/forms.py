"""Forms of a calendar year: which boxes a payer reports for a payee, read from a data file.

A box is a sum: what was taxed, what was paid, how many payments, or lines of one kind and code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from marketplace.domain.payroll.rules.books import bad_row
from marketplace.kernel.money import Money, from_major

WHOLE: Final = ("taxed", "gross", "withheld", "net")
FILE: Final = "forms.json"


@dataclass(frozen=True, slots=True)
class Box:
    """One box: what is added and what is taken off; cap: the most it may say, by year.

    Terms: "taxed", "gross", "withheld", "net", or "<kind>:<code>" of pay lines.
    """

    number: str
    title: str
    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()
    cap: Mapping[int, str] | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """One form of one country; boxes[0] decides whether it is due.

    schemes: patterns of the tax rules it belongs to; engagements, tax_forms: empty for any.
    needs: terms without which nobody stands on it.
    thresholds: from which amount it is due, by year; empty: from the first payment.
    """

    id: str
    title: str
    currency: str
    schemes: tuple[str, ...]
    engagements: tuple[str, ...]
    tax_forms: tuple[str, ...]
    needs: tuple[str, ...]
    thresholds: Mapping[int, str]
    boxes: tuple[Box, ...]
    sources: tuple[str, ...]
    unverified: str

    def covers(self, scheme: str, engagement: str, tax_form: str) -> bool:
        """Say whether payments under these rules, to somebody with this tax form, stand on it."""
        is_of_scheme = any(fnmatchcase(scheme, pattern) for pattern in self.schemes)
        is_of_kind = not self.engagements or engagement in self.engagements
        return is_of_scheme and is_of_kind and (not self.tax_forms or tax_form in self.tax_forms)

    def threshold(self, year: int) -> Money | None:
        """Return from which amount the form is due in a year; None: the year is not known."""
        if not self.thresholds:
            return Money(0, self.currency)
        known = self.thresholds.get(year)
        return from_major(known, self.currency) if known else None


@dataclass(frozen=True, slots=True)
class YearSums:
    """What one payer paid one payee in a year in one currency, in minor units by term."""

    currency: str
    payments: int
    terms: Mapping[str, int]

    def __add__(self, other: YearSums) -> YearSums:
        """Put two parts of a year together."""
        names = self.terms.keys() | other.terms.keys()
        terms = {name: self.terms.get(name, 0) + other.terms.get(name, 0) for name in names}
        return YearSums(self.currency, self.payments + other.payments, terms)


def stands_on(form: Form, sums: YearSums) -> bool:
    """Say whether a year's sums have anything to say on a form."""
    if form.needs and not _sum(form.needs, sums):
        return False
    return any(_sum(box.plus, sums) for box in form.boxes)


def box_amount(box: Box, sums: YearSums, year: int) -> Money | None:
    """Return what a box says; None when it has a cap and the year's is not known."""
    minor = _sum(box.plus, sums) - _sum(box.minus, sums)
    if box.cap is not None:
        if year not in box.cap:
            return None
        minor = min(minor, from_major(box.cap[year], sums.currency).minor)
    return Money(minor, sums.currency)


def _sum(terms: tuple[str, ...], sums: YearSums) -> int:
    return sum(
        minor for term in terms for name, minor in sums.terms.items() if fnmatchcase(name, term)
    )


def forms(raw: Mapping[str, Any]) -> tuple[Form, ...]:
    """Return the forms of the data file.

    Raises BookError naming the form that cannot be read.
    """
    return tuple(_form(one) for one in raw["forms"])


def _form(raw: Mapping[str, Any]) -> Form:
    try:
        return Form(
            id=raw["id"],
            title=raw["title"],
            currency=raw["currency"],
            schemes=tuple(raw["schemes"]),
            engagements=tuple(raw.get("engagements", ())),
            tax_forms=tuple(raw.get("tax_forms", ())),
            needs=tuple(raw.get("needs", ())),
            thresholds=_by_year(raw.get("threshold", {})),
            boxes=tuple(_box(one) for one in raw["boxes"]),
            sources=tuple(raw["sources"]),
            unverified=raw.get("unverified", ""),
        )
    except (KeyError, ValueError, TypeError) as fault:
        raise bad_row(FILE, str(raw.get("id", "?")), f"{fault} is missing or wrong") from fault


def _box(raw: Mapping[str, Any]) -> Box:
    terms = tuple(raw["plus"]), tuple(raw.get("minus", ()))
    if any(term not in WHOLE and ":" not in term for term in terms[0] + terms[1]):
        raise ValueError(raw["box"])
    cap = _by_year(raw["cap"]) if "cap" in raw else None
    return Box(raw["box"], raw["title"], *terms, cap)


def _by_year(raw: Mapping[str, str]) -> dict[int, str]:
    return {int(year): amount for year, amount in raw.items()}
