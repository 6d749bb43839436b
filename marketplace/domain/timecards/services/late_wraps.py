"""A wrap that came late takes rest from the next call: everyone it concerns is told at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules import LONGEST_REST, NO_TIME, BookingState, earliest_call
from marketplace.domain.booking.services import telling
from marketplace.domain.booking.services.telling import Facts
from marketplace.domain.notices import services as notices
from marketplace.domain.notices.services import Message, Reader
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.kernel import zones
from marketplace.kernel.clock import Clock
from marketplace.kernel.sentences import Sentence, say


@dataclass(frozen=True, slots=True)
class _Shortage:
    """What a wrap leaves before the next call of one person."""

    wrapped: Booking
    next: Booking
    wrap_at: datetime
    owed: timedelta

    @property
    def rest(self) -> timedelta:
        """The time between; below zero when the wrap came after the next call."""
        return self.next.call_at - self.wrap_at

    @property
    def first_call(self) -> datetime:
        """The first call that gives them their rest."""
        return earliest_call(self.wrap_at, self.owed)

    @property
    def is_own(self) -> bool:
        """Whether both days are of one production."""
        return self.wrapped.production_id == self.next.production_id


def warn(session: Session, booking: Booking, wrap_at: datetime, *, clock: Clock) -> int:
    """Tell the person and both productions when a wrap takes rest from a confirmed next call.

    Once for each next booking and each new wrap; neither production learns of the other. Returns
    how many calls lost rest.
    """
    later = session.scalars(
        sa.select(Booking)
        .where(
            Booking.person_id == booking.person_id,
            Booking.id != booking.id,
            Booking.state == BookingState.CONFIRMED,
            Booking.call_at > booking.call_at,
            Booking.call_at < wrap_at + LONGEST_REST,
        )
        .order_by(Booking.call_at),
    )
    found = [_shortage(booking, one, wrap_at) for one in later]
    short = [one for one in found if one.rest < one.owed]
    for one in short:
        _tell(session, one, clock=clock)
    return len(short)


def _shortage(booking: Booking, later: Booking, wrap_at: datetime) -> _Shortage:
    owed = timedelta(minutes=max(booking.rest_minutes, later.rest_minutes))
    return _Shortage(booking, later, wrap_at, owed)


def _tell(session: Session, short: _Shortage, *, clock: Clock) -> None:
    before = telling.facts_of(session, short.wrapped.offer_id)
    after = telling.facts_of(session, short.next.offer_id)
    on = telling.dates_of(session, [short.next])[short.next.id]
    names: dict[str, object] = {"name": after.name, "date": on}
    key = f"late_wrap:{short.next.public_id}:{short.wrap_at:%Y%m%dT%H%M}"
    mine = say(
        "Too little rest before your call on %(date)s, %(title)s", date=on, title=after.title
    )
    path = f"/me/offers/{after.offer}"
    lines = _lines(short, after)
    _send(session, after.talent, (f"{key}:talent", mine, lines, path), clock=clock)
    theirs = say("%(name)s gets too little rest before the call on %(date)s", **names)
    _send(
        session,
        after.casting,
        (f"{key}:next", theirs, lines, _page(session, short.next)),
        clock=clock,
    )
    if not short.is_own:
        ours = say("%(name)s wrapped late and gets too little rest before their next work", **names)
        page = _page(session, short.wrapped)
        news = (f"{key}:wrapped", ours, _lines(short, before), page)
        _send(session, before.casting, news, clock=clock)


def _lines(short: _Shortage, facts: Facts) -> tuple[Sentence, ...]:
    there = zones.local(short.first_call, facts.zone)
    first = say(
        "The earliest call that gives it is %(time)s, %(date)s.",
        time=f"{there:%H:%M}",
        date=there.date(),
    )
    if short.rest < NO_TIME:
        missed = say("The wrap came %(time)s after the call.", time=-short.rest)
        return missed, first
    rest = say("The rest is %(rest)s; %(owed)s are owed.", rest=short.rest, owed=short.owed)
    return rest, first


def _page(session: Session, booking: Booking) -> str:
    production = session.get_one(Production, booking.production_id)
    day = session.get_one(ShootDay, booking.shoot_day_id)
    return f"/p/{production.public_id}/days/{day.public_id}"


def _send(
    session: Session,
    reader: Reader,
    news: tuple[str, Sentence, tuple[Sentence, ...], str],
    *,
    clock: Clock,
) -> None:
    key, subject, lines, path = news
    message = Message(
        key=key,
        kind="rest",
        subject=subject,
        lines=lines,
        button=say("See the day"),
        path=path,
    )
    notices.tell(session, reader, message, clock=clock)
