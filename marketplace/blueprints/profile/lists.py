"""The forms of what is on the lists of a profile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from flask_babel import lazy_gettext as _
from wtforms import DateField, SelectField, StringField
from wtforms.validators import Length, ValidationError

from marketplace.blueprints.profile.limits import (
    LONGEST_URL,
    currency_field,
    line_field,
    maybe,
    note_field,
    rate_field,
    read_rate,
)
from marketplace.domain.people.queries.whole import KitRow
from marketplace.domain.people.queries.words import kept
from marketplace.domain.people.rules import last_four, tidy_number
from marketplace.domain.people.rules.profiles import reel_problem
from marketplace.domain.people.services.entries import (
    Entry,
    KeepCertificate,
    KeepCredit,
    KeepKit,
    KeepReel,
)
from marketplace.web.fields import LONGEST_NAME, name_field, tidy
from marketplace.web.forms import Between, PageForm, Required, WholeField, show_money
from marketplace.web.words import word_choices

FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2100


class EntryForm(PageForm):
    """One thing of a list. known: what is there, when it is changed."""

    known: object = None

    def show(self, row: object) -> None:
        """Begin with what is there."""
        self.known = row
        self.process(formdata=None, obj=row)

    def to_command(self) -> Entry:
        """Return what was entered."""
        raise NotImplementedError


class ReelForm(EntryForm):
    """A link to moving pictures."""

    title = name_field(_("Title"), _("Enter a title, such as Showreel 2026."))
    url = StringField(
        _("Address"),
        description=_("Where the video is, such as https://vimeo.com/…"),
        validators=[Required(_("Enter the address of the video.")), Length(max=LONGEST_URL)],
        filters=[tidy],
        render_kw={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"},
    )

    def validate_url(self, field: StringField) -> None:
        """Refuse what is no address of a page."""
        problem = reel_problem(field.data)
        if problem is not None:
            raise ValidationError(problem)

    def to_command(self) -> Entry:
        """Return the reel."""
        return KeepReel(self.title.data, self.url.data)


class CreditForm(EntryForm):
    """Something a person worked on."""

    title = name_field(_("Title"), _("Enter the title of the show or film."))
    role = name_field(_("Role or position"), _("Enter what you played or did."))
    year = WholeField(
        _("Year"),
        [maybe(), Between(FIRST_YEAR, LAST_YEAR, _("Enter a year such as 2025."))],
        render_kw={"inputmode": "numeric"},
    )
    company = line_field(_("Production company"))

    def to_command(self) -> Entry:
        """Return the credit."""
        return KeepCredit(self.title.data, self.role.data, self.year.data, self.company.data)


class KitForm(EntryForm):
    """Gear for rent by the day."""

    name = name_field(_("Item"), _("Enter what you rent out."))
    rate = rate_field(_("Rent a day"), required=_("Enter the rent for one day."))
    currency = currency_field()
    note = note_field(_("Note"), _("Model, what is in the box, what it needs."))

    def validate_rate(self, field: StringField) -> None:
        """Refuse what is no rent."""
        read_rate(field.data, self.currency.data)

    def show(self, row: object) -> None:
        """Begin with what is there, the rent as it is typed."""
        super().show(row)
        if not isinstance(row, KitRow):
            return
        typed = {"rate": show_money(row.rate), "currency": row.rate.currency}
        self.process(formdata=None, data={"name": row.name, "note": row.note, **typed})

    def to_command(self) -> Entry:
        """Return the item."""
        return KeepKit(
            self.name.data, read_rate(self.rate.data, self.currency.data), self.note.data
        )


class CertificateForm(EntryForm):
    """A certificate. Of its number four signs are kept: empty keeps those that are there."""

    kind = SelectField(_("Certificate"), choices=lambda: word_choices(kept().certificates))
    number = StringField(
        _("Number"),
        description=_("Only its last four signs are kept, and only you see them."),
        validators=[Length(max=LONGEST_NAME)],
        render_kw={"autocomplete": "off"},
    )
    expires_on = DateField(
        _("Ends on"),
        [maybe()],
        description=_("We remind you 30 days before."),
    )

    def validate_expires_on(self, field: DateField) -> None:
        """Refuse a date that is a typing error."""
        if field.data and not FIRST_DAY <= field.data <= LAST_DAY:
            raise ValidationError(_("Enter a date such as 2027-06-30."))

    def to_command(self) -> Entry:
        """Return the certificate."""
        number = tidy_number(self.number.data or "")
        last4 = last_four(number) if number else getattr(self.known, "last4", "")
        return KeepCertificate(self.kind.data, last4, self.expires_on.data)


FORMS: Final[Mapping[str, type[EntryForm]]] = {
    "reels": ReelForm,
    "credits": CreditForm,
    "kit": KitForm,
    "certificates": CertificateForm,
}
"""The form of each list, by its name in addresses."""
