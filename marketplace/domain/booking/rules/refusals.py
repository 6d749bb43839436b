"""What an avail check, a first refusal and a counter may be, and who comes first.

A first refusal is unpaid and no booking: it gives a production the first word about a person's
time until it expires. Those of one person whose times do not go together are ranked by who
asked first. See `MOVES` for what may follow what.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from marketplace.domain.booking.rules import NO_TIME, OfferState, WorkWindow, rest_shortfall
from marketplace.kernel.errors import DomainError
from marketplace.kernel.moves import moved
from marketplace.kernel.sentences import say

CHALLENGE_LASTS: Final = timedelta(hours=24)
"""How long a challenged production has to make an offer, when nothing else ends before."""


class AvailabilityError(DomainError):
    """An avail check that cannot be sent or answered."""


class RefusalError(DomainError):
    """A first refusal that cannot be had, challenged or given back."""


class CounterError(DomainError):
    """A counter that cannot be made or answered."""


class CheckState(StrEnum):
    """Where an avail check is; "available" means the whole day."""

    ASKED = "asked"
    AVAILABLE = "available"
    AVAILABLE_WITH_NOTE = "available_with_note"
    UNAVAILABLE = "unavailable"
    NO_ANSWER = "no_answer"


class CheckAction(StrEnum):
    """What somebody does with an avail check."""

    ASK_AGAIN = "ask_again"
    SAY_YES = "say_yes"
    SAY_YES_WITH_NOTE = "say_yes_with_note"
    SAY_NO = "say_no"
    EXPIRE = "expire"


_C = CheckState
_ANSWERS: Final = {
    CheckAction.SAY_YES: _C.AVAILABLE,
    CheckAction.SAY_YES_WITH_NOTE: _C.AVAILABLE_WITH_NOTE,
    CheckAction.SAY_NO: _C.UNAVAILABLE,
}

CHECK_MOVES: Final[dict[tuple[CheckState, CheckAction], CheckState]] = {
    **{(state, action): new for state in CheckState for action, new in _ANSWERS.items()},
    (_C.ASKED, CheckAction.EXPIRE): _C.NO_ANSWER,
    (_C.NO_ANSWER, CheckAction.ASK_AGAIN): _C.ASKED,
}
"""An answer may be changed, and may come late; a booking ends that (see the service)."""


def check_after(state: CheckState, action: CheckAction) -> CheckState:
    """Return the state an action leads an avail check to.

    Raises NotAllowedError for every pair that is not in the table.
    """
    gone = say("This question has moved on meanwhile, so that is no longer possible.")
    return moved(CHECK_MOVES, state, action, gone)


class RefusalState(StrEnum):
    """Where a first refusal is."""

    ACTIVE = "active"
    CHALLENGED = "challenged"
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    RELEASED = "released"
    EXPIRED = "expired"


LIVE: Final = (RefusalState.ACTIVE, RefusalState.CHALLENGED, RefusalState.OFFERED)
"""First refusals that hold a rank."""


class RefusalAction(StrEnum):
    """What somebody does with a first refusal."""

    CHALLENGE = "challenge"
    DROP_CHALLENGE = "drop_challenge"
    OFFER = "offer"
    CONFIRM = "confirm"
    RELEASE = "release"
    EXPIRE = "expire"


_R = RefusalState

MOVES: Final[dict[tuple[RefusalState, RefusalAction], RefusalState]] = {
    (_R.ACTIVE, RefusalAction.CHALLENGE): _R.CHALLENGED,
    (_R.CHALLENGED, RefusalAction.DROP_CHALLENGE): _R.ACTIVE,
    **{(state, RefusalAction.OFFER): _R.OFFERED for state in (_R.ACTIVE, _R.CHALLENGED)},
    **{(state, RefusalAction.CONFIRM): _R.CONFIRMED for state in LIVE},
    **{(state, RefusalAction.RELEASE): _R.RELEASED for state in LIVE},
    **{(state, RefusalAction.EXPIRE): _R.EXPIRED for state in LIVE},
}
"""What is confirmed has become a booking: nobody can challenge it."""


def refusal_after(state: RefusalState, action: RefusalAction) -> RefusalState:
    """Return the state an action leads a first refusal to.

    Raises NotAllowedError for every pair that is not in the table.
    """
    gone = say("This first refusal has moved on meanwhile, so that is no longer possible.")
    return moved(MOVES, state, action, gone)


class OfferAction(StrEnum):
    """What somebody does with an offer."""

    ACCEPT = "accept"
    DECLINE = "decline"
    COUNTER = "counter"
    AGREE = "agree"
    KEEP_TERMS = "keep_terms"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"


_O = OfferState

OFFER_MOVES: Final[dict[tuple[OfferState, OfferAction], OfferState]] = {
    (_O.SENT, OfferAction.ACCEPT): _O.ACCEPTED,
    (_O.SENT, OfferAction.COUNTER): _O.COUNTERED,
    (_O.COUNTERED, OfferAction.AGREE): _O.REPLACED,
    (_O.COUNTERED, OfferAction.KEEP_TERMS): _O.SENT,
    **{(state, OfferAction.DECLINE): _O.DECLINED for state in (_O.SENT, _O.COUNTERED)},
    **{(state, OfferAction.EXPIRE): _O.EXPIRED for state in (_O.SENT, _O.COUNTERED)},
    **{(state, OfferAction.WITHDRAW): _O.WITHDRAWN for state in (_O.SENT, _O.COUNTERED)},
}


def offer_after(state: OfferState, action: OfferAction) -> OfferState:
    """Return the state an action leads an offer to.

    Raises NotAllowedError for every pair that is not in the table.
    """
    gone = say("This offer was answered or has ended meanwhile, so that is no longer possible.")
    return moved(OFFER_MOVES, state, action, gone)


@dataclass(frozen=True, slots=True)
class Claim:
    """A first refusal that holds a rank: on which hours, for which production."""

    id: int
    production_id: int
    window: WorkWindow


def are_rivals(one: WorkWindow, other: WorkWindow) -> bool:
    """Say whether one person cannot work both: they overlap, or leave too little rest."""
    return rest_shortfall(one, other) > NO_TIME


def ranks(claims: Sequence[Claim]) -> dict[int, int]:
    """Return the rank of each claim on one person's time, by claim id; 1 comes first.

    claims: in the order they were made. A claim stands behind every earlier one that it cannot
    go together with, so that no two rivals ever have the same rank.
    """
    found: dict[int, int] = {}
    for place, claim in enumerate(claims):
        ahead = [found[one.id] for one in rivals(claim.window, claims[:place])]
        found[claim.id] = 1 + max(ahead, default=0)
    return found


def rivals(window: WorkWindow, claims: Sequence[Claim]) -> list[Claim]:
    """Return the claims that cannot go together with a window."""
    return [claim for claim in claims if are_rivals(window, claim.window)]


def challenge_ends_at(now: datetime, expires_at: datetime) -> datetime:
    """Return until when a challenged production may answer: a day, or its own expiry before."""
    return min(now + CHALLENGE_LASTS, expires_at)


def counter_ends_at(now: datetime, expires_at: datetime, first_call_at: datetime) -> datetime:
    """Return until when a production may answer a counter.

    A day, or as long as the offer stands when that is longer; never past the first call.
    """
    return min(max(now + CHALLENGE_LASTS, expires_at), first_call_at)
