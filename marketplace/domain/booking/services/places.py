"""Places: who has one, who waits for one, and the log of every move of a booking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock
from marketplace.domain.audit import services as audit
from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.queries import windows_of
from marketplace.domain.booking.rules import (
    HAS_PLACE,
    LONGEST_REST,
    REST_MESSAGE,
    Action,
    BookingState,
    Fit,
    NotFreeError,
    WorkWindow,
    after,
    fit,
    standby_ends_at,
)
from marketplace.domain.booking.services import memos, standing, telling
from marketplace.domain.booking.services.telling import News
from marketplace.domain.casting.models import Application, RoleDate
from marketplace.domain.casting.rules import ENDED, ApplicationState
from marketplace.domain.casting.rules import Action as Selection
from marketplace.domain.casting.services import selects
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production
from marketplace.domain.tasks import services as tasks
from marketplace.kernel.clock import Clock
from marketplace.kernel.sentences import say

_A = ApplicationState
_WANTED: Final[dict[tuple[ApplicationState, ApplicationState], Selection]] = {
    (_A.OFFERED, _A.BOOKED): Selection.BOOK,
    (_A.BOOKED, _A.OFFERED): Selection.OFFER,
    (_A.OFFERED, _A.SHORTLISTED): Selection.OFFER_ENDED,
    (_A.BOOKED, _A.SHORTLISTED): Selection.UNBOOK,
}
"""How an application gets from where it is to where its offers and bookings say it is."""


def window(booking: Booking) -> WorkWindow:
    """Return a booking as a window of work."""
    return WorkWindow(booking.call_at, booking.wrap_at, timedelta(minutes=booking.rest_minutes))


def work_around(session: Session, person_id: int, bookings: Sequence[Booking]) -> list[WorkWindow]:
    """Return the person's confirmed work that may be too close to some bookings."""
    return windows_of(
        session,
        person_id,
        min(booking.call_at for booking in bookings) - LONGEST_REST,
        max(booking.wrap_at for booking in bookings) + LONGEST_REST,
    )


def move(
    session: Session,
    booking: Booking,
    action: Action,
    *,
    actor_id: int | None,
    reason: str = "",
    clock: Clock,
) -> None:
    """Move one booking of a locked place, and write the log.

    Raises NotAllowedError when the state machine has no such move.
    """
    old = BookingState(booking.state)
    new = after(old, action)
    company_id = session.get_one(Production, booking.production_id).company_id
    booking.state = new
    if new is not BookingState.STANDBY:
        booking.standby_rank = None
    if new is BookingState.CONFIRMED:
        booking.confirmed_at = clock.now()
    elif new is not BookingState.STANDBY:
        booking.ended_at = clock.now()
        booking.end_reason = reason
    act = audit.Act(
        f"booking:{booking.public_id}",
        action,
        {"state": old.value},
        {"state": new.value},
        reason,
        company_id,
    )
    audit.record(session, act, actor_id=actor_id, clock=clock)


def confirm(
    session: Session,
    booking: Booking,
    action: Action,
    *,
    actor_id: int | None,
    clock: Clock,
) -> None:
    """Make a booking of a place that was taken; every first refusal in its way ends with it.

    Raises NotFreeError when other work leaves too little rest; the transaction is lost then.
    """
    move(session, booking, action, actor_id=actor_id, clock=clock)
    flush_work(session)
    standing.booked(session, booking, actor_id=actor_id, clock=clock)


def take_place(session: Session, role_date_id: int) -> bool:
    """Count one more person on a date of a role; False when every place is taken."""
    one_more = (
        sa.update(RoleDate)
        .where(RoleDate.id == role_date_id, RoleDate.confirmed < RoleDate.headcount)
        .values(confirmed=RoleDate.confirmed + 1)
        .returning(RoleDate.id)
    )
    return session.scalar(one_more) is not None


def free_place(session: Session, role_date_id: int) -> None:
    """Count one person fewer on a date of a role."""
    session.execute(
        sa.update(RoleDate)
        .where(RoleDate.id == role_date_id)
        .values(confirmed=RoleDate.confirmed - 1),
    )


def queue(session: Session, booking: Booking, *, actor_id: int | None, clock: Clock) -> None:
    """Put a person in the line of standbys of a full date, last; they leave it before the call."""
    last = sa.select(sa.func.max(Booking.standby_rank)).where(
        Booking.role_date_id == booking.role_date_id,
        Booking.state == BookingState.STANDBY,
    )
    rank_of_last = session.scalars(last).one() or 0
    move(session, booking, Action.QUEUE, actor_id=actor_id, clock=clock)
    booking.standby_rank = rank_of_last + 1
    session.flush()
    run_at = standby_ends_at(booking.call_at, clock.now())
    key = f"release_standby:{booking.role_date_id}:{run_at:%Y%m%dT%H%M%S}"
    tasks.ask(session, "release_standby", key, booking.role_date_id, run_at=run_at)


def flush_work(session: Session) -> None:
    """Write confirmed bookings; the database's own guard of rest becomes a refusal.

    Raises NotFreeError; the transaction is lost then.
    """
    try:
        session.flush()
    except sa.exc.IntegrityError as error:
        if REST_MESSAGE not in str(error.orig):
            raise
        raise NotFreeError(
            say("You have other work too close to these dates; nothing was booked."),
        ) from error


def waiting(session: Session, role_date_id: int) -> list[Booking]:
    """Return the standbys of a date, first in line first."""
    found = sa.select(Booking).where(
        Booking.role_date_id == role_date_id,
        Booking.state == BookingState.STANDBY,
    )
    return list(session.scalars(found.order_by(Booking.standby_rank)))


def rank(session: Session, booking: Booking) -> int:
    """Return a standby's place in the line, 1 for the next."""
    return 1 + [one.id for one in waiting(session, booking.role_date_id)].index(booking.id)


def lock_place(session: Session, role_date_id: int, person_ids: list[int]) -> list[Booking]:
    """Lock a date of a role, the given people and everyone who waits; return the line.

    The order of all locks is written down in `offers`.
    """
    lock(session, RoleDate, [role_date_id])
    line = waiting(session, role_date_id)
    lock(session, Person, [*person_ids, *(booking.person_id for booking in line)])
    return line


def promote(session: Session, line: list[Booking], *, clock: Clock) -> list[Booking]:
    """Give free places of a locked date to whoever is first in line and still free.

    Somebody who has other work by now is passed over and keeps waiting.
    """
    promoted = []
    for booking in line:
        if booking.call_at <= clock.now() or not _is_free(session, booking):
            continue
        if not take_place(session, booking.role_date_id):
            break
        confirm(session, booking, Action.PROMOTE, actor_id=None, clock=clock)
        settle_application(session, booking.offer_id, actor_id=None, clock=clock)
        memos.make(session, booking.offer_id, clock=clock)
        _tell_promoted(session, booking, clock=clock)
        promoted.append(booking)
    return promoted


def _is_free(session: Session, booking: Booking) -> bool:
    around = work_around(session, booking.person_id, [booking])
    return fit(window(booking), around) is Fit.FREE


def _tell_promoted(session: Session, booking: Booking, *, clock: Clock) -> None:
    facts = telling.facts_of(session, booking.offer_id)
    on = telling.dates_of(session, [booking])[booking.id]
    key = f"booking:{booking.public_id}:promote"
    booked = say(
        "A place came free: you are booked for %(date)s, %(role)s in %(title)s",
        date=on,
        **facts.names,
    )
    lines = (telling.day_line(booking, on, facts.zone), telling.rate_line(booking))
    telling.tell_talent(session, facts, News(f"{key}:talent", booked, lines), clock=clock)
    moved_up = say(
        "%(name)s moved up from standby: booked for %(date)s as %(role)s",
        date=on,
        **facts.names,
    )
    telling.tell_casting(session, facts, News(f"{key}:casting", moved_up, ()), clock=clock)


def settle_application(
    session: Session,
    offer_id: int,
    *,
    actor_id: int | None,
    clock: Clock,
) -> None:
    """Move the application of an offer to what its offers and bookings say; ended ones stay."""
    application_id = session.get_one(Offer, offer_id).application_id
    if application_id is None:
        return
    session.flush()
    (application,) = lock(session, Application, [application_id])
    state = ApplicationState(application.state)
    step = _WANTED.get((state, _standing(session, application_id)))
    if state not in ENDED and step is not None:
        selects.move(session, application, step, actor_id=actor_id, clock=clock)


def _standing(session: Session, application_id: int) -> ApplicationState:
    """Return what the offers and bookings of an application make of it."""
    states = set(
        session.scalars(
            sa.select(Booking.state)
            .join(Offer, Offer.id == Booking.offer_id)
            .where(Offer.application_id == application_id),
        ),
    )
    if states & set(HAS_PLACE):
        return _A.BOOKED
    if states & {BookingState.OFFERED, BookingState.STANDBY}:
        return _A.OFFERED
    return _A.SHORTLISTED
