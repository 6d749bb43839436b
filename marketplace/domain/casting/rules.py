"""Roles and applications: words and moves."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from marketplace.kernel import zones
from marketplace.kernel.errors import DomainError
from marketplace.kernel.moves import moved
from marketplace.kernel.sentences import Sentence, say


class RoleKind(StrEnum):
    """What kind of part or position a role is."""

    PRINCIPAL = "principal"
    FEATURED = "featured"
    BACKGROUND = "background"
    CREW = "crew"


class RoleState(StrEnum):
    """Where a role is; whether a date is full is counted, never stored."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    CUT = "cut"


class Disclosure(StrEnum):
    """What a person must know before applying."""

    NIGHT = "night"
    SMOKE = "smoke"
    WATER = "water"
    STUNTS = "stunts"
    INTIMACY = "intimacy"
    NUDITY = "nudity"
    ANIMALS = "animals"
    OWN_WARDROBE = "own_wardrobe"
    MINORS = "minors"


class ApplicationState(StrEnum):
    """The true state of an application, the same for both sides."""

    SUBMITTED = "submitted"
    VIEWED = "viewed"
    SHORTLISTED = "shortlisted"
    OFFERED = "offered"
    BOOKED = "booked"
    NOT_SELECTED = "not_selected"
    ROLE_FILLED = "role_filled"
    ROLE_CUT = "role_cut"
    WITHDRAWN = "withdrawn"


ENDED: Final = frozenset(
    {
        ApplicationState.NOT_SELECTED,
        ApplicationState.ROLE_FILLED,
        ApplicationState.ROLE_CUT,
        ApplicationState.WITHDRAWN,
    },
)


class Action(StrEnum):
    """What somebody does to an application."""

    VIEW = "view"
    SHORTLIST = "shortlist"
    UNSHORTLIST = "unshortlist"
    TURN_DOWN = "turn_down"
    OFFER = "offer"
    OFFER_ENDED = "offer_ended"
    BOOK = "book"
    UNBOOK = "unbook"
    FILL = "fill"
    CUT = "cut"
    WITHDRAW = "withdraw"


_S = ApplicationState
_OPEN = (_S.SUBMITTED, _S.VIEWED, _S.SHORTLISTED)

MOVES: Final[dict[tuple[ApplicationState, Action], ApplicationState]] = {
    (_S.SUBMITTED, Action.VIEW): _S.VIEWED,
    **{(state, Action.SHORTLIST): _S.SHORTLISTED for state in (_S.SUBMITTED, _S.VIEWED)},
    (_S.SHORTLISTED, Action.UNSHORTLIST): _S.VIEWED,
    **{(state, Action.TURN_DOWN): _S.NOT_SELECTED for state in _OPEN},
    **{(state, Action.OFFER): _S.OFFERED for state in (*_OPEN, _S.OFFERED, _S.BOOKED)},
    (_S.OFFERED, Action.OFFER_ENDED): _S.SHORTLISTED,
    **{(state, Action.BOOK): _S.BOOKED for state in (_S.OFFERED, _S.BOOKED)},
    (_S.BOOKED, Action.UNBOOK): _S.SHORTLISTED,
    **{(state, Action.FILL): _S.ROLE_FILLED for state in _OPEN},
    **{(state, Action.CUT): _S.ROLE_CUT for state in (*_OPEN, _S.OFFERED)},
    **{(state, Action.WITHDRAW): _S.WITHDRAWN for state in (*_OPEN, _S.OFFERED)},
}


def after(state: ApplicationState, action: Action) -> ApplicationState:
    """Return the state an action leads to.

    Raises NotAllowedError for every pair that is not in the table.
    """
    gone = say("This application has moved on meanwhile, so that is no longer possible.")
    return moved(MOVES, state, action, gone)


class RoleError(DomainError):
    """A role that cannot be stored, changed or published like this."""


class RoleAction(StrEnum):
    """What a production does to a role."""

    PUBLISH = "publish"
    CLOSE = "close"
    CUT = "cut"


ROLE_MOVES: Final[dict[tuple[RoleState, RoleAction], RoleState]] = {
    (RoleState.DRAFT, RoleAction.PUBLISH): RoleState.OPEN,
    (RoleState.CLOSED, RoleAction.PUBLISH): RoleState.OPEN,
    (RoleState.OPEN, RoleAction.CLOSE): RoleState.CLOSED,
    **{
        (state, RoleAction.CUT): RoleState.CUT
        for state in (RoleState.DRAFT, RoleState.OPEN, RoleState.CLOSED)
    },
}


def role_after(state: RoleState, action: RoleAction) -> RoleState:
    """Return the state an action leads a role to.

    Raises NotAllowedError for every pair that is not in the table.
    """
    gone = say("This role has moved on meanwhile, so that is no longer possible.")
    return moved(ROLE_MOVES, state, action, gone)


def why_not_open(
    *, apply_by_at: datetime, wraps: Collection[datetime], now: datetime
) -> Sentence | None:
    """Return why a role cannot be published, or None when it can.

    wraps: the estimated wraps of the days it needs people on.
    """
    if not wraps:
        return say("Say how many people the role needs on at least one shoot day.")
    if max(wraps) <= now:
        return say("Every shoot day of this role is over.")
    if apply_by_at <= now:
        return say("The apply-by time has passed; choose one that is to come.")
    if apply_by_at >= max(wraps):
        return say("The apply-by time is after the role's last day; choose an earlier one.")
    return None


OLDEST: Final = 120
"""No part is written for anybody older."""


def ages_problem(plays_from: int | None, plays_to: int | None) -> Sentence | None:
    """Return what is wrong with a playing age, or None: both ends or neither, in order."""
    if plays_from is None and plays_to is None:
        return None
    if plays_from is None or plays_to is None:
        return say("Give the playing age from and to, or neither.")
    if not 0 <= plays_from <= plays_to <= OLDEST:
        return say("The playing age goes from the younger to the older one.")
    return None


class Cadence(StrEnum):
    """How often somebody is told of new roles that a saved search finds."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    NEVER = "never"


CADENCE_WORDS: Final[dict[Cadence, Sentence]] = {
    Cadence.AT_ONCE: say("At once, when a role is published"),
    Cadence.DAILY: say("Once a day, at 09:00"),
    Cadence.NEVER: say("Never"),
}
"""What people call how often they are told."""

MOST_SEARCHES: Final = 20
"""How many searches one person keeps."""

DIGEST_MINUTES: Final = 9 * 60
"""When a day's new roles are told: at nine, on the reader's own clock."""

_PLAYED_BY: Final[dict[RoleKind, frozenset[str]]] = {
    RoleKind.PRINCIPAL: frozenset({"actor"}),
    RoleKind.FEATURED: frozenset({"actor", "background"}),
    RoleKind.BACKGROUND: frozenset({"background"}),
    RoleKind.CREW: frozenset({"crew"}),
}
"""Whose work each kind of role is, in the words of a profile."""


def works_of(kind: RoleKind) -> frozenset[str]:
    """Return the kinds of work people look for that this kind of role is."""
    return _PLAYED_BY[kind]


def ages_touch(one: tuple[int, int] | None, other: tuple[int, int] | None) -> bool:
    """Say whether two playing ages have a year in common; None is any age."""
    if one is None or other is None:
        return True
    return one[0] <= other[1] and other[0] <= one[1]


def next_digest_at(now: datetime, zone: str) -> datetime:
    """Return the next nine o'clock of a zone that is still to come."""
    today = zones.local(now, zone).date()
    at = zones.at(today, DIGEST_MINUTES, zone)
    return at if at > now else zones.at(today + timedelta(days=1), DIGEST_MINUTES, zone)
