"""Where an application is, in words, and how it came there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from marketplace.domain.audit.queries import HistoryRow
from marketplace.domain.casting.queries.applications import OwnApplication
from marketplace.domain.casting.rules import ApplicationState
from marketplace.kernel.errors import DomainError
from marketplace.web.presentation import instant, sentence

_S = ApplicationState
Step = tuple[str, str, str]
"""Title, detail, state of a step: "done", "now" or ""."""

WORDS: Final = {
    _S.OFFERED: (lazy_gettext("Offered"), "info", "mail-open"),
    _S.SHORTLISTED: (lazy_gettext("Shortlisted"), "ok", "star"),
    _S.VIEWED: (lazy_gettext("Viewed"), "", "eye"),
    _S.SUBMITTED: (lazy_gettext("Sent"), "", "send"),
    _S.BOOKED: (lazy_gettext("Booked"), "ok", "calendar-check"),
    _S.NOT_SELECTED: (lazy_gettext("Went to somebody else"), "", "circle-x"),
    _S.ROLE_FILLED: (lazy_gettext("The role is filled"), "", "circle-x"),
    _S.ROLE_CUT: (lazy_gettext("The role was cut"), "", "circle-x"),
    _S.WITHDRAWN: (lazy_gettext("You withdrew"), "", "undo-2"),
}
"""Each state in words, tone and icon, in the order of the list."""

DETAILS: Final = {
    _S.OFFERED: lazy_gettext("Answer it before it expires."),
    _S.SHORTLISTED: lazy_gettext("Nothing is booked yet."),
    _S.VIEWED: lazy_gettext("Casting has opened it."),
    _S.SUBMITTED: lazy_gettext("Casting has not opened it yet."),
    _S.BOOKED: lazy_gettext("Your dates are under My dates."),
    _S.NOT_SELECTED: lazy_gettext("Thank you for applying. Your dates are free again."),
    _S.ROLE_FILLED: lazy_gettext("Every place is taken. Your dates are free again."),
    _S.ROLE_CUT: lazy_gettext("It is no longer in the show. Your dates are free again."),
    _S.WITHDRAWN: lazy_gettext("The production was told."),
}
"""What each state means for the person."""

ACTS: Final = {
    "submit": lazy_gettext("You applied"),
    "view": lazy_gettext("Casting opened it"),
    "shortlist": lazy_gettext("You were put on the shortlist"),
    "unshortlist": lazy_gettext("You were taken off the shortlist"),
    "turn_down": lazy_gettext("The role went to somebody else"),
    "offer": lazy_gettext("You were made an offer"),
    "offer_ended": lazy_gettext("The offer ended without a booking"),
    "book": lazy_gettext("You were booked"),
    "unbook": lazy_gettext("The booking ended"),
    "fill": lazy_gettext("The role was filled"),
    "cut": lazy_gettext("The role was cut"),
    "withdraw": lazy_gettext("You withdrew"),
}
"""What happened, in the words for the person."""

WAY: Final = (_S.SUBMITTED, _S.VIEWED, _S.SHORTLISTED, _S.OFFERED, _S.BOOKED)
TITLES: Final = {
    _S.SUBMITTED: lazy_gettext("Sent"),
    _S.VIEWED: lazy_gettext("Viewed by casting"),
    _S.SHORTLISTED: lazy_gettext("On the shortlist"),
    _S.OFFERED: lazy_gettext("Offer"),
    _S.BOOKED: lazy_gettext("Booked"),
}
_ORDER: Final = {state: number for number, state in enumerate(WORDS)}


def place(application: OwnApplication) -> int:
    """Return where an application stands in the list."""
    return _ORDER[application.state]


def steps(application: OwnApplication, acts: Sequence[HistoryRow]) -> list[Step]:
    """Return the way from sent to booked, as far as it went; an end takes the place of the rest."""
    reached = _reached(application, acts)
    done = [
        (str(TITLES[state]), _when(reached[state], application), "done")
        for state in WAY
        if state in reached and state is not application.state
    ]
    title = str(WORDS[application.state][0] if application.has_ended else TITLES[application.state])
    now = (title, str(DETAILS[application.state]), "now")
    if application.has_ended or application.state is _S.BOOKED:
        return [*done, now]
    rest = WAY[WAY.index(application.state) + 1 :]
    before = [step for step in done if step[0] not in {str(TITLES[state]) for state in rest}]
    return [*before, now, *((str(TITLES[state]), "", "") for state in rest)]


def written(acts: Sequence[HistoryRow]) -> list[tuple[datetime, str]]:
    """Return the history in words, newest first."""
    return [(act.at, str(ACTS[act.action])) for act in acts if act.action in ACTS]


def say_refusal(refusal: DomainError) -> str:
    """Return a refusal in the reader's language."""
    return sentence(refusal.message)


def _reached(
    application: OwnApplication,
    acts: Sequence[HistoryRow],
) -> dict[ApplicationState, datetime]:
    """Return when each state was reached first."""
    reached = {_S.SUBMITTED: application.submitted_at}
    if application.viewed_at is not None:
        reached[_S.VIEWED] = application.viewed_at
    for act in reversed(acts):
        state = act.after.get("state")
        if state in TITLES:
            reached.setdefault(_S(state), act.at)
    return reached


def _when(at: datetime, application: OwnApplication) -> str:
    return str(_("%(time)s, time of the set", time=instant(at, application.zone)))
