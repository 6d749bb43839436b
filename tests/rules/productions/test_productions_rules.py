from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.domain.productions import rules
from marketplace.domain.productions.rules import ProductionError, ShootDayError
from marketplace.kernel.zones import parse_clock

LA = "America/Los_Angeles"
DAY = date(2026, 11, 26)


@pytest.mark.parametrize("wrap", ["26:00", "02:00"])
def test_a_wrap_before_the_call_is_on_the_next_day(wrap: str) -> None:
    call_at, wrap_at = rules.window(DAY, parse_clock("16:00"), parse_clock(wrap), LA)

    assert call_at == datetime(2026, 11, 27, 0, 0, tzinfo=UTC)
    assert wrap_at - call_at == timedelta(hours=10)


def test_a_night_over_the_end_of_summer_time_lasts_an_hour_longer() -> None:
    call_at, wrap_at = rules.window(date(2026, 10, 31), 19 * 60, 27 * 60, LA)

    assert wrap_at - call_at == timedelta(hours=9)


def test_a_wrap_at_the_time_of_the_call_is_refused() -> None:
    with pytest.raises(ShootDayError, match="same time"):
        rules.window(DAY, 420, 420, LA)


def test_a_day_of_more_than_24_hours_is_refused() -> None:
    with pytest.raises(ShootDayError, match="check call and wrap"):
        rules.window(DAY, parse_clock("07:00"), parse_clock("31:01"), LA)


def test_a_day_of_exactly_24_hours_is_accepted() -> None:
    call_at, wrap_at = rules.window(DAY, parse_clock("07:00"), parse_clock("31:00"), LA)

    assert wrap_at - call_at == rules.LONGEST_DAY


def test_days_are_numbered_by_date_then_by_call() -> None:
    early = datetime(2026, 11, 27, 15, tzinfo=UTC)
    late = early + timedelta(hours=5)

    order = rules.in_order([(1, DAY, late), (2, DAY, early), (3, date(2026, 11, 25), late)])

    assert order == [3, 2, 1]


def test_nothing_is_published_without_a_shoot_day() -> None:
    reason = rules.why_not_live(
        days=0, country="US", registration_number="", engagement="contractor"
    )

    assert "shoot day" in str(reason)


def test_a_show_in_china_needs_its_registration_number() -> None:
    reason = rules.why_not_live(
        days=6, country="CN", registration_number="  ", engagement="labour_service"
    )

    assert "备案号" in str(reason)


def test_nothing_is_published_before_somebody_chose_how_people_are_engaged() -> None:
    reason = rules.why_not_live(days=6, country="US", registration_number="", engagement=None)

    assert "how people are engaged" in str(reason)


@pytest.mark.parametrize(("country", "number"), [("US", ""), ("CN", "V-41-0882")])
def test_a_complete_production_may_be_published(country: str, number: str) -> None:
    reason = rules.why_not_live(
        days=1, country=country, registration_number=number, engagement="contractor"
    )

    assert reason is None


def test_a_published_production_keeps_its_currency() -> None:
    with pytest.raises(ProductionError, match="stay as they were published"):
        rules.refuse_locked(is_draft=False, old=("USD", LA), new=("CNY", LA))


@pytest.mark.parametrize("is_draft", [True, False])
def test_the_same_currency_and_zone_are_always_fine(*, is_draft: bool) -> None:
    rules.refuse_locked(is_draft=is_draft, old=("USD", LA), new=("USD", LA))


def test_a_draft_may_change_its_currency() -> None:
    rules.refuse_locked(is_draft=True, old=("USD", LA), new=("CNY", LA))


@pytest.mark.parametrize("count", [0, 61])
def test_too_few_or_too_many_days_at_once_are_refused(count: int) -> None:
    with pytest.raises(ShootDayError, match="between 1 and 60"):
        rules.count_days(count)


@pytest.mark.parametrize("count", [1, 60])
def test_from_one_to_sixty_days_are_added_at_once(count: int) -> None:
    assert rules.count_days(count) == count
