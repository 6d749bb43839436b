"""How much people may write, and fields that several forms of a profile share."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from marketplace.kernel.money import EXPONENTS, Money
from marketplace.web.fields import LONGEST_NAME, tidy
from marketplace.web.forms import Required, options, read_money

LONGEST_TEXT: Final = 2000
LONGEST_NOTE: Final = 300
LONGEST_URL: Final = 500
MOST_MINOR: Final = 10**10
"""A hundred million of most currencies: above it nobody asks a day rate."""


def maybe() -> Optional:
    """Let a field stay empty on a page that says so once for all of them."""
    quiet = Optional()
    quiet.field_flags = {}  # "(optional)" twenty times is noise
    return quiet


def line_field(label: str, hint: str = "", **keywords: str) -> StringField:
    """Return a field for one line that may stay empty."""
    return StringField(
        label,
        description=hint,
        validators=[Length(max=LONGEST_NAME)],
        filters=[tidy],
        render_kw=keywords,
    )


def note_field(label: str, hint: str = "") -> TextAreaField:
    """Return a field for a few lines that may stay empty."""
    return TextAreaField(
        label,
        description=hint,
        validators=[Length(max=LONGEST_NOTE)],
        filters=[lambda text: (text or "").strip()],
        render_kw={"rows": 2},
    )


def rate_field(label: str, hint: str = "", required: str | None = None) -> StringField:
    """Return a field for an amount of money; the form has a field `currency`."""
    return StringField(
        label,
        description=hint,
        validators=[Required(required) if required else maybe()],
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )


def currency_field() -> SelectField:
    """Return a field for a currency."""
    return SelectField(_("Currency"), choices=options({code: code for code in EXPONENTS}))


def read_rate(text: str, currency: str) -> Money:
    """Read a day rate inside a form's `validate_…`: above zero, and no typing error."""
    rate = read_money(text, currency)
    if not 0 < rate.minor <= MOST_MINOR:
        raise ValidationError(_("Enter an amount above zero, such as 280 or 280.50."))
    return rate
