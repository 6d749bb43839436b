"""Which withholding may be chosen for whom, and where."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from marketplace.domain.payroll import queries
from marketplace.domain.payroll.rules.engagements import Choice, fitting, why_not
from marketplace.domain.productions.rules import Engagement

EMPLOYEE = Choice("employee", "US", "USD", "production")
LABOUR = Choice("labour_service", "CN", "CNY", "production")


def problem(scheme: str, choice: Choice) -> str:
    return str(why_not(queries.schemes()[scheme][-1], choice) or "")


def test_employees_in_california_are_taxed_as_employees() -> None:
    assert problem("us_ca_w2", EMPLOYEE) == ""


@pytest.mark.parametrize(
    ("scheme", "choice", "said"),
    [
        ("us_contractor", EMPLOYEE, "not for people engaged like this"),
        ("us_ca_w2", replace(EMPLOYEE, engagement="contractor"), "not for people engaged"),
        ("us_ca_w2", replace(EMPLOYEE, country="GB"), "work in another country"),
        ("us_ca_w2", replace(EMPLOYEE, currency="CNY"), "withholds USD, .* in CNY"),
        ("us_fica", EMPLOYEE, "not for people engaged like this"),
        ("cn_labor_platform_cumulative", LABOUR, "choose the platform"),
    ],
)
def test_what_does_not_fit_together_is_refused_with_a_sentence(
    scheme: str, choice: Choice, said: str
) -> None:
    assert re.search(said, problem(scheme, choice))


def test_the_platform_may_withhold_by_the_cumulative_method() -> None:
    assert problem("cn_labor_platform_cumulative", replace(LABOUR, agent="platform")) == ""


@pytest.mark.parametrize(
    ("engagement", "country", "found"),
    [
        ("employee", "US", ["us_ca_w2"]),
        (
            "contractor",
            "US",
            ["us_ca_contractors", "us_ca_nonresident_592", "us_contractor", "us_nra_services"],
        ),
        ("contractor", "GB", ["uk_self_employed_gross", "us_contractor", "us_nra_services"]),
        ("employee", "CN", []),
    ],
)
def test_a_production_is_shown_what_fits(engagement: str, country: str, found: list[str]) -> None:
    latest = [versions[-1] for versions in queries.schemes().values()]

    assert fitting(latest, engagement, country) == found


def test_every_scheme_is_for_somebody_or_a_part_of_another() -> None:
    known = {engagement.value for engagement in Engagement}

    for versions in queries.schemes().values():
        assert set(versions[-1].engagements) <= known
