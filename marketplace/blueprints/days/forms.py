"""The forms of shoot days."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext
from wtforms import BooleanField, DateField, StringField
from wtforms.validators import Length

from marketplace.domain.productions.queries import DayRow
from marketplace.domain.productions.rules import MOST_DAYS_AT_ONCE
from marketplace.domain.productions.services import DayTerms
from marketplace.kernel import zones
from marketplace.web.forms import Between, ClockField, PageForm, Required, WholeField

DAYS_OF_A_SHOOT: Final = 6
FIRST_CALL: Final = 7 * 60
USUAL_WRAP: Final = 19 * 60


class DayForm(PageForm):
    """One shoot day as the set writes it."""

    shoot_date = DateField(lazy_gettext("Date"), [Required(lazy_gettext("Enter the date."))])
    call = ClockField(
        lazy_gettext("Call"),
        [Required(lazy_gettext("Enter the call, for example 07:00."))],
        default=FIRST_CALL,
    )
    wrap = ClockField(
        lazy_gettext("Estimated wrap"),
        [Required(lazy_gettext("Enter the wrap, for example 19:00 or 26:00."))],
        default=USUAL_WRAP,
    )
    unit_base = StringField(
        lazy_gettext("Unit base"),
        [Length(max=120)],
        description=lazy_gettext("Where people report, for example Hotel Alder."),
    )
    address = StringField(lazy_gettext("Address"), [Length(max=200)])
    is_holiday = BooleanField(
        lazy_gettext("A holiday under the pay agreement"),
        description=lazy_gettext(
            "Paid at the agreement's multiple for holidays, where it has one."
        ),
    )

    def terms(self) -> DayTerms:
        """Return what the form says, as the domain wants it."""
        return DayTerms(
            shoot_date=self.shoot_date.data,
            call=self.call.data,
            wrap=self.wrap.data,
            unit_base=(self.unit_base.data or "").strip(),
            address=(self.address.data or "").strip(),
            is_holiday=self.is_holiday.data,
        )

    @property
    def is_past_midnight(self) -> bool:
        """Whether the wrap is on the day after the date."""
        return zones.after(self.wrap.data, self.call.data) >= zones.HOURS_A_DAY * 60


class DaysForm(DayForm):
    """Several shoot days one after another, all with the same times."""

    count = WholeField(
        lazy_gettext("Number of days"),
        [
            Required(lazy_gettext("Enter how many days.")),
            Between(1, MOST_DAYS_AT_ONCE, lazy_gettext("Enter a number from 1 to 60.")),
        ],
        default=DAYS_OF_A_SHOOT,
    )


def edit_form(day: DayRow, zone: str) -> DayForm:
    """Return the form of a day as it is."""
    call, wrap = day.minutes(zone)
    return DayForm(
        data={
            "shoot_date": day.shoot_date,
            "call": call,
            "wrap": wrap,
            "unit_base": day.unit_base,
            "address": day.address,
            "is_holiday": day.is_holiday,
        },
    )
