"""A person agrees and asks about one thing: they are paid meanwhile, and the question stays."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock_one
from marketplace.domain.accounts.models import User
from marketplace.domain.audit import services as audit
from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.notices import services as notices
from marketplace.domain.notices.services import Message, Reader
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.timecards.models import CardQuery, TimeCard
from marketplace.domain.timecards.rules import (
    REFUSALS,
    CardState,
    HoursError,
    QueryAnswer,
    QueryPart,
)
from marketplace.domain.timecards.services.entries import AgreeHours, agree, latest, own_card
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotAllowedError, NotFoundError
from marketplace.kernel.sentences import Sentence, say


@dataclass(frozen=True, slots=True)
class AskAboutCard:
    """A person agrees to the version they have seen, and asks about one part of it."""

    card_id: int
    person_id: int
    version: int
    part: QueryPart
    text: str


@dataclass(frozen=True, slots=True)
class AnswerQuestion:
    """A production answers a question: kept as it is, or adjusted; the words are told."""

    question_id: int
    production_id: int
    answer: QueryAnswer
    text: str
    by_id: int


def agree_and_ask(session: Session, command: AskAboutCard, *, clock: Clock) -> CardQuery:
    """Agree to a card and keep a question about it open; nothing waits for the answer.

    Raises HoursError without words or while a question is open, NotAllowedError before there
    is anything to agree to.
    """
    if not command.text.strip():
        raise HoursError("text", say("Say what you ask about it."))
    card = own_card(session, command.card_id, command.person_id, command.version)
    if card.state == CardState.PENDING:
        raise NotAllowedError(REFUSALS[CardState.PENDING])
    if _open(session, card) is not None:
        raise HoursError("text", say("Your question is open; the production answers it first."))
    if card.state in (CardState.SENT, CardState.QUERIED):
        agree(session, AgreeHours(card.id, command.person_id, command.version), clock=clock)
    question = CardQuery(
        time_card_id=card.id,
        version=card.version,
        part=command.part,
        text=command.text.strip(),
        asked_at=clock.now(),
    )
    session.add(question)
    session.flush()
    person = session.get_one(Person, card.person_id)
    _record(session, card, question, "ask", person.user_id, clock)
    _tell_production(session, card, question, person.stage_name, clock)
    return question


def answer_question(session: Session, command: AnswerQuestion, *, clock: Clock) -> CardQuery:
    """Answer a question and tell the person; twice is once.

    Raises HoursError without words, NotAllowedError when it was answered before.
    """
    question = lock_one(session, CardQuery, command.question_id)
    card = session.get_one(TimeCard, question.time_card_id)
    if card.production_id != command.production_id:
        raise NotFoundError(say("There is no such question."))
    text = command.text.strip()
    if not text:
        raise HoursError("text", say("Say why; the person reads it."))
    if question.answer != QueryAnswer.OPEN:
        if (question.answer, question.answer_text) == (command.answer, text):
            return question
        raise NotAllowedError(say("This question was answered meanwhile."))
    if session.get_one(Person, card.person_id).user_id == command.by_id:
        raise NotAllowedError(say("Nobody answers their own question; ask another producer."))
    question.answer = command.answer
    question.answer_text = text
    question.answered_at = clock.now()
    question.answered_by_id = command.by_id
    session.flush()
    _record(session, card, question, "answer", command.by_id, clock)
    _tell_person(session, card, question, clock)
    return question


def _open(session: Session, card: TimeCard) -> CardQuery | None:
    wanted = (CardQuery.time_card_id == card.id, CardQuery.answer == QueryAnswer.OPEN)
    return session.scalars(sa.select(CardQuery).where(*wanted)).first()


def _record(
    session: Session,
    card: TimeCard,
    question: CardQuery,
    action: str,
    by_id: int,
    clock: Clock,
) -> None:
    act = audit.Act(
        subject=f"time_card:{card.public_id}",
        action=f"{action}_question",
        before={},
        after={"part": str(question.part), "answer": str(question.answer)},
        reason=question.answer_text or question.text,
    )
    audit.record(session, act, actor_id=by_id, clock=clock)


def _subject(session: Session, card: TimeCard, text: str, **values: object) -> Sentence:
    production = session.get_one(Production, card.production_id)
    day = session.get_one(ShootDay, card.shoot_day_id)
    return Sentence(text, {"date": day.shoot_date, "title": production.title, **values})


def _tell_production(
    session: Session, card: TimeCard, question: CardQuery, name: str, clock: Clock
) -> None:
    user = session.get_one(User, _reader_id(session, card))
    production = session.get_one(Production, card.production_id)
    asks = say("%(name)s agrees and asks about %(date)s, %(title)s")
    message = Message(
        key=f"question:{question.public_id}",
        kind="query",
        subject=_subject(session, card, asks.text, name=name),
        lines=(say("“%(text)s”", text=question.text), say("The pay does not wait for it.")),
        button=say("Open the questions"),
        path=f"/p/{production.public_id}/questions",
    )
    notices.tell(session, Reader(user.id, user.email, user.locale), message, clock=clock)


def _reader_id(session: Session, card: TimeCard) -> int:
    """Return who answers: whoever entered the hours, or sent the offer where there are none."""
    entry = latest(session, card)
    if entry is not None:
        return entry.entered_by_id
    sent_by = (
        sa.select(Offer.sent_by_id)
        .join(Booking, Booking.offer_id == Offer.id)
        .where(Booking.id == card.booking_id)
    )
    return session.scalars(sent_by).one()


def _tell_person(session: Session, card: TimeCard, question: CardQuery, clock: Clock) -> None:
    person = session.get_one(Person, card.person_id)
    user = session.get_one(User, person.user_id)
    kept = say("Your question about %(date)s, %(title)s: it stays as it is")
    adjusted = say("Your question about %(date)s, %(title)s: it is put right")
    words = kept if question.answer == QueryAnswer.KEPT else adjusted
    message = Message(
        key=f"answer:{question.public_id}",
        kind="hours",
        subject=_subject(session, card, words.text),
        lines=(say("“%(text)s”", text=question.answer_text),),
        button=say("See my hours"),
        path=f"/me/time-cards/{card.public_id}",
    )
    notices.tell(session, Reader(user.id, user.email, user.locale), message, clock=clock)
