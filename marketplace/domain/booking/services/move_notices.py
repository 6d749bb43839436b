"""What people are told when their day moves or is called off: once for each event."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.services import fees, telling
from marketplace.domain.booking.services.telling import Facts, News
from marketplace.domain.notices import services as notices
from marketplace.domain.notices.services import Message
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say


def tell_asked(session: Session, old: Booking, new: Booking, reason: str, *, clock: Clock) -> None:
    """Ask a booked person whether they come along to the new day."""
    facts = telling.facts_of(session, new.offer_id)
    dates = telling.dates_of(session, [old, new])
    subject = say(
        "%(old)s moved to %(new)s: can you still do it? %(role)s in %(title)s",
        old=dates[old.id],
        new=dates[new.id],
        **facts.names,
    )
    lines = [
        telling.day_line(new, dates[new.id], facts.zone),
        _why(reason),
        *_if_not(new),
    ]
    if new.answer_by_at is not None:
        lines.append(telling.deadline_line(new.answer_by_at, facts.zone))
    message = Message(
        key=f"booking:{new.public_id}:asked_again",
        kind="offer",
        subject=subject,
        lines=tuple(lines),
        button=say("Answer"),
        path=f"/me/moved/{new.public_id}",
    )
    notices.tell(session, facts.talent, message, clock=clock)


def tell_offered(
    session: Session, offer: Offer, new: Booking, reason: str, *, clock: Clock
) -> None:
    """Tell somebody with an open offer, or on standby, that it is for another day now."""
    facts = telling.facts_of(session, offer.id)
    on = telling.dates_of(session, [new])[new.id]
    subject = say(
        "The day moved, your offer too: %(date)s, %(role)s in %(title)s", date=on, **facts.names
    )
    lines = (
        telling.day_line(new, on, facts.zone),
        _why(reason),
        telling.deadline_line(offer.expires_at, facts.zone),
    )
    news = News(f"booking:{new.public_id}:offered_again", subject, lines, kind="offer")
    telling.tell_talent(session, facts, news, clock=clock)


def tell_ended(
    session: Session, booking: Booking, paid: Booking, reason: str, *, clock: Clock
) -> None:
    """Tell somebody that a day goes without them, why, and what they are paid."""
    facts = telling.facts_of(session, booking.offer_id)
    on = telling.dates_of(session, [booking])[booking.id]
    subject = say("Cancelled: %(date)s, %(role)s in %(title)s", date=on, **facts.names)
    lines = (_why(reason), *fees.words(paid))
    key = f"booking:{booking.public_id}:{booking.state}"
    telling.tell_talent(session, facts, News(key, subject, lines), clock=clock)


def tell_answer(
    session: Session, booking: Booking, word: Sentence, lines: tuple[Sentence, ...], *, clock: Clock
) -> None:
    """Tell casting what somebody answered about a day that moved."""
    facts = telling.facts_of(session, booking.offer_id)
    key = f"booking:{booking.public_id}:answer:casting"
    telling.tell_casting(session, facts, News(key, word, lines), clock=clock)


def tell_lapsed(session: Session, booking: Booking, paid: Booking, *, clock: Clock) -> None:
    """Tell both sides that nobody answered in time, so the person is free of the new day."""
    facts: Facts = telling.facts_of(session, booking.offer_id)
    on = telling.dates_of(session, [booking])[booking.id]
    ended = say("You are no longer booked for %(date)s: no answer came in time", date=on)
    key = f"booking:{booking.public_id}:lapsed"
    telling.tell_talent(session, facts, News(key, ended, fees.words(paid)), clock=clock)
    silent = say(
        "%(name)s did not answer for %(date)s in time; the place is open", date=on, name=facts.name
    )
    tell_answer(session, booking, silent, (), clock=clock)


def _why(reason: str) -> Sentence:
    return say("Reason: %(reason)s", reason=reason)


def _if_not(new: Booking) -> tuple[Sentence, ...]:
    if not new.fee_minor:
        return ()
    amount = Money(new.fee_minor, new.currency)
    return (
        say("If you cannot, you are paid %(amount)s for the old date, before tax.", amount=amount),
    )
