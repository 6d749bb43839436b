"""Tax numbers, accounts, and what stays readable of them."""

from __future__ import annotations

import pytest

from marketplace.domain.people import rules
from marketplace.domain.people.rules import TaxForm


def test_a_number_is_kept_without_spaces_and_dashes() -> None:
    assert rules.tidy_number(" 123-45 67.89x") == "123456789X"


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_a_resident_number_with_its_check_digit_is_right(number: str) -> None:
    assert rules.is_chinese_id(number)


@pytest.mark.parametrize(
    "number", ["110105194912310021", "440524188001010015", "11010519491231002", "", "X" * 18]
)
def test_a_resident_number_with_a_wrong_sign_is_refused(number: str) -> None:
    assert not rules.is_chinese_id(number)


@pytest.mark.parametrize(
    ("form", "number"),
    [
        (TaxForm.W9, "123456789"),
        (TaxForm.W8BEN, "AB12345"),
        (TaxForm.CN_RESIDENT, "11010519491231002X"),
        (TaxForm.CN_NONRESIDENT, "E12345678"),
    ],
)
def test_each_form_takes_its_number(form: TaxForm, number: str) -> None:
    assert rules.tax_number_problem(form, number) is None


@pytest.mark.parametrize(
    ("form", "number", "reason"),
    [
        (TaxForm.W9, "12345678", "nine digits"),
        (TaxForm.W9, "000456789", "nine digits"),
        (TaxForm.W8BEN, "A1", "4 to 20"),
        (TaxForm.CN_RESIDENT, "110105194912310021", "identity number"),
        (TaxForm.CN_NONRESIDENT, "", "4 to 20"),
    ],
)
def test_a_number_that_does_not_fit_is_refused(form: TaxForm, number: str, reason: str) -> None:
    assert reason in str(rules.tax_number_problem(form, number))


def test_an_account_is_letters_and_digits() -> None:
    assert rules.account_problem("DE89370400440532013000") is None
    assert "4 to 34" in str(rules.account_problem("12!"))


def test_an_iban_with_two_signs_swapped_is_refused() -> None:
    assert "typing error" in str(rules.account_problem("DE89370400440532013003"))


@pytest.mark.parametrize(
    ("number", "shown"), [("000123456411", "6411"), ("12345", "45"), ("7", ""), ("", "")]
)
def test_never_more_than_half_stays_readable(number: str, shown: str) -> None:
    assert rules.last_four(number) == shown


def test_every_word_is_there() -> None:
    assert set(rules.WORK_WORDS) == set(rules.Work)
    assert set(rules.TAX_FORM_WORDS) == set(TaxForm)
