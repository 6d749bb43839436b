"""What all forms share: domain refusals on the form, and fields for the way a set writes things."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any, Final

from flask_wtf import FlaskForm
from wtforms import SelectChoice, StringField
from wtforms.validators import StopValidation, ValidationError

from marketplace.kernel import zones
from marketplace.kernel.errors import DomainError
from marketplace.kernel.money import EXPONENTS, Money, parse
from marketplace.kernel.sentences import Sentence, say
from marketplace.web.language import locale_of

MINUTES: Final = 60
WHOLE: Final = re.compile(r"\d{1,9}")
HALF_HOUR: Final = re.compile(r"\d{1,2}(?:[.,]\d{1,2})?")
NO_COUNTRY: Final = {"EU", "EZ", "QO", "UN", "XA", "XB", "XK", "ZZ"}


class NumberError(DomainError):
    """A number that cannot be read."""


class PageForm(FlaskForm):
    """A form of a page; it keeps what was typed and shows what the domain refused."""

    form_errors: list[Any]

    def refuse(self, message: Sentence) -> None:
        """Show a refusal of the domain on top of the form."""
        self.form_errors = [*self.form_errors, message]


class Required:
    """Stops at an empty field, with a sentence that says what to enter."""

    field_flags: Final = {"required": True}

    def __init__(self, message: str) -> None:
        """Keep the (lazily translated) sentence."""
        self.message = message

    def __call__(self, _form: object, field: Any) -> None:
        """Refuse an empty value; one that could not be read has its sentence already."""
        if not any(str(value).strip() for value in field.raw_data or ()):
            field.errors = []
            raise StopValidation(self.message)
        if field.process_errors:
            raise StopValidation


class Between:
    """Refuses a number outside two others; an empty field is somebody else's question."""

    def __init__(self, low: int, high: int, message: str) -> None:
        """Keep the ends, both allowed, and the (lazily translated) sentence."""
        self.low, self.high, self.message = low, high, message

    def __call__(self, _form: object, field: Any) -> None:
        """Refuse what is outside."""
        if field.data is not None and not self.low <= field.data <= self.high:
            raise StopValidation(self.message)


class ReadField(StringField):
    """A text that is read into a value; what could not be read is not checked further."""

    data: Any

    def pre_validate(self, _form: object) -> None:
        """Stop at a text that could not be read."""
        if self.process_errors:
            raise StopValidation


class WholeField(ReadField):
    """A whole number, zero or more; data: the number, or None when nothing was typed."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return str(self.data) if isinstance(self.data, int) else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        self.data = None
        if valuelist and valuelist[0].strip():
            self.data = _read(parse_whole, valuelist[0])


class ClockField(ReadField):
    """A time of day as the set writes it, "07:00" or "26:00"; data: minutes after midnight."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return zones.show_clock(self.data) if isinstance(self.data, int) else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        self.data = None
        if valuelist and valuelist[0].strip():
            self.data = _read(zones.parse_clock, valuelist[0])


class LengthField(ReadField):
    """A number of hours, "10", "10.5" or "10:30"; data: minutes."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return show_hours(self.data) if isinstance(self.data, int) else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        self.data = None
        if valuelist and valuelist[0].strip():
            self.data = _read(parse_hours, valuelist[0])


def parse_whole(text: str) -> int:
    """Read a whole number; raises NumberError for anything else."""
    typed = text.strip()
    if not WHOLE.fullmatch(typed):
        raise NumberError(say("Enter a whole number such as 3."))
    return int(typed)


def parse_hours(text: str) -> int:
    """Read a number of hours as minutes: "10.5" and "10:30" are 630.

    Raises TimeError for anything else.
    """
    typed = text.strip()
    if HALF_HOUR.fullmatch(typed):
        minutes = Fraction(typed.replace(",", ".")) * MINUTES
        if minutes.denominator == 1:
            return int(minutes)
    elif ":" in typed:
        return zones.parse_clock(typed)
    raise zones.TimeError(say("Enter a number of hours such as 10, 10.5 or 10:30."))


def show_hours(minutes: int) -> str:
    """Write minutes as `parse_hours` reads them: 600 is "10", 630 is "10:30"."""
    hours, rest = divmod(minutes, MINUTES)
    return f"{hours}:{rest:02d}" if rest else str(hours)


def read_money(text: str, currency: str) -> Money:
    """Read a typed amount inside a field's `validate_…`; a refusal becomes the field's error."""
    if currency not in EXPONENTS:
        raise ValidationError(say("Choose a currency."))
    amount: Money = _read(lambda typed: parse(typed, currency), text)
    return amount


def show_money(amount: Money) -> str:
    """Write an amount for an input: "280" or "280.50", without a currency sign."""
    text = f"{amount.decimal:f}"
    return text.rstrip("0").rstrip(".") if text.endswith(".00") else text


def _read(reader: Any, text: str) -> Any:
    try:
        return reader(text)
    except DomainError as refusal:
        raise ValidationError(refusal.message) from refusal


def wall_instant(wall: datetime, zone: str) -> datetime:
    """Return the UTC instant of what a `datetime-local` input says in a zone."""
    return zones.at(wall.date(), wall.hour * MINUTES + wall.minute, zone)


def options(words: Mapping[str, Any], group: str | None = None) -> list[SelectChoice]:
    """Return the choices of a field from its values and their (lazily translated) words."""
    return [
        SelectChoice(value=value, label=label, optgroup=group) for value, label in words.items()
    ]


def countries(common: Iterable[str] = ("US", "CN", "GB", "CA", "AU", "SG")) -> list[SelectChoice]:
    """Return every country by its name in the reader's language, the common ones first."""
    names = locale_of().territories
    first = list(common)
    others = [
        code
        for code in map(str, names)
        if len(code) == len("US") and code.isalpha() and code not in NO_COUNTRY | set(first)
    ]
    others.sort(key=lambda code: str(names[code]))
    return options({code: names[code] for code in [*first, *others]})
