"""Forms of somebody whose day moved."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField
from wtforms.validators import Length

from marketplace.domain.booking.services.reconfirming import AnswerMove
from marketplace.web.forms import PageForm

LONGEST_REASON: Final = 500


class AnswerForm(PageForm):
    """Yes or no; a reason for a no is theirs to give."""

    reason = TextAreaField(_("Reason"), validators=[Length(max=LONGEST_REASON)])

    def to_command(self, booking_id: int, person_id: int) -> AnswerMove:
        """Return the answer."""
        return AnswerMove(booking_id, person_id, str(self.reason.data or "").strip())
