"""Forms of talent: which dates they take, or why not."""

from __future__ import annotations

from typing import Final

from flask import request
from flask_babel import lazy_gettext as _
from flask_login import current_user
from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.domain.booking.queries import OfferPage
from marketplace.domain.booking.services import AnswerOffer, DeclineOffer
from marketplace.web.forms import PageForm, Required
from marketplace.web.presentation import day

LONGEST_REASON: Final = 500
LONGEST_SIGNATURE: Final = 120


class Signed:
    """Stops at a signature that was emptied; a form without the field is signed as they are."""

    def __init__(self, message: str) -> None:
        """Keep the (lazily translated) sentence."""
        self.message = message

    def __call__(self, _form: object, field: StringField) -> None:
        """Refuse a blank name."""
        if field.raw_data and not str(field.data or "").strip():
            raise StopValidation(self.message)


class AcceptForm(PageForm):
    """The dates a person takes."""

    dates = SelectMultipleField(
        _("Dates"),
        coerce=int,
        validators=[Required(_("Tick at least one date, or decline the offer."))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    signed_name = StringField(
        _("Your name, as your signature"),
        [Signed(_("Type your name to sign.")), Length(max=LONGEST_SIGNATURE)],
    )

    def to_command(self, offer_id: int, person_id: int) -> AnswerOffer:
        """Return the answer, signed with the typed name from the address of the request."""
        name = str(self.signed_name.data or "").strip()
        signature = name, request.remote_addr or ""
        return AnswerOffer(offer_id, person_id, self.dates.data, *signature)


def accept_form(offer: OfferPage) -> AcceptForm:
    """Return the form of an offer, with every date ticked that fits."""
    form = AcceptForm(
        data={
            "dates": [one.id for one in offer.days if one.can_accept],
            "signed_name": current_user.display_name,
        },
    )
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
