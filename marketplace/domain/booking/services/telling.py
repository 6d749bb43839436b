"""What talent and casting are told about offers and bookings: once for each event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from marketplace.domain.accounts.models import User
from marketplace.domain.audit import services as audit
from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.rules.cancelling import deal_words, read_policy
from marketplace.domain.casting.models import Role
from marketplace.domain.notices import services as notices
from marketplace.domain.notices.services import Message, Reader
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.kernel import zones
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Facts:
    """Who and what an offer is about, in the words of its messages."""

    offer: str
    role: str
    title: str
    zone: str
    name: str
    company_id: int
    applicants: str
    talent: Reader
    casting: Reader

    @property
    def names(self) -> dict[str, str]:
        """The names that stand in the sentences."""
        return {"role": self.role, "title": self.title, "name": self.name}


@dataclass(frozen=True, slots=True)
class News:
    """One event told to one side: `key` names it for ever."""

    key: str
    subject: Sentence
    lines: tuple[Sentence, ...]
    kind: str = "booking"


def facts_of(session: Session, offer_id: int) -> Facts:
    """Return who and what an offer is about."""
    talent, casting = aliased(User), aliased(User)
    row = session.execute(
        sa.select(
            Offer.public_id,
            Role.name,
            Production.title,
            Production.zone,
            Person.stage_name,
            Production.company_id,
            Production.public_id,
            Role.public_id,
            talent.id,
            talent.email,
            talent.locale,
            casting.id,
            casting.email,
            casting.locale,
        )
        .select_from(Offer)
        .join(Role, Role.id == Offer.role_id)
        .join(Production, Production.id == Role.production_id)
        .join(Person, Person.id == Offer.person_id)
        .join(talent, talent.id == Person.user_id)
        .join(casting, casting.id == Offer.sent_by_id)
        .where(Offer.id == offer_id),
    ).one()
    applicants = f"/p/{row[6]}/roles/{row[7]}/applicants"
    readers = Reader(row[8], row[9], row[10]), Reader(row[11], row[12], row[13])
    return Facts(*row[:6], applicants, *readers)


def dates_of(session: Session, bookings: Sequence[Booking]) -> dict[int, date]:
    """Return the shoot date of each booking, by booking id."""
    wanted = {booking.shoot_day_id for booking in bookings}
    rows = session.execute(
        sa.select(ShootDay.id, ShootDay.shoot_date).where(ShootDay.id.in_(wanted)),
    )
    by_day = {row.id: row.shoot_date for row in rows}
    return {booking.id: by_day[booking.shoot_day_id] for booking in bookings}


def day_line(booking: Booking, on: date, zone: str) -> Sentence:
    """Say when somebody works on a date, and that wrap is the next day when it is."""
    values = {
        "date": on,
        "call": f"{zones.local(booking.call_at, zone):%H:%M}",
        "wrap": f"{zones.local(booking.wrap_at, zone):%H:%M}",
    }
    if zones.local_date(booking.wrap_at, zone) > on:
        return say("%(date)s: call %(call)s, wrap about %(wrap)s the next day.", **values)
    return say("%(date)s: call %(call)s, wrap about %(wrap)s.", **values)


def day_lines(session: Session, bookings: Sequence[Booking], zone: str) -> tuple[Sentence, ...]:
    """Say when somebody works on each of the dates, in order."""
    dates = dates_of(session, bookings)
    in_order = sorted(bookings, key=lambda booking: booking.call_at)
    return tuple(day_line(booking, dates[booking.id], zone) for booking in in_order)


def rate_line(booking: Booking) -> Sentence:
    """Say the rate and the hours it covers."""
    return say(
        "%(rate)s per day for up to %(hours)s.",
        rate=Money(booking.day_rate_minor, booking.currency),
        hours=timedelta(minutes=booking.guaranteed_minutes),
    )


def fee_lines(booking: Booking) -> tuple[Sentence, ...]:
    """Say what is paid when the day is called off, and for waiting on standby; or nothing."""
    return deal_words(read_policy(booking.cancellation_policy), booking.standby_percent)


def deadline_line(expires_at: datetime, zone: str) -> Sentence:
    """Say until when an answer counts, on the clock of the set."""
    there = zones.local(expires_at, zone)
    return say(
        "Answer before %(date)s, %(time)s, local time of the set.",
        date=there.date(),
        time=f"{there:%H:%M}",
    )


def tell_talent(session: Session, facts: Facts, news: News, *, clock: Clock) -> None:
    """Tell the person; the button opens their offer."""
    message = Message(
        key=news.key,
        kind=news.kind,
        subject=news.subject,
        lines=news.lines,
        button=say("Open the offer") if news.kind == "offer" else say("See your dates"),
        path=f"/me/offers/{facts.offer}",
    )
    notices.tell(session, facts.talent, message, clock=clock)


def tell_casting(session: Session, facts: Facts, news: News, *, clock: Clock) -> None:
    """Tell whoever sent the offer; the button opens the applicants of the role."""
    message = Message(
        key=news.key,
        kind=news.kind,
        subject=news.subject,
        lines=news.lines,
        button=say("See the applicants"),
        path=facts.applicants,
    )
    notices.tell(session, facts.casting, message, clock=clock)


def tell_sent(
    session: Session,
    offer: Offer,
    bookings: Sequence[Booking],
    *,
    clock: Clock,
) -> None:
    """Write down that an offer went out, and tell the person."""
    facts = facts_of(session, offer.id)
    act = audit.Act(
        f"offer:{offer.public_id}",
        "send",
        after={"state": str(offer.state), "dates": [one.public_id for one in bookings]},
        company_id=facts.company_id,
    )
    audit.record(session, act, actor_id=offer.sent_by_id, clock=clock)
    tell_talent(session, facts, _sent_news(session, facts, offer, bookings), clock=clock)


def _sent_news(
    session: Session,
    facts: Facts,
    offer: Offer,
    bookings: Sequence[Booking],
) -> News:
    lines = (
        rate_line(bookings[0]),
        *day_lines(session, bookings, facts.zone),
        *fee_lines(bookings[0]),
        deadline_line(offer.expires_at, facts.zone),
    )
    subject = say("You have an offer: %(role)s in %(title)s", **facts.names)
    return News(f"offer:{offer.public_id}:sent", subject, lines, kind="offer")
