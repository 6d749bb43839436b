"""Forms of talent: an answer to an avail check, and other terms than those offered."""

from __future__ import annotations

from typing import Final

from flask import request
from flask_babel import lazy_gettext as _
from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.domain.booking.queries import OfferPage
from marketplace.domain.booking.services.availability import AnswerCheck
from marketplace.domain.booking.services.counters import CounterOffer
from marketplace.web.forms import PageForm, Required, read_money, show_money
from marketplace.web.presentation import day

LONGEST_NOTE: Final = 500


class AnswerForm(PageForm):
    """Yes or no by the button that was pressed, and a note to a yes."""

    note = StringField(_("Note"), validators=[Length(max=LONGEST_NOTE)])

    @property
    def is_answered(self) -> bool:
        """Whether one of the two buttons was pressed."""
        return request.form.get("answer") in {"yes", "no"}

    def to_command(self, check_id: int, person_id: int) -> AnswerCheck:
        """Return the answer."""
        is_available = request.form.get("answer") == "yes"
        return AnswerCheck(check_id, person_id, is_available, str(self.note.data or "").strip())


class CounterForm(PageForm):
    """The rate, the dates and the words a person asks for instead."""

    dates = SelectMultipleField(
        _("Dates you keep"),
        coerce=int,
        validators=[Required(_("Keep at least one date, or decline the offer."))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    rate = StringField(_("Rate per day"), validators=[Required(_("Enter a day rate."))])
    note = TextAreaField(
        _("What you need"),
        description=_("The production reads this."),
        validators=[Length(max=LONGEST_NOTE)],
    )
    currency = ""

    def validate_rate(self, field: StringField) -> None:
        """Refuse what is no amount."""
        read_money(str(field.data), self.currency)

    def to_command(self, offer_id: int, person_id: int) -> CounterOffer:
        """Return the terms asked for."""
        rate = read_money(str(self.rate.data), self.currency)
        note = str(self.note.data or "").strip()
        return CounterOffer(offer_id, person_id, self.dates.data, rate, note)


def counter_form(offer: OfferPage) -> CounterForm:
    """Return the form of an offer, filled in with its own terms."""
    rate = offer.days[0].rate
    form = CounterForm(
        data={"dates": [one.id for one in offer.days], "rate": show_money(rate)},
    )
    form.currency = rate.currency
    form.dates.choices = [(one.id, day(one.shoot_date)) for one in offer.days]
    return form
