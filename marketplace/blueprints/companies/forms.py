"""Forms of companies and their people."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import Length

from marketplace.domain.accounts.rules import ROLE_WORDS, CompanyRole
from marketplace.domain.accounts.services.companies import EditCompany, Invite, OpenCompany
from marketplace.web.fields import country_field, email_field, name_field, spoken
from marketplace.web.forms import PageForm

LONGEST_ADDRESS = 400
LONGEST_CONTACT = 120


class NewCompanyForm(PageForm):
    """A company to start."""

    name = name_field(
        _("Company"),
        _("Enter the name of your company."),
        description=_("The production company that pays. You can add its legal name later."),
        render_kw={"autocomplete": "organization"},
    )
    country = country_field()

    def to_command(self, user_id: int) -> OpenCompany:
        """Return the command."""
        return OpenCompany(user_id, self.name.data, self.country.data)


class CompanyForm(PageForm):
    """What pay slips say about a company."""

    name = name_field(_("Name"), _("Enter the name of your company."))
    legal_name = name_field(
        _("Legal name"),
        _("Enter the legal name."),
        description=_("On pay slips, as the one who pays."),
    )
    address = TextAreaField(
        _("Address"), validators=[Length(max=LONGEST_ADDRESS)], render_kw={"rows": 3}
    )
    country = country_field()
    payroll_contact = StringField(
        _("Whom to ask about pay"),
        validators=[Length(max=LONGEST_CONTACT)],
        description=_("Printed on pay slips: a name, an e-mail address or a telephone number."),
    )

    def to_command(self, company_id: int, by_id: int) -> EditCompany:
        """Return the command."""
        return EditCompany(
            company_id,
            by_id,
            self.name.data,
            self.legal_name.data,
            self.address.data or "",
            self.country.data,
            self.payroll_contact.data or "",
        )


class InviteForm(PageForm):
    """Whom to ask to join, and as what."""

    email = email_field(autocomplete="off")
    role = SelectField(
        _("Role"),
        choices=spoken(ROLE_WORDS),
        default=CompanyRole.PRODUCER.value,
    )

    def to_command(
        self, company_id: int, by_id: int, productions: tuple[int, ...] | None
    ) -> Invite:
        """Return the command; productions: the only ones they may see."""
        role = CompanyRole(self.role.data)
        return Invite(company_id, by_id, self.email.data, role, productions)
