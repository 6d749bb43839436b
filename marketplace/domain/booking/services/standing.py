"""The first refusals of one person as bookings and offers change them: ranks, moves, news.

Whoever calls has locked the person, so that no two do this for one person at once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import User
from marketplace.domain.audit import services as audit
from marketplace.domain.booking.models import Booking, FirstRefusal, Offer
from marketplace.domain.booking.rules import UNANSWERED, BookingState, WorkWindow
from marketplace.domain.booking.rules.refusals import (
    LIVE,
    Claim,
    RefusalAction,
    RefusalState,
    ranks,
    refusal_after,
    rivals,
)
from marketplace.domain.booking.services import asking
from marketplace.domain.casting.models import RoleDate
from marketplace.domain.notices.services import Reader
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.tasks import services as tasks
from marketplace.kernel.clock import Clock
from marketplace.kernel.sentences import say


@dataclass(frozen=True, slots=True)
class Held:
    """A first refusal that holds a rank, with its hours."""

    refusal: FirstRefusal
    claim: Claim
    on: date
    title: str


def live_of(session: Session, person_id: int) -> list[Held]:
    """Return the first refusals that hold a rank on one person's time, in order, re-read."""
    rows = session.execute(
        sa.select(
            FirstRefusal,
            ShootDay.call_at,
            ShootDay.wrap_at,
            ShootDay.shoot_date,
            Production.minimum_rest_minutes,
            Production.title,
        )
        .join(RoleDate, RoleDate.id == FirstRefusal.role_date_id)
        .join(ShootDay, ShootDay.id == RoleDate.shoot_day_id)
        .join(Production, Production.id == FirstRefusal.production_id)
        .where(FirstRefusal.person_id == person_id, FirstRefusal.state.in_(LIVE))
        .order_by(FirstRefusal.id)
        .execution_options(populate_existing=True),
    )
    return [
        Held(
            one,
            Claim(one.id, one.production_id, WorkWindow(call, wrap, timedelta(minutes=rest))),
            on,
            title,
        )
        for one, call, wrap, on, rest, title in rows
    ]


def ranks_of(held: Sequence[Held]) -> dict[int, int]:
    """Return the rank of each first refusal, by id."""
    return ranks([one.claim for one in held])


def ahead(session: Session, person_id: int, production_id: int, window: WorkWindow) -> list[Held]:
    """Return the first refusals of other productions that come before one on some hours."""
    held = live_of(session, person_id)
    own = [one.claim.id for one in held if one.claim.production_id == production_id]
    mine = [claim.id for claim in rivals(window, [one.claim for one in held]) if claim.id in own]
    limit = min(mine, default=None)
    others = {claim.id for claim in rivals(window, [one.claim for one in held])} - set(own)
    return [
        one for one in held if one.claim.id in others and (limit is None or one.claim.id < limit)
    ]


def move(
    session: Session,
    refusal: FirstRefusal,
    action: RefusalAction,
    *,
    actor_id: int | None,
    reason: str = "",
    clock: Clock,
) -> None:
    """Move one first refusal, end its challenge, and write the log.

    Raises NotAllowedError when the state machine has no such move.
    """
    company_id = session.get_one(Production, refusal.production_id).company_id
    old = RefusalState(refusal.state)
    refusal.state = refusal_after(old, action)
    refusal.challenge_ends_at = refusal.challenged_for_id = refusal.challenger_id = None
    if refusal.state not in LIVE:
        refusal.ended_at = clock.now()
        refusal.end_reason = reason
    act = audit.Act(
        f"first_refusal:{refusal.public_id}",
        action,
        {"state": old.value},
        {"state": refusal.state},
        reason,
        company_id,
    )
    audit.record(session, act, actor_id=actor_id, clock=clock)
    if refusal.state not in LIVE:
        session.flush()
        tasks.drop(session, f"expire_first_refusal:{refusal.id}", now=clock.now())


def offered(
    session: Session,
    person_id: int,
    role_date_ids: Collection[int],
    *,
    actor_id: int,
    clock: Clock,
) -> None:
    """Turn first refusals of these dates into offers; a challenge is answered by that."""
    for one in live_of(session, person_id):
        refusal = one.refusal
        if refusal.role_date_id not in role_date_ids or refusal.state == RefusalState.OFFERED:
            continue
        challenger = challenger_of(session, refusal)
        move(session, refusal, RefusalAction.OFFER, actor_id=actor_id, clock=clock)
        session.flush()
        if challenger is not None:
            name = asking.facts_of(session, refusal).name
            subject = say(
                "%(name)s has an offer from the production ahead of you for %(date)s",
                name=name,
                date=one.on,
            )
            lines = (say("You are told when the date comes free."),)
            key = f"refusal:{refusal.public_id}:answered:{clock.now():%Y%m%dT%H%M%S}"
            asking.tell_page(session, *challenger, (key, subject, lines), clock=clock)


def offer_ended(
    session: Session,
    offer: Offer,
    role_date_ids: Collection[int],
    action: RefusalAction,
    *,
    actor_id: int | None,
    clock: Clock,
) -> None:
    """End the first refusals whose offer came to nothing; those behind move up."""
    held = live_of(session, offer.person_id)
    before = ranks_of(held)
    for one in held:
        is_its = one.refusal.role_date_id in role_date_ids
        if is_its and one.refusal.state == RefusalState.OFFERED:
            move(session, one.refusal, action, actor_id=actor_id, clock=clock)
    tell_moved_up(session, offer.person_id, before, clock=clock)


def booked(session: Session, booking: Booking, *, actor_id: int | None, clock: Clock) -> None:
    """Release every first refusal that a new booking leaves no time for, and tell each holder.

    The one of the booking itself is confirmed. The person is told once.
    """
    held = live_of(session, booking.person_id)
    before = ranks_of(held)
    rest = timedelta(minutes=booking.rest_minutes)
    window = WorkWindow(booking.call_at, booking.wrap_at, rest)
    lost = {claim.id for claim in rivals(window, [one.claim for one in held])}
    released = []
    for one in held:
        if one.refusal.role_date_id == booking.role_date_id:
            move(session, one.refusal, RefusalAction.CONFIRM, actor_id=actor_id, clock=clock)
        elif one.claim.id in lost:
            _release_booked(session, one, actor_id=actor_id, clock=clock)
            released.append(one)
    if released:
        _tell_given_back(session, booking, released, clock=clock)
    tell_moved_up(session, booking.person_id, before, clock=clock)


def _release_booked(session: Session, one: Held, *, actor_id: int | None, clock: Clock) -> None:
    refusal = one.refusal
    move(session, refusal, RefusalAction.RELEASE, actor_id=actor_id, reason="booked", clock=clock)
    facts = asking.facts_of(session, refusal)
    subject = say(
        "%(name)s is booked and no longer free on %(date)s: your first refusal has ended",
        **facts.names,
    )
    lines = (say("You can offer the date to somebody else."),)
    asking.tell_casting(
        session, facts, f"refusal:{refusal.public_id}:booked", subject, lines, clock=clock
    )


def _tell_given_back(
    session: Session, booking: Booking, released: Sequence[Held], *, clock: Clock
) -> None:
    facts = asking.facts_of(session, released[0].refusal)
    lines = [say("%(date)s, %(title)s", date=one.on, title=one.title) for one in released]
    subject = say("Because you are booked, these first refusals have ended")
    key = f"booking:{booking.public_id}:refusals"
    asking.tell_talent(session, facts, key, subject, lines, clock=clock)


def tell_moved_up(
    session: Session, person_id: int, before: dict[int, int], *, clock: Clock
) -> None:
    """Tell each production whose first refusal stands higher than before."""
    session.flush()
    held = live_of(session, person_id)
    after = ranks_of(held)
    for one in held:
        rank = after[one.claim.id]
        if rank >= before.get(one.claim.id, rank):
            continue
        facts = asking.facts_of(session, one.refusal)
        subject = say(
            "You moved up: first refusal number %(rank)s for %(name)s on %(date)s",
            rank=rank,
            **facts.names,
        )
        key = f"refusal:{one.refusal.public_id}:rank:{rank}"
        lines = (say("It stands until it expires; an offer takes its place."),)
        asking.tell_casting(session, facts, key, subject, lines, clock=clock)


def challenger_of(session: Session, refusal: FirstRefusal) -> tuple[Reader, str] | None:
    """Return who waits for the answer to a challenge, and the page that shows it; or None."""
    if refusal.challenger_id is None or refusal.challenged_for_id is None:
        return None
    user = session.get_one(User, refusal.challenger_id)
    production = session.get_one(Production, refusal.challenged_for_id)
    return Reader(user.id, user.email, user.locale), f"/p/{production.public_id}/roles"


def still_asks(session: Session, refusal: FirstRefusal, held: Sequence[Held]) -> bool:
    """Say whether the production that challenged still waits for the person's time."""
    window = next(one.claim.window for one in held if one.refusal is refusal)
    asks = {claim.production_id for claim in rivals(window, [one.claim for one in held])}
    return refusal.challenged_for_id in asks | {
        booking.production_id for booking in open_rivals(session, refusal.person_id, window)
    }


def open_rivals(session: Session, person_id: int, window: WorkWindow) -> list[Booking]:
    """Return the dates of unanswered offers that a person could not work beside some hours."""
    found = session.scalars(
        sa.select(Booking)
        .join(Offer, Offer.id == Booking.offer_id)
        .where(
            Booking.person_id == person_id,
            Booking.state == BookingState.OFFERED,
            Offer.state.in_(UNANSWERED),
        )
        .order_by(Booking.id),
    ).all()
    claims = [Claim(one.id, one.production_id, _window(one)) for one in found]
    rival_ids = {claim.id for claim in rivals(window, claims)}
    return [one for one in found if one.id in rival_ids]


def _window(booking: Booking) -> WorkWindow:
    return WorkWindow(booking.call_at, booking.wrap_at, timedelta(minutes=booking.rest_minutes))
