"""A shoot day moves: who can follow it, until when they answer, and what was shown before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from marketplace.domain.booking.rules import (
    NO_TIME,
    OfferRefusedError,
    WorkWindow,
    rest_between,
    rest_shortfall,
)
from marketplace.kernel import zones
from marketplace.kernel.errors import DomainError
from marketplace.kernel.sentences import say

EVENING: Final = 20 * 60
SOON: Final = timedelta(hours=4)
AN_HOUR: Final = timedelta(hours=1)


class MoveRefusedError(DomainError):
    """The day cannot be moved or called off like this."""


class PreviewChangedError(DomainError):
    """Something is not as it was shown; nothing was done."""

    def __init__(self) -> None:
        """Ask to look again."""
        super().__init__(
            say("Something changed meanwhile, so nothing was done. Please look again."),
        )


class MoveFit(StrEnum):
    """How somebody can follow a day that moves."""

    FREE = "free"
    BOOKED_OUT = "booked_out"
    SHORT_REST = "short_rest"
    CLASHES = "clashes"
    WITH_US = "with_us"


@dataclass(frozen=True, slots=True)
class OtherWork:
    """Confirmed work of a person on another day; is_ours: of the production that moves."""

    window: WorkWindow
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Follows:
    """Whether somebody can follow; rest: the shortest one where it is too short."""

    fit: MoveFit
    rest: timedelta | None = None


def follows(window: WorkWindow, others: Iterable[OtherWork], *, is_away: bool) -> Follows:
    """Say how a person's new day fits between their other work: the worst of all counts.

    Work with the same production at the same time is told apart, because that production
    knows about it and need not ask.
    """
    others = list(others)
    meets = [one for one in others if rest_between(window, one.window) < NO_TIME]
    if any(one.is_ours for one in meets):
        return Follows(MoveFit.WITH_US)
    if meets:
        return Follows(MoveFit.CLASHES)
    short = [
        rest_between(window, one.window)
        for one in others
        if rest_shortfall(window, one.window) > NO_TIME
    ]
    if short:
        return Follows(MoveFit.SHORT_REST, min(short))
    return Follows(MoveFit.BOOKED_OUT if is_away else MoveFit.FREE)


def usual_answer_by(now: datetime, first_call: datetime, zone: str) -> datetime:
    """Return until when people answer: tonight at 20:00 on the set, or in four hours.

    Never after the first call of the new day.
    """
    tonight = zones.at(zones.local_date(now, zone), EVENING, zone)
    usual = tonight if tonight - now >= AN_HOUR else now + SOON
    return min(usual.replace(second=0, microsecond=0), first_call)


def refuse_deadline(now: datetime, answer_by: datetime, first_call: datetime) -> None:
    """Raise OfferRefusedError for a deadline that has passed or lies behind the new call."""
    if answer_by <= now:
        raise OfferRefusedError(say("The time to answer by must be in the future."))
    if answer_by > first_call:
        raise OfferRefusedError(say("People must answer before their new call."))


def digest_of(seen: Sequence[object]) -> str:
    """Return a short name of everything a preview showed; the same things, the same name."""
    text = json.dumps(seen, default=str, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def shifted(
    own: tuple[datetime, datetime],
    old: tuple[datetime, datetime],
    new: tuple[datetime, datetime],
) -> tuple[datetime, datetime]:
    """Return a person's own call and wrap on the new day: as far from the unit's as before.

    own, old, new: call and wrap of the person, of the day as it was, of the day as it will be.
    A call that would be at or after the wrap is the unit's.
    """
    call_at = new[0] + (own[0] - old[0])
    wrap_at = new[1] + (own[1] - old[1])
    return (call_at, wrap_at) if call_at < wrap_at else new
