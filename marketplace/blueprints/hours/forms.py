"""The form with which a person queries their hours."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import TextAreaField
from wtforms.validators import Length

from marketplace.web.forms import PageForm, Required


class QueryForm(PageForm):
    """What is wrong with the hours."""

    text = TextAreaField(
        lazy_gettext("What is wrong?"),
        [Required(lazy_gettext("Say what is wrong, for example which time.")), Length(max=1000)],
        description=lazy_gettext("For example: meal was 30 minutes, not an hour."),
    )
