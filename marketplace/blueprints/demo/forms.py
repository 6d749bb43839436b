"""Forms of the demo's own pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from marketplace.web.forms import PageForm, options

FAULTS: Final = {
    "down": _("It does not answer: nothing is paid, nothing is said"),
    "slow": _("It answers late"),
    "response_lost": _("It pays, and its answer is lost"),
    "account_closed": _("It refuses: the account is closed"),
    "error_saved": _("It fails without paying, and keeps saying so"),
    "error_saved_after_work": _("It pays, then fails, and keeps saying so"),
    "key_forgotten": _("It forgets that it was asked before"),
    "list_lags": _("Its statement does not show the newest payments"),
}
"""What can go wrong at a gateway, in words."""

TIMES: Final = {
    "1": _("The next time"),
    "3": _("The next three times"),
    "": _("Until it is switched off"),
}

HOURS: Final = {
    "1": _("One hour"),
    "12": _("Twelve hours"),
    "24": _("One day"),
    "72": _("Three days"),
}


class FaultForm(PageForm):
    """A fault to switch on."""

    name = SelectField(_("What goes wrong"), choices=lambda: options(FAULTS))
    times = RadioField(_("How often"), choices=lambda: options(TIMES), default="1")

    def count(self) -> int | None:
        """Return how many times it happens; None: until it is switched off."""
        return int(self.times.data) if self.times.data else None


class ForwardForm(PageForm):
    """How far the clock is moved."""

    hours = SelectField(
        _("Let time pass"),
        choices=lambda: options(HOURS),
        validators=[InputRequired()],
        default="24",
    )

    def to_length(self) -> timedelta:
        """Return the length of time."""
        return timedelta(hours=int(self.hours.data))
