"""Forms of casting: the selection, the offer, the cancellation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from flask import request
from flask_babel import lazy_gettext as _
from wtforms import DateTimeLocalField, RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.domain.booking.queries.applicants import Applicant, Place
from marketplace.domain.booking.rules.cancelling import Reason
from marketplace.domain.booking.services import CancelBooking, SendOffer
from marketplace.domain.casting.rules import Action
from marketplace.domain.casting.services.selects import SelectApplicants
from marketplace.kernel.zones import local
from marketplace.web.forms import PageForm, Required, options, wall_instant
from marketplace.web.presentation import day

LONGEST_NOTE: Final = 1000
USUAL_TIME: Final = timedelta(hours=24)
"""How long somebody has to answer when casting says nothing else."""

ACTIONS: Final = {
    "shortlist": Action.SHORTLIST,
    "unshortlist": Action.UNSHORTLIST,
    "pass": Action.TURN_DOWN,
    "view": Action.VIEW,
}
"""The words of the buttons. A button of one row has the row's id as its value."""


class SelectionForm(PageForm):
    """The ticked rows and the button that was pressed."""

    def to_command(self, role_id: int, by_id: int) -> SelectApplicants | None:
        """Return what is to be done, or None when no known button was pressed."""
        for word, action in ACTIONS.items():
            row = request.form.get(word)
            if row is not None:
                ids = [row] if row else request.form.getlist("application")
                return SelectApplicants(role_id, ids, action, by_id)
        return None

    @property
    def is_view_all(self) -> bool:
        """Whether "Mark all as viewed" was pressed."""
        return "view_all" in request.form


class OfferForm(PageForm):
    """Which dates are offered, until when, with which words."""

    dates = SelectMultipleField(
        _("Dates"),
        coerce=int,
        validators=[Required(_("Tick at least one date."))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    expires = DateTimeLocalField(
        _("Answer by"),
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        validators=[Required(_("Say until when the offer stands."))],
    )
    note = TextAreaField(
        _("Note"),
        description=_("Wardrobe, travel, what to prepare. The person reads it with the offer."),
        validators=[Length(max=LONGEST_NOTE)],
    )

    def to_command(self, role_id: int, applicant: Applicant, by_id: int, zone: str) -> SendOffer:
        """Return the offer; the deadline is read on the clock of the set."""
        return SendOffer(
            role_id=role_id,
            person_id=applicant.row.person_id,
            application_id=applicant.row.application_id or None,
            shoot_day_ids=self.dates.data,
            expires_at=wall_instant(self.expires.data, zone),
            note=(self.note.data or "").strip(),
            sent_by_id=by_id,
        )


def offer_form(applicant: Applicant, zone: str, now: datetime) -> OfferForm:
    """Return the form with the dates that can be offered; those they applied for are ticked."""
    possible = [place for place in applicant.offerable if place.window.call_at > now]
    ticked = [place for place in possible if place.role_date_id in applicant.row.role_date_ids]
    form = OfferForm(
        data={
            "dates": [place.window.shoot_day_id for place in ticked],
            "expires": local(_deadline(possible, now), zone).replace(tzinfo=None),
        },
    )
    form.dates.choices = _choices(possible)
    return form


def _choices(places: Sequence[Place]) -> list[tuple[int, str]]:
    return [(place.window.shoot_day_id, day(place.window.shoot_date)) for place in places]


def _deadline(possible: Sequence[Place], now: datetime) -> datetime:
    """Return a day from now on the full hour, or the first call when that is earlier."""
    usual = (now + USUAL_TIME).replace(minute=0, second=0, microsecond=0)
    return min([usual, *(place.window.call_at for place in possible)])


class CancelForm(PageForm):
    """Why a booking is cancelled; the person reads it.

    seen: what the page said each reason costs, "production:32500" each.
    """

    kind = RadioField(
        _("Why it is called off"),
        choices=options({reason.value: reason.value for reason in Reason}),
        default=Reason.PRODUCTION.value,
    )
    reason = TextAreaField(
        _("Reason"),
        description=_("The person reads this."),
        validators=[Required(_("Say why.")), Length(max=LONGEST_NOTE)],
    )

    def to_command(self, booking_id: int, production_id: int, by_id: int) -> CancelBooking:
        """Return the cancellation, with the fee that was on the page."""
        kind = Reason(self.kind.data)
        seen = dict(one.split(":") for one in request.form.getlist("seen") if ":" in one)
        fee = seen.get(kind.value, "")
        return CancelBooking(
            booking_id=booking_id,
            production_id=production_id,
            by_id=by_id,
            reason=str(self.reason.data or "").strip(),
            kind=kind,
            seen_fee=int(fee) if fee.isascii() and fee.isdigit() else None,
        )
