"""What operators read about letters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from marketplace.domain.payments.rules.events import Upshot

OUTCOMES: Final[Mapping[Upshot, tuple[LazyString, str, str]]] = {
    Upshot.WAITING: (_l("Waiting"), "info", "clock"),
    Upshot.APPLIED: (_l("Brought news"), "ok", "check"),
    Upshot.NO_CHANGE: (_l("Known already"), "", "minus"),
    Upshot.NOT_OURS: (_l("About nothing of ours"), "warn", "circle-question-mark"),
    Upshot.NOT_USED: (_l("Not listened to"), "", "minus"),
    Upshot.FAILED: (_l("Somebody must look"), "bad", "triangle-alert"),
}
"""Words, tone and picture of each outcome."""
