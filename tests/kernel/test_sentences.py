"""Sentences keep their values apart from their text, so that they can be translated later."""

from __future__ import annotations

import pytest

from marketplace.kernel.errors import DomainError, NotAllowedError, NotFoundError
from marketplace.kernel.money import MoneyError
from marketplace.kernel.sentences import Sentence, say


def test_a_sentence_without_values_is_its_text() -> None:
    assert str(say("Nothing was paid.")) == "Nothing was paid."
    assert say("Nothing was paid.") == Sentence("Nothing was paid.")


def test_values_stand_in_their_places() -> None:
    assert str(say("%(name)s, %(hours)s hours, 100%%", name="Wang Xiaoming", hours=8)) == (
        "Wang Xiaoming, 8 hours, 100%"
    )


def test_a_sentence_may_stand_in_a_sentence() -> None:
    inner = say("rest of %(hours)s hours", hours=10)

    assert str(say("Missing: %(what)s", what=inner)) == "Missing: rest of 10 hours"


def test_a_forgotten_value_is_seen_at_once() -> None:
    with pytest.raises(KeyError):
        str(say("Hello %(name)s"))


@pytest.mark.parametrize(
    ("error", "status"),
    [(DomainError, 409), (NotAllowedError, 409), (MoneyError, 409), (NotFoundError, 404)],
)
def test_a_refusal_carries_its_sentence(error: type[DomainError], status: int) -> None:
    sentence = say("Already wrapped.")

    refusal = error(sentence)

    assert refusal.message is sentence
    assert str(refusal) == "Already wrapped."
    assert refusal.http_status == status
