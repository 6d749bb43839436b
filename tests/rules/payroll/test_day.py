"""One day's pay: guarantee, overtime, special days, golden time, rate cards, refusals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from marketplace.domain.payroll.rules import Adjustment, PayError, price_day
from marketplace.kernel.money import Money
from tests.rules.payroll.days import HALF, a_day, a_deal, a_meal, an_agreement, paid, shown

CREW = "us_film_crew_12"
SAG = "us_sag_day_performer"
EXTRA = "us_sag_background"
UK = "uk_tv_drama_2023"


def test_a_lead_at_280_for_12_hours_earns_20_an_hour_and_double_after_twelve() -> None:
    lunch, dinner = a_meal("12:00", "12:30"), a_meal("18:30", "19:00")

    earned = paid(a_deal(), a_day("06:00", "21:30", lunch, dinner))

    assert shown(earned) == [
        ("straight", "8", "160.00"),
        ("overtime_1_5", "4", "120.00"),
        ("overtime_2", "5/2", "100.00"),
    ]
    assert earned.gross == Money(38000, "USD")
    assert earned.premium == Money(4000 + 5000, "USD")
    assert earned.worked_minutes == 870


def test_an_exact_guarantee_pays_the_day_rate_though_the_hourly_rate_has_no_end() -> None:
    earned = price_day(a_deal(rate="650"), an_agreement(CREW), 720)

    assert earned.gross == Money(65000, "USD")
    assert earned.lines[0].rate == Fraction(65000, 14)


def test_a_short_day_shows_the_guaranteed_hours_that_were_not_worked() -> None:
    earned = price_day(a_deal(rate="650"), an_agreement(CREW), 600)

    assert [line.code for line in earned.lines] == ["straight", "overtime_1_5", "guaranteed"]
    assert earned.gross == Money(65000, "USD")
    assert earned.paid_hours == 12
    assert earned.worked_minutes == 600
    assert str(earned.lines[2].label) == "Guaranteed, not worked, 1.5 times"


def test_straight_guaranteed_hours_are_named_without_a_multiple() -> None:
    earned = price_day(a_deal(SAG, hours=8), an_agreement(SAG), 300)

    assert str(earned.lines[1].label) == "Guaranteed, not worked"


def test_without_a_guarantee_only_worked_hours_are_paid() -> None:
    earned = price_day(a_deal(is_guaranteed=False), an_agreement(CREW), 300)

    assert shown(earned) == [("straight", "5", "100.00")]


def test_a_deal_by_the_hour_needs_no_day_rate() -> None:
    by_hour = a_deal("us_iatse_golden_location", "0", 0, hourly=Money(4000, "USD"))

    earned = price_day(by_hour, an_agreement(by_hour.agreement), 540)

    assert shown(earned) == [("straight", "8", "320.00"), ("overtime_1_5", "1", "60.00")]


def test_golden_hours_of_a_crew_run_on_elapsed_time_and_triple_on_the_sixth_day() -> None:
    by_hour = a_deal("us_iatse_golden_location", "0", 0, hourly=Money(4000, "USD"))
    lunch = a_meal("12:00", "13:00")

    ordinary = paid(by_hour, a_day("06:00", "22:00", lunch))
    sixth = paid(by_hour, a_day("06:00", "22:00", lunch, day_number=6))

    assert shown(ordinary)[-1] == ("golden_2", "2", "160.00")
    assert shown(sixth)[-1] == ("golden_3", "2", "240.00")
    assert str(sixth.lines[-1].label) == "Golden time, 3 times"


def test_an_extra_earns_a_days_pay_for_each_started_hour_after_sixteen() -> None:
    lunch, dinner = a_meal("11:30", "12:00"), a_meal("18:00", "18:30")

    earned = paid(a_deal(EXTRA, "216", 8), a_day("06:00", "22:01", lunch, dinner))

    assert ("golden_day", "1", "216.00") in shown(earned)
    assert ("overtime_2", "5", "270.00") in shown(earned)


def test_the_seventh_day_of_a_crew_has_its_own_bands() -> None:
    seventh = paid(a_deal(), a_day("06:00", "18:30", a_meal("11:00", "11:30"), day_number=7))

    assert seventh.lines[0].multiplier == 2
    assert str(seventh.lines[0].cause) == "Seventh day of the work week."


def test_a_performers_sixth_day_pays_everything_one_and_a_half_times() -> None:
    sixth = paid(a_deal(SAG, "280", 8), a_day("08:00", "17:00", day_number=6))

    assert shown(sixth)[:2] == [("straight", "8", "420.00"), ("overtime_1_5", "1", "78.75")]
    assert str(sixth.lines[0].label) == "Straight time, 1.5 times"
    assert str(sixth.lines[1].label) == "Overtime, 2.25 times"


def test_a_holiday_goes_before_the_day_of_the_week() -> None:
    holiday = paid(a_deal(SAG, "280", 8), a_day("08:00", "14:00", day_number=6, is_holiday=True))

    assert holiday.gross == Money(56000, "USD")
    assert str(holiday.lines[0].cause) == "Holiday."


def test_a_holiday_the_agreement_does_not_know_is_an_ordinary_day() -> None:
    assert paid(a_deal(), a_day("08:00", "14:00", is_holiday=True)).gross == Money(28000, "USD")


def test_above_the_money_break_late_hours_are_paid_on_the_break() -> None:
    star = a_deal(SAG, "2000", 8, minimum=Money(78200, "USD"))

    earned = price_day(star, an_agreement(SAG), 720)

    assert shown(earned) == [("day", "1", "2000.00"), ("overtime_1_5", "2", "586.50")]


def test_above_the_money_break_a_longer_guarantee_is_still_the_day_rate() -> None:
    star = a_deal(SAG, "2500", 11, minimum=Money(78200, "USD"))

    assert price_day(star, an_agreement(SAG), 660).gross == Money(250000, "USD")


def test_at_the_money_break_the_ordinary_bands_hold() -> None:
    at_break = a_deal(SAG, "1564", 8, minimum=Money(78200, "USD"))

    assert price_day(at_break, an_agreement(SAG), 540).gross == Money(156400 + 29325, "USD")


def test_the_break_is_the_scale_of_the_shoot_date() -> None:
    star = a_deal(SAG, "2100", 8)

    before = paid(star, a_day("08:00", "13:00", on=date(2025, 6, 30)))
    after = paid(star, a_day("08:00", "13:00", on=date(2025, 7, 1)))

    assert (before.lines[0].code, after.lines[0].code) == ("day", "straight")


def test_an_agreement_without_a_minimum_has_no_break() -> None:
    bare = replace(an_agreement(SAG), minimums=())

    assert price_day(a_deal(SAG, "9000", 8), bare, 480).lines[0].code == "straight"


@pytest.mark.parametrize(
    ("rate", "late"),
    [("300", "90.00"), ("600", "140.00"), ("800", "160.00"), ("200", "70.00")],
)
def test_the_overtime_rate_of_a_british_crew_has_a_floor_and_a_cap(rate: str, late: str) -> None:
    earned = price_day(a_deal(UK, rate, 10), an_agreement(UK), 720)

    assert shown(earned)[1] == ("overtime_1_5", "2", late)


def test_a_long_guarantee_keeps_its_day_rate_and_limits_what_comes_after() -> None:
    long = price_day(a_deal(UK, "690", 11), an_agreement(UK), 12 * 60)

    assert shown(long) == [
        ("straight", "10", "600.00"),
        ("overtime_1_5", "1", "90.00"),
        ("overtime_1_5", "1", "70.00"),
    ]


def test_a_limited_overtime_rate_says_so() -> None:
    earned = price_day(a_deal(UK, "600", 10), an_agreement(UK), 720)

    assert str(earned.lines[1].cause) == "The agreement limits the overtime rate."


def test_a_background_card_pays_started_units_after_its_hours() -> None:
    card = a_deal("uk_pact_faa_2022", "1", 0, card="shift_call")

    earned = price_day(card, an_agreement(card.agreement), 4 * 60 + 16)

    assert shown(earned) == [
        ("day", "1", "60.44"),
        ("holiday_pay", "1", "6.51"),
        ("overtime", "2", "20.10"),
    ]
    assert earned.premium == Money(0, "GBP")


def test_a_row_the_card_does_not_have_is_refused() -> None:
    card = a_deal("uk_pact_faa_2022", "1", 0, card="moon_call")

    with pytest.raises(PayError, match="no row moon_call"):
        price_day(card, an_agreement(card.agreement), 540)


def test_a_short_drama_day_pays_started_half_hours_by_its_own_formula() -> None:
    actor = a_deal("cn_microdrama_day", "600", 12)

    earned = price_day(actor, an_agreement(actor.agreement), 14 * 60 + 10)

    assert shown(earned) == [("day", "1", "600.00"), ("overtime", "5/2", "125.00")]
    assert earned.premium == Money(0, "CNY")


def test_a_short_drama_deal_may_fix_the_overtime_rate() -> None:
    actor = a_deal("cn_microdrama_day", "600", 12, overtime_rate=Money(8000, "CNY"))

    earned = price_day(actor, an_agreement(actor.agreement), 13 * 60)

    assert shown(earned)[1] == ("overtime", "1", "80.00")
    assert earned.premium == Money(3000, "CNY")


def test_new_years_day_at_hengdian_pays_three_times() -> None:
    extra = a_deal("cn_hengdian_extra_2024_11", "135", 10)
    new_year = a_day("08:00", "18:00", zone="Asia/Shanghai", is_holiday=True)

    assert paid(extra, new_year).gross == Money(40500, "CNY")


def test_overtime_the_agreement_leaves_open_must_be_in_the_deal() -> None:
    with pytest.raises(PayError, match="overtime after 10 hours"):
        price_day(
            a_deal("uk_apa_commercials_2014", "430", 10),
            an_agreement("uk_apa_commercials_2014"),
            660,
        )


def test_overtime_agreed_in_the_deal_prices_the_hours_after_the_day() -> None:
    focus = a_deal("uk_apa_commercials_2014", "430", 10, overtime_rate=Money(5400, "GBP"))

    earned = price_day(focus, an_agreement(focus.agreement), 720)

    assert earned.gross == Money(43000 + 10800, "GBP")


def test_wet_work_raises_the_overtime_rate_and_formal_wear_does_not() -> None:
    wet, formal = Adjustment("wet", None), Adjustment("formal_wear", None)

    earned = paid(
        a_deal(EXTRA, "216", 8),
        a_day("08:00", "18:00", a_meal("12:00", "12:30"), adjustments=(wet, formal)),
    )

    assert shown(earned) == [
        ("straight", "8", "216.00"),
        ("overtime_1_5", "3/2", "64.69"),
        ("wet", "1", "14.00"),
        ("formal_wear", "1", "18.00"),
    ]
    assert str(earned.lines[2].cause) == "Added before overtime."


def test_a_voucher_may_say_that_an_extra_raises_the_overtime_rate() -> None:
    fire = Adjustment("fire", Money(2000, "USD"), in_overtime_base=True)

    earned = paid(a_deal(), a_day("08:00", "19:30", a_meal("13:00", "13:30"), adjustments=(fire,)))

    assert earned.gross == Money(30000, "USD")
    assert earned.lines[-1].kind == "bump"


def test_a_bump_larger_than_the_hours_leaves_no_negative_line() -> None:
    extra = a_deal(EXTRA, "216", 8, is_guaranteed=False)
    snow = Adjustment("snow", Money(50000, "USD"))

    earned = paid(extra, a_day("08:00", "08:30", adjustments=(snow,)))

    assert min(line.amount.minor for line in earned.lines) >= 0


def test_night_work_of_an_extra_earns_a_tenth_then_a_fifth() -> None:
    lunch = a_meal("22:00", "22:30")

    earned = paid(a_deal(EXTRA, "216", 8), a_day("18:00", "26:00", lunch))

    assert shown(earned)[2:] == [("night_10", "5", "13.50"), ("night_20", "1", "5.40")]


def test_a_receipt_is_paid_back_outside_the_wages() -> None:
    parking = Adjustment("parking", Money(1250, "USD"), quantity=2, is_reimbursement=True)

    earned = paid(a_deal(), a_day("08:00", "14:00", adjustments=(parking,)))

    assert earned.gross == Money(30500, "USD")
    assert earned.reimbursed == Money(2500, "USD")
    assert earned.lines[-1].kind == "allowance"


def test_an_unknown_extra_keeps_its_name_and_counts_as_an_allowance() -> None:
    earned = paid(
        a_deal(), a_day("08:00", "14:00", adjustments=(Adjustment("boots", Money(500, "USD")),))
    )

    assert str(earned.lines[-1].label) == "Extra: boots"
    assert earned.reimbursed == Money(0, "USD")


@pytest.mark.parametrize(
    "wrong",
    [
        Adjustment("boots", None),
        Adjustment("boots", Money(-1, "USD")),
        Adjustment("boots", Money(1, "CNY")),
        Adjustment("boots", Money(1, "USD"), quantity=0),
    ],
)
def test_an_extra_without_a_proper_amount_is_refused(wrong: Adjustment) -> None:
    with pytest.raises(PayError, match="boots"):
        paid(a_deal(), a_day("08:00", "14:00", adjustments=(wrong,)))


def test_a_rate_without_hours_is_refused() -> None:
    with pytest.raises(PayError, match="number of hours"):
        paid(a_deal(hours=0), a_day("08:00", "14:00"))


def test_a_deal_in_another_currency_is_refused() -> None:
    with pytest.raises(PayError, match="pays in CNY"):
        price_day(
            a_deal("cn_microdrama_day", "1", hourly=Money(1, "USD")),
            an_agreement("cn_microdrama_day"),
            60,
        )


def test_a_deal_under_another_agreement_is_refused() -> None:
    with pytest.raises(PayError, match="under us_film_crew_12, not under us_sag"):
        price_day(a_deal(), an_agreement(SAG), 60)


def test_a_day_before_the_agreement_is_refused() -> None:
    with pytest.raises(PayError, match="not in force on 2024-07-31"):
        paid(a_deal(), a_day("08:00", "14:00", on=date(2024, 7, 31)))


@pytest.mark.parametrize(
    "impossible",
    [
        a_day("08:00", "08:00"),
        a_day("08:00", "07:00"),
        a_day("08:00", "14:00", a_meal("07:00", "07:30")),
        a_day("08:00", "14:00", a_meal("13:30", "14:30")),
        a_day("08:00", "14:00", a_meal("10:30", "10:00")),
        a_day("08:00", "14:00", a_meal("10:00", "11:00"), a_meal("10:30", "11:30")),
    ],
)
def test_times_that_run_backwards_are_refused(impossible: object) -> None:
    with pytest.raises(PayError, match="follow one another"):
        paid(a_deal(), impossible)  # type: ignore[arg-type] # a day of the builder


def test_a_guarantee_over_three_bands_still_sums_to_the_day_rate() -> None:
    odd = a_deal(rate="333.33", hours=15)

    assert price_day(odd, an_agreement(CREW), 900).gross == Money(33333, "USD")


def test_half_an_hour_of_straight_time_is_half_the_rate() -> None:
    assert price_day(a_deal(is_guaranteed=False), an_agreement(CREW), 30).lines[0].quantity == HALF
