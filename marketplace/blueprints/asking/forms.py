"""The form that asks people about dates: who, which dates, until when, and for what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from flask import request
from flask_babel import lazy_gettext as _
from wtforms import DateTimeLocalField, SelectMultipleField, TextAreaField
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.domain.booking.queries.applicants import Applicant, Place
from marketplace.domain.booking.services.availability import AskAvailability
from marketplace.domain.booking.services.reserving import Reserve
from marketplace.kernel.zones import local
from marketplace.web.forms import PageForm, Required, wall_instant
from marketplace.web.presentation import day

LONGEST_NOTE: Final = 1000
USUAL_TIME: Final = timedelta(hours=24)


class AskForm(PageForm):
    """Who is asked about which dates until when; the button says for what."""

    people = SelectMultipleField(
        _("People"),
        validators=[Required(_("Tick at least one person."))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    dates = SelectMultipleField(
        _("Dates"),
        coerce=int,
        validators=[Required(_("Tick at least one date."))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    until = DateTimeLocalField(
        _("Until"),
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        validators=[Required(_("Say until when."))],
        description=_("Answers are wanted by then; a first refusal ends then."),
    )
    note = TextAreaField(
        _("Note"),
        description=_("Read with the question whether somebody is free."),
        validators=[Length(max=LONGEST_NOTE)],
    )
    by_application: dict[str, int]

    @property
    def wants_refusal(self) -> bool:
        """Whether the button for first refusal was pressed, not the one that only asks."""
        return request.form.get("kind") == "refusal"

    def check(self, role_id: int, production_id: int, by_id: int, zone: str) -> AskAvailability:
        """Return the question whether people are free."""
        return AskAvailability(
            role_id,
            production_id,
            self._people(),
            self.dates.data,
            str(self.note.data or ""),
            wall_instant(self.until.data, zone),
            by_id,
        )

    def refusal(self, role_id: int, production_id: int, by_id: int, zone: str) -> Reserve:
        """Return the wish for first refusal."""
        until = wall_instant(self.until.data, zone)
        return Reserve(role_id, production_id, self._people(), self.dates.data, until, by_id)

    def _people(self) -> list[int]:
        return [self.by_application[name] for name in self.people.data]


def ask_form(
    everyone: Sequence[Applicant],
    places: Sequence[Place],
    ticked: Sequence[str],
    zone: str,
    now: datetime,
) -> AskForm:
    """Return the form with the applicants who can be asked and the dates to come."""
    ahead = [place.window for place in places if place.window.call_at > now]
    usual = (now + USUAL_TIME).replace(minute=0, second=0, microsecond=0)
    until = min([usual, *(window.call_at for window in ahead)])
    form = AskForm(
        data={
            "people": list(ticked),
            "dates": [window.shoot_day_id for window in ahead],
            "until": local(until, zone).replace(tzinfo=None),
        },
    )
    form.people.choices = [(one.row.public_id, one.row.name) for one in everyone]
    form.dates.choices = [(window.shoot_day_id, day(window.shoot_date)) for window in ahead]
    form.by_application = {one.row.public_id: one.row.person_id for one in everyone}
    return form
