"""Reads the data file of a withholding scheme into `Scheme`, and refuses one with a hole in it.

No file is opened here: the caller hands over the parsed JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Final

from marketplace.domain.payroll.rules.books import Raw, bad_row, day_or_none
from marketplace.domain.payroll.rules.tables import (
    Bracket,
    Composite,
    ContractorTerms,
    CumulativeTable,
    EmployerLevies,
    ExpenseTable,
    FederalTables,
    ForeignServices,
    Levy,
    PaidGross,
    Part,
    Scheme,
    SocialInsurance,
    StateInsurance,
    StateNonresident,
    StateTables,
    Table,
    VatThreshold,
)

STATE_TOLERANCE: Final = Fraction(1, 100)
"""The printed state tables round every row to cents on its own."""
FEDERAL_TOLERANCE: Final = Fraction(1, 5)
"""The step-2 schedules halve the thresholds and round them to whole dollars: 0.50 x 37%."""
ZERO: Final = Fraction(0)
COMPOSITE: Final = "composite"
PAYEES: Final = ("everybody", "us_persons", "foreign_persons", "state_nonresidents")
Others = Mapping[str, tuple[Scheme, ...]]
NO_OTHERS: Final[Others] = {}


def scheme(raw: Raw, others: Others = NO_OTHERS) -> tuple[Scheme, ...]:
    """Return the versions of a scheme, oldest first.

    others: the schemes a composite is made of, by id.
    Raises BookError naming the file and the row for a missing figure, a bracket that does
    not continue the one below it, versions that overlap or leave a gap, or a part without a
    table for the whole version.
    """
    try:
        versions = [_version(raw, version, others) for version in raw["versions"]]
    except (KeyError, ValueError, TypeError, IndexError) as fault:
        name = str(raw.get("id", "?"))
        raise bad_row(name, str(fault), "is missing or cannot be read") from fault
    for older, newer in pairwise(versions):
        ends = older.effective_to
        if ends is None or ends + timedelta(days=1) != newer.effective_from:
            raise bad_row(
                newer.id,
                f"versions {newer.effective_from.isoformat()}",
                "it does not start the day after the version before ends",
            )
    return tuple(versions)


def _version(raw: Raw, version: Raw, others: Others) -> Scheme:
    name = str(raw["id"])
    countries = raw["countries"]
    if version["effective_to"] is not None and version["effective_to"] < version["effective_from"]:
        raise bad_row(name, f"versions {version['effective_from']}", "it ends before it starts")
    return Scheme(
        id=name,
        currency=str(raw["currency"]),
        introduced=date.fromisoformat(raw["versions"][0]["effective_from"]),
        effective_from=date.fromisoformat(version["effective_from"]),
        effective_to=day_or_none(version["effective_to"]),
        table=_table(raw, version, others),
        sources=tuple(str(source["url"] or source["says"]) for source in raw["sources"]),
        engagements=tuple(raw["engagements"]),
        countries=None if countries is None else tuple(countries),
    )


def _table(raw: Raw, version: Raw, others: Others) -> Table:
    name = str(raw["id"])
    if raw["kind"] == COMPOSITE:
        return Composite(
            tuple(
                _part(
                    (name, f"versions {version['effective_from']} parts[{place}]"),
                    row,
                    version,
                    others,
                )
                for place, row in enumerate(version["parts"])
            ),
        )
    read = READERS.get(name)
    if read is None:
        raise bad_row(name, "id", "no reader knows this scheme")
    return read(raw, version)


def _part(place: tuple[str, str], row: Raw, version: Raw, others: Others) -> Part:
    """Return a part in force for the whole version of its composite, or refuse the row."""
    first, last = (
        date.fromisoformat(version["effective_from"]),
        day_or_none(version["effective_to"]),
    )
    found = [one for one in others.get(row["scheme"], ()) if one.is_in_force(first)]
    if not found or not found[0].is_in_force(last or date.max):
        raise bad_row(*place, "it has no table for the whole of this version")
    if row["for"] not in PAYEES:
        raise bad_row(*place, "nobody knows whom it is for")
    return Part(found[0], row["for"])


def _quick_brackets(name: str, rows: Sequence[Raw]) -> tuple[Bracket, ...]:
    brackets = tuple(
        Bracket(Fraction(row["over"]), Fraction(row["rate"]), Fraction(row["quick_deduction"]), at)
        for at, row in ((f"brackets[{place}]", row) for place, row in enumerate(rows))
    )
    tops = [row["upto"] for row in rows]
    for (lower, upper), top in zip(pairwise(brackets), tops, strict=False):
        if top is None or Fraction(top) != upper.over:
            raise bad_row(name, upper.row, "the bracket does not start where the last one ends")
        below = lower.rate * upper.over - lower.offset
        if below != upper.rate * upper.over - upper.offset:
            raise bad_row(name, upper.row, "the quick deduction breaks the table")
    if brackets[0].over != 0 or tops[-1] is not None:
        raise bad_row(name, "brackets", "brackets must run from 0 without an end")
    return brackets


def _marginal_brackets(
    place: tuple[str, str],
    rows: Sequence[Raw],
    keys: tuple[str, str],
    tolerance: Fraction,
) -> tuple[Bracket, ...]:
    name, where = place
    over, plus = keys
    brackets = tuple(
        Bracket(Fraction(row[over]), Fraction(row["rate"]), Fraction(row[plus]), f"{where}[{at}]")
        for at, row in enumerate(rows)
    )
    if brackets[0].over != 0 or brackets[0].offset != 0:
        raise bad_row(name, brackets[0].row, "brackets must run from 0")
    for lower, upper in pairwise(brackets):
        below = lower.offset + lower.rate * (upper.over - lower.over)
        if upper.over <= lower.over or abs(below - upper.offset) > tolerance:
            raise bad_row(name, upper.row, "the bracket does not continue the one below it")
    return brackets


def _expenses(raw: Raw, version: Raw) -> ExpenseTable:
    name = str(raw["id"])
    rule = version.get("expense_deduction")
    flat_rate = {"over": "0", "upto": None, "rate": version.get("rate"), "quick_deduction": "0"}
    return ExpenseTable(
        flat=Fraction(rule["flat"]) if rule else ZERO,
        flat_upto=Fraction(rule["flat_if_gross_lte"]) if rule else ZERO,
        share=Fraction(rule["else_pct"] if rule else version["expense_pct"]),
        brackets=_quick_brackets(name, version.get("brackets", (flat_rate,))),
        is_monthly="once_unit" in version,
        tax_form="cn_nonresident" if "final" in raw["kind"] else "cn_resident",
        is_final="final" in raw["kind"],
    )


def _cumulative(raw: Raw, version: Raw) -> CumulativeTable:
    return CumulativeTable(
        share=Fraction(version["cumulative_expense_pct"]),
        monthly_deduction=Fraction(version["monthly_basic_deduction"]),
        brackets=_quick_brackets(str(raw["id"]), version["brackets"]),
    )


def _vat(_raw: Raw, version: Raw) -> VatThreshold:
    return VatThreshold(
        Fraction(version["per_day_threshold"]),
        Fraction(version["monthly_threshold"]),
    )


def _contractor(_raw: Raw, version: Raw) -> ContractorTerms:
    return ContractorTerms(Fraction(version["nec_threshold"]), Fraction(version["backup_rate"]))


def _foreign(raw: Raw, version: Raw) -> ForeignServices:
    return ForeignServices(Fraction(version["rate"]), str(raw["country"]))


def _state_nonresident(_raw: Raw, version: Raw) -> StateNonresident:
    return StateNonresident(Fraction(version["rate"]), Fraction(version["annual_threshold"]))


def _gross(_raw: Raw, _version: Raw) -> PaidGross:
    return PaidGross()


def _fica(_raw: Raw, version: Raw) -> SocialInsurance:
    return SocialInsurance(
        pension_employee=Fraction(version["ss_rate_ee"]),
        pension_employer=Fraction(version["ss_rate_er"]),
        wage_base=Fraction(version["ss_wage_base"]),
        health_employee=Fraction(version["medicare_ee"]),
        health_employer=Fraction(version["medicare_er"]),
        additional=Fraction(version["addl_medicare_ee"]),
        additional_over=Fraction(version["addl_threshold"]),
    )


def _sdi(_raw: Raw, version: Raw) -> StateInsurance:
    wage_base = version["wage_base"]
    return StateInsurance(
        Fraction(version["rate_ee"]),
        None if wage_base is None else Fraction(wage_base),
    )


def _levies(_raw: Raw, version: Raw) -> EmployerLevies:
    return EmployerLevies(
        tuple(
            Levy(
                code=row["code"],
                rate=Fraction(row["rate"]),
                wage_base=None if row["wage_base"] is None else Fraction(row["wage_base"]),
                row=f"levies[{place}]",
            )
            for place, row in enumerate(version["levies"])
        ),
    )


def _federal(raw: Raw, version: Raw) -> FederalTables:
    name = str(raw["id"])
    return FederalTables(
        periods=dict(raw["pay_periods"]),
        standard={key: Fraction(raw["line_1g"][key]) for key in ("mfj", "other")},
        schedules={
            (schedule, status): _marginal_brackets(
                (name, f"schedules.{schedule}.{status}"),
                rows,
                ("at_least", "base_tax"),
                FEDERAL_TOLERANCE,
            )
            for schedule, statuses in version["schedules"].items()
            for status, rows in statuses.items()
        },
    )


def _state(raw: Raw, version: Raw) -> StateTables:
    name = str(raw["id"])
    return StateTables(
        low_income=_by_status(version["low_income"]),
        standard=_by_status(version["standard_deduction"]),
        estimated=_by_number(version["estimated_deduction"]),
        exemption=_by_number(version["exemption_allowance"]),
        rates={
            (period, status): _marginal_brackets(
                (name, f"rate_tables.{period}.{status}"),
                rows,
                ("over", "plus"),
                STATE_TOLERANCE,
            )
            for period, statuses in version["rate_tables"].items()
            for status, rows in statuses.items()
        },
    )


def _by_status(raw: Raw) -> dict[str, dict[str, Fraction]]:
    return {
        period: {status: Fraction(amount) for status, amount in row.items()}
        for period, row in raw.items()
    }


def _by_number(raw: Raw) -> dict[str, tuple[Fraction, ...]]:
    return {period: tuple(Fraction(amount) for amount in row) for period, row in raw.items()}


READERS: Final[dict[str, Callable[[Raw, Raw], Table]]] = {
    "cn_labor_per_payment": _expenses,
    "cn_labor_platform_cumulative": _cumulative,
    "cn_labor_nonresident": _expenses,
    "cn_royalty_flat20": _expenses,
    "cn_vat_individual": _vat,
    "us_contractor": _contractor,
    "us_nra_services": _foreign,
    "us_ca_nonresident_592": _state_nonresident,
    "us_fica": _fica,
    "us_fit_pub15t": _federal,
    "us_ca_pit_methodb": _state,
    "us_ca_sdi": _sdi,
    "us_ca_employer": _levies,
    "uk_self_employed_gross": _gross,
}
