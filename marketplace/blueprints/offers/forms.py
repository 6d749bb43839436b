"""Forms of talent: which dates they take, or why not."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _
from wtforms import SelectMultipleField, TextAreaField
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.domain.booking.queries import OfferPage
from marketplace.domain.booking.services import AnswerOffer, DeclineOffer
from marketplace.web.forms import PageForm, Required
from marketplace.web.presentation import day

LONGEST_REASON: Final = 500


class AcceptForm(PageForm):
    """The dates a person takes."""

    dates = SelectMultipleField(
        _("Dates"),
        coerce=int,
        validators=[Required(_("Tick at least one date, or decline the offer."))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def to_command(self, offer_id: int, person_id: int) -> AnswerOffer:
        """Return the answer."""
        return AnswerOffer(offer_id, person_id, self.dates.data)


def accept_form(offer: OfferPage) -> AcceptForm:
    """Return the form of an offer, with every date ticked that fits."""
    form = AcceptForm(data={"dates": [one.id for one in offer.days if one.can_accept]})
    form.dates.choices = [(one.id, day(one.shoot_date)) for one in offer.days]
    return form


class ReasonForm(PageForm):
    """A reason, if the person wants to give one."""

    reason = TextAreaField(_("Reason"), validators=[Length(max=LONGEST_REASON)])

    def text(self) -> str:
        """Return the reason without blank ends."""
        return str(self.reason.data or "").strip()

    def to_command(self, offer_id: int, person_id: int) -> DeclineOffer:
        """Return the refusal."""
        return DeclineOffer(offer_id, person_id, self.text())
