"""Money, time and sentences in both languages."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from marketplace.kernel.clock import FixedClock, SystemClock
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say
from marketplace.web import presentation as shown
from marketplace.web.language import FOLDER

ROOT = Path(__file__).parents[2]
ANGELES = "America/Los_Angeles"
NOON = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)


@pytest.fixture(autouse=True, scope="module")
def _catalogues() -> None:
    """Compile the catalogues when they changed since the last time."""
    source = FOLDER / "zh_Hans" / "LC_MESSAGES" / "messages.po"
    made = source.with_suffix(".mo")
    if not made.exists() or made.stat().st_mtime < source.stat().st_mtime:
        command = [sys.executable, str(ROOT / "scripts" / "translations"), "compile"]
        subprocess.run(command, check=True)


@pytest.fixture(autouse=True)
def _year() -> Iterator[None]:
    """Stand in November 2026."""
    shown.use_clock(FixedClock(datetime(2026, 11, 22, 20, 0, tzinfo=UTC)))
    yield
    shown.use_clock(SystemClock())


@pytest.mark.parametrize(
    ("amount", "english", "chinese"),
    [
        (Money(28_000, "USD"), "$280.00", "US$280.00"),
        (Money(200_000, "CNY"), "CN¥2,000.00", "¥2,000.00"),
        (Money(-28_050, "USD"), "−$280.50", "−US$280.50"),
        (Money(0, "CNY"), "CN¥0.00", "¥0.00"),
        (Money(500, "JPY"), "¥500", "JP¥500"),
    ],
)
def test_money_always_shows_its_decimals(amount: Money, english: str, chinese: str) -> None:
    assert shown.exact(amount, locale="en") == english
    assert shown.money(amount, locale="zh_Hans") == chinese


@pytest.mark.parametrize(
    ("minor", "written"), [(28_000, "$280"), (28_050, "$280.50"), (614_000, "$6,140")]
)
def test_round_rates_drop_their_decimals_on_cards_only(minor: int, written: str) -> None:
    assert shown.money(Money(minor, "USD"), cards=True, locale="en") == written


def test_dates_carry_their_weekday() -> None:
    on = date(2026, 11, 23)
    assert shown.day(on, locale="en") == "Mon 23 Nov"
    assert shown.day(on, locale="zh_Hans") == "11月23日 周一"
    assert shown.day(on, "long", locale="en") == "Monday 23 November 2026"
    assert shown.day(on, "month", locale="zh_Hans") == "2026年11月"


def test_another_year_is_said() -> None:
    assert shown.day(date(2027, 1, 4), locale="en") == "Mon 4 Jan 2027"
    assert shown.day(date(2027, 1, 4), "short", locale="zh_Hans") == "2027年1月4日"
    assert shown.day(date(2027, 1, 4), "weekday", locale="en") == "Mon"
    assert shown.day(date(2027, 1, 4), locale="en", today=date(2027, 6, 1)) == "Mon 4 Jan"


def test_a_style_nobody_knows_is_an_error() -> None:
    with pytest.raises(KeyError):
        shown.day(date(2026, 11, 23), "pretty", locale="en")


def test_a_span_of_one_date_is_one_date() -> None:
    first, last = date(2026, 11, 29), date(2026, 12, 2)
    assert shown.span(first, last, locale="en") == "Sun 29 Nov – Wed 2 Dec"
    assert shown.span(first, first, locale="en") == "Sun 29 Nov"


def test_a_wrap_after_midnight_is_the_next_day_of_its_call() -> None:
    wrap = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    time = shown.clock(wrap, ANGELES, date(2026, 11, 23))
    assert (time, time.days_later, time.is_next_day) == ("02:00", 1, True)
    assert shown.clock_words(time, locale="en") == "02:00 next day"
    assert shown.clock_words(time, locale="zh_Hans") == "次日 02:00"


def test_a_wrap_before_midnight_says_nothing_of_days() -> None:
    time = shown.clock(NOON, ANGELES, date(2026, 11, 24))
    assert not time.is_next_day
    assert shown.clock_words(time, locale="en") == "12:00"
    assert shown.clock(NOON, ANGELES).days_later == 0


@pytest.mark.parametrize(
    ("minutes", "written", "later"),
    [(420, "07:00", 0), (1560, "02:00", 1), (1440, "00:00", 1), (-60, "23:00", -1)],
)
def test_minutes_of_a_shoot_day_become_wall_time(minutes: int, written: str, later: int) -> None:
    time = shown.wall(minutes)
    assert (str(time), time.days_later) == (written, later)


@pytest.mark.parametrize(
    ("span", "english", "chinese"),
    [
        (330, "5 h 30 m", "5 小时 30 分"),
        (600, "10 h", "10 小时"),
        (45, "45 m", "45 分钟"),
        (0, "0 m", "0 分钟"),
        (-90, "−1 h 30 m", "−1 小时 30 分"),
        (timedelta(hours=26, seconds=59), "26 h", "26 小时"),
    ],
)
def test_lengths_are_hours_and_minutes(span: timedelta | int, english: str, chinese: str) -> None:
    assert shown.length(span, locale="en") == english
    assert shown.length(span, locale="zh_Hans") == chinese


def test_an_instant_is_read_in_the_zone_of_the_set() -> None:
    assert shown.instant(NOON, ANGELES, locale="en") == "Tue 24 Nov, 12:00"
    assert shown.instant(NOON, "Asia/Shanghai", locale="zh_Hans") == "11月25日 周三 04:00"
    assert shown.instant(NOON.replace(year=2027), ANGELES, locale="en") == "Wed 24 Nov 2027, 12:00"


def test_the_zone_is_named_only_to_viewers_elsewhere() -> None:
    away = shown.instant(NOON, ANGELES, viewer_zone="Asia/Shanghai", locale="en")
    at_home = shown.instant(NOON, ANGELES, viewer_zone=ANGELES, locale="en")
    assert away == "Tue 24 Nov, 12:00 Los Angeles time"
    assert at_home == "Tue 24 Nov, 12:00"
    chinese = shown.instant(NOON, ANGELES, viewer_zone="Asia/Shanghai", locale="zh_Hans")
    assert chinese == "11月24日 周二 12:00（洛杉矶时间）"
    assert shown.zone_name("UTC", locale="zh_Hans") == "UTC"


def test_numbers_are_grouped_and_ratios_are_per_cent() -> None:
    assert shown.number(1187, locale="en") == "1,187"
    assert shown.number(-3, locale="en") == "−3"
    assert shown.number(Fraction(25, 2), locale="en") == "12.5"
    assert shown.number(Fraction(1, 200), locale="en") == "0.01"
    assert shown.number(Decimal("1.25"), locale="zh_Hans") == "1.25"
    assert shown.percent(Fraction(1, 8), locale="en") == "12.5%"


def test_lists_follow_the_language() -> None:
    assert shown.listed(["Cast", "Crew", "Background"], locale="en") == "Cast, Crew, and Background"
    assert shown.listed(["演员", "剧组"], locale="zh_Hans") == "演员和剧组"


def test_a_sentence_is_translated_and_its_values_are_written_for_the_reader() -> None:
    said = say(
        "Meal due by %(due)s, taken %(late)s late.",
        due=NOON,
        late=timedelta(minutes=36),
    )
    english = shown.sentence(said, locale="en", zone=ANGELES)
    assert english == "Meal due by Tue 24 Nov, 12:00, taken 36 m late."
    chinese = shown.sentence(said, locale="zh_Hans", zone="UTC")
    assert chinese == "应于 11月24日 周二 20:00 UTC 前用餐，晚了 36 分钟。"


def test_every_kind_of_value_is_written_by_its_own_rule() -> None:
    said = say(
        "%(a)s %(b)s %(c)s %(d)s %(e)s",
        a=Money(28_000, "CNY"),
        b=date(2026, 11, 23),
        c=[say("Overtime"), "x"],
        d=Fraction(3, 2),
        e=7,
    )
    assert shown.sentence(said, locale="en") == "CN¥280.00 Mon 23 Nov Overtime and x 1.5 7"
    assert shown.sentence(said, locale="zh") == "¥280.00 11月23日 周一 超时费和x 1.5 7"


def test_text_that_is_no_sentence_stays_as_it_is() -> None:
    assert shown.sentence("Overtime", locale="zh_Hans") == "Overtime"


def test_without_a_request_the_reader_is_english() -> None:
    assert shown.exact(Money(28_000, "CNY")) == "CN¥280.00"
    assert shown.length(90) == "1 h 30 m"
