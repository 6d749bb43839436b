"""Allowances: taxed or repaid, and where a form reports them."""

from __future__ import annotations

import copy
import json
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

import pytest

from marketplace.domain.payroll import queries
from marketplace.domain.payroll.rules import Adjustment, books
from marketplace.domain.payroll.rules.allowances import catalogues, settled
from marketplace.kernel.money import Money
from tests.rules.payroll.days import a_day, a_deal, a_meal, paid

ON = date(2026, 11, 20)
RAW: dict[str, Any] = json.loads((queries.DATA / "allowances.json").read_text(encoding="utf-8"))


def an_extra(code: str, amount: int = 5_000, **more: Any) -> Adjustment:
    return settled(Adjustment(code, Money(amount, "USD"), **more), queries.load_allowances(ON))


@pytest.mark.parametrize("code", ["mileage", "parking", "receipts", "per_diem"])
def test_what_is_repaid_is_outside_every_tax_base(code: str) -> None:
    day = a_day("08:00", "20:00", a_meal("13:00", "14:00"), adjustments=(an_extra(code),))

    earnings = paid(a_deal(), day)

    assert earnings.reimbursed == Money(5_000, "USD")
    assert earnings.gross - earnings.reimbursed == Money(28_000, "USD")


@pytest.mark.parametrize("code", ["kit_rental", "wardrobe", "group_lead_fee", "per_diem_excess"])
def test_what_is_pay_is_taxed(code: str) -> None:
    day = a_day("08:00", "20:00", a_meal("13:00", "14:00"), adjustments=(an_extra(code),))

    assert paid(a_deal(), day).reimbursed == Money(0, "USD")


def test_rents_say_where_they_are_reported() -> None:
    day = a_day("08:00", "20:00", adjustments=(an_extra("kit_rental"),))

    line = paid(a_deal(), day).lines[-1]

    assert str(line.cause) == "Reported on form 1099-MISC 1."
    assert line.rule == "allowances@2024-01-01 kit_rental"


def test_a_group_lead_is_paid_for_each_head_on_their_own_slip() -> None:
    day = a_day("08:00", "20:00", adjustments=(an_extra("group_lead_fee", 500, quantity=30),))

    line = paid(a_deal(), day).lines[-1]

    assert (str(line.quantity), line.amount) == ("30", Money(15_000, "USD"))
    assert line.kind == "allowance"


def test_what_the_voucher_says_itself_stays() -> None:
    assert an_extra("kit_rental", is_reimbursement=True).is_reimbursement
    assert an_extra("kit_rental", in_overtime_base=True).in_overtime_base
    assert an_extra("a_gift") == Adjustment("a_gift", Money(5_000, "USD"))


def test_before_the_first_catalogue_nothing_is_known_of_allowances() -> None:
    assert queries.load_allowances(date(2023, 12, 31)).rows == {}


def test_a_catalogue_ends_on_its_last_day() -> None:
    raw = copy.deepcopy(RAW)
    raw["versions"][0]["effective_to"] = "2026-11-20"
    (found,) = catalogues(raw)

    assert found.is_in_force(ON)
    assert not found.is_in_force(date(2026, 11, 21))


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ("code", "moon", r"rows\[0\].*no words"),
        ("taxable", "yes", r"rows\[0\].*taxed"),
        ("in_ot_base", None, r"rows\[0\].*overtime"),
    ],
)
def test_a_row_with_a_hole_is_refused_by_its_place(place: str, value: object, said: str) -> None:
    raw = copy.deepcopy(RAW)
    raw["versions"][0]["rows"][0][place] = value

    with pytest.raises(books.BookError, match=said):
        catalogues(raw)


@pytest.mark.parametrize("ends", [None, "2026-12-30", "2027-01-01"])
def test_versions_follow_one_another_day_by_day(ends: str | None) -> None:
    raw = copy.deepcopy(RAW)
    second = copy.deepcopy(raw["versions"][0]) | {"effective_from": "2027-01-01"}
    raw["versions"] = [raw["versions"][0] | {"effective_to": ends}, second]

    with pytest.raises(books.BookError, match="versions 2027-01-01"):
        catalogues(raw)


def test_a_new_version_starts_the_day_after() -> None:
    raw = copy.deepcopy(RAW)
    second = copy.deepcopy(raw["versions"][0]) | {"effective_from": "2027-01-01"}
    raw["versions"] = [raw["versions"][0] | {"effective_to": "2026-12-31"}, second]

    assert [one.effective_from.year for one in catalogues(raw)] == [2024, 2027]


def test_what_a_form_reports_apart_is_taken_off_its_pay() -> None:
    rows = queries.load_allowances(ON).rows.values()
    by_id = {form.id: form for form in queries.forms()}
    nonemployee, rents = by_id["1099-NEC"].boxes[0], by_id["1099-MISC"].boxes[0]

    for terms in (rents.plus, nonemployee.minus):
        apart = [any(fnmatchcase(f"allowance:{row.code}", term) for term in terms) for row in rows]
        assert apart == [bool(row.form_box) for row in rows]
