"""Which account pays a currency, and which file its bank takes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from marketplace.domain.accounts.rules import LONGEST_PASSWORD
from marketplace.domain.banking.rules.answers import AnswerTable
from marketplace.domain.banking.rules.bulk import (
    COLUMNS,
    ENCODINGS,
    Template,
    read_columns,
    show_columns,
)
from marketplace.domain.banking.rules.numbers import BankError
from marketplace.domain.banking.rules.orders import (
    CURRENCIES,
    FORMAT_WORDS,
    Account,
    BankFormat,
)
from marketplace.domain.payments.queries.bank_profiles import Profile
from marketplace.domain.people.rules import account_problem, tidy_number
from marketplace.web.fields import LONGEST_NAME, name_field, spoken, tidy
from marketplace.web.forms import PageForm, Required, options

LONGEST_MAP: Final = 1000
COMMAS: Final = re.compile(r"[,，、\n]")


def _line(label: str, hint: str = "") -> StringField:
    return StringField(
        label, description=hint, validators=[Length(max=LONGEST_NAME)], filters=[tidy]
    )


class BankForm(PageForm):
    """How one currency is paid. The account is never shown again: empty keeps it."""

    format = SelectField(_("File your bank takes"))
    name = name_field(
        _("Name of the account"),
        _("Enter the name the account is held in."),
        description=_("As your bank writes it; it is in every file."),
    )
    bank = name_field(_("Bank"), _("Enter the name of your bank."))
    number = StringField(
        _("Account number or IBAN"),
        filters=[lambda text: tidy_number(text or "")],
        render_kw={"autocomplete": "off"},
    )
    routing = _line(_("Routing number, in the United States"))
    bic = _line(_("BIC"))
    cnaps = _line(_("Number of the bank branch (联行号), in China"))
    company_code = _line(
        _("Your company's number at the bank"),
        _("NACHA files only: ten signs, mostly 1 and your EIN. Your bank has told you."),
    )
    purpose = name_field(
        _("Words on the statement"),
        _("Enter what people read on their statement."),
        description=_("People read them on their statement, followed by the number of the slip."),
    )
    columns = TextAreaField(
        _("Columns of your bank's table"),
        description=_(
            "One per line: the title your bank wants = number, name, account, bank, cnaps, amount, "
            "currency, text or reference.",
        ),
        validators=[Length(max=LONGEST_MAP)],
        render_kw={"rows": 8, "spellcheck": "false"},
    )
    encoding = SelectField(
        _("Encoding"), choices=lambda: options({one: one.upper() for one in ENCODINGS})
    )
    has_text_marks = BooleanField(
        _("A tab before account numbers, so that a spreadsheet keeps them as text")
    )
    reference = _line(_("Answer: column with our reference"))
    status = _line(_("Answer: column with the status"))
    reason = _line(_("Answer: column with the reason"))
    bank_reference = _line(_("Answer: column with the bank's reference"))
    amount = _line(_("Answer: column with the amount"))
    paid_words = _line(_("Words for paid"), _("With commas between them."))
    failed_words = _line(_("Words for sent back"), _("With commas between them."))
    password = PasswordField(
        _("Password"),
        description=_("Once more, so that nobody else can change where pay comes from."),
        validators=[Required(_("Enter your password.")), Length(max=LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )

    def __init__(self, currency: str, known: Profile | None, *args: Any, **kwargs: Any) -> None:
        """Offer the formats of the currency; begin with what is known, the account aside."""
        super().__init__(*args, data=_shown(known or _first(currency)), **kwargs)
        self.known = known
        words = {one: FORMAT_WORDS[one] for one in formats_of(currency)}
        self.format.choices = spoken(words)

    def validate_number(self, field: StringField) -> None:
        """Refuse what cannot be an account; empty keeps the one that is there."""
        if not field.data and self.known is not None:
            return
        problem = account_problem(field.data or "")
        if problem is not None:
            raise ValidationError(problem)

    def validate_columns(self, field: TextAreaField) -> None:
        """Refuse a map of columns that cannot be read."""
        try:
            read_columns(field.data or "")
        except BankError as refusal:
            raise ValidationError(refusal.message) from refusal

    def profile(self) -> Profile:
        """Return what was entered."""
        kept = self.known.payer.number if self.known else ""
        return Profile(
            format=BankFormat(self.format.data),
            payer=Account(
                name=self.name.data,
                number=self.number.data or kept,
                bank=self.bank.data,
                routing=tidy_number(self.routing.data),
                bic=tidy_number(self.bic.data),
                cnaps=tidy_number(self.cnaps.data),
            ),
            company_code=self.company_code.data,
            purpose=self.purpose.data,
            template=Template(
                read_columns(self.columns.data), self.encoding.data, self.has_text_marks.data
            ),
            answers=self._answers(),
        )

    def _answers(self) -> AnswerTable:
        return AnswerTable(
            reference=self.reference.data,
            status=self.status.data,
            reason=self.reason.data,
            bank_reference=self.bank_reference.data,
            amount=self.amount.data,
            paid_words=_words(self.paid_words.data),
            failed_words=_words(self.failed_words.data),
        )


def formats_of(currency: str) -> list[BankFormat]:
    """Return the formats that carry a currency, the usual one first."""
    fitting = [one for one, allowed in CURRENCIES.items() if allowed and currency in allowed]
    return fitting + [one for one, allowed in CURRENCIES.items() if allowed is None]


def _first(currency: str) -> Profile:
    purpose = "劳务费" if currency == "CNY" else "Pay"
    return Profile(formats_of(currency)[0], Account(name="", number=""), "", purpose)


def _shown(profile: Profile) -> dict[str, object]:
    payer, template, answers = profile.payer, profile.template, profile.answers
    return {
        "format": profile.format,
        "name": payer.name,
        "bank": payer.bank,
        "routing": payer.routing,
        "bic": payer.bic,
        "cnaps": payer.cnaps,
        "company_code": profile.company_code,
        "purpose": profile.purpose,
        "columns": show_columns(template.columns or COLUMNS),
        "encoding": template.encoding,
        "has_text_marks": template.has_text_marks,
        "reference": answers.reference,
        "status": answers.status,
        "reason": answers.reason,
        "bank_reference": answers.bank_reference,
        "amount": answers.amount,
        "paid_words": _listed(answers.paid_words),
        "failed_words": _listed(answers.failed_words),
    }


def _words(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (word.strip() for word in COMMAS.split(text))))


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
