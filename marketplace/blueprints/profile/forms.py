"""Forms of a talent's profile and payee."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, ValidationError

from marketplace.blueprints.profile.certificates import CertificateForm
from marketplace.blueprints.profile.limits import LONGEST_TEXT, line_field
from marketplace.domain.accounts.rules import LONGEST_PASSWORD
from marketplace.domain.banking.rules.numbers import (
    bic_problem,
    cnaps_problem,
    routing_problem,
)
from marketplace.domain.banking.rules.orders import ACCOUNT_KIND_WORDS
from marketplace.domain.people.queries import PayeeRow
from marketplace.domain.people.rules import (
    TAX_FORM_WORDS,
    WORK_WORDS,
    TaxForm,
    Work,
    account_problem,
    tax_number_problem,
    tidy_number,
)
from marketplace.domain.people.services import PayeeDetails, Profile
from marketplace.kernel.sentences import Sentence
from marketplace.web.fields import PhoneField, country_field, name_field, spoken
from marketplace.web.forms import PageForm, Required, options
from marketplace.web.places import guess_zone, zones_of
from marketplace.web.presentation import zone_name

LONGEST_ADDRESS = 400


class Fits:
    """Refuses what one of the domain's rules finds wrong."""

    def __init__(self, problem: Callable[[str], Sentence | None]) -> None:
        """Keep the rule."""
        self.problem = problem

    def __call__(self, _form: object, field: StringField) -> None:
        """Ask the rule."""
        found = self.problem(field.data or "")
        if found is not None:
            raise ValidationError(found)


def _code(label: str, problem: Callable[[str], Sentence | None]) -> StringField:
    """Return a field for the number of a bank; it may stay empty."""
    return StringField(
        label,
        validators=[Fits(problem)],
        filters=[lambda text: tidy_number(text or "")],
        render_kw={"autocomplete": "off"},
    )


class ProfileForm(PageForm):
    """The basics of what a talent shows."""

    stage_name = name_field(
        _("Stage name"),
        _("Enter the name you work under."),
        description=_("The name on call sheets. Your legal name stays between you and payroll."),
        render_kw={"autocomplete": "nickname"},
    )
    second_name = line_field(
        _("Stage name in another script"),
        _("For example 林晚 beside Lin Wan. Readers see the one they can read first."),
    )
    works = SelectMultipleField(
        _("Which work?"),
        choices=spoken(WORK_WORDS),
        validators=[Required(_("Tick at least one kind of work."))],
    )
    pronouns = line_field(_("Pronouns"))
    city = line_field(_("City"), autocomplete="address-level2")
    country = country_field()
    zone = SelectField(
        _("Time zone"),
        description=_("Your calendar and your messages use it. Calls are in the set's own time."),
        validate_choice=False,
    )
    phone = PhoneField(
        _("Telephone"),
        description=_("For the day of the shoot; shown to productions that book you."),
        render_kw={"autocomplete": "tel"},
    )
    about = TextAreaField(
        _("About you"), validators=[Length(max=LONGEST_TEXT)], render_kw={"rows": 5}
    )
    about_second = TextAreaField(
        _("About you in another language"),
        validators=[Length(max=LONGEST_TEXT)],
        render_kw={"rows": 3},
    )
    is_listed = BooleanField(
        _("Productions may find me"),
        description=_(
            "Casting people of all productions here can then open your profile. "
            "Without it only productions you apply to see it. "
            "Nobody sees your telephone, e-mail address or legal name there."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the zones of the country."""
        super().__init__(*args, **kwargs)
        zones = {zone_name(zone): zone for zone in zones_of(self.country.data or "")}
        self.zone.choices = options({zones[name]: name for name in sorted(zones)})

    def profile(self) -> Profile:
        """Return the profile; a zone of another country gives way to a guess."""
        zone, country = self.zone.data, self.country.data
        return Profile(
            stage_name=self.stage_name.data,
            second_name=self.second_name.data,
            works=frozenset(Work(work) for work in self.works.data),
            pronouns=self.pronouns.data,
            city=self.city.data,
            country=country,
            zone=zone if zone in zones_of(country) else guess_zone(country, self.city.data),
            about=(self.about.data or "").strip(),
            about_second=(self.about_second.data or "").strip(),
            phone=self.phone.e164,
            is_listed=self.is_listed.data,
        )


class PayeeForm(CertificateForm):
    """How a person is paid. Numbers are never shown again: an empty field keeps what is there."""

    legal_name = name_field(
        _("Legal name"),
        _("Enter your name as on your passport or identity card."),
        description=_("As on your passport or identity card. It is on pay slips and nowhere else."),
        render_kw={"autocomplete": "name"},
    )
    address = TextAreaField(
        _("Address"),
        validators=[Required(_("Enter your address.")), Length(max=LONGEST_ADDRESS)],
        render_kw={"rows": 3, "autocomplete": "street-address"},
    )
    tax_form = RadioField(
        _("Tax form"),
        choices=spoken(TAX_FORM_WORDS),
        validators=[Required(_("Choose the tax form that fits you."))],
    )
    tax_number = StringField(_("Tax number"), render_kw={"autocomplete": "off"})
    bank_name = name_field(_("Bank"), _("Enter the name of your bank."))
    account = StringField(_("Account number or IBAN"), render_kw={"autocomplete": "off"})
    account_kind = SelectField(
        _("Kind of account, in the United States"),
        choices=lambda: options({"": "–"}) + spoken(ACCOUNT_KIND_WORDS),
        default="",
    )
    routing_number = _code(_("Routing number, in the United States"), routing_problem)
    bic = _code(_("BIC, for accounts abroad"), bic_problem)
    cnaps = _code(_("Number of the bank branch (联行号), in China"), cnaps_problem)
    password = PasswordField(
        _("Password"),
        description=_("Once more, so that nobody else can redirect your pay."),
        validators=[Required(_("Enter your password.")), Length(max=LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )
    known: PayeeRow = PayeeRow()

    def validate_tax_number(self, field: StringField) -> None:
        """Refuse a number that does not fit the form; empty keeps the one for the same form."""
        number = tidy_number(field.data or "")
        keeps = self.known.has_tax_number and self.known.tax_form == self.tax_form.data
        if self.tax_form.data not in set(TaxForm) or (not number and keeps):
            return
        problem = tax_number_problem(TaxForm(self.tax_form.data), number)
        if problem is not None:
            raise ValidationError(problem)

    def validate_account(self, field: StringField) -> None:
        """Refuse what cannot be an account; empty keeps the one that is there."""
        number = tidy_number(field.data or "")
        problem = account_problem(number) if number or not self.known.has_account else None
        if problem is not None:
            raise ValidationError(problem)

    def to_command(self, person_id: int) -> PayeeDetails:
        """Return the details, numbers without spaces."""
        return PayeeDetails(
            person_id=person_id,
            legal_name=self.legal_name.data,
            address=self.address.data.strip(),
            tax_form=TaxForm(self.tax_form.data),
            tax_number=tidy_number(self.tax_number.data or ""),
            bank_name=self.bank_name.data,
            account=tidy_number(self.account.data or ""),
            account_kind=self.account_kind.data or "",
            routing_number=self.routing_number.data,
            bic=self.bic.data,
            cnaps=self.cnaps.data,
            is_state_nonresident=self.is_state_nonresident,
            certificate=self.certificate,
        )
