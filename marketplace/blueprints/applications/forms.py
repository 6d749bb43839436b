"""The form of an application: dates, a note, and consent where a role asks for it."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext
from wtforms import BooleanField, SelectMultipleField, TextAreaField
from wtforms.validators import Length, ValidationError

from marketplace.domain.casting.queries.postings import Posting
from marketplace.domain.casting.services.applications import Apply
from marketplace.web.forms import PageForm

LONGEST_NOTE: Final = 1000


class ApplicationForm(PageForm):
    """What somebody sends with an application."""

    dates = SelectMultipleField(lazy_gettext("Dates you can work"), coerce=int)
    note = TextAreaField(
        lazy_gettext("Note to casting"),
        [Length(max=LONGEST_NOTE)],
        description=lazy_gettext("What they should know: experience, where you are, questions."),
    )
    consent = BooleanField(
        lazy_gettext("I have read what this role involves and accept it"),
    )

    def ask_about(self, role: Posting, possible: set[int]) -> None:
        """Offer the dates of a role, ticked where the person is free; keep what was sent."""
        self.role = role
        self.possible = possible
        self.dates.choices = [(one.role_date_id, "") for one in role.dates]
        if not self.is_submitted():
            self.dates.data = sorted(possible)

    def validate_dates(self, field: SelectMultipleField) -> None:
        """Refuse no dates at all, and dates that clash."""
        if not field.data:
            raise ValidationError(lazy_gettext("Tick at least one date you can work."))
        if not self.possible.issuperset(field.data):
            raise ValidationError(lazy_gettext("Tick only dates that fit your other work."))

    def validate_consent(self, field: BooleanField) -> None:
        """Refuse to go on without consent where the role asks for it."""
        if self.role.disclosures and not field.data:
            raise ValidationError(
                lazy_gettext("Read what this role involves, and tick that you accept it."),
            )

    def to_command(self, person_id: int) -> Apply:
        """Return what was sent."""
        return Apply(
            self.role.public_id,
            person_id,
            self.dates.data,
            self.note.data or "",
            has_consented=self.consent.data,
        )
