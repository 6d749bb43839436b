"""Forms about one person of a day, and about their questions."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from marketplace.domain.booking.services import MissBooking, UpgradeBooking
from marketplace.domain.timecards.queries import PersonOfDay
from marketplace.domain.timecards.rules import QueryAnswer
from marketplace.domain.timecards.services import AnswerQuestion, SendHome
from marketplace.web.forms import (
    Between,
    LengthField,
    PageForm,
    Required,
    options,
    read_money,
    show_money,
)

LONGEST_REASON: Final = 500
LONGEST_WORDS: Final = 80
LONGEST_HOURS: Final = 24 * 60


class ReasonForm(PageForm):
    """Why somebody was sent home, did not come, or a card goes back."""

    reason = TextAreaField(
        lazy_gettext("Reason"),
        [Required(lazy_gettext("Say why.")), Length(max=LONGEST_REASON)],
        description=lazy_gettext("The person reads this."),
    )

    def send_home(self, booking_id: int, production_id: int, by_id: int) -> SendHome:
        """Return that somebody came and was not used."""
        return SendHome(
            booking_id, production_id, is_sent_home=True, reason=self._said, by_id=by_id
        )

    def take_back(self, booking_id: int, production_id: int, by_id: int) -> SendHome:
        """Return that somebody was used after all."""
        home = self.send_home(booking_id, production_id, by_id)
        return SendHome(home.booking_id, production_id, False, home.reason, by_id)

    def miss(self, booking_id: int, production_id: int, by_id: int) -> MissBooking:
        """Return that somebody did not come."""
        return MissBooking(booking_id, production_id, by_id, self._said)

    @property
    def _said(self) -> str:
        return str(self.reason.data or "").strip()


class UpgradeForm(PageForm):
    """New role words, rate and hours of one person's day."""

    role = StringField(
        lazy_gettext("Worked as"),
        [Required(lazy_gettext("Say as what the person worked.")), Length(max=LONGEST_WORDS)],
        description=lazy_gettext("For example: Nurse, two lines."),
    )
    rate = StringField(lazy_gettext("Day rate"), [Required(lazy_gettext("Enter the day rate."))])
    hours = LengthField(
        lazy_gettext("Hours the rate covers"),
        [
            Required(lazy_gettext("A day rate needs its hours: say how many it covers.")),
            Between(30, LONGEST_HOURS, lazy_gettext("Enter between half an hour and 24.")),
        ],
    )
    why = TextAreaField(
        lazy_gettext("Why"),
        [Required(lazy_gettext("Say why.")), Length(max=LONGEST_REASON)],
        description=lazy_gettext("The person reads this."),
    )
    currency: str

    def validate_rate(self, field: StringField) -> None:
        """Refuse what is no amount above zero."""
        if read_money(field.data, self.currency).minor <= 0:
            raise ValidationError(lazy_gettext("Enter a day rate above zero."))

    def to_command(self, booking_id: int, production_id: int, by_id: int) -> UpgradeBooking:
        """Return the upgrade."""
        return UpgradeBooking(
            booking_id=booking_id,
            production_id=production_id,
            role_words=str(self.role.data),
            day_rate_minor=read_money(self.rate.data, self.currency).minor,
            guaranteed_minutes=self.hours.data,
            reason=str(self.why.data),
            by_id=by_id,
        )


def upgrade_form(person: PersonOfDay) -> UpgradeForm:
    """Return the form with the terms of the booking as they are."""
    form = UpgradeForm(
        data={
            "role": person.role,
            "rate": show_money(person.rate),
            "hours": person.guaranteed_minutes,
        },
    )
    form.currency = person.rate.currency
    return form


class AnswerForm(PageForm):
    """What becomes of a question."""

    answer = RadioField(
        lazy_gettext("Answer"),
        [InputRequired(lazy_gettext("Choose what becomes of it."))],
        choices=options(
            {
                QueryAnswer.KEPT.value: lazy_gettext("It stays as it is"),
                QueryAnswer.ADJUSTED.value: lazy_gettext("It is put right by an adjustment"),
            },
        ),
    )
    text = TextAreaField(
        lazy_gettext("In words"),
        [Required(lazy_gettext("Say why; the person reads it.")), Length(max=LONGEST_REASON)],
        description=lazy_gettext("The person reads this."),
    )

    def to_command(self, question_id: int, production_id: int, by_id: int) -> AnswerQuestion:
        """Return the answer."""
        answer = QueryAnswer(self.answer.data)
        return AnswerQuestion(question_id, production_id, answer, str(self.text.data), by_id)
