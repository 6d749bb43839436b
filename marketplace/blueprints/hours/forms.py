"""The form with which a person queries their hours."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from marketplace.domain.timecards.rules import QueryPart
from marketplace.domain.timecards.services import AskAboutCard
from marketplace.web.forms import PageForm, Required, options
from marketplace.web.worked import PARTS


class QueryForm(PageForm):
    """What is wrong with the hours."""

    text = TextAreaField(
        lazy_gettext("What is wrong?"),
        [Required(lazy_gettext("Say what is wrong, for example which time.")), Length(max=1000)],
        description=lazy_gettext("For example: meal was 30 minutes, not an hour."),
    )


class AskForm(PageForm):
    """A question about one part of a card that is agreed otherwise."""

    part = RadioField(
        lazy_gettext("What is it about?"),
        [InputRequired(lazy_gettext("Say what it is about."))],
        choices=options({part.value: word for part, word in PARTS.items()}),
    )
    question = TextAreaField(
        lazy_gettext("Your question"),
        [Required(lazy_gettext("Say what you ask about it.")), Length(max=1000)],
        description=lazy_gettext("For example: the smoke bump of the second scene is missing."),
    )

    def to_command(self, card_id: int, person_id: int, version: int) -> AskAboutCard:
        """Return the question."""
        part = QueryPart(self.part.data)
        return AskAboutCard(card_id, person_id, version, part, str(self.question.data))
