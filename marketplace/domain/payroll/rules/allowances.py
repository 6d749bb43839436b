"""The catalogue of allowances: which are taxed, raise overtime, and where a form reports them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from marketplace.domain.payroll.rules.books import Raw, bad_row, day_or_none
from marketplace.domain.payroll.rules.extras import LABELS
from marketplace.domain.payroll.rules.shapes import Adjustment

FILE: Final = "allowances"


@dataclass(frozen=True, slots=True)
class Allowance:
    """One kind of allowance.

    is_taxable: False = repaid, outside every tax base. form_box: where a year-end form
    reports it apart from pay; "" = with pay, or nowhere when it is not taxed.
    """

    code: str
    is_taxable: bool
    in_overtime_base: bool
    form_box: str
    rule: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The allowances in force between two dates, the second included."""

    effective_from: date
    effective_to: date | None
    rows: Mapping[str, Allowance]

    def is_in_force(self, day: date) -> bool:
        """Say whether this version covers a shoot date."""
        return self.effective_from <= day <= (self.effective_to or date.max)


NOTHING: Final = Catalogue(date.min, None, {})


def catalogues(raw: Raw) -> tuple[Catalogue, ...]:
    """Return the versions of the catalogue, oldest first.

    Raises BookError naming the row of a code without words, a missing fact, and versions with
    a gap or an overlap.
    """
    found = tuple(_version(version) for version in raw["versions"])
    for older, newer in pairwise(found):
        ends = older.effective_to
        if ends is None or ends + timedelta(days=1) != newer.effective_from:
            place = f"versions {newer.effective_from.isoformat()}"
            raise bad_row(FILE, place, "it does not start the day after the version before ends")
    return found


def _version(raw: Raw) -> Catalogue:
    since = date.fromisoformat(raw["effective_from"])
    rows = [_row(row, f"rows[{place}]", since) for place, row in enumerate(raw["rows"])]
    return Catalogue(since, day_or_none(raw["effective_to"]), {row.code: row for row in rows})


def _row(raw: Raw, place: str, since: date) -> Allowance:
    if raw.get("code") not in LABELS:
        raise bad_row(FILE, place, "the code has no words")
    if not all(isinstance(raw.get(name), bool) for name in ("taxable", "in_ot_base")):
        raise bad_row(FILE, place, "it does not say whether it is taxed or raises overtime")
    return Allowance(
        code=raw["code"],
        is_taxable=raw["taxable"],
        in_overtime_base=raw["in_ot_base"],
        form_box=raw.get("form_box", ""),
        rule=f"{FILE}@{since.isoformat()} {raw['code']}",
    )


def settled(one: Adjustment, catalogue: Catalogue) -> Adjustment:
    """Return an adjustment with what the catalogue says of its kind, for good.

    What the voucher says itself stays. A code that is not in the catalogue is as it was.
    """
    known = catalogue.rows.get(one.code)
    if known is None:
        return one
    said = one.in_overtime_base
    return replace(
        one,
        is_reimbursement=one.is_reimbursement or not known.is_taxable,
        in_overtime_base=known.in_overtime_base if said is None else said,
        form_box=known.form_box,
        rule=known.rule,
    )
