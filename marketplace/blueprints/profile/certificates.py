"""What employees in the United States declare: Form W-4 and DE 4."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, RadioField, SelectField, StringField
from wtforms.validators import Optional, StopValidation, ValidationError

from marketplace.domain.people.rules import FILING_WORDS, STATE_WORDS, Certificate
from marketplace.kernel.money import Money
from marketplace.web.fields import spoken
from marketplace.web.forms import Between, PageForm, WholeField, options, read_money, show_money

DOLLARS: Final = "USD"
AMOUNTS: Final = ("credits", "other_income", "deductions", "extra")
MOST_ALLOWANCES: Final = 99
NOT_SAID: Final = "unsaid"
RESIDENCE: Final = {
    NOT_SAID: _("Not said"),
    "inside": _("In California"),
    "outside": _("Outside California"),
}


def _amount(label: str, hint: str) -> StringField:
    """Return a field for dollars that may stay empty."""
    return StringField(label, [Optional()], description=hint, render_kw={"inputmode": "decimal"})


def _count(label: str) -> WholeField:
    """Return a field for allowances that may stay empty."""
    between = Between(0, MOST_ALLOWANCES, _("Enter a number from 0 to 99."))
    return WholeField(label, [Optional(), between])


class Declared:
    """What an employee declares must be there; whoever is none leaves it out."""

    def __call__(self, form: FlaskForm, field: Field) -> None:
        """Refuse a certificate without it; say nothing of it to others."""
        if field.raw_data and field.raw_data[0]:
            return
        field.errors = []
        asked = [_("Choose your filing status.")] if form.gives_w4.data else []
        raise StopValidation(*asked)


class CertificateForm(PageForm):
    """The fields of Form W-4 and DE 4, and where somebody lives for California."""

    residence = RadioField(
        _("Where you live, for California tax"),
        [Optional()],
        choices=options(RESIDENCE),
        default=NOT_SAID,
    )
    gives_w4 = BooleanField(_("I work as an employee and give Form W-4 and DE 4 here"))
    filing_status = SelectField(
        _("W-4, step 1: filing status"), [Declared()], choices=spoken(FILING_WORDS)
    )
    is_step2 = BooleanField(_("W-4, step 2: two jobs, or a spouse who works"))
    credits = _amount(_("W-4, step 3: credits"), _("US dollars a year."))
    other_income = _amount(_("W-4, step 4(a): other income"), _("US dollars a year."))
    deductions = _amount(_("W-4, step 4(b): deductions"), _("US dollars a year."))
    extra = _amount(_("W-4, step 4(c): extra withholding"), _("US dollars each payment."))
    state_status = SelectField(_("DE 4: filing status"), [Declared()], choices=spoken(STATE_WORDS))
    regular_allowances = _count(_("DE 4: regular allowances"))
    estimated_allowances = _count(_("DE 4: allowances for estimated deductions"))
    has_one_employer = BooleanField(
        _("In a week I work here, nobody else employs me"),
        description=_("Your signed statement: single days are then taxed by the weekly table."),
    )

    def _dollars(self, field: StringField) -> None:
        """Refuse what is no amount of dollars, or is below zero."""
        if field.data and read_money(field.data, DOLLARS).minor < 0:
            raise ValidationError(_("Enter an amount of zero or more."))

    validate_credits = validate_other_income = validate_deductions = validate_extra = _dollars

    @property
    def certificate(self) -> Certificate | None:
        """What the two forms say; None when they were not given."""
        if not self.gives_w4.data:
            return None
        amounts = {name: self[name].data for name in AMOUNTS}
        return Certificate(
            filing_status=self.filing_status.data,
            is_step2=self.is_step2.data,
            state_status=self.state_status.data,
            regular_allowances=self.regular_allowances.data or 0,
            estimated_allowances=self.estimated_allowances.data or 0,
            has_one_employer=self.has_one_employer.data,
            **{
                name: read_money(text, DOLLARS).minor if text else 0
                for name, text in amounts.items()
            },
        )

    @property
    def is_state_nonresident(self) -> bool | None:
        """Whether they live outside California; None = not said."""
        return {"inside": False, "outside": True}.get(self.residence.data or NOT_SAID)


def shown(certificate: Certificate | None, *, is_state_nonresident: bool | None) -> dict[str, Any]:
    """Return what the form shows of what is on file."""
    residence = {None: NOT_SAID, False: "inside", True: "outside"}[is_state_nonresident]
    if certificate is None:
        return {"residence": residence, "gives_w4": False}
    fields = {name: getattr(certificate, name) for name in Certificate.__annotations__}
    amounts = {
        name: show_money(Money(fields[name], DOLLARS)) if fields[name] else "" for name in AMOUNTS
    }
    return {**fields, **amounts, "residence": residence, "gives_w4": True}
