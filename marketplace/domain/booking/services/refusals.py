"""First refusals: have one, challenge the one ahead, give it back, let it expire.

Every act locks the person first, so that ranks, challenges and bookings of one person happen
one after another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock, lock_one
from marketplace.domain.booking.models import FirstRefusal, Offer
from marketplace.domain.booking.rules import is_open_at
from marketplace.domain.booking.rules.refusals import (
    LIVE,
    RefusalAction,
    RefusalError,
    RefusalState,
    challenge_ends_at,
    rivals,
)
from marketplace.domain.booking.services import asking, standing
from marketplace.domain.booking.services.standing import Held
from marketplace.domain.casting.models import RoleDate
from marketplace.domain.people.models import Person
from marketplace.domain.tasks import services as tasks
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.sentences import say

_NONE: Final = say("There is no such first refusal.")


@dataclass(frozen=True, slots=True)
class ReleaseRefusal:
    """A production lets a first refusal of its own go."""

    refusal_id: int
    production_id: int
    by_id: int


@dataclass(frozen=True, slots=True)
class GiveBackRefusal:
    """A person takes back a first refusal on their own time."""

    refusal_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class ChallengeHolder:
    """A person asks the production that comes first to decide, because another one asks too."""

    refusal_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class ChallengeAhead:
    """A production asks whoever comes before its own first refusal to decide."""

    refusal_id: int
    production_id: int
    by_id: int


@dataclass(frozen=True, slots=True)
class _Challenger:
    production_id: int
    user_id: int


def release(session: Session, command: ReleaseRefusal, *, clock: Clock) -> FirstRefusal:
    """Let a first refusal go; the person is told, and whoever stands behind moves up.

    Doing it twice changes nothing. Raises NotAllowedError for one that was confirmed or expired.
    """
    refusal = _locked(session, command.refusal_id)
    if refusal.production_id != command.production_id:
        raise NotFoundError(_NONE)
    if refusal.state == RefusalState.RELEASED:
        return refusal
    facts = asking.facts_of(session, refusal)
    subject = say("%(title)s gave back its first refusal for %(date)s", **facts.names)
    lines = (say("The time is yours again."),)
    key = f"refusal:{refusal.public_id}:released"
    _end(session, refusal, RefusalAction.RELEASE, command.by_id, clock=clock)
    asking.tell_talent(session, facts, key, subject, lines, clock=clock)
    return refusal


def release_role(session: Session, role_id: int, by_id: int, *, clock: Clock) -> int:
    """Let every first refusal of a role go, because it is closed or cut; returns how many.

    One that has become an offer ends with the offer.
    """
    idle = FirstRefusal.state != RefusalState.OFFERED
    return _release_all(session, sa.and_(RoleDate.role_id == role_id, idle), by_id, clock=clock)


def release_day(session: Session, shoot_day_id: int, by_id: int, *, clock: Clock) -> int:
    """Let every first refusal of a day go that moves or is called off; returns how many."""
    return _release_all(session, RoleDate.shoot_day_id == shoot_day_id, by_id, clock=clock)


def _release_all(
    session: Session, which: sa.ColumnElement[bool], by_id: int, *, clock: Clock
) -> int:
    found = session.execute(
        sa.select(FirstRefusal.id, FirstRefusal.production_id, FirstRefusal.person_id)
        .join(RoleDate, RoleDate.id == FirstRefusal.role_date_id)
        .where(which, FirstRefusal.state.in_(LIVE))
        .order_by(FirstRefusal.id),
    ).all()
    lock(session, Person, [row.person_id for row in found])
    for refusal_id, production_id, _person_id in found:
        release(session, ReleaseRefusal(refusal_id, production_id, by_id), clock=clock)
    return len(found)


def give_back(session: Session, command: GiveBackRefusal, *, clock: Clock) -> FirstRefusal:
    """Take back a first refusal on one's own time, at any moment before it is a booking.

    Doing it twice changes nothing. Raises NotAllowedError for one that was confirmed or expired.
    """
    refusal = _locked(session, command.refusal_id)
    if refusal.person_id != command.person_id:
        raise NotFoundError(_NONE)
    if refusal.state == RefusalState.RELEASED:
        return refusal
    user_id = session.get_one(Person, command.person_id).user_id
    facts = asking.facts_of(session, refusal)
    subject = say("%(name)s took back your first refusal for %(date)s", **facts.names)
    key = f"refusal:{refusal.public_id}:given_back"
    _end(session, refusal, RefusalAction.RELEASE, user_id, clock=clock)
    asking.tell_casting(session, facts, key, subject, clock=clock)
    return refusal


def challenge_holder(session: Session, command: ChallengeHolder, *, clock: Clock) -> datetime:
    """Ask the production that comes first to decide; returns until when it may.

    Raises RefusalError when nobody else asks for that time.
    """
    refusal = _locked(session, command.refusal_id)
    if refusal.person_id != command.person_id:
        raise NotFoundError(_NONE)
    held = standing.live_of(session, command.person_id)
    one = _among(held, refusal)
    challenger = _first_behind(session, one, held)
    if challenger is None:
        raise RefusalError(say("Nobody else asks for this time, so nobody needs to decide."))
    user_id = session.get_one(Person, command.person_id).user_id
    return _challenge(session, one, challenger, actor_id=user_id, clock=clock)


def challenge_ahead(session: Session, command: ChallengeAhead, *, clock: Clock) -> datetime:
    """Ask everyone before a production's own first refusal to decide; returns until when.

    Raises RefusalError when nobody comes before it, or all of them were asked already.
    """
    refusal = _locked(session, command.refusal_id)
    if refusal.production_id != command.production_id:
        raise NotFoundError(_NONE)
    held = standing.live_of(session, refusal.person_id)
    own = _among(held, refusal)
    before = [one for one in held[: held.index(own)] if _is_rival(one, own)]
    idle = [one for one in before if one.refusal.state == RefusalState.ACTIVE]
    if not before:
        raise RefusalError(say("Nobody comes before you: make an offer when you are ready."))
    if not idle:
        raise RefusalError(say("Whoever comes before you was asked already; you are told."))
    challenger = _Challenger(command.production_id, command.by_id)
    return max(
        _challenge(session, one, challenger, actor_id=command.by_id, clock=clock) for one in idle
    )


def end_challenge(session: Session, refusal_id: int, *, clock: Clock) -> bool:
    """Release a first refusal whose production did not answer a challenge in time.

    When the challenger has gone meanwhile, nothing is lost. False when there is nothing to do.
    """
    refusal = _locked(session, refusal_id)
    ends_at = refusal.challenge_ends_at
    if ends_at is None or is_open_at(clock.now(), ends_at):
        return False
    held = standing.live_of(session, refusal.person_id)
    facts = asking.facts_of(session, refusal)
    key = f"refusal:{refusal.public_id}:challenge:{ends_at:%Y%m%dT%H%M%S}"
    if not standing.still_asks(session, refusal, held):
        drop = RefusalAction.DROP_CHALLENGE
        standing.move(session, refusal, drop, actor_id=None, clock=clock)
        subject = say("Nobody else asks for %(name)s on %(date)s any more", **facts.names)
        asking.tell_casting(session, facts, f"{key}:dropped", subject, clock=clock)
        return True
    _free_for_challenger(session, refusal, facts, key, clock=clock)
    _end(session, refusal, RefusalAction.RELEASE, None, reason="challenge", clock=clock)
    lost = say("Your first refusal for %(name)s on %(date)s has ended", **facts.names)
    why = (say("You were asked to decide, and made no offer in time."),)
    asking.tell_casting(session, facts, f"{key}:ended", lost, why, clock=clock)
    mine = say("%(title)s made no offer in time: its first refusal has ended", **facts.names)
    asking.tell_talent(session, facts, f"{key}:ended", mine, clock=clock)
    return True


def expire(session: Session, refusal_id: int, *, clock: Clock) -> bool:
    """End a first refusal whose time has come; False when there is nothing to end.

    One that has become an offer ends with the offer.
    """
    refusal = _locked(session, refusal_id)
    waits = refusal.state in {RefusalState.ACTIVE, RefusalState.CHALLENGED}
    if not waits or is_open_at(clock.now(), refusal.expires_at):
        return False
    facts = asking.facts_of(session, refusal)
    key = f"refusal:{refusal.public_id}:expired"
    _free_for_challenger(session, refusal, facts, key, clock=clock)
    _end(session, refusal, RefusalAction.EXPIRE, None, clock=clock)
    theirs = say("Your first refusal for %(name)s on %(date)s has expired", **facts.names)
    asking.tell_casting(session, facts, key, theirs, clock=clock)
    mine = say("The first refusal of %(title)s for %(date)s has expired", **facts.names)
    asking.tell_talent(session, facts, key, mine, (say("The time is yours again."),), clock=clock)
    return True


def _locked(session: Session, refusal_id: int) -> FirstRefusal:
    """Lock the person of a first refusal, then the row itself, re-read."""
    person_id = session.scalar(
        sa.select(FirstRefusal.person_id).where(FirstRefusal.id == refusal_id),
    )
    if person_id is None:
        raise NotFoundError(_NONE)
    lock(session, Person, [person_id])
    return lock_one(session, FirstRefusal, refusal_id)


def _end(
    session: Session,
    refusal: FirstRefusal,
    action: RefusalAction,
    actor_id: int | None,
    *,
    reason: str = "",
    clock: Clock,
) -> None:
    before = standing.ranks_of(standing.live_of(session, refusal.person_id))
    standing.move(session, refusal, action, actor_id=actor_id, reason=reason, clock=clock)
    standing.tell_moved_up(session, refusal.person_id, before, clock=clock)


def _among(held: Sequence[Held], refusal: FirstRefusal) -> Held:
    """Return a first refusal with its hours; raises RefusalError when it has ended."""
    found = [one for one in held if one.refusal is refusal]
    if not found or refusal.state not in LIVE:
        raise RefusalError(say("This first refusal has ended meanwhile."))
    return found[0]


def _is_rival(one: Held, other: Held) -> bool:
    is_other = one.claim.production_id != other.claim.production_id
    return is_other and bool(rivals(one.claim.window, [other.claim]))


def _first_behind(session: Session, one: Held, held: Sequence[Held]) -> _Challenger | None:
    """Return who would be next: the first refusal behind, or else the first open offer."""
    behind = [other for other in held[held.index(one) + 1 :] if _is_rival(other, one)]
    if behind:
        return _Challenger(behind[0].refusal.production_id, behind[0].refusal.asked_by_id)
    waiting = standing.open_rivals(session, one.refusal.person_id, one.claim.window)
    for booking in waiting:
        if booking.production_id != one.refusal.production_id:
            sent_by = session.get_one(Offer, booking.offer_id).sent_by_id
            return _Challenger(booking.production_id, sent_by)
    return None


def _challenge(
    session: Session,
    one: Held,
    challenger: _Challenger,
    *,
    actor_id: int,
    clock: Clock,
) -> datetime:
    refusal = one.refusal
    ends_at = challenge_ends_at(clock.now(), refusal.expires_at)
    facts = asking.facts_of(session, refusal)
    standing.move(session, refusal, RefusalAction.CHALLENGE, actor_id=actor_id, clock=clock)
    refusal.challenge_ends_at = ends_at
    refusal.challenged_for_id = challenger.production_id
    refusal.challenger_id = challenger.user_id
    session.flush()
    stamp = f"{ends_at:%Y%m%dT%H%M%S}"
    key = f"end_challenge:{refusal.id}:{stamp}"
    tasks.ask(session, "end_challenge", key, refusal.id, run_at=ends_at)
    subject = say(
        "Somebody else asks for %(name)s on %(date)s: answer by %(until_time)s, %(until_date)s",
        **facts.names,
        **asking.until(ends_at, facts.zone),
    )
    lines = (say("Make an offer by then to keep the date. Without one your first refusal ends."),)
    key = f"refusal:{refusal.public_id}:challenged:{stamp}"
    asking.tell_casting(session, facts, key, subject, lines, clock=clock)
    return ends_at


def _free_for_challenger(
    session: Session,
    refusal: FirstRefusal,
    facts: asking.DateFacts,
    key: str,
    *,
    clock: Clock,
) -> None:
    """Tell the production that challenged that nobody stands in its way there any more."""
    challenger = standing.challenger_of(session, refusal)
    if challenger is None:
        return
    subject = say("The production ahead of you gave up %(name)s on %(date)s", **facts.names)
    lines = (say("Make an offer, or remind the person of yours."),)
    news = (f"{key}:challenger", subject, lines)
    asking.tell_page(session, *challenger, news, clock=clock)
