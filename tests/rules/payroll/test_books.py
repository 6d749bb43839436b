"""The data files: read whole, refused with the file and row when they have a hole."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from marketplace.domain.payroll import queries
from marketplace.domain.payroll.rules import PayError, books, schemes

Raw = dict[str, Any]
A_DAY = date(2026, 11, 20)


def a_file(folder: str, name: str) -> Raw:
    text = (queries.DATA / folder / f"{name}.json").read_text(encoding="utf-8")
    raw: Raw = json.loads(text, parse_float=str)
    return raw


def changed(raw: Raw, *path: str | int, to: object) -> Raw:
    """Return the file with one value replaced; None takes it out of a mapping."""
    other = copy.deepcopy(raw)
    place: Any = other
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return other


def test_every_agreement_is_read_with_its_sources() -> None:
    found = queries.agreements()

    assert len(found) == 14
    assert all(agreement.sources for agreement in found.values())


def test_every_scheme_is_read_with_its_sources() -> None:
    found = queries.schemes()

    assert len(found) == 16
    assert all(version.sources for versions in found.values() for version in versions)


def test_a_file_is_named_after_what_is_in_it() -> None:
    for folder, names in (("agreements", queries.agreements()), ("schemes", queries.schemes())):
        files = {path.name for path in (queries.DATA / folder).iterdir()}

        assert files == {f"{name}.json" for name in names}


def test_an_agreement_in_force_is_found() -> None:
    assert queries.load_agreement("us_film_crew_12", A_DAY).title.startswith("US non-union")


def test_an_agreement_that_ended_is_refused() -> None:
    with pytest.raises(PayError, match="not in force on 2026-11-20"):
        queries.load_agreement("cn_hengdian_extra_2024_03", A_DAY)


def test_an_unknown_agreement_is_refused() -> None:
    with pytest.raises(PayError, match="no pay agreement called moon"):
        queries.load_agreement("moon", A_DAY)


def test_each_year_has_its_own_table() -> None:
    old, new = (
        queries.load_scheme("us_contractor", date(year, 6, 1)).effective_from
        for year in (2025, 2026)
    )

    assert (old.year, new.year) == (2018, 2026)


def test_a_year_without_a_table_is_refused() -> None:
    with pytest.raises(PayError, match="us_ca_sdi has no table for payments on 2027-01-01"):
        queries.load_scheme("us_ca_sdi", date(2027, 1, 1))


def test_an_unknown_scheme_is_refused() -> None:
    with pytest.raises(PayError, match="no withholding scheme called moon"):
        queries.load_scheme("moon", A_DAY)


CREW = a_file("agreements", "us_film_crew_12")
LABOUR = a_file("schemes", "cn_labor_per_payment")
FEDERAL = a_file("schemes", "us_fit_pub15t")
CONTRACTOR = a_file("schemes", "us_contractor")


@pytest.mark.parametrize(
    ("raw", "row"),
    [
        (changed(CREW, "bands", 1, "from_h", to=9), r"us_film_crew_12, bands\[1\]"),
        (changed(CREW, "bands", 0, "from_h", to=1), "us_film_crew_12, bands"),
        (changed(CREW, "bands", 3, "to_h", to=24), "us_film_crew_12, bands"),
        (changed(CREW, "day_bands", "6", 1, "from_h", to=13), r"day_bands\[6\]\[1\]"),
        (changed(CREW, "rest", "penalty", "bands", 0, "from_h", to=1), "rest.penalty.bands"),
        (changed(CREW, "effective_from", to="soon"), "us_film_crew_12, .*soon"),
        (changed(CREW, "bands", 0, "mult", to="much"), "us_film_crew_12, .*much"),
        (changed(CREW, "meals", to={"first_by_h": 6}), "us_film_crew_12, 'penalty'"),
        ({"id": "bare"}, "bare, 'currency'"),
    ],
)
def test_an_agreement_with_a_hole_is_refused_by_file_and_row(raw: Raw, row: str) -> None:
    with pytest.raises(books.BookError, match=row):
        books.agreement(raw)


BRACKETS = ("versions", 0, "brackets")
SINGLE = ("versions", 1, "schedules", "standard", "single")


@pytest.mark.parametrize(
    ("raw", "row"),
    [
        (changed(LABOUR, *BRACKETS, 0, "upto", to="19000"), r"brackets\[1\]"),
        (changed(LABOUR, *BRACKETS, 1, "upto", to=None), r"brackets\[2\]"),
        (changed(LABOUR, *BRACKETS, 2, "quick_deduction", to="7001"), r"brackets\[2\].*quick"),
        (changed(LABOUR, *BRACKETS, 0, "over", to="1"), "cn_labor_per_payment, brackets"),
        (changed(LABOUR, *BRACKETS, 2, "upto", to="90000"), "cn_labor_per_payment, brackets"),
        (changed(FEDERAL, *SINGLE, 2, "base_tax", to="1193.00"), r"standard.single\[2\]"),
        (changed(FEDERAL, *SINGLE, 2, "at_least", to="6400"), r"standard.single\[2\]"),
        (changed(FEDERAL, *SINGLE, 0, "base_tax", to="1"), r"standard.single\[0\]"),
        (changed(FEDERAL, *SINGLE, 0, "at_least", to="1"), r"standard.single\[0\]"),
        (changed(CONTRACTOR, "versions", 0, "effective_to", to=None), "versions 2026-01-01"),
        (
            changed(CONTRACTOR, "versions", 1, "effective_from", to="2026-01-02"),
            "versions 2026-01-02",
        ),
        (changed(CONTRACTOR, "versions", 1, "backup_rate", to="a lot"), "us_contractor, .*a lot"),
        (changed(CONTRACTOR, "id", to="us_moon"), "us_moon, id: no reader"),
        ({"versions": [{}]}, "id"),
    ],
)
def test_a_scheme_with_a_hole_is_refused_by_file_and_row(raw: Raw, row: str) -> None:
    with pytest.raises(books.BookError, match=row):
        schemes.scheme(raw)


WAGES = a_file("schemes", "us_ca_w2")


@pytest.mark.parametrize(
    ("raw", "row"),
    [
        (changed(WAGES, "versions", 0, "effective_to", to=None), r"us_ca_w2, .*parts\[0\]"),
        (changed(WAGES, "versions", 0, "effective_from", to="2024-01-01"), r"parts\[0\]"),
        (changed(WAGES, "versions", 0, "parts", 1, "scheme", to="moon"), r"parts\[1\]"),
        (changed(WAGES, "versions", 0, "parts", 3, "for", to="nobody"), r"parts\[3\].*whom"),
        (changed(WAGES, "versions", 0, "effective_to", to="2025-12-31"), "ends before it starts"),
    ],
)
def test_a_composite_without_a_table_for_all_its_days_is_refused(raw: Raw, row: str) -> None:
    with pytest.raises(books.BookError, match=row):
        schemes.scheme(raw, queries.schemes())


def test_an_agreement_inherits_what_it_does_not_say() -> None:
    low_budget, parent = (
        queries.agreements()[name] for name in ("us_sag_ulb_2025", "us_sag_day_performer")
    )

    assert low_budget.meals == parent.meals
    assert low_budget.bands != parent.bands


def test_every_reader_has_a_file() -> None:
    composites = {"us_ca_w2", "us_ca_contractors"}

    assert set(schemes.READERS) | composites == set(queries.schemes())


def test_reading_a_file_never_fails_silently() -> None:
    read: Callable[[Raw], object] = books.agreement

    with pytest.raises(books.BookError, match="cannot be read"):
        read(changed(CREW, "clock", "unit_min", to=None))
