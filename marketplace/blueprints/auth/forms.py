"""Forms to sign up, to sign in and to choose a new password."""

from __future__ import annotations

from flask_babel import get_locale
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, PasswordField, SelectMultipleField, StringField
from wtforms.validators import Length

from marketplace.domain.accounts.ports import Passwords
from marketplace.domain.accounts.services.passwords import ResetPassword
from marketplace.domain.accounts.services.sign_up import SignUp
from marketplace.domain.people.rules import WORK_WORDS, Work
from marketplace.domain.people.services import Profile
from marketplace.web.browsers import address
from marketplace.web.fields import (
    LONGEST_NAME,
    check_new,
    country_field,
    email_field,
    name_field,
    new_password_field,
    password_field,
    spoken,
    tidy,
)
from marketplace.web.forms import PageForm, Required
from marketplace.web.places import guess_zone


class SignInForm(PageForm):
    """Address and password; `next` is the page somebody wanted."""

    email = email_field()
    password = password_field()
    next = HiddenField()


class _AccountForm(PageForm):
    """What every new account needs."""

    def _sign_up(self, name: str, email: str, passwords: Passwords) -> SignUp:
        hashed = passwords.hash(self["password"].data)
        return SignUp(email, name, hashed, str(get_locale()), address())


class TalentForm(_AccountForm):
    """Somebody looks for work."""

    works = SelectMultipleField(
        _("Which work?"),
        choices=spoken(WORK_WORDS),
        validators=[Required(_("Tick at least one kind of work."))],
    )
    stage_name = name_field(
        _("Stage name"),
        _("Enter the name you work under."),
        description=_("The name on call sheets. Your legal name stays between you and payroll."),
        render_kw={"autocomplete": "nickname"},
    )
    city = StringField(
        _("City"),
        validators=[Required(_("Enter the city you live in.")), Length(max=LONGEST_NAME)],
        filters=[tidy],
        render_kw={"autocomplete": "address-level2"},
    )
    country = country_field()
    email = email_field()
    password = new_password_field()

    def validate_password(self, field: PasswordField) -> None:
        """Refuse what is easy to guess."""
        check_new(field.data, self.stage_name.data, self.email.data)

    def account(self, passwords: Passwords) -> SignUp:
        """Return the account; this hashes, so call it outside a transaction."""
        return self._sign_up(self.stage_name.data, self.email.data, passwords)

    def profile(self) -> Profile:
        """Return the first version of the profile."""
        return Profile(
            stage_name=self.stage_name.data,
            works=frozenset(Work(work) for work in self.works.data),
            city=self.city.data,
            country=self.country.data,
            zone=guess_zone(self.country.data, self.city.data),
        )


class CompanyForm(_AccountForm):
    """Somebody hires: they own the company they start."""

    company = name_field(
        _("Company"),
        _("Enter the name of your company."),
        description=_("The production company that pays. You can add its legal name later."),
        render_kw={"autocomplete": "organization"},
    )
    country = country_field()
    name = name_field(_("Your name"), _("Enter your name."), render_kw={"autocomplete": "name"})
    email = email_field()
    password = new_password_field()

    def validate_password(self, field: PasswordField) -> None:
        """Refuse what is easy to guess."""
        check_new(field.data, self.name.data, self.company.data, self.email.data)

    def account(self, passwords: Passwords) -> SignUp:
        """Return the account; this hashes, so call it outside a transaction."""
        return self._sign_up(self.name.data, self.email.data, passwords)


class InvitedForm(_AccountForm):
    """Somebody was invited and has no account; the address is the invited one."""

    name = name_field(_("Your name"), _("Enter your name."), render_kw={"autocomplete": "name"})
    password = new_password_field()

    def validate_password(self, field: PasswordField) -> None:
        """Refuse what is easy to guess."""
        check_new(field.data, self.name.data)

    def account(self, email: str, passwords: Passwords) -> SignUp:
        """Return the account; this hashes, so call it outside a transaction."""
        return self._sign_up(self.name.data, email, passwords)


class ForgotForm(PageForm):
    """Where to send the link."""

    email = email_field()


class ResetForm(PageForm):
    """A new password; `own_words` are those of the account the link is for."""

    password = new_password_field()
    own_words: tuple[str, ...] = ()

    def validate_password(self, field: PasswordField) -> None:
        """Refuse what is easy to guess."""
        check_new(field.data, *self.own_words)

    def to_command(self, token: str, passwords: Passwords) -> ResetPassword:
        """Return the command; this hashes, so call it outside a transaction."""
        return ResetPassword(token, passwords.hash(self.password.data))
