"""What a day that is called off pays: the rows of a policy, their edges and their words."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from marketplace.domain.booking.queries.policies import policies
from marketplace.domain.booking.rules.cancelling import (
    NO_POLICY,
    CalledOff,
    Fee,
    FeeKind,
    PolicyError,
    Reason,
    cancellation_fee,
    deal_words,
    policy_words,
    read_fee,
    read_policy,
    sent_home_fee,
    standby_fee,
    store_fee,
)
from marketplace.kernel.money import Money

LONDON = "Europe/London"
CALL = datetime(2026, 11, 29, 7, 0, tzinfo=UTC)
"""07:00 in London, which is on UTC in November."""


def called_off(at: datetime, reason: Reason = Reason.PRODUCTION) -> CalledOff:
    return CalledOff(reason, at, CALL, date(2026, 11, 29), LONDON)


def day_before(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-28T{clock}+00:00")


def a_policy(*rows: dict[str, Any], **facts: Any) -> dict[str, Any]:
    return {"id": "custom", "title": "", "version": "1", "rows": list(rows), **facts}


@pytest.mark.parametrize(
    ("at", "percent"),
    [
        ("11:59:59", 0),
        ("12:00", 50),
        ("17:29:59", 50),
        ("17:30", 100),
        ("23:59", 100),
    ],
)
def test_uk_extras_are_paid_by_the_clock_of_the_day_before(at: str, percent: int) -> None:
    fee = cancellation_fee(read_policy(policies()["uk_extras"]), called_off(day_before(at)))

    assert fee.percent == percent


@pytest.mark.parametrize(
    ("notice", "percent"),
    [
        (timedelta(hours=24), 0),
        (timedelta(hours=24) - timedelta(seconds=1), 50),
        (timedelta(hours=12), 50),
        (timedelta(hours=12) - timedelta(seconds=1), 100),
        (timedelta(seconds=1), 100),
    ],
)
def test_a_notice_of_exactly_the_limit_is_enough(notice: timedelta, percent: int) -> None:
    fee = cancellation_fee(read_policy(policies()["day_and_half"]), called_off(CALL - notice))

    assert fee.percent == percent


def test_the_clock_of_the_day_before_is_that_of_the_set() -> None:
    policy = read_policy(policies()["uk_extras"])
    call = datetime(2026, 11, 29, 15, 0, tzinfo=UTC)
    noon_there = datetime(2026, 11, 28, 20, 0, tzinfo=UTC)
    off = CalledOff(Reason.PRODUCTION, noon_there, call, date(2026, 11, 29), "America/Los_Angeles")

    assert cancellation_fee(policy, off).percent == 50


def test_weather_has_rows_of_its_own() -> None:
    policy = read_policy(policies()["uk_extras"])
    late = day_before("18:00")

    assert cancellation_fee(policy, called_off(late, Reason.WEATHER)).percent == 50
    assert cancellation_fee(policy, called_off(late)).percent == 100


def test_a_row_without_a_limit_is_always_due() -> None:
    policy = read_policy(policies()["uk_extras"])
    weeks_before = CALL - timedelta(days=20)

    assert cancellation_fee(policy, called_off(weeks_before, Reason.BREACH)).percent == 100


def test_a_fee_names_its_row_and_says_when_it_was_cancelled() -> None:
    fee = cancellation_fee(read_policy(policies()["day_and_half"]), called_off(day_before("15:20")))

    assert fee.rule == "day_and_half@2026-11-23 rows[0]"
    assert str(fee.cause) == "50% of the day rate; cancelled 15:20, 15:40:00 before the call"


def test_of_equal_rows_the_first_counts() -> None:
    policy = read_policy(
        a_policy(
            {"reason": "production", "percent": 50, "under_hours": 48},
            {"reason": "production", "percent": 50, "under_hours": 24},
        ),
    )

    assert cancellation_fee(policy, called_off(day_before("15:20"))).rule == "custom@1 rows[0]"


def test_without_a_policy_nothing_is_due_before_the_call() -> None:
    fee = cancellation_fee(read_policy(None), called_off(CALL - timedelta(minutes=1)))

    assert (fee.percent, fee.rule) == (0, "no_cancellation_policy@1")
    assert fee.of(Money(65_000, "USD")) == Money(0, "USD")


def test_a_share_of_an_odd_rate_is_rounded_half_up() -> None:
    fee = standby_fee(50)

    assert fee.of(Money(27_501, "USD")) == Money(13_751, "USD")


def test_somebody_sent_home_has_the_whole_day_unless_the_policy_says_less() -> None:
    assert sent_home_fee(NO_POLICY).percent == 100
    assert sent_home_fee(read_policy(a_policy(sent_home_percent=60))).percent == 60
    assert sent_home_fee(read_policy(a_policy(sent_home_percent=60))).rule == (
        "custom@1 sent_home_percent"
    )


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"reason": "boredom", "percent": 50}, "Row 1: the reason is not known"),
        ({"percent": 50}, "Row 1: the reason is not known"),
        ({"reason": "weather", "percent": 101}, "from 0 to 100"),
        ({"reason": "weather", "percent": -1}, "from 0 to 100"),
        ({"reason": "weather"}, "from 0 to 100"),
        ({"reason": "weather", "percent": 50, "under_hours": 0}, "from 1 to 720 hours"),
        ({"reason": "weather", "percent": 50, "under_hours": 721}, "from 1 to 720 hours"),
        ({"reason": "weather", "percent": 50, "day_before": "soon"}, "Enter a time"),
        ({"reason": "weather", "percent": 50, "day_before": "24:00"}, "ends at 23:59"),
        (
            {"reason": "weather", "percent": 50, "day_before": "12:00", "under_hours": 4},
            "not both",
        ),
    ],
)
def test_a_row_that_cannot_be_is_named(row: dict[str, Any], problem: str) -> None:
    with pytest.raises(PolicyError, match=problem):
        read_policy(a_policy(row))


def test_a_share_for_sent_home_that_cannot_be_is_refused() -> None:
    with pytest.raises(PolicyError, match="Sent home: a share"):
        read_policy(a_policy(sent_home_percent=120))


def test_every_named_policy_says_in_words_what_it_promises() -> None:
    for stored in policies().values():
        words = [str(line) for line in policy_words(read_policy(stored))]

        assert len(words) == len(stored["rows"]) + 1
        assert all("% of the day rate." in line for line in words)


def test_the_words_say_hours_or_the_time_of_the_day_before() -> None:
    uk = [str(line) for line in policy_words(read_policy(policies()["uk_extras"]))]
    own = [str(line) for line in policy_words(read_policy(policies()["day_and_half"]))]

    assert uk[0] == "Cancelled by the production from 12:00 the day before: 50% of the day rate."
    assert uk[3] == "Cancelled in breach of what was agreed: 100% of the day rate."
    assert "less than 12:00:00 before the call: 100% of the day rate." in own[1]


def test_an_offer_without_terms_of_its_own_says_nothing_about_them() -> None:
    assert deal_words(NO_POLICY, 0) == ()
    assert [str(line) for line in deal_words(NO_POLICY, 25)] == [
        "Waiting on standby until it ends: 25% of the day rate.",
    ]


@pytest.mark.parametrize("kind", FeeKind)
def test_a_fee_reads_back_as_it_was_kept(kind: FeeKind) -> None:
    fee = Fee(kind, 50, "custom@1 rows[0]", standby_fee(50).cause)

    assert read_fee(json.loads(json.dumps(store_fee(fee)))) == fee
    assert read_fee(None) is None
