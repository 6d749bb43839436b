"""What a booking may be, and how much rest lies between two of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from marketplace.kernel.errors import DomainError
from marketplace.kernel.moves import moved
from marketplace.kernel.sentences import Sentence, say

NO_TIME: Final = timedelta(0)
LONGEST_REST: Final = timedelta(days=7)
"""How far around a shoot day other work can matter; no agreement owes more rest."""

STANDBY_ENDS_BEFORE: Final = timedelta(hours=12)
"""Nobody waits on standby until the last minute: without a place by then they are let go."""

REST_MESSAGE: Final = "booking_needs_rest"
"""What the database says when a confirmed booking would break the rest rule."""


class OfferEndedError(DomainError):
    """The offer can no longer be answered."""


class NotFreeError(DomainError):
    """The dates do not fit between the person's other work."""


class BehindError(NotFreeError):
    """Another production has the first word about a date."""


class OfferRefusedError(DomainError):
    """What was asked cannot be offered, or cannot be cancelled."""


class WithdrewError(OfferRefusedError):
    """The person took their application back before the offer was sent."""


class OfferState(StrEnum):
    """Where an offer is."""

    SENT = "sent"
    COUNTERED = "countered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


UNANSWERED: Final = (OfferState.SENT, OfferState.COUNTERED)
"""Offers that wait: for the person, or for what the production says to their counter."""


class BookingState(StrEnum):
    """Where one person's day in one role is."""

    OFFERED = "offered"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    STANDBY = "standby"
    RELEASED = "released"
    CONFIRMED = "confirmed"
    RECONFIRM = "reconfirm"
    MOVED = "moved"
    REPLACED = "replaced"
    CANCELLED_BY_PRODUCTION = "cancelled_by_production"
    CANCELLED_BY_TALENT = "cancelled_by_talent"
    NO_SHOW = "no_show"


class Action(StrEnum):
    """What somebody does to a booking."""

    ACCEPT = "accept"
    QUEUE = "queue"
    DECLINE = "decline"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"
    PROMOTE = "promote"
    RELEASE = "release"
    CANCEL = "cancel"
    CANCEL_BY_TALENT = "cancel_by_talent"
    MISS = "miss"
    MOVE = "move"
    REPLACE = "replace"


_S = BookingState

MOVES: Final[dict[tuple[BookingState, Action], BookingState]] = {
    (_S.OFFERED, Action.ACCEPT): _S.CONFIRMED,
    (_S.OFFERED, Action.QUEUE): _S.STANDBY,
    (_S.OFFERED, Action.DECLINE): _S.DECLINED,
    (_S.OFFERED, Action.EXPIRE): _S.EXPIRED,
    (_S.OFFERED, Action.WITHDRAW): _S.WITHDRAWN,
    (_S.STANDBY, Action.PROMOTE): _S.CONFIRMED,
    (_S.STANDBY, Action.RELEASE): _S.RELEASED,
    (_S.STANDBY, Action.CANCEL_BY_TALENT): _S.CANCELLED_BY_TALENT,
    (_S.CONFIRMED, Action.CANCEL): _S.CANCELLED_BY_PRODUCTION,
    (_S.CONFIRMED, Action.CANCEL_BY_TALENT): _S.CANCELLED_BY_TALENT,
    (_S.CONFIRMED, Action.MISS): _S.NO_SHOW,
    (_S.CONFIRMED, Action.MOVE): _S.MOVED,
    (_S.RECONFIRM, Action.MOVE): _S.MOVED,
    (_S.STANDBY, Action.MOVE): _S.MOVED,
    (_S.OFFERED, Action.MOVE): _S.MOVED,
    (_S.RECONFIRM, Action.ACCEPT): _S.CONFIRMED,
    (_S.RECONFIRM, Action.DECLINE): _S.RELEASED,
    (_S.RECONFIRM, Action.EXPIRE): _S.EXPIRED,
    (_S.RECONFIRM, Action.CANCEL): _S.CANCELLED_BY_PRODUCTION,
    (_S.CONFIRMED, Action.REPLACE): _S.REPLACED,
    (_S.RECONFIRM, Action.REPLACE): _S.REPLACED,
}


HAS_PLACE: Final = (BookingState.CONFIRMED, BookingState.RECONFIRM)
"""Who is counted on a date: booked, or booked and asked again because the day moved."""


def after(state: BookingState, action: Action) -> BookingState:
    """Return the state an action leads to.

    Raises NotAllowedError for every pair that is not in the table.
    """
    gone = say("This booking has moved on meanwhile, so that is no longer possible.")
    return moved(MOVES, state, action, gone)


class Fit(StrEnum):
    """How a shoot day fits between a person's other work."""

    FREE = "free"
    BOOKED_OUT = "booked_out"
    CLASHES = "clashes"
    SHORT_REST = "short_rest"


@dataclass(frozen=True, slots=True)
class WorkWindow:
    """One working day of a person: call, wrap, and the rest its production owes."""

    call_at: datetime
    wrap_at: datetime
    rest: timedelta


def rest_between(one: WorkWindow, other: WorkWindow) -> timedelta:
    """Return the time from the earlier wrap to the later call; negative when they overlap."""
    earlier, later = sorted((one, other), key=lambda window: (window.call_at, window.wrap_at))
    return later.call_at - earlier.wrap_at


def rest_shortfall(one: WorkWindow, other: WorkWindow) -> timedelta:
    """Return how much rest is missing between two windows of one person.

    one, other: in either order; they may overlap.
    The longer of the two productions' floors is owed; a gap of exactly that is enough.
    Returns zero when the rest is enough; an overlap counts as rest below zero.
    """
    return max(max(one.rest, other.rest) - rest_between(one, other), NO_TIME)


def fit(window: WorkWindow, others: Iterable[WorkWindow]) -> Fit:
    """Say how a window fits between a person's confirmed windows: the worst of all."""
    worst = Fit.FREE
    for other in others:
        if rest_between(window, other) < NO_TIME:
            return Fit.CLASHES
        if rest_shortfall(window, other) > NO_TIME:
            worst = Fit.SHORT_REST
    return worst


def with_book_out(found: Fit, *, is_booked_out: bool) -> Fit:
    """Return the fit of a date the person may have marked as not free: other work weighs more."""
    return Fit.BOOKED_OUT if is_booked_out and found is Fit.FREE else found


def is_possible(found: Fit) -> bool:
    """Say whether the date can be booked: a person may overrule their own book-out."""
    return found in {Fit.FREE, Fit.BOOKED_OUT}


def refusal(on: date, window: WorkWindow, others: Iterable[WorkWindow]) -> Sentence | None:
    """Say to the person why a date does not fit between their other work, or return None.

    Names the date asked for and the hours, never whose work is in the way.
    """
    gaps = [(rest_between(window, other), other) for other in others]
    if any(gap < NO_TIME for gap, _ in gaps):
        return say("You have other work at the same time as the call on %(date)s.", date=on)
    short = [(gap, other) for gap, other in gaps if gap < max(window.rest, other.rest)]
    if not short:
        return None
    gap, other = min(short, key=lambda pair: pair[0])
    return say(
        "You have other work too close to %(date)s: it leaves %(rest)s of rest, %(owed)s are owed.",
        date=on,
        rest=gap,
        owed=max(window.rest, other.rest),
    )


def is_open_at(now: datetime, expires_at: datetime) -> bool:
    """Say whether an offer can still be answered: in the second it expires, it cannot."""
    return now < expires_at


def standby_ends_at(call_at: datetime, now: datetime) -> datetime:
    """Return when a standby who joins now is let go: before the call, at the latest at it."""
    early = call_at - STANDBY_ENDS_BEFORE
    return early if now < early else call_at


def is_standby_over(call_at: datetime, now: datetime) -> bool:
    """Say whether somebody who still waits for a place on this call is let go."""
    return now >= call_at - STANDBY_ENDS_BEFORE


def earliest_call(wrap_at: datetime, floor: timedelta) -> datetime:
    """Return the first call that gives a person their rest after a wrap."""
    return wrap_at + floor
