"""Forms of the demo's own pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectField, StringField
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


STATES: Final = {
    "needs": _("It needs an identity document"),
    "checking": _("It is being checked"),
    "paused": _("It is paused"),
    "ready": _("It is ready"),
}
"""What a gateway may say of a payee's account, in words."""


class PayeeStateForm(PageForm):
    """Whose account at the gateway is to be how."""

    email = StringField(
        _("E-mail"),
        validators=[InputRequired(_("Enter the e-mail of somebody who is paid."))],
        filters=[lambda text: (text or "").strip().lower()],
        render_kw={"autocomplete": "off"},
    )
    state = SelectField(_("What the gateway says of the account"), choices=lambda: options(STATES))

    def needs(self) -> tuple[str, ...]:
        """Return what is missing, in a gateway's own words."""
        return ("individual.verification.document",) if self.state.data == "needs" else ()


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
