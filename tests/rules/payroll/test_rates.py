"""Day rates, regular rates, commission, files and journals."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from marketplace.domain.payroll.rules import PayError, price_day, rates
from marketplace.domain.payroll.rules.extras import commission_lines
from marketplace.domain.payroll.rules.lines import plain, settle, total
from marketplace.kernel.money import Money
from tests.rules.payroll.days import a_deal, an_agreement

BANDS = an_agreement("us_film_crew_12").bands


@pytest.mark.parametrize(("hours", "paid"), [(8, 8), (10, 11), (12, 14), (15, 20), (16, 23)])
def test_a_guarantee_is_worth_its_pay_hours(hours: int, paid: int) -> None:
    assert rates.pay_hours(BANDS, Fraction(hours)) == paid


def test_without_bands_every_hour_counts_once() -> None:
    assert rates.pay_hours((), Fraction(10)) == 10


def test_a_deal_may_say_what_its_rate_is_divided_by() -> None:
    deal = a_deal("us_ca_statute", "500", priced_hours=Fraction(8))

    assert rates.base(deal, an_agreement("us_ca_statute")).hourly == 6250


def test_the_same_hourly_rate_makes_another_day_rate() -> None:
    longer = rates.equivalent_day(Money(75000, "USD"), BANDS, Fraction(10), Fraction(12))

    assert longer == Money(95455, "USD")


def test_the_scale_minimum_is_the_one_of_the_date() -> None:
    scale = an_agreement("us_sag_ulb_2025")

    assert rates.minimum_on(scale, date(2026, 1, 1)) == Money(24900, "USD")
    assert rates.minimum_on(scale, date(2010, 1, 1)) is None


@pytest.mark.parametrize(
    ("day", "fee"),
    [(date(2025, 2, 1), 16000), (date(2025, 2, 18), 13500), (date(2024, 1, 1), None)],
)
def test_the_festival_pays_more_at_hengdian(day: date, fee: int | None) -> None:
    found = rates.fee_on(an_agreement("cn_hengdian_extra_2024_11"), day)

    assert (found.amount.minor if found else None) == fee


def test_a_weekly_salary_covers_forty_hours() -> None:
    regular = rates.salary_rate(Fraction(1000))

    assert regular == 25
    assert rates.overtime_pay(regular, Fraction(10)) == 375


def test_two_rates_in_a_week_weigh_by_their_hours() -> None:
    assert rates.weighted_rate(
        [(Fraction(30), Fraction(10)), (Fraction(10), Fraction(20))]
    ) == Fraction(25, 2)


def test_no_hours_have_no_regular_rate() -> None:
    with pytest.raises(PayError, match="needs hours"):
        rates.weighted_rate([])
    with pytest.raises(PayError, match="needs hours"):
        rates.bonus_rate(Fraction(100), "flat", Fraction(10), Fraction(10))


def test_a_flat_bonus_weighs_on_the_hours_without_overtime() -> None:
    assert rates.bonus_overtime(Fraction(100), "flat", Fraction(50), Fraction(10)) == Fraction(
        75, 2
    )
    assert rates.bonus_overtime(Fraction(360), "production", Fraction(180), Fraction(20)) == 20


def test_hours_above_forty_are_weekly_overtime() -> None:
    assert rates.weekly_overtime([Fraction(30), Fraction(15)]) == 5
    assert rates.weekly_overtime([Fraction(30)]) == 0


def test_an_agent_takes_a_tenth_of_the_wages_and_nothing_of_receipts() -> None:
    deal = a_deal(commission_pct=Fraction(1, 10))
    earned = price_day(deal, an_agreement(deal.agreement), 870)

    (line,) = commission_lines(deal, earned, an_agreement(deal.agreement))

    assert (line.kind, line.amount, str(line.label)) == (
        "deduction",
        Money(3800, "USD"),
        "Commission, 10%",
    )


def test_the_guild_of_hengdian_takes_its_share_without_a_word_in_the_deal() -> None:
    deal = a_deal("cn_hengdian_extra_2024_11", "135", 10)
    agreement = an_agreement(deal.agreement)

    lines = commission_lines(deal, price_day(deal, agreement, 720), agreement)

    assert total(lines, "CNY") == Money(1620, "CNY")


def test_nobody_takes_a_share_that_was_not_agreed() -> None:
    deal = a_deal()
    agreement = an_agreement(deal.agreement)

    assert commission_lines(deal, price_day(deal, agreement, 600), agreement) == []


def test_nothing_settles_to_nothing() -> None:
    assert settle([]) == []


def test_figures_are_written_plainly() -> None:
    assert [plain(Fraction(text)) for text in ("1.5", "2", "10", "1/3")] == [
        "1.5",
        "2",
        "10",
        "0.3333",
    ]
