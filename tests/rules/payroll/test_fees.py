"""Days that were called off: one line of the day rate, or hours lifted to the agreed share."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.booking.rules.cancelling import (
    NO_POLICY,
    Fee,
    FeeKind,
    sent_home_fee,
    standby_fee,
)
from marketplace.domain.payroll.rules.extras import commission_lines
from marketplace.domain.payroll.rules.fees import is_without_work
from marketplace.domain.payroll.rules.frozen import from_json, text_of
from marketplace.domain.payroll.rules.shapes import PayError, WorkedDay
from marketplace.kernel.money import Money
from tests.rules.payroll.days import a_day, a_deal, a_meal, an_agreement, paid, shown

CANCELLED = Fee(FeeKind.CANCELLED, 50, "day_and_half@2026-11-23 rows[0]", standby_fee(50).cause)
SENT_HOME = sent_home_fee(NO_POLICY)


def test_a_cancelled_day_pays_its_share_in_one_line_and_no_hours() -> None:
    earnings = paid(a_deal(rate="650"), a_day("07:00", "07:00", fee=CANCELLED))

    assert shown(earnings) == [("cancellation_fee", "50", "325.00")]
    assert earnings.gross == Money(32_500, "USD")
    assert earnings.worked_minutes == earnings.paid_hours == 0
    assert earnings.premium == earnings.reimbursed == Money(0, "USD")


def test_the_line_names_the_row_of_the_policy_and_the_cause() -> None:
    (line,) = paid(a_deal(), a_day("07:00", "07:00", fee=CANCELLED)).lines

    assert (line.kind, line.rule) == ("earning", CANCELLED.rule)
    assert line.cause == CANCELLED.cause
    assert line.quantity * line.rate * line.multiplier == line.amount.minor


def test_a_standby_is_paid_under_its_own_code() -> None:
    earnings = paid(a_deal(rate="280"), a_day("07:00", "07:00", fee=standby_fee(25)))

    assert shown(earnings) == [("standby_fee", "25", "70.00")]


def test_a_guild_takes_its_share_of_a_fee_too() -> None:
    deal = a_deal("cn_hengdian_extra_2024_11", "135", 10)
    agreement = an_agreement(deal.agreement)
    day = a_day("07:00", "07:00", fee=CANCELLED, zone="Asia/Shanghai")

    earnings = paid(deal, day)

    assert earnings.gross == Money(6_750, "CNY")
    assert [line.amount.minor for line in commission_lines(deal, earnings, agreement)] == [675]


def test_somebody_sent_home_is_lifted_to_the_day_rate() -> None:
    earnings = paid(a_deal(rate="650"), a_day("07:00", "10:00", fee=SENT_HOME))

    assert shown(earnings) == [("straight", "3", "139.29"), ("sent_home", "1", "510.71")]
    assert earnings.gross == Money(65_000, "USD")
    assert earnings.worked_minutes == 180


def test_hours_that_pay_more_than_the_share_are_not_lifted_and_the_line_says_so() -> None:
    fee = Fee(FeeKind.SENT_HOME, 20, "custom@1 sent_home_percent", SENT_HOME.cause)

    earnings = paid(a_deal(rate="650"), a_day("07:00", "10:00", fee=fee))

    assert shown(earnings) == [("straight", "3", "139.29"), ("sent_home", "1", "0.00")]
    assert earnings.gross == Money(13_929, "USD")


def test_penalties_come_on_top_of_a_day_sent_home() -> None:
    late = a_day("07:00", "15:00", a_meal("14:30", "15:00"), fee=SENT_HOME)

    earnings = paid(a_deal(rate="650"), late)

    penalties = [line.amount for line in earnings.lines if line.kind == "penalty"]
    assert penalties
    assert earnings.gross == sum(penalties, Money(65_000, "USD"))
    assert [line.kind for line in earnings.lines][-1] == "penalty"


def test_a_fee_under_an_agreement_that_is_not_in_force_is_refused() -> None:
    deal = a_deal("us_film_crew_12")
    start = an_agreement(deal.agreement).effective_from
    before = a_day("07:00", "07:00", fee=CANCELLED, on=start - timedelta(days=1))

    with pytest.raises(PayError, match="is not in force"):
        paid(deal, before)


@given(
    percent=st.integers(0, 100),
    minor=st.integers(1, 10_000_000),
    minutes=st.integers(1, 12 * 60),
)
def test_nobody_sent_home_gets_less_than_their_share(
    percent: int, minor: int, minutes: int
) -> None:
    fee = Fee(FeeKind.SENT_HOME, percent, "custom@1 sent_home_percent", SENT_HOME.cause)
    deal = replace(a_deal(), day_rate=Money(minor, "USD"))
    wrap = f"{7 + minutes // 60:02d}:{minutes % 60:02d}"

    earnings = paid(deal, a_day("07:00", wrap, fee=fee))

    assert earnings.gross.minor >= fee.of(deal.day_rate).minor
    assert earnings.gross == sum((line.amount for line in earnings.lines), Money(0, "USD"))


def test_a_day_that_was_called_off_reads_back_and_pays_the_same() -> None:
    day = a_day("07:00", "07:00", fee=CANCELLED)

    again = from_json(WorkedDay, json.loads(text_of(day)))

    assert text_of(paid(a_deal(), again)) == text_of(paid(a_deal(), day))


def test_only_a_fee_without_work_replaces_the_hours() -> None:
    assert is_without_work(CANCELLED)
    assert is_without_work(standby_fee(10))
    assert not is_without_work(SENT_HOME)
    assert not is_without_work(None)
