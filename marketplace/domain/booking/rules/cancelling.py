"""What a day that is called off pays: the policy a booking was made under, and its fee."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from marketplace.kernel import zones
from marketplace.kernel.errors import DomainError
from marketplace.kernel.frozen import freeze, thaw
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say

WHOLE: Final = 100
ONE_DAY: Final = timedelta(days=1)
A_MINUTE: Final = timedelta(minutes=1)
LONGEST_NOTICE: Final = 24 * 30
CUSTOM: Final = "custom"


class PolicyError(DomainError):
    """A cancellation policy that cannot be read."""

    http_status = 422


class Reason(StrEnum):
    """Why a production calls a day off.

    breach: against what was agreed, for example without telling the person.
    """

    PRODUCTION = "production"
    WEATHER = "weather"
    BREACH = "breach"


class FeeKind(StrEnum):
    """What a fee is paid for."""

    CANCELLED = "cancelled"
    STANDBY = "standby"
    SENT_HOME = "sent_home"


@dataclass(frozen=True, slots=True)
class Limit:
    """One row of a policy: from when on how much of the day rate is due.

    under: due when the notice is shorter than this; a notice of exactly this is enough.
    day_before: due from this minute of the day before the shoot date on, on the clock of the set.
    Neither: always due.
    """

    reason: Reason
    percent: int
    under: timedelta | None = None
    day_before: int | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """What was agreed about days that are called off. rows: in the order they are written."""

    id: str
    title: str
    version: str
    rows: tuple[Limit, ...] = ()
    sent_home_percent: int = WHOLE

    def row(self, place: str) -> str:
        """Name a row, for the `rule` of a pay line."""
        return f"{self.id}@{self.version} {place}".strip()


NO_POLICY: Final = Policy("no_cancellation_policy", "", "1")


@dataclass(frozen=True, slots=True)
class CalledOff:
    """A confirmed day that the production calls off."""

    reason: Reason
    at: datetime
    call_at: datetime
    shoot_date: date
    zone: str

    @property
    def notice(self) -> timedelta:
        """The time left until the call, in whole minutes."""
        return (self.call_at - self.at) // A_MINUTE * A_MINUTE


@dataclass(frozen=True, slots=True)
class Fee:
    """What a day that was not worked as booked pays: a share of the day rate, and why.

    rule: the row of the policy it follows from.
    """

    kind: FeeKind
    percent: int
    rule: str
    cause: Sentence

    def of(self, day_rate: Money) -> Money:
        """Return the amount, rounded half up to a minor unit."""
        return day_rate.times(Fraction(self.percent, WHOLE))


def read_policy(stored: Mapping[str, Any] | None) -> Policy:
    """Return a policy as it is stored; None means that nothing is due before the call.

    Raises PolicyError naming the row that cannot be.
    """
    if stored is None:
        return NO_POLICY
    rows = tuple(_row(number, row) for number, row in enumerate(stored["rows"], start=1))
    share = _percent(stored.get("sent_home_percent", WHOLE), say("Sent home"))
    return Policy(stored["id"], stored["title"], stored["version"], rows, share)


def _row(number: int, raw: Mapping[str, Any]) -> Limit:
    where = say("Row %(number)s", number=number)
    if raw.get("reason") not in set(Reason):
        raise PolicyError(say("%(where)s: the reason is not known.", where=where))
    under, clock = raw.get("under_hours"), raw.get("day_before")
    if under is not None and clock is not None:
        raise PolicyError(say("%(where)s: hours or a time of day, not both.", where=where))
    return Limit(
        reason=Reason(raw["reason"]),
        percent=_percent(raw.get("percent"), where),
        under=None if under is None else _hours(under, where),
        day_before=None if clock is None else _clock(clock, where),
    )


def _percent(found: object, where: Sentence) -> int:
    if not isinstance(found, int) or not 0 <= found <= WHOLE:
        raise PolicyError(say("%(where)s: a share is from 0 to 100 percent.", where=where))
    return found


def _hours(found: object, where: Sentence) -> timedelta:
    if not isinstance(found, int) or not 0 < found <= LONGEST_NOTICE:
        raise PolicyError(say("%(where)s: a notice is from 1 to 720 hours.", where=where))
    return timedelta(hours=found)


def _clock(found: object, where: Sentence) -> int:
    try:
        minutes = zones.parse_clock(str(found))
    except zones.TimeError as wrong:
        raise PolicyError(
            say("%(where)s: %(problem)s", where=where, problem=wrong.message),
        ) from wrong
    if minutes >= zones.HOURS_A_DAY * 60:
        raise PolicyError(say("%(where)s: a time of the day before ends at 23:59.", where=where))
    return minutes


def cancellation_fee(policy: Policy, off: CalledOff) -> Fee:
    """Return what is due for a confirmed day that is called off; possibly nothing.

    Of all rows that apply to the reason the highest share counts, the first of equals.
    """
    due = [(row, number) for number, row in enumerate(policy.rows) if _applies(row, off)]
    if not due:
        return Fee(FeeKind.CANCELLED, 0, policy.row(""), _cause(0, off))
    row, number = max(due, key=lambda one: (one[0].percent, -one[1]))
    rule = policy.row(f"rows[{number}]")
    return Fee(FeeKind.CANCELLED, row.percent, rule, _cause(row.percent, off))


def _applies(row: Limit, off: CalledOff) -> bool:
    if row.reason is not off.reason:
        return False
    if row.under is not None:
        return off.call_at - off.at < row.under
    if row.day_before is None:
        return True
    return off.at >= zones.at(off.shoot_date - ONE_DAY, row.day_before, off.zone)


_CAUSES: Final = {
    Reason.PRODUCTION: say(
        "%(percent)s%% of the day rate; cancelled %(time)s, %(notice)s before the call",
    ),
    Reason.WEATHER: say(
        "%(percent)s%% of the day rate; cancelled for weather %(time)s, %(notice)s before the call",
    ),
    Reason.BREACH: say(
        "%(percent)s%% of the day rate; cancelled in breach %(time)s, %(notice)s before the call",
    ),
}


def _cause(percent: int, off: CalledOff) -> Sentence:
    time = f"{zones.local(off.at, off.zone):%H:%M}"
    values = {"percent": percent, "time": time, "notice": off.notice}
    return Sentence(_CAUSES[off.reason].text, values)


def standby_fee(percent: int) -> Fee:
    """Return what somebody is paid who waited on standby until the line ended."""
    cause = say("%(percent)s%% of the day rate for waiting until standby ended", percent=percent)
    return Fee(FeeKind.STANDBY, percent, "standby fee of the offer", cause)


def sent_home_fee(policy: Policy) -> Fee:
    """Return what somebody is owed at least who came and was not used."""
    percent = policy.sent_home_percent
    cause = say("Came and was not used: at least %(percent)s%% of the day rate", percent=percent)
    return Fee(FeeKind.SENT_HOME, percent, policy.row("sent_home_percent"), cause)


def store_fee(fee: Fee) -> dict[str, Any]:
    """Return a fee as it is kept on the booking."""
    return {
        "kind": fee.kind.value,
        "percent": fee.percent,
        "rule": fee.rule,
        "cause": freeze(fee.cause),
    }


def read_fee(stored: Mapping[str, Any] | None) -> Fee | None:
    """Return the fee of a booking, None when it has none."""
    if stored is None:
        return None
    cause = thaw(stored["cause"])
    return Fee(FeeKind(stored["kind"]), stored["percent"], stored["rule"], cause)


def policy_words(policy: Policy) -> tuple[Sentence, ...]:
    """Say what a policy promises, a sentence for each row."""
    rows = tuple(_words(row) for row in policy.rows)
    share = policy.sent_home_percent
    home = say("Sent home without being used: at least %(share)s%% of the day rate.", share=share)
    return (*rows, home)


def deal_words(policy: Policy, standby_percent: int) -> tuple[Sentence, ...]:
    """Say what is paid when a day is called off, and for waiting on standby; or nothing."""
    lines = policy_words(policy) if policy.rows else ()
    if not standby_percent:
        return lines
    share = standby_percent
    waiting = say("Waiting on standby until it ends: %(share)s%% of the day rate.", share=share)
    return (*lines, waiting)


_WHO: Final = {
    Reason.PRODUCTION: say("Cancelled by the production"),
    Reason.WEATHER: say("Cancelled for weather"),
    Reason.BREACH: say("Cancelled in breach of what was agreed"),
}


def _words(row: Limit) -> Sentence:
    values = {"who": _WHO[row.reason], "percent": row.percent}
    if row.under is not None:
        return say(
            "%(who)s less than %(length)s before the call: %(percent)s%% of the day rate.",
            length=row.under,
            **values,
        )
    if row.day_before is None:
        return say("%(who)s: %(percent)s%% of the day rate.", **values)
    return say(
        "%(who)s from %(time)s the day before: %(percent)s%% of the day rate.",
        time=zones.show_clock(row.day_before),
        **values,
    )
