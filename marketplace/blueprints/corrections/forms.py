"""What is typed about an adjustment besides hours."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import TextAreaField
from wtforms.validators import Length

from marketplace.web.forms import PageForm, Required


class ReasonForm(PageForm):
    """Why an adjustment is rejected or given up."""

    reason = TextAreaField(
        lazy_gettext("Why?"),
        [Required(lazy_gettext("Say why; everybody concerned reads it.")), Length(max=500)],
    )


class QueryForm(PageForm):
    """What is wrong with an adjustment."""

    text = TextAreaField(
        lazy_gettext("What is wrong?"),
        [Required(lazy_gettext("Say what is wrong, for example which time.")), Length(max=1000)],
    )


class AnswerForm(PageForm):
    """The answer about an overpayment is one of two buttons; here is where a refusal shows."""
