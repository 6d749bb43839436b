"""The form of a saved search."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import RadioField, StringField
from wtforms.validators import Length

from marketplace.blueprints.public.search import Search
from marketplace.domain.casting.rules import CADENCE_WORDS, Cadence
from marketplace.domain.casting.services.searches import KeepSearch
from marketplace.web.forms import PageForm, Required, options

LONGEST_NAME = 80


class SearchForm(PageForm):
    """A name, and how often to be told; what is looked for stands in the address."""

    name = StringField(
        lazy_gettext("Name of the search"),
        [Required(lazy_gettext("Give the search a name.")), Length(max=LONGEST_NAME)],
    )
    cadence = RadioField(
        lazy_gettext("Tell me of new roles"),
        choices=options({one.value: words for one, words in CADENCE_WORDS.items()}),
        default=Cadence.DAILY.value,
    )

    def to_command(self, person_id: int, wanted: Search) -> KeepSearch:
        """Return what is to be kept: a new search, or the one that is being changed."""
        cadence = Cadence(self.cadence.data)
        return KeepSearch(person_id, self.name.data, cadence, wanted.kept, wanted.saved)
