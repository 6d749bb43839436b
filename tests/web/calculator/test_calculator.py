"""What will this day pay: the page, without an account and without scripts."""

from __future__ import annotations

from datetime import date
from html import unescape
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.blueprints.calculator.presets import PRESETS, START
from marketplace.domain.payroll.queries import agreements
from marketplace.domain.payroll.rules.shapes import Deal, Payee, WorkedDay
from marketplace.domain.payroll.services.estimates import Taxing, estimate, paid_before
from marketplace.kernel.money import Money
from marketplace.kernel.zones import at, parse_clock
from marketplace.web.presentation import exact, sentence
from tests.support.pages import Page, text
from tests.support.site import Site

FIELDS: Final = (*START, "shoot_date", "is_holiday", "is_backup", "is_step2", "bump_wet", "card")
TYPED: Final = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["", "0", "07:00", "26:00", "36:00", "-1", "1e9", "9" * 30, "٣", "\ud800"]),
    st.dates().map(date.isoformat),
    st.sampled_from(sorted(agreements())),
    st.sampled_from(["cn_labor_per_payment", "cn_labor_platform_cumulative", "us_ca_w2", "w4"]),
)


def asked(site: Site, **args: str) -> Page:
    return Page(site.browser().get(f"/calculator?{urlencode(args)}").text)


def words(page: Page) -> str:
    (body,) = page.elements("main")
    return " ".join(text(body).split())


def result(page: Page) -> str:
    (found,) = (one for one in page.elements("section") if one.get("id") == "result")
    return " ".join(text(found).split())


def test_anybody_sees_an_ordinary_day_worked_out_at_once(site: Site) -> None:
    page = asked(site)

    assert "$650.00" in result(page)
    assert "8 h × 46.4286" in result(page)
    assert "us_film_crew_12@2024-08-01 bands[0]" in result(page)


def test_the_lines_are_those_of_the_engine_to_the_cent(site: Site) -> None:
    day = date(2026, 11, 20)
    zone = "Asia/Shanghai"
    call, wrap = (at(day, parse_clock(one), zone) for one in ("08:00", "20:00"))
    worked = WorkedDay(day, zone, call, wrap)
    taxing = Taxing("cn_labor_per_payment", day, Payee("cn_resident"))
    deal = Deal(Money(300_000, "CNY"), 720, "cn_microdrama_day")
    before, withheld = Money(300_000, "CNY"), Money(44_000, "CNY")
    wanted = estimate(deal, worked, paid_before(taxing, before, withheld))

    page = asked(
        site,
        agreement="cn_microdrama_day",
        rate="3000",
        hours="12",
        shoot_date="2026-11-20",
        zone=zone,
        call="08:00",
        wrap="20:00",
        meal_out="",
        meal_in="",
        scheme="cn_labor_per_payment",
        tax_form="cn_resident",
        paid_before="3000",
        withheld_before="440",
    )

    shown = result(page)
    for line in wanted.lines:
        assert sentence(line.label) in shown
        assert exact(line.amount) in shown
        assert line.rule in shown
    assert exact(wanted.totals.net) in shown
    assert "\N{MINUS SIGN}CN¥520.00" in shown


@pytest.mark.parametrize("number", range(len(PRESETS)))
def test_every_example_is_worked_out_and_taxed(site: Site, number: int) -> None:
    _title, values = PRESETS[number]

    page = asked(site, **values)

    assert "To be paid out" in result(page)
    assert "There is" not in words(page)


def test_an_example_keeps_its_values_in_the_form_and_the_address(site: Site) -> None:
    page = asked(site, **PRESETS[1][1])

    filled = {field.get("name"): field.get("value") for field in page.elements("input")}
    assert (filled["rate"], filled["previous"]) == ("280", "26:00")
    assert "5 hours of rest, 12 owed: 7 hours short." in result(page)
    assert "$280.00" in result(page)
    (robots,) = (one for one in page.elements("meta") if one.get("name") == "robots")
    assert robots.get("content") == "noindex, follow"


@pytest.mark.parametrize(
    ("args", "field", "problem"),
    [
        ({"rate": ""}, "rate", "Enter the day rate"),
        ({"rate": "0"}, "rate", "Enter a day rate above zero."),
        ({"rate": "650.005"}, "rate", "USD has 2 decimals"),
        ({"rate": "99999999999"}, "rate", "Enter an amount that can be."),
        ({"hours": "0"}, "hours", "Enter between half an hour and 24."),
        ({"agreement": "nobody"}, "agreement", "Choose a pay agreement."),
        (
            {"agreement": "uk_pact_faa_2022", "scheme": ""},
            "agreement",
            "PACT/FAA supporting artists, London 40 miles, 2022 card is not in force",
        ),
        ({"currency": "CNY"}, "currency", "This agreement pays in USD, not in CNY."),
        ({"shoot_date": "1999-12-31"}, "shoot_date", "Enter a date between 2000 and 2099."),
        ({"pay_date": "2031-01-01"}, "pay_date", "has no table for payments on"),
        ({"call": ""}, "call", "Enter the call"),
        ({"call": "7 am"}, "call", "Enter a time such as 07:00"),
        ({"wrap": ""}, "wrap", "Enter the wrap"),
        ({"meal_in": ""}, "meal_in", "Enter both times, or neither."),
        ({"meal_out": "06:00", "meal_in": "06:30"}, "meal_out", "Times must follow one another"),
        ({"previous": "35:00"}, "previous", "The day before must have wrapped before this call."),
        ({"commission": "ten"}, "commission", "Enter a percentage such as 10 or 12.5."),
        ({"commission": "101"}, "commission", "Enter a percentage up to 100."),
        ({"scheme": "cn_labor_per_payment"}, "scheme", "This scheme withholds CNY"),
        ({"tax_form": ""}, "tax_form", "A Form W-9 is needed"),
        ({"paid_before": "10", "withheld_before": "11"}, "withheld_before", "More cannot have"),
        (
            {"agreement": "uk_apa_commercials_2014", "scheme": "", "hours": "10", "wrap": "21:00"},
            "overtime",
            "This agreement leaves overtime after 10 hours to the deal: agree a rate.",
        ),
        (
            {
                "agreement": "cn_microdrama_day",
                "scheme": "cn_labor_platform_cumulative",
                "tax_form": "cn_resident",
            },
            "scheme",
            "The cumulative method is for a platform",
        ),
    ],
)
def test_a_problem_stands_beside_its_field_and_nothing_typed_is_lost(
    site: Site, args: dict[str, str], field: str, problem: str
) -> None:
    page = asked(site, **args)

    shown = {one.get("id"): " ".join(text(one).split()) for one in page.elements("span")}
    assert problem in shown.get(f"{field}-error", "nothing")
    kept = {one.get("name"): one.get("value") for one in page.elements("input")}
    assert all(kept[name] == typed for name, typed in args.items() if name in kept)


def test_tax_that_cannot_be_worked_out_leaves_the_gross(site: Site) -> None:
    page = asked(site, tax_form="")

    assert "$650.00" in result(page)
    assert "not worked out" in result(page)


def test_only_agreements_in_force_on_the_date_are_offered_with_their_currency(site: Site) -> None:
    def offered(day: str) -> list[str]:
        page = asked(site, shoot_date=day, agreement="us_ca_statute")
        (choice,) = (one for one in page.elements("select") if one.get("name") == "agreement")
        return [text(one).strip() for one in choice.iter("option")]

    assert any("2022 card (GBP)" in title for title in offered("2022-06-01"))
    assert not any("2022 card" in title for title in offered("2026-06-01"))


def test_extras_of_the_agreement_can_be_counted(site: Site) -> None:
    args = {"agreement": "us_sag_background", "rate": "216", "hours": "8", "bump_wet": "1"}

    page = asked(site, **args)

    assert "Wet work" in result(page)
    assert "$14.00" in result(page)


def test_the_employers_side_of_a_wage_is_shown_apart(site: Site) -> None:
    wage = next(values for _, values in PRESETS if values["scheme"] == "us_ca_w2")

    shown = result(asked(site, **wage))

    assert "The employer's side" in unescape(shown)
    assert "\N{MINUS SIGN}$27.64" in shown  # federal income tax of $280 on the daily table


def test_a_row_of_a_rate_card_can_be_chosen(site: Site) -> None:
    args: dict[str, Any] = {
        "agreement": "uk_pact_faa_2022",
        "shoot_date": "2022-06-01",
        "zone": "Europe/London",
        "scheme": "",
    }

    page = asked(site, **args, card="standard_night")

    assert "$" not in result(page)
    assert "£" in result(page)


def test_home_and_every_footer_lead_to_the_calculator(site: Site) -> None:
    page = Page(site.browser().get("/").text)

    assert [one.get("href") for one in page.elements("a")].count("/calculator") == 2


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(args=st.dictionaries(st.sampled_from(FIELDS), TYPED, max_size=8))
def test_nothing_that_can_be_typed_breaks_the_page(site: Site, args: dict[str, str]) -> None:
    answer = site.app.test_client().get(
        "/calculator", query_string=urlencode(args, errors="replace")
    )

    assert answer.status_code == 200
    assert "What the day pays" in answer.text
