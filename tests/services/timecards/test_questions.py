"""A person agrees and asks about one thing: the card goes on, the question is answered later."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.notices.models import Mail
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.timecards import services
from marketplace.domain.timecards.models import CardQuery, TimeCard
from marketplace.domain.timecards.queries import (
    count_open_questions,
    open_questions,
    own_card,
    question_id_of,
)
from marketplace.domain.timecards.rules import CardState, HoursError, QueryAnswer, QueryPart
from marketplace.domain.timecards.services import AnswerQuestion, ApproveCards, AskAboutCard
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import NotAllowedError, NotFoundError
from tests.support import builders


@dataclass
class Talk:
    """One card that was sent to its person."""

    session: Session
    clock: FixedClock
    production: Production
    day: ShootDay
    person: Person
    card: TimeCard

    def ask(self, text: str = "Was the smoke bump paid?", **changed: Any) -> CardQuery:
        """Agree, and ask."""
        command = AskAboutCard(
            self.card.id, self.person.id, self.card.version, QueryPart.EXTRAS, text
        )
        command = replace(command, **changed)
        return services.agree_and_ask(self.session, command, clock=self.clock)

    def answer(self, question: CardQuery, text: str = "There was none", **changed: Any) -> None:
        """Answer as the production."""
        facts = self.production.id, QueryAnswer.KEPT, text, self.production.created_by_id
        command = replace(AnswerQuestion(question.id, *facts), **changed)
        services.answer_question(self.session, command, clock=self.clock)

    def mails(self) -> list[tuple[str, str]]:
        """Return what was sent: where to, and the page it opens."""
        found = self.session.scalars(sa.select(Mail).order_by(Mail.id))
        return [(mail.to_address, mail.path) for mail in found]


@pytest.fixture
def talk(session: Session) -> Talk:
    """A card with hours that waits for its person."""
    production = builders.a_production(session)
    day = builders.a_shoot_day(session, production, "2026-11-21")
    role = builders.a_role(session, production, [day])
    person = builders.a_person(session)
    booking = builders.a_booking(session, role, person, day)
    card = builders.a_time_card(session, booking, state=CardState.SENT)
    card.agreed_at = None
    session.flush()
    return Talk(session, FixedClock(builders.NOW), production, day, person, card)


def test_a_card_with_a_question_is_agreed_and_can_be_approved_at_once(talk: Talk) -> None:
    talk.ask()

    assert (talk.card.state, talk.card.query) == (CardState.AGREED, "")
    seen = {talk.card.id: talk.card.version}
    command = ApproveCards(talk.day.id, talk.production.id, seen, talk.production.created_by_id)
    services.approve(talk.session, command, clock=talk.clock)
    assert talk.card.state == CardState.APPROVED
    assert count_open_questions(talk.session, talk.production.id) == 1


def test_a_queried_card_can_be_agreed_with_a_question(talk: Talk) -> None:
    talk.card.state = CardState.QUERIED
    talk.card.query = "Everything is wrong"
    talk.session.flush()

    talk.ask()

    assert talk.card.state == CardState.AGREED


@pytest.mark.parametrize("state", [CardState.APPROVED, CardState.LOCKED])
def test_a_question_comes_late_too_and_moves_nothing(talk: Talk, state: CardState) -> None:
    talk.card.state = state
    talk.session.flush()

    talk.ask()

    assert talk.card.state == state


def test_the_production_is_told_and_lists_the_question(talk: Talk) -> None:
    talk.ask()

    (row,) = open_questions(talk.session, talk.production.id)
    assert (row.name, row.question.text) == ("Ava Lin", "Was the smoke bump paid?")
    assert row.question.part is QueryPart.EXTRAS
    assert talk.mails()[-1][1] == f"/p/{talk.production.public_id}/questions"


def test_an_answer_is_told_to_the_person_once_and_closes_the_question(talk: Talk) -> None:
    question = talk.ask()
    before = len(talk.mails())

    talk.answer(question)
    talk.answer(question)

    assert open_questions(talk.session, talk.production.id) == []
    assert talk.mails()[before:] == [
        (talk.mails()[before][0], f"/me/time-cards/{talk.card.public_id}"),
    ]
    own = own_card(talk.session, talk.person.id, talk.card.public_id)
    assert own is not None
    (shown,) = own.questions
    assert (shown.answer, shown.answer_text) == (QueryAnswer.KEPT, "There was none")
    assert own.can_ask


def test_an_answered_question_is_not_answered_otherwise(talk: Talk) -> None:
    question = talk.ask()
    talk.answer(question)

    with pytest.raises(NotAllowedError, match="answered meanwhile"):
        talk.answer(question, answer=QueryAnswer.ADJUSTED)


def test_one_question_at_a_time(talk: Talk) -> None:
    talk.ask()

    with pytest.raises(HoursError, match="Your question is open"):
        talk.ask("And the meal?")


@pytest.mark.parametrize("text", ["", "  "])
def test_questions_and_answers_need_words(talk: Talk, text: str) -> None:
    with pytest.raises(HoursError):
        talk.ask(text)
    question = talk.ask()
    with pytest.raises(HoursError):
        talk.answer(question, text)


def test_there_is_nothing_to_agree_to_before_hours_are_entered(talk: Talk) -> None:
    talk.card.state = CardState.PENDING
    talk.session.flush()

    with pytest.raises(NotAllowedError, match="No hours"):
        talk.ask()


def test_a_version_that_was_not_seen_is_not_agreed_to(talk: Talk) -> None:
    with pytest.raises(HoursError, match="changed meanwhile"):
        talk.ask(version=7)


def test_nobody_answers_their_own_question_or_one_of_another_production(talk: Talk) -> None:
    question = talk.ask()
    other = builders.a_production(talk.session, title="Night Bride")

    with pytest.raises(NotAllowedError, match="their own question"):
        talk.answer(question, by_id=talk.person.user_id)
    with pytest.raises(NotFoundError):
        talk.answer(question, production_id=other.id)
    assert question_id_of(talk.session, other.id, question.public_id) is None
    assert question_id_of(talk.session, talk.production.id, question.public_id) == question.id


def test_a_card_of_somebody_else_is_not_asked_about(talk: Talk) -> None:
    kenji = builders.a_person(talk.session, "Kenji Mori")

    with pytest.raises(NotFoundError):
        talk.ask(person_id=kenji.id)
