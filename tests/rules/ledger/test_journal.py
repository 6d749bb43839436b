from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from marketplace.domain.ledger.rules import (
    DEFAULTS,
    Account,
    Booked,
    Purpose,
    account_of,
    imbalance,
    journal,
    purposes_of,
    sides,
)
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say

DAY = date(2026, 11, 21)
WAGES = Booked(
    DAY,
    "earning",
    "straight",
    say("Straight time"),
    10_000,
    "USD",
    role_kind="crew",
    department="Camera",
    episodes="1–12",
    production="Divorced at Dawn",
)
TAX = replace(WAGES, kind="withholding", code="income_tax", minor=2_000)
NET = replace(WAGES, kind="net", code="", minor=8_000)


def test_every_purpose_has_a_usual_account_with_a_code_of_its_own() -> None:
    assert set(DEFAULTS) == set(Purpose)
    assert len({account.code for account in DEFAULTS.values()}) == len(Purpose)


def test_a_department_has_its_own_account_for_costs_and_none_for_what_is_owed() -> None:
    camera, bank = Account("3300", say("Camera")), Account("1000", say("Our bank"))
    chart = {
        (Purpose.WAGES_CREW, "Camera"): camera,
        (Purpose.BANK, ""): bank,
        (Purpose.BANK, "Camera"): camera,
    }

    assert account_of(chart, Purpose.WAGES_CREW, "Camera") == camera
    assert account_of(chart, Purpose.WAGES_CREW, "Grip") == DEFAULTS[Purpose.WAGES_CREW]
    assert account_of(chart, Purpose.BANK, "Camera") == bank


def test_costs_are_debited_and_what_is_owed_is_credited_on_the_same_date() -> None:
    lines = journal([TAX, NET, WAGES], {})

    assert [(line.account.code, line.debit, line.credit) for line in lines] == [
        ("3100", Money(10_000, "USD"), None),
        ("0300", None, Money(8_000, "USD")),
        ("0310", None, Money(2_000, "USD")),
    ]
    assert [line.episodes for line in lines] == ["1–12", "", ""]
    assert imbalance(lines) is None


def test_a_reversal_stands_on_the_other_side_with_positive_amounts() -> None:
    lines = journal([replace(one, minor=-one.minor) for one in (WAGES, TAX, NET)], {})

    assert [line.credit for line in lines if line.account.code == "3100"] == [Money(10_000, "USD")]
    assert sides(lines) == {"USD": (Money(10_000, "USD"), Money(10_000, "USD"))}


def test_a_sum_of_nothing_is_no_line() -> None:
    assert journal([replace(WAGES, minor=0)], {}) == []


def test_a_line_without_an_amount_is_on_no_side() -> None:
    line = replace(journal([WAGES], {})[0], debit=None, credit=None)

    assert sides([line]) == {}


def test_currencies_balance_one_by_one() -> None:
    yuan = replace(WAGES, currency="CNY", minor=1)

    assert "CN" not in str(imbalance(journal([WAGES, TAX, NET], {})) or "")
    wrong = imbalance(journal([WAGES, TAX, NET, yuan], {}))
    assert wrong is not None
    assert wrong.values["amount"] == Money(1, "CNY")


@pytest.mark.parametrize(
    ("kind", "code", "sides_of_it"),
    [
        ("bump", "wet", (Purpose.WAGES_CREW, None)),
        ("penalty", "meal", (Purpose.PENALTIES, None)),
        ("allowance", "kit_rental", (Purpose.ALLOWANCES, None)),
        ("memo", "medicare_employer", (Purpose.EMPLOYER_COSTS, Purpose.EMPLOYER_PAYABLE)),
        ("deduction", "commission", (None, Purpose.COMMISSION)),
        ("deduction", "guild", (None, Purpose.DEDUCTIONS)),
        ("deduction", "already_paid", (None, Purpose.OVERPAID)),
        ("deduction", "overpayment", (None, Purpose.OVERPAID)),
        ("net_overpaid", "", (None, Purpose.OVERPAID)),
        ("payment", "", (Purpose.CLEARING, Purpose.BANK)),
    ],
)
def test_each_kind_of_line_has_its_accounts(
    kind: str, code: str, sides_of_it: tuple[Purpose | None, Purpose | None]
) -> None:
    assert purposes_of(kind, code, "crew") == sides_of_it
