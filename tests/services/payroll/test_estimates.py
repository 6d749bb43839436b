"""What a day would pay: the same engine as for slips, from plain values and from JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.payroll.models import PayLineRow, PaySlip
from marketplace.domain.payroll.rules.frozen import from_json, to_json
from marketplace.domain.payroll.rules.shapes import Deal, Meal, Payee, PayError, Payment, WorkedDay
from marketplace.domain.payroll.services.estimates import Taxing, estimate, paid_before
from marketplace.domain.payroll.services.questions import answer, read_question, table
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.money import Money
from marketplace.kernel.zones import at, parse_clock
from marketplace.web.presentation import sentence
from tests.support import builders
from tests.support.databases import Database
from tests.support.payday import a_closed_day, a_till, an_approved_card, run_to_the_end, unit_of

LOS_ANGELES: Final = "America/Los_Angeles"
FRIDAY: Final = date(2026, 11, 20)
QUESTION: Final[dict[str, Any]] = {
    "deal": {"rate": "650", "hours": 12, "agreement": "us_film_crew_12"},
    "day": {
        "date": "2026-11-20",
        "zone": LOS_ANGELES,
        "call": "07:00",
        "wrap": "22:00",
        "meals": [["13:30", "14:00"]],
    },
    "payment": {"scheme": "us_contractor", "tax_form": "w9"},
}


def a_day(call: str, wrap: str, zone: str = LOS_ANGELES, **more: Any) -> WorkedDay:
    start, end = (at(FRIDAY, parse_clock(clock), zone) for clock in (call, wrap))
    return WorkedDay(FRIDAY, zone, start, end, **more)


def asked(**changes: dict[str, Any]) -> dict[str, Any]:
    """Return the question with some values changed; None takes one away."""
    parts = {name: {**QUESTION[name], **changes.get(name, {})} for name in QUESTION}
    return {
        name: {key: value for key, value in part.items() if value is not None}
        for name, part in parts.items()
    }


def replied(question: dict[str, Any]) -> dict[str, Any]:
    read = read_question(question)
    return answer(read, estimate(read.deal, read.day, read.taxing), sentence)


@pytest.fixture
def paid(database: Database, tmp_path: Path, clock: FixedClock) -> Iterator[Session]:
    """A long day with a late meal in Los Angeles and two days of one show in China, all paid."""
    unit, till = unit_of(database), a_till(tmp_path, clock)
    with unit() as session:
        an_approved_card(
            session,
            a_closed_day(session, wrap="22:00"),
            day_rate_minor=65_000,
            hours=("07:00", "22:00"),
            meal=("13:30", "14:00"),
        )
        china = builders.a_production(session, is_chinese=True)
        an_approved_card(session, a_closed_day(session, china), "周敏", day_rate_minor=300_000)
    run_to_the_end(unit, till, clock)
    with database.session() as session:
        yield session


def test_an_estimate_says_what_the_slip_of_the_same_facts_says_line_by_line(paid: Session) -> None:
    slips = paid.scalars(sa.select(PaySlip)).all()

    assert {slip.currency for slip in slips} == {"USD", "CNY"}
    for slip in slips:
        deal, day = from_json(Deal, slip.inputs["deal"]), from_json(WorkedDay, slip.inputs["day"])
        payment = from_json(Payment, slip.inputs["payment"])
        taxing = Taxing(
            slip.scheme,
            payment.pay_date,
            payment.payee,
            payment.item,
            payment.year,
            payment.performed_in,
        )
        found = estimate(deal, day, taxing)
        wanted = sa.select(PayLineRow.line).where(PayLineRow.pay_slip_id == slip.id)
        stored = list(paid.scalars(wanted.order_by(PayLineRow.position)))
        assert [to_json(line) for line in found.lines] == stored
        assert found.totals.net == Money(slip.net_minor, slip.currency)
        assert found.totals.gross == Money(slip.gross_minor, slip.currency)


def test_a_long_day_with_a_late_meal_is_explained_line_by_line() -> None:
    found = replied(QUESTION)

    # 650 / 14 pay hours = 46.428571…; 8 h = 371.43, 4 h at 1.5 = 278.57, 2.5 h at 2 = 232.14
    assert [(one["code"], one["amount"]) for one in found["lines"][:3]] == [
        ("straight", "371.43"),
        ("overtime_1_5", "278.57"),
        ("overtime_2", "232.14"),
    ]
    penalty = found["lines"][3]
    assert penalty["cause"] == "Meal due by Fri 20 Nov, 13:00, taken 30 m late."
    assert penalty["rule"] == "us_film_crew_12@2024-08-01 meals.penalty"
    assert found["lines"][2]["worked_out"] == "2.5 h × 46.4286 × 2"
    assert found["gross"] == found["net"]


def test_two_payments_of_three_thousand_yuan_bear_440_and_then_520() -> None:
    deal = Deal(Money(300_000, "CNY"), 720, "cn_microdrama_day")
    taxing = Taxing("cn_labor_per_payment", FRIDAY, Payee("cn_resident"))
    day = a_day("08:00", "20:00", "Asia/Shanghai")

    first = estimate(deal, day, taxing)
    second = estimate(deal, day, paid_before(taxing, Money(300_000, "CNY")))

    assert first.totals.withheld == Money(44_000, "CNY")
    assert second.totals.withheld == Money(52_000, "CNY")


def test_without_a_scheme_nothing_is_withheld_and_commission_still_is() -> None:
    deal = Deal(Money(13_500, "CNY"), 600, "cn_hengdian_extra_2024_11")

    found = estimate(deal, a_day("06:00", "18:00", "Asia/Shanghai"))

    assert found.totals.gross == Money(16_200, "CNY")  # 135 + 2 h × 13.50
    assert found.totals.net == Money(14_580, "CNY")
    assert found.withholdings == ()


def test_a_wage_shows_the_employers_side_and_takes_nothing_of_it_from_the_person() -> None:
    found = replied(
        asked(
            deal={"rate": "280", "hours": 8},
            day={"wrap": "15:30", "meals": [["12:00", "12:30"]]},
            payment={
                "scheme": "us_ca_w2",
                "tax_form": "w4",
                "certificate": {"period": "daily", "filing_status": "single"},
            },
        ),
    )
    employer = [one for one in found["lines"] if one["kind"] == "memo"]

    withheld = {
        one["code"]: one["amount"] for one in found["lines"] if one["kind"] == "withholding"
    }
    assert withheld["federal_income_tax"] == "27.64"
    assert withheld["social_security"] == "17.36"  # 6.2% of 280
    assert sum(Fraction(one["amount"]) for one in employer) == Fraction(found["employer"])
    assert Fraction(found["employer"]) >= Fraction("21.42")  # 17.36 + 4.06, before anything else
    taken = sum(Fraction(amount) for amount in withheld.values())
    assert Fraction(found["net"]) == 280 - taken


def test_a_wrap_at_two_before_a_call_at_seven_costs_a_forced_call() -> None:
    question = asked(
        deal={"agreement": "us_sag_ulb_2025", "rate": "280", "hours": 8},
        day={"wrap": "15:30", "meals": [["12:30", "13:00"]], "previous_wrap": "02:00"},
    )

    found = replied(question)

    rest = next(one for one in found["lines"] if one["code"] == "rest_penalty")
    assert rest["amount"] == "280.00"
    assert rest["cause"] == "5 hours of rest, 12 owed: 7 hours short."


def test_a_time_that_happens_twice_is_told_apart_by_its_offset() -> None:
    night = {"date": "2026-10-31", "call": "18:00", "meals": None}
    first = replied(asked(day={**night, "wrap": "2026-11-01T01:30-07:00"}))
    second = replied(asked(day={**night, "wrap": "2026-11-01T01:30-08:00"}))

    assert (first["worked_minutes"], second["worked_minutes"]) == (450, 510)


def test_bumps_and_receipts_stand_on_lines_of_their_own() -> None:
    question = asked(
        deal={"agreement": "us_sag_background", "rate": "216", "hours": 8},
        day={
            "wrap": "15:30",
            "meals": [["12:30", "13:00"]],
            "bumps": {"wet": 1},
            "extras": [{"code": "parking", "amount": "12.50", "reimbursement": True}],
        },
    )

    found = replied(question)

    amounts = {one["code"]: one["amount"] for one in found["lines"]}
    assert (amounts["wet"], amounts["parking"]) == ("14.00", "12.50")
    assert found["reimbursed"] == "12.50"


def test_the_table_shows_causes_and_sums_beneath_one_another() -> None:
    read = read_question(QUESTION)

    rows = table(read, estimate(read.deal, read.day, read.taxing), sentence).splitlines()

    assert rows[0].split("  ")[0] == "Straight time"
    assert "    Meal due by Fri 20 Nov, 13:00, taken 30 m late." in rows
    assert rows[-1].startswith("Net, USD")
    amounts = [row for row in rows if not row.startswith("    ") and row[-1].isdigit()]
    assert len({len(row) for row in amounts}) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"deal": {"rate": None}}, "deal.rate is missing."),
        ({"deal": {"hours": None}}, "deal.hours is missing."),
        ({"deal": {"hours": 0}}, "deal.hours: 0 cannot be read."),
        ({"deal": {"rate": "650.005"}}, "deal.rate: USD has 2 decimals; enter no more than that."),
        ({"deal": {"rate": "-1"}}, "deal.rate: -1 cannot be read."),
        ({"deal": {"rate": True}}, "deal.rate: True cannot be read."),
        ({"deal": {"tips": "1"}}, "There is no deal.tips; known are rate, hourly"),
        ({"deal": {"agreement": "nobody"}}, "There is no pay agreement called nobody."),
        ({"deal": {"currency": "CNY"}}, "This agreement pays in USD."),
        ({"deal": {"currency": "XYZ"}}, "deal.currency: XYZ cannot be read."),
        ({"deal": {"commission_pct": "101"}}, "deal.commission_pct: 101 cannot be read."),
        ({"deal": {"card": "night"}}, "deal.card: night cannot be read."),
        ({"deal": {"guaranteed": "no"}}, "deal.guaranteed: no cannot be read."),
        ({"day": {"date": "20 November"}}, "day.date: 20 November cannot be read."),
        ({"day": {"zone": "Mars"}}, "There is no time zone called Mars."),
        ({"day": {"call": "7 am"}}, "day.call: Enter a time such as 07:00"),
        ({"day": {"wrap": "2026-11-01T01:30"}}, "needs its offset"),
        ({"day": {"wrap": "06:00"}}, "Call, meals and wrap must follow one another in time."),
        ({"day": {"meals": [["13:30"]]}}, "day.meals: [['13:30']] cannot be read."),
        ({"day": {"meals": "none"}}, "day.meals: none cannot be read."),
        (
            {"day": {"meals": [["13:30", "13:45", "paid"]]}},
            "A meal is out, in and perhaps true for a breakfast (NDB).",
        ),
        ({"day": {"day_number": 8}}, "day.day_number: 8 cannot be read."),
        ({"day": {"bumps": {"wet": "often"}}}, "often cannot be read."),
        ({"day": {"bumps": {"wet": 1}}}, "Say how much wet pays."),
        ({"day": {"extras": [{"code": "kit"}]}}, "day.extras[0].amount is missing."),
        ({"day": {"extras": ["kit"]}}, "day.extras[0] must be a JSON object."),
        ({"day": {"previous_multiplier": "many"}}, "day.previous_multiplier: many cannot be read."),
        ({"day": {"before": [{}], "day_number": 2}}, "day.day_number follows from day.before"),
        ({"day": {"before": [{"date": "2026-11-19"}]}}, "day.before[0].call is missing."),
        ({"payment": {"scheme": "nobody"}}, "There is no withholding scheme called nobody."),
        ({"payment": {"date": "2031-01-01"}}, "has no table for payments on"),
        ({"payment": {"tax_form": None}}, "A Form W-9 is needed"),
        (
            {"payment": {"earlier": [{"date": "2026-11-01"}]}},
            "payment.earlier[0].gross is missing.",
        ),
        ({"payment": {"certificate": {"shoe": 1}}}, "There is no payment.certificate.shoe"),
    ],
)
def test_what_cannot_be_read_is_named(changes: dict[str, dict[str, Any]], words: str) -> None:
    with pytest.raises(PayError) as refusal:
        replied(asked(**changes))

    assert words in sentence(refusal.value.message)


@pytest.mark.parametrize("whole", [[], "day", 1, None, {"deal": 1, "day": {"date": "2026-11-20"}}])
def test_what_is_no_object_is_refused(whole: object) -> None:
    with pytest.raises(PayError, match="must be a JSON object"):
        read_question(whole)


def test_numbers_of_the_json_are_never_floats() -> None:
    text = json.dumps(QUESTION).replace('"650"', "650.10")

    found = replied(json.loads(text, parse_float=str))

    assert found["lines"][0]["amount"] == "371.49"  # 8 × 650.10 / 14 = 371.4857…
    with pytest.raises(PayError, match="cannot be read"):
        replied(json.loads(text))


def test_a_deal_by_the_hour_needs_no_day_rate() -> None:
    found = replied(asked(deal={"rate": None, "hours": None, "hourly": "30"}))

    assert found["lines"][0]["amount"] == "240.00"
    assert found["paid_hours"] == "14.5"


def test_a_rate_card_pays_its_own_rate() -> None:
    question = asked(
        deal={"agreement": "uk_pact_faa_2022", "rate": None, "hours": None},
        day={"date": "2022-06-01", "zone": "Europe/London", "wrap": "16:00", "meals": None},
    )
    del question["payment"]

    assert Fraction(replied(question)["gross"]) > 0


def test_a_breakfast_that_is_paid_restarts_the_meal_clock() -> None:
    away, back, out, again = (
        at(FRIDAY, parse_clock(clock), LOS_ANGELES)
        for clock in ("08:00", "08:15", "14:00", "14:30")
    )
    breakfast, late = Meal(away, back, is_ndb=True), Meal(out, again)
    deal = Deal(Money(65_000, "USD"), 720, "us_film_crew_12")

    with_it = estimate(deal, a_day("07:00", "19:00", meals=(breakfast, late)))
    without = estimate(deal, a_day("07:00", "19:00", meals=(late,)))

    assert [one.code for one in with_it.lines].count("meal_penalty") == 0
    assert [one.code for one in without.lines].count("meal_penalty") == 1


def test_a_breakfast_may_be_asked_about() -> None:
    meals = [["08:00", "08:15", True], ["14:00", "14:30"]]

    with_it = replied(asked(day={"meals": meals, "wrap": "19:00"}))
    without = replied(asked(day={"meals": meals[1:], "wrap": "19:00"}))

    assert "meal_penalty" not in [line["code"] for line in with_it["lines"]]
    assert "meal_penalty" in [line["code"] for line in without["lines"]]


def test_the_days_before_decide_rest_and_the_hours_of_the_week() -> None:
    week = [
        {"date": f"2026-11-{day}", "call": "07:00", "wrap": "15:30", "meals": [["12:00", "12:30"]]}
        for day in range(15, 20)
    ]
    statute = asked(
        deal={"agreement": "us_ca_statute", "rate": "240", "hours": 8},
        day={"wrap": "15:30", "meals": [["12:00", "12:30"]], "before": week},
    )
    late = {"date": "2026-11-19", "call": "14:00", "wrap": "26:00"}
    crew = asked(day={"before": [late]})

    assert replied(statute)["gross"] == "360.00"  # 40 straight hours before: 8 h at 1.5 × 30
    rest = [one for one in replied(crew)["lines"] if one["code"] == "rest_penalty"]
    assert [one["cause"] for one in rest] == ["5 hours of rest, 10 owed: 5 hours short."]


def test_an_allowance_that_repays_costs_stays_outside_the_taxed_pay() -> None:
    extras = [{"code": "parking", "amount": "12.50"}, {"code": "kit_rental", "amount": "50"}]

    found = replied(asked(day={"extras": extras}))

    assert found["reimbursed"] == "12.50"
