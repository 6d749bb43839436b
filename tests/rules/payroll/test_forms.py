from __future__ import annotations

from typing import Any

import pytest

from marketplace.domain.payroll.queries import forms, schemes
from marketplace.domain.payroll.rules.books import BookError
from marketplace.domain.payroll.rules.forms import Form, YearSums, box_amount, stands_on
from marketplace.domain.payroll.rules.forms import forms as read_forms
from marketplace.kernel.money import Money

SUMS = YearSums(
    "USD",
    2,
    {
        "taxed": 250_000,
        "allowance:kit_rental": 40_000,
        "allowance:box_rental": 10_000,
        "withholding:backup_withholding": 60_000,
    },
)
RAW: dict[str, Any] = {
    "id": "X",
    "title": "A form",
    "currency": "USD",
    "schemes": ["us_*"],
    "boxes": [{"box": "1", "title": "All", "plus": ["taxed"]}],
    "sources": ["nowhere"],
}


def form(name: str) -> Form:
    return next(one for one in forms() if one.id == name)


def said(name: str, sums: YearSums, year: int = 2026) -> list[Money | None]:
    return [box_amount(box, sums, year) for box in form(name).boxes]


def test_every_form_covers_a_scheme_that_there_is_and_says_what_is_not_verified() -> None:
    for one in forms():
        assert any(
            one.covers(scheme, "", "") or one.engagements or one.tax_forms for scheme in schemes()
        )
        assert one.sources
        assert one.unverified


def test_rentals_leave_the_compensation_for_their_own_form() -> None:
    assert said("1099-NEC", SUMS)[:2] == [Money(200_000, "USD"), Money(60_000, "USD")]
    assert said("1099-MISC", SUMS) == [Money(50_000, "USD")]


def test_the_threshold_is_that_of_the_year_of_payment() -> None:
    nec = form("1099-NEC")

    assert nec.threshold(2025) == Money(60_000, "USD")
    assert nec.threshold(2026) == Money(200_000, "USD")
    assert nec.threshold(2027) is None
    assert form("1042-S").threshold(2027) == Money(0, "USD")


def test_social_security_wages_stop_at_the_base_of_the_year_and_are_unknown_after() -> None:
    rich = YearSums("USD", 1, {"taxed": 30_000_000})

    assert said("W-2", rich)[2] == Money(18_450_000, "USD")
    assert said("W-2", rich, 2025)[2] == Money(17_610_000, "USD")
    assert said("W-2", rich, 2031)[2] is None


@pytest.mark.parametrize(
    ("scheme", "engagement", "given", "covered"),
    [
        ("us_contractor", "contractor", "w9", {"1099-NEC", "1099-MISC"}),
        ("us_contractor", "contractor", "", {"1099-NEC", "1099-MISC"}),
        ("us_ca_contractors", "contractor", "8233", {"1042-S", "592-B"}),
        ("us_ca_w2", "employee", "w4", {"W-2"}),
        ("cn_labor_per_payment", "labour_service", "cn_resident", {"个人所得税扣缴"}),
        ("uk_self_employed_gross", "contractor", "uk_self_employed", {"UK"}),
    ],
)
def test_a_payment_stands_on_the_forms_of_its_rules(
    scheme: str, engagement: str, given: str, covered: set[str]
) -> None:
    assert {one.id for one in forms() if one.covers(scheme, engagement, given)} == covered


def test_a_withholding_statement_needs_something_withheld() -> None:
    kept = YearSums("USD", 1, {"taxed": 200_000, "withholding:state_nonresident_tax": 14_000})

    assert stands_on(form("592-B"), kept)
    assert not stands_on(form("592-B"), SUMS)
    assert not stands_on(form("1099-MISC"), kept)


def test_parts_of_a_year_are_put_together() -> None:
    both = SUMS + YearSums("USD", 1, {"taxed": 1, "net": 2})

    assert both.payments == 3
    assert both.terms["taxed"] == 250_001
    assert both.terms["net"] == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"boxes": [{"box": "1", "title": "All", "plus": ["everything"]}]},
        {"boxes": [{"title": "All", "plus": ["taxed"]}]},
        {"threshold": {"someday": "600"}},
        {"schemes": None},
    ],
)
def test_a_form_that_cannot_be_read_is_named(wrong: dict[str, Any]) -> None:
    assert read_forms({"forms": [RAW]})[0].id == "X"
    with pytest.raises(BookError, match="X"):
        read_forms({"forms": [RAW | wrong]})
