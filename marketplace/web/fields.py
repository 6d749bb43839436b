"""Fields that several areas ask for: e-mail address, passwords, country, telephone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import phonenumbers
from flask_babel import lazy_gettext as _
from wtforms import EmailField, PasswordField, SelectChoice, SelectField, StringField, TelField
from wtforms.validators import Length, ValidationError

from marketplace.domain.accounts.rules import (
    LONGEST_EMAIL,
    LONGEST_PASSWORD,
    is_email,
    password_problem,
    tidy_email,
)
from marketplace.kernel.sentences import Sentence
from marketplace.web.forms import Required, countries, options
from marketplace.web.places import guess_country

LONGEST_NAME: Final = 80


def email_field(**options: Any) -> EmailField:
    """Return a required field for an e-mail address."""
    keywords = {"autocomplete": "username", "spellcheck": "false", "maxlength": LONGEST_EMAIL}
    return EmailField(
        _("E-mail address"),
        validators=[Required(_("Enter an e-mail address.")), check_email],
        filters=[lambda text: tidy_email(text or "")],
        render_kw={**keywords, **options},
    )


def check_email(_form: object, field: Any) -> None:
    """Refuse what cannot be an address."""
    if not is_email(field.data):
        raise ValidationError(_("Enter an e-mail address such as ava@example.com."))


def password_field() -> PasswordField:
    """Return a field for the password somebody has."""
    return PasswordField(
        _("Password"),
        validators=[Required(_("Enter your password.")), Length(max=LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )


def new_password_field() -> PasswordField:
    """Return a field for a password somebody chooses; the form checks it with `check_new`."""
    return PasswordField(
        _("Password"),
        description=_("Three or four unrelated words are easy to remember and hard to guess."),
        validators=[Required(_("Choose a password."))],
        render_kw={"autocomplete": "new-password"},
    )


def check_new(password: str | None, *own_words: str | None) -> None:
    """Refuse a password that is easy to guess, inside a form's `validate_password`."""
    problem = password_problem(password or "", [word for word in own_words if word])
    if problem is not None:
        raise ValidationError(problem)


def name_field(label: str, message: str, **options: Any) -> StringField:
    """Return a required field for a name."""
    return StringField(
        label,
        validators=[Required(message), Length(max=LONGEST_NAME)],
        filters=[tidy],
        **options,
    )


def country_field() -> SelectField:
    """Return a field for a country, by ISO code."""
    return SelectField(
        _("Country"),
        choices=countries,
        default=guess_country,
        render_kw={"autocomplete": "country"},
    )


def spoken(words: Mapping[Any, Sentence]) -> list[SelectChoice]:
    """Return the choices of a field from the domain's words for its values."""
    return options({str(value): _(str(said)) for value, said in words.items()})


def tidy(text: str | None) -> str:
    """Return text without spaces around it and no doubled ones inside."""
    return " ".join((text or "").split())


class PhoneField(TelField):
    """A telephone number; the form has a field `country`. `e164` is how it is kept."""

    e164 = ""

    def pre_validate(self, form: Any) -> None:
        """Read the number as people of the country write it."""
        self.e164 = ""
        if not (self.data or "").strip():
            return
        try:
            number = phonenumbers.parse(self.data, form.country.data)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_valid_number(number):
            raise ValidationError(_("Enter a telephone number, with + and country code if abroad."))
        self.e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
