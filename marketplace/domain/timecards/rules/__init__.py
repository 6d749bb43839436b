"""States of a time card, and what hours make sense."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

from marketplace.kernel import zones
from marketplace.kernel.errors import DomainError
from marketplace.kernel.moves import moved
from marketplace.kernel.sentences import Sentence, say

LONGEST_DAY: Final = timedelta(hours=30)
LONG_DAY: Final = timedelta(hours=12)
LONG_WITHOUT_MEAL: Final = timedelta(hours=6)
AUTO_AGREE_AFTER: Final = timedelta(hours=72)
NDB_LENGTH: Final = timedelta(minutes=15)
"""A non-deductible breakfast: paid, and it restarts the clock of the first meal."""


class HoursError(DomainError):
    """Hours that cannot be; `field` names what to put right."""

    http_status = 422

    def __init__(self, field_name: str, message: Sentence) -> None:
        """Keep which field is wrong."""
        super().__init__(message)
        self.field = field_name


class CardState(StrEnum):
    """Where a time card is."""

    PENDING = "pending"
    SENT = "sent"
    AGREED = "agreed"
    QUERIED = "queried"
    APPROVED = "approved"
    PAYROLL_APPROVED = "payroll_approved"
    LOCKED = "locked"


class CardKind(StrEnum):
    """What a card is for: work, or a day that was called off and is paid by the policy.

    sent_home: came and was not used; has hours. cancelled, standby: a fee alone, no hours.
    """

    WORK = "work"
    SENT_HOME = "sent_home"
    CANCELLED = "cancelled"
    STANDBY = "standby"


WITHOUT_HOURS: Final = (CardKind.CANCELLED, CardKind.STANDBY)


class Action(StrEnum):
    """What somebody does to a time card.

    send_back: the accountant rejects, the person's answer stays; _open: there was none yet.
    open: the day was called off, so the fee is sent in the place of any hours.
    """

    ENTER = "enter"
    AGREE = "agree"
    QUERY = "query"
    APPROVE = "approve"
    APPROVE_PAYROLL = "approve_payroll"
    SEND_BACK = "send_back"
    SEND_BACK_OPEN = "send_back_open"
    OPEN = "open"
    LOCK = "lock"


_S = CardState
_UNLOCKED = (_S.PENDING, _S.SENT, _S.AGREED, _S.QUERIED, _S.APPROVED, _S.PAYROLL_APPROVED)

MOVES: Final[dict[tuple[CardState, Action], CardState]] = {
    **{(state, Action.ENTER): _S.SENT for state in _UNLOCKED},
    **{(state, Action.OPEN): _S.SENT for state in _UNLOCKED},
    (_S.SENT, Action.AGREE): _S.AGREED,
    (_S.QUERIED, Action.AGREE): _S.AGREED,
    (_S.SENT, Action.QUERY): _S.QUERIED,
    (_S.AGREED, Action.QUERY): _S.QUERIED,
    (_S.SENT, Action.APPROVE): _S.APPROVED,
    (_S.AGREED, Action.APPROVE): _S.APPROVED,
    (_S.APPROVED, Action.APPROVE_PAYROLL): _S.PAYROLL_APPROVED,
    (_S.APPROVED, Action.SEND_BACK): _S.AGREED,
    (_S.APPROVED, Action.SEND_BACK_OPEN): _S.SENT,
    (_S.APPROVED, Action.LOCK): _S.LOCKED,
    (_S.PAYROLL_APPROVED, Action.LOCK): _S.LOCKED,
}
"""Whether an approved card may be locked without the accountant is said by `is_payable`."""

REFUSALS: Final[Mapping[CardState, Sentence]] = {
    _S.PENDING: say("No hours have been entered on this time card yet."),
    _S.SENT: say("This time card still waits for an answer."),
    _S.AGREED: say("These hours have been agreed already."),
    _S.QUERIED: say("These hours are queried; answer the query first."),
    _S.APPROVED: say("These hours have been approved; ask the production to correct them."),
    _S.PAYROLL_APPROVED: say("These hours are approved for payroll; only a correction opens them."),
    _S.LOCKED: say("The pay slip is issued: ask the accountant for an adjustment."),
}


def after(state: CardState, action: Action) -> CardState:
    """Return the state an action leads to.

    Raises NotAllowedError for every pair that is not in the table.
    """
    return moved(MOVES, state, action, REFUSALS[state])


PAYABLE: Final = (_S.APPROVED, _S.PAYROLL_APPROVED)
SIGNED: Final = (*PAYABLE, _S.LOCKED)
"""Where the production has approved. Payable: before the slip; see `is_payable`."""


def is_payable(state: CardState, *, needs_payroll_approval: bool) -> bool:
    """Say whether a pay slip may be issued: every signature the production asks for is there."""
    return state is _S.PAYROLL_APPROVED or (state is _S.APPROVED and not needs_payroll_approval)


class QueryPart(StrEnum):
    """What a question about an agreed card is about."""

    HOURS = "hours"
    MEALS = "meals"
    EXTRAS = "extras"
    RATE = "rate"
    OTHER = "other"


class QueryAnswer(StrEnum):
    """What became of a question; open: nobody has answered."""

    OPEN = "open"
    KEPT = "kept"
    ADJUSTED = "adjusted"


@dataclass(frozen=True, slots=True)
class TypedHours:
    """What was typed for one person's day: "07:00", "26:00" or "02:00", or "" for nothing.

    ndb: when a breakfast began that does not stop the clock.
    """

    in_: str
    out: str
    meal_out: str = ""
    meal_in: str = ""
    meal2_out: str = ""
    meal2_in: str = ""
    ndb: str = ""


@dataclass(frozen=True, slots=True)
class Hours:
    """One person's day as instants.

    meals stop the clock; a breakfast that does not (NDB) began at `ndb_at`.
    adjustments: recorded bumps and allowances, `adjustment("wet", 1)` each.
    """

    in_at: datetime
    out_at: datetime
    meals: tuple[tuple[datetime, datetime], ...] = ()
    adjustments: tuple[Mapping[str, Any], ...] = field(default=())
    ndb_at: datetime | None = None

    @property
    def worked(self) -> timedelta:
        """Time from in to out less meals."""
        breaks = sum((back - away for away, back in self.meals), timedelta(0))
        return self.out_at - self.in_at - breaks

    @property
    def meal_out_at(self) -> datetime | None:
        """When the first meal began."""
        return self.meals[0][0] if self.meals else None

    @property
    def meal_in_at(self) -> datetime | None:
        """When the first meal ended."""
        return self.meals[0][1] if self.meals else None

    @property
    def meal2_out_at(self) -> datetime | None:
        """When the second meal began."""
        return self.meals[1][0] if len(self.meals) > 1 else None

    @property
    def meal2_in_at(self) -> datetime | None:
        """When the second meal ended."""
        return self.meals[1][1] if len(self.meals) > 1 else None


@dataclass(frozen=True, slots=True)
class WorkBefore:
    """Another day a person works, in any production, as far as rest is concerned.

    call_at: in; wrap_at: hours on record, else the later of agreed and estimated wrap.
    owed: the rest its production owes. day_number: None in a production that is not ours.
    """

    call_at: datetime
    wrap_at: datetime
    owed: timedelta
    day_number: int | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """The rest a person gets before a call.

    floor: the longer of what both productions owe; a gap of exactly that is enough.
    """

    before: WorkBefore
    length: timedelta
    floor: timedelta

    @property
    def is_short(self) -> bool:
        """Whether the call comes too early."""
        return self.length < self.floor

    @property
    def first_call(self) -> datetime:
        """The first call that gives this person their rest."""
        return self.before.wrap_at + self.floor


def rest_before(call_at: datetime, owed: timedelta, days: Iterable[WorkBefore]) -> Rest | None:
    """Return the shortest rest, measured against its floor, between earlier days and a call.

    Days whose call is not before this one do not count; None when there is no such day.
    """
    rests = (
        Rest(day, call_at - day.wrap_at, max(owed, day.owed))
        for day in days
        if day.call_at < call_at
    )
    return min(rests, key=lambda rest: (call_at - rest.first_call, rest.length), default=None)


def adjustment(code: str, quantity: int) -> dict[str, Any]:
    """Return a bump of the agreement's table as it is recorded: the table has its amount."""
    return {"code": code, "amount": None, "quantity": quantity}


def read_hours(typed: TypedHours, shoot_date: date, call_at: datetime, zone: str) -> Hours:
    """Read typed clock times of a shoot day as instants.

    call_at: decides the date of "in" (a 23:30 call signed in at 00:10 is the next day).
    Every later time follows the one before: "02:00" after a 16:00 call is 26:00.
    Raises HoursError naming the field: unreadable, missing, out of order, or too long a day.
    """
    call = zones.clock_minutes(call_at, shoot_date, zone)
    begin = _nearest(_minutes("in_", typed.in_), call)
    end = zones.after(_minutes("out", typed.out), begin + 1)
    meals = _meals(typed, begin)
    times = [begin, *(minute for meal in meals for minute in meal), end]
    at = [zones.at(shoot_date, minute, zone) for minute in times]
    if any(later <= earlier for earlier, later in pairwise(at)):
        raise HoursError(
            "meal_out" if meals else "out",
            say("Times must follow one another: in, meals, wrap."),
        )
    ndb_at = None
    if typed.ndb.strip():
        ndb_at = zones.at(shoot_date, _nearest(_minutes("ndb", typed.ndb), begin), zone)
        if not at[0] <= ndb_at <= at[1] - NDB_LENGTH:
            raise HoursError("ndb", say("A breakfast (NDB) comes between in and the first meal."))
    breaks = tuple(zip(at[1:-1:2], at[2:-1:2], strict=True))
    hours = Hours(at[0], at[-1], breaks, ndb_at=ndb_at)
    if hours.out_at - hours.in_at > LONGEST_DAY:
        raise HoursError("out", say("A working day of more than 30 hours is a typing error."))
    return hours


def _meals(typed: TypedHours, begin: int) -> list[tuple[int, int]]:
    meals: list[tuple[int, int]] = []
    for away, back in (("meal_out", "meal_in"), ("meal2_out", "meal2_in")):
        texts = getattr(typed, away), getattr(typed, back)
        if not any(texts):
            continue
        out = zones.after(_minutes(away, texts[0]), meals[-1][1] if meals else begin)
        meals.append((out, zones.after(_minutes(back, texts[1]), out)))
    return meals


def _minutes(name: str, text: str) -> int:
    if not text.strip():
        raise HoursError(name, say("Enter both times, or neither."))
    try:
        return zones.parse_clock(text)
    except zones.TimeError as wrong:
        raise HoursError(name, wrong.message) from wrong


def _nearest(minutes: int, call: int) -> int:
    """Return the reading of a clock time that is nearest to the call.

    A 00:10 call may be signed in at 23:50 the evening before; "26:00" says its day itself.
    """
    day = zones.HOURS_A_DAY * 60
    readings = (minutes,) if minutes >= day else (minutes, minutes + day, minutes - day)
    return min(readings, key=lambda reading: abs(reading - call))


def warnings(hours: Hours, rest: timedelta | None, floor: timedelta) -> tuple[Sentence, ...]:
    """Say what is unusual about a day; none of it is forbidden.

    rest: from the person's last wrap to this in; None when there is none to compare with.
    """
    found = []
    if hours.out_at - hours.in_at > LONG_DAY:
        found.append(say("%(length)s on set", length=hours.out_at - hours.in_at))
    if not hours.meals and hours.worked > LONG_WITHOUT_MEAL:
        found.append(say("no meal in %(length)s", length=hours.worked))
    if rest is not None and rest < floor:
        found.append(say("%(rest)s of rest before", rest=rest))
    return tuple(found)
