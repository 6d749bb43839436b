"""What operators read about kinds of work, states and alarms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from marketplace.domain.payments.rules import PayoutState

STATES: Final[Mapping[PayoutState, tuple[LazyString, str, str]]] = {
    PayoutState.DUE: (_l("Waiting to be sent"), "info", "clock"),
    PayoutState.SENDING: (_l("Sent, no answer yet"), "warn", "hourglass"),
    PayoutState.SENT: (_l("On its way"), "info", "send"),
    PayoutState.HELD: (_l("Held"), "warn", "hand"),
    PayoutState.BLOCKED: (_l("Refused"), "bad", "circle-x"),
}
"""Words, tone and picture of each state of a payment that is not done with."""
