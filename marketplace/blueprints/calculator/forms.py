"""The calculator's form: all of it in the address, so that a day can be shared as a link."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, Final

from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, Field, SelectChoice, SelectField, StringField
from wtforms.validators import Length, Optional, ValidationError

from marketplace.blueprints.productions.forms import AGENTS, CURRENCIES, SCHEMES, zone_choices
from marketplace.domain.payroll.queries import agreements, schemes
from marketplace.domain.payroll.rules.shapes import Adjustment, Certificate, Payee
from marketplace.domain.payroll.rules.tables import CumulativeTable
from marketplace.domain.payroll.rules.terms import Agreement
from marketplace.domain.people.rules import FILING_WORDS, STATE_WORDS, TAX_FORM_WORDS
from marketplace.domain.productions.rules import WithholdingAgent
from marketplace.domain.timecards.rules import Hours, HoursError, TypedHours, read_hours
from marketplace.kernel import zones
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say
from marketplace.web.fields import spoken
from marketplace.web.forms import (
    Between,
    ClockField,
    LengthField,
    PageForm,
    Required,
    WholeField,
    options,
    read_money,
)
from marketplace.web.worked import extra_word

FIRST: Final = date(2000, 1, 1)
LAST: Final = date(2099, 12, 31)
LONGEST_HOURS: Final = 24 * 60
NOON: Final = 12 * 60
DAY: Final = 24 * 60
LONGEST_AMOUNT: Final = 14
MOST_OF_A_BUMP: Final = 20
MOST_PERCENT: Final = 100
LARGEST: Final = 10**12
"""No day pays ten thousand millions; a typing error does."""

DAYS: Final = {
    "1": _("1st to 5th day"),
    "6": _("6th day"),
    "7": _("7th day"),
}
EMPLOYEE: Final = "w4"
RESIDENCE: Final = {"": _("Not said"), "no": _("In California"), "yes": _("Outside California")}
PERIODS: Final = {
    "daily": _("Daily"),
    "weekly": _("Weekly: nobody else employs them this week"),
}
MOST_ALLOWANCES: Final = 99
TIMES: Final = {
    "in_": "call",
    "out": "wrap",
    "meal_out": "meal_out",
    "meal_in": "meal_in",
    "meal2_out": "meal2_out",
    "meal2_in": "meal2_in",
    "ndb": "ndb",
}
"""Which field of the form holds which time of a card."""


def tax_form_choices() -> list[SelectChoice]:
    """Return the tax forms of the engine in words; none is a choice, too."""
    return [
        *options({"": _("None given")}),
        *spoken(TAX_FORM_WORDS),
        *options({EMPLOYEE: _("W-4 and DE 4: employee")}),
    ]


def clock_field(label: str) -> StringField:
    """Return a field for a time of the day as the set writes it."""
    return StringField(label, [Length(max=6)])


class CalculatorForm(PageForm):
    """One day's deal, hours and tax; `calculator_form` adds the extras of the agreement."""

    class Meta:
        """Nothing is changed, so nothing needs to be proved to be ours."""

        csrf = False

    rate = StringField(
        _("Day rate"),
        [Required(_("Enter the day rate, for example 650.")), Length(max=LONGEST_AMOUNT)],
    )
    hours = LengthField(
        _("Hours the rate covers"),
        [
            Required(_("A day rate needs its hours: say how many it covers.")),
            Between(30, LONGEST_HOURS, _("Enter between half an hour and 24.")),
        ],
    )
    agreement = SelectField(
        _("Pay agreement"),
        validate_choice=False,
        description=_("Those in force on the shoot date, with their currency."),
    )
    currency = SelectField(
        _("Currency"),
        choices=options({"": _("That of the agreement"), **CURRENCIES}),
    )
    overtime = StringField(
        _("Overtime, an hour"),
        [Optional(), Length(max=LONGEST_AMOUNT)],
        description=_("Only where the agreement leaves overtime to the deal."),
    )
    commission = StringField(_("Commission of an agent, in per cent"), [Optional(), Length(max=6)])
    card = SelectField(_("Row of the rate card"), validate_choice=False)
    shoot_date = DateField(_("Shoot date"), [Required(_("Enter the date of the call."))])
    zone = SelectField(_("Time zone of the set"), choices=zone_choices)
    call = clock_field(_("Call"))
    wrap = clock_field(_("Wrap"))
    meal_out = clock_field(_("Meal out"))
    meal_in = clock_field(_("Meal in"))
    meal2_out = clock_field(_("2nd meal out"))
    meal2_in = clock_field(_("2nd meal in"))
    ndb = StringField(
        _("Breakfast (NDB)"),
        [Length(max=6)],
        description=_("When a paid breakfast of 15 minutes began: it does not stop the clock."),
    )
    previous = ClockField(
        _("Wrap of the day before"),
        [Optional()],
        description=_("For the rest between the two days; 26:00 or 02:00 is after midnight."),
    )
    day_number = SelectField(_("Day of the work week"), choices=options(DAYS))
    is_holiday = BooleanField(_("A holiday of the agreement"))
    scheme = SelectField(_("Tax withholding"), choices=options({"": _("Before tax"), **SCHEMES}))
    agent = SelectField(_("Who withholds"), choices=options(AGENTS))
    tax_form = SelectField(_("Tax form"), choices=tax_form_choices)
    is_backup = BooleanField(_("Backup withholding is ordered"))
    pay_date = DateField(_("Paid on"), [Optional()], description=_("Left empty, the shoot date."))
    paid_before = StringField(
        _("Paid before in this month, for the same show"),
        [Optional(), Length(max=LONGEST_AMOUNT)],
    )
    withheld_before = StringField(
        _("Withheld from that"),
        [Optional(), Length(max=LONGEST_AMOUNT)],
        description=_("Left empty, what the same scheme withholds from it."),
    )

    lives = SelectField(_("Where the person lives"), choices=options(RESIDENCE))
    period = SelectField(_("Payroll period"), choices=options(PERIODS))
    filing = SelectField(_("W-4: filing status"), choices=spoken(FILING_WORDS))
    is_step2 = BooleanField(_("W-4: two jobs, step 2(c) is ticked"))
    state_filing = SelectField(_("DE 4: filing status"), choices=spoken(STATE_WORDS))
    allowances = WholeField(
        _("DE 4: regular allowances"),
        [Optional(), Between(0, MOST_ALLOWANCES, _("Enter a number up to 99."))],
    )

    hours_read: Hours | None = None
    """The times of the day, once they could be read."""

    @property
    def chosen(self) -> Agreement | None:
        """The agreement, if there is one of that name."""
        return agreements().get(str(self.agreement.data))

    @property
    def code(self) -> str:
        """The currency of all amounts."""
        return self.currency.data or (self.chosen.currency if self.chosen else "USD")

    @property
    def bump_fields(self) -> list[Field]:
        """The fields of the agreement's extras."""
        return [self[_bump(code)] for code in (self.chosen.bumps if self.chosen else ())]

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - as WTForms says
        """Check every field, then the times of the day together."""
        is_right = super().validate(extra_validators)
        if self.shoot_date.errors or self.zone.errors or self.previous.errors:
            return False
        try:
            self.hours_read = self._read_hours()
        except HoursError as refusal:
            self.put(TIMES.get(refusal.field, "call"), refusal.message)
            return False
        if self.previous.data is not None and self.rested_from is None:
            self.put("previous", say("The day before must have wrapped before this call."))
            return False
        return bool(is_right)

    def put(self, name: str, problem: Sentence) -> None:
        """Show a problem beside a field."""
        self[name].errors = [*self[name].errors, problem]

    def validate_rate(self, field: StringField) -> None:
        """Refuse what is no amount above zero; a rate card has its own."""
        if _amount(field.data, self.code).minor <= 0:
            raise ValidationError(_("Enter a day rate above zero."))

    def validate_agreement(self, _field: SelectField) -> None:
        """Refuse an agreement that is not there, or not in force on the shoot date."""
        found, day = self.chosen, self.shoot_date.data
        if found is None:
            raise ValidationError(_("Choose a pay agreement."))
        if day is not None and not found.is_in_force(day):
            raise ValidationError(
                say("%(title)s is not in force on %(day)s.", title=found.title, day=day),
            )

    def validate_currency(self, field: SelectField) -> None:
        """Refuse a currency the agreement does not pay in."""
        if self.chosen is not None and field.data not in {"", self.chosen.currency}:
            raise ValidationError(
                say(
                    "This agreement pays in %(one)s, not in %(other)s.",
                    one=self.chosen.currency,
                    other=field.data,
                ),
            )

    def validate_card(self, field: SelectField) -> None:
        """Refuse a row the rate card does not have."""
        if self.chosen is not None and self.chosen.cards and field.data not in self.chosen.cards:
            raise ValidationError(_("Choose a row of the rate card."))

    def validate_overtime(self, field: StringField) -> None:
        """Refuse what is no amount."""
        _amount(field.data, self.code)

    def validate_commission(self, _field: StringField) -> None:
        """Refuse what is no share between nothing and all."""
        self.commission_share()

    def validate_shoot_date(self, field: DateField) -> None:
        """Refuse a year nobody shoots in."""
        if field.data is not None and not FIRST <= field.data <= LAST:
            raise ValidationError(_("Enter a date between 2000 and 2099."))

    def validate_pay_date(self, field: DateField) -> None:
        """Refuse a year nobody pays in."""
        self.validate_shoot_date(field)

    def validate_scheme(self, field: SelectField) -> None:
        """Refuse a scheme of another currency, or one that is not this withholder's."""
        found = schemes().get(field.data or "", ())
        if found and found[-1].currency != self.code:
            raise ValidationError(
                say(
                    "This scheme withholds %(one)s, the day is paid in %(other)s.",
                    one=found[-1].currency,
                    other=self.code,
                ),
            )
        is_cumulative = any(isinstance(one.table, CumulativeTable) for one in found)
        if is_cumulative and self.agent.data != WithholdingAgent.PLATFORM:
            raise ValidationError(
                _("The cumulative method is for a platform that withholds; choose the platform."),
            )

    def validate_paid_before(self, field: StringField) -> None:
        """Refuse what is no amount."""
        _amount(field.data, self.code)

    def validate_withheld_before(self, field: StringField) -> None:
        """Refuse what is no amount, or more than was paid."""
        taken, paid = _amount(field.data, self.code), self.paid_before.data
        if taken.minor and (not paid or taken.minor > _amount(paid, self.code).minor):
            raise ValidationError(_("More cannot have been withheld than was paid."))

    def amount(self, name: str) -> Money | None:
        """Return a typed amount of a form that is right; None when nothing was typed."""
        typed = self[name].data
        return _amount(typed, self.code) if typed and typed.strip() else None

    def commission_share(self) -> Fraction:
        """Read the commission as a share; raises ValidationError."""
        typed = (self.commission.data or "0").strip().replace(",", ".")
        whole, _point, rest = typed.partition(".")
        if not whole.isdecimal() or not (rest or "0").isdecimal():
            raise ValidationError(_("Enter a percentage such as 10 or 12.5."))
        share = Fraction(f"{whole}.{rest or 0}")
        if share > MOST_PERCENT:
            raise ValidationError(_("Enter a percentage up to 100."))
        return share / 100

    def payee(self) -> Payee:
        """Return who is paid; an employee with a certificate, others by their form."""
        form = self.tax_form.data or None
        certificate = None
        if form == EMPLOYEE:
            certificate = Certificate(
                period=self.period.data,
                filing_status=self.filing.data,
                is_step2=self.is_step2.data,
                state_status=self.state_filing.data,
                regular_allowances=self.allowances.data or 0,
            )
        lives = {"no": False, "yes": True}.get(self.lives.data)
        return Payee(form, self.is_backup.data, certificate, lives)

    def adjustments(self) -> tuple[Adjustment, ...]:
        """Return the extras that were earned."""
        table = self.chosen.bumps if self.chosen else {}
        earned = ((code, self[_bump(code)].data or 0) for code in table)
        return tuple(Adjustment(code, None, count) for code, count in earned if count)

    @property
    def rested_from(self) -> datetime | None:
        """When the day before wrapped: the latest reading before the call; None without one."""
        minutes, hours = self.previous.data, self.hours_read
        if not isinstance(minutes, int) or hours is None:
            return None
        eve = self.shoot_date.data - timedelta(days=1)
        readings = (minutes + DAY, minutes) if minutes < NOON else (minutes,)
        instants = (zones.at(eve, reading, self.zone.data) for reading in readings)
        return next((at for at in instants if at <= hours.in_at), None)

    def _read_hours(self) -> Hours:
        texts = {name: (self[where].data or "").strip() for name, where in TIMES.items()}
        if not texts["in_"]:
            raise HoursError("in_", say("Enter the call, for example 07:00."))
        if not texts["out"]:
            raise HoursError("out", say("Enter the wrap, for example 19:00 or 26:00."))
        day, zone = self.shoot_date.data, self.zone.data
        try:
            call = zones.parse_clock(texts["in_"])
        except zones.TimeError as wrong:
            raise HoursError("in_", wrong.message) from wrong
        return read_hours(TypedHours(**texts), day, zones.at(day, call, zone), zone)


def calculator_form(args: MultiDict[str, str], start: Mapping[str, str]) -> CalculatorForm:
    """Return the form of an address; what the address leaves out is as in `start`."""
    known = {name: value for name, value in start.items() if name not in args}
    typed = MultiDict([*known.items(), *args.items(multi=True)])
    agreement = agreements().get(typed.get("agreement", ""))
    bumps = agreement.bumps if agreement else {}
    fields = {_bump(code): _bump_field(code) for code in bumps}
    made: CalculatorForm = type("CalculatorOfAgreement", (CalculatorForm,), fields)(typed)
    made.agreement.choices = _agreement_choices(made.shoot_date.data, made.chosen)
    made.card.choices = options(
        {code: code.replace("_", " ") for code in (agreement.cards if agreement else ())}
    )
    return made


def _agreement_choices(day: date | None, chosen: Agreement | None) -> list[SelectChoice]:
    titles = {
        one.id: f"{one.title} ({one.currency})"
        for one in agreements().values()
        if day is None or one.is_in_force(day) or one is chosen
    }
    return options(dict(sorted(titles.items(), key=lambda item: item[1])))


def _bump(code: str) -> str:
    return f"bump_{code}"


def _bump_field(code: str) -> Field:
    return WholeField(
        extra_word(code),
        [Optional(), Between(0, MOST_OF_A_BUMP, _("Enter how often, from 0 to 20."))],
    )


def _amount(typed: str | None, currency: str) -> Money:
    """Read an amount, nothing as zero; raises ValidationError below zero and beyond reason."""
    if not (typed or "").strip():
        return Money(0, currency)
    found = read_money(str(typed), currency)
    if not 0 <= found.minor < LARGEST:
        raise ValidationError(_("Enter an amount that can be."))
    return found
