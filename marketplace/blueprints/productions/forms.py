"""The form of a production."""

from __future__ import annotations

from typing import Any, Final
from zoneinfo import available_timezones

from flask_babel import gettext, lazy_gettext
from wtforms import (
    BooleanField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from marketplace.blueprints.productions.policy import (
    EXAMPLE,
    NONE,
    choice_of,
    chosen_policy,
    policy_choices,
    rules_text,
)
from marketplace.domain.booking.rules.cancelling import PolicyError
from marketplace.domain.payroll.queries import agreements, schemes
from marketplace.domain.payroll.rules.engagements import Choice, fitting, why_not
from marketplace.domain.payroll.rules.terms import Agreement
from marketplace.domain.productions.queries import ProductionFacts
from marketplace.domain.productions.rules import (
    ENGAGEMENT_WORDS,
    Engagement,
    PayrollPeriod,
    WithholdingAgent,
)
from marketplace.domain.productions.services import Terms
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say
from marketplace.kernel.zones import local_date
from marketplace.web.extensions import clock
from marketplace.web.fields import spoken
from marketplace.web.forms import (
    Between,
    LengthField,
    PageForm,
    Required,
    WholeField,
    countries,
    options,
    read_money,
    show_money,
)

DEFAULT_REST: Final = 10 * 60
LONGEST_REST: Final = 24 * 60
LONGEST_TITLE: Final = 120
LONGEST_RULES: Final = 600

FORMATS: Final = {
    "Vertical series": lazy_gettext("Vertical series"),
    "Series": lazy_gettext("Series"),
    "Feature film": lazy_gettext("Feature film"),
    "Short film": lazy_gettext("Short film"),
    "Commercial": lazy_gettext("Commercial"),
    "Music video": lazy_gettext("Music video"),
}

CURRENCIES: Final = {
    "USD": lazy_gettext("US dollar (USD)"),
    "CNY": lazy_gettext("Chinese yuan (CNY)"),
    "GBP": lazy_gettext("British pound (GBP)"),
    "EUR": lazy_gettext("Euro (EUR)"),
    "JPY": lazy_gettext("Japanese yen (JPY)"),
}

SCHEMES: Final = {
    "us_contractor": lazy_gettext("United States: independent contractors (1099)"),
    "us_ca_contractors": lazy_gettext("California: contractors, each by their own tax form"),
    "us_nra_services": lazy_gettext("United States: non-resident aliens, 30%"),
    "us_ca_nonresident_592": lazy_gettext("California: non-residents of the state, 7%"),
    "us_ca_w2": lazy_gettext("California: employees (W-2)"),
    "cn_labor_per_payment": lazy_gettext("China: labour service, each payment on its own"),
    "cn_labor_platform_cumulative": lazy_gettext("China: labour service, platform, cumulative"),
    "cn_labor_nonresident": lazy_gettext("China: labour service of non-residents"),
    "cn_royalty_flat20": lazy_gettext("China: royalties for likeness or voice, 20%"),
    "uk_self_employed_gross": lazy_gettext("United Kingdom: self-employed, paid gross"),
}
"""The schemes a production may choose, in words; others of the pay engine are parts of these."""

AGENTS: Final = {
    WithholdingAgent.PRODUCTION.value: lazy_gettext("The production company"),
    WithholdingAgent.PLATFORM.value: lazy_gettext("The platform"),
}

PERIODS: Final = {
    PayrollPeriod.DAILY.value: lazy_gettext("Daily"),
    PayrollPeriod.WEEKLY.value: lazy_gettext("Weekly, for whoever signed the statement"),
}

COMMON_ZONES: Final = (
    "America/Los_Angeles",
    "America/New_York",
    "America/Chicago",
    "America/Vancouver",
    "Europe/London",
    "Asia/Shanghai",
    "Asia/Hong_Kong",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Australia/Sydney",
)
CONTINENTS: Final = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/")
OCEANS: Final = ("Antarctica/", "Arctic/", "Indian/", "Pacific/")

STARTS: Final = {
    "US": ("USD", "America/Los_Angeles", "us_film_crew_12", "us_contractor"),
    "CN": ("CNY", "Asia/Shanghai", "cn_microdrama_day", "cn_labor_per_payment"),
    "GB": ("GBP", "Europe/London", "uk_tv_drama_2023", "uk_self_employed_gross"),
}
"""What a new production starts with in each country: currency, zone, agreement, scheme."""


def zone_choices() -> list[SelectChoice]:
    """Return every time zone, the usual ones of the field first."""
    rest = sorted(
        name
        for name in available_timezones() - set(COMMON_ZONES)
        if name.startswith(CONTINENTS + OCEANS)
    )
    usual, others = (
        {name: name.replace("_", " ") for name in names} for names in (COMMON_ZONES, [*rest, "UTC"])
    )
    return options(usual, gettext("Common")) + options(others, gettext("All time zones"))


def agreement_choices() -> list[SelectChoice]:
    """Return the agreements in force today or later, with the currency they pay in."""
    today = local_date(clock().now(), "UTC")
    titles = {
        agreement.id: f"{agreement.title} ({agreement.currency})"
        for agreement in agreements().values()
        if agreement.effective_to is None or agreement.effective_to >= today
    }
    return options(dict(sorted(titles.items(), key=lambda item: item[1])))


class ProductionForm(PageForm):
    """Everything a production says about itself."""

    title = StringField(
        lazy_gettext("Title"),
        [Required(lazy_gettext("Enter the title.")), Length(max=LONGEST_TITLE)],
    )
    second_title = StringField(
        lazy_gettext("Second title"),
        [Optional(), Length(max=LONGEST_TITLE)],
        description=lazy_gettext("In the other script, for example 离婚黎明."),
    )
    format = SelectField(lazy_gettext("Format"), choices=options(FORMATS))
    episodes = WholeField(
        lazy_gettext("Episodes"),
        [Optional(), Between(1, 999, lazy_gettext("Enter a number from 1 to 999."))],
    )
    country = SelectField(lazy_gettext("Country of the shoot"), choices=countries)
    city = StringField(
        lazy_gettext("City"), [Required(lazy_gettext("Enter the city.")), Length(max=80)]
    )
    zone = SelectField(
        lazy_gettext("Time zone of the set"),
        choices=zone_choices,
        description=lazy_gettext("All call and wrap times are read in this zone."),
    )
    registration_number = StringField(
        lazy_gettext("Registration number (备案号)"),
        [Optional(), Length(max=60)],
        description=lazy_gettext("Needed before publishing when the show is shot in China."),
    )
    currency = SelectField(lazy_gettext("Currency of pay"), choices=options(CURRENCIES))
    budget = StringField(lazy_gettext("Budget for day rates"), [Optional()])
    agreement = SelectField(
        lazy_gettext("Pay agreement"),
        choices=agreement_choices,
        description=lazy_gettext("Its rules price overtime, meals and rest on every time card."),
    )
    engagement = RadioField(
        lazy_gettext("How people are engaged"),
        [InputRequired(lazy_gettext("Choose how people are engaged."))],
        choices=spoken(ENGAGEMENT_WORDS),
        description=lazy_gettext(
            "Your choice is kept with your name. In California, actors and crew are employees "
            "unless a professional has told you otherwise."
        ),
    )
    payroll_period = SelectField(
        lazy_gettext("Payroll period of employees"),
        choices=options(PERIODS),
        description=lazy_gettext(
            "Days are paid one by one, so wages are taxed by the daily table. The weekly table is "
            "for people who sign that nobody else employs them in the week."
        ),
    )
    scheme = SelectField(lazy_gettext("Tax withholding"), choices=options(SCHEMES))
    withholding_agent = RadioField(
        lazy_gettext("Who withholds"),
        [InputRequired(lazy_gettext("Say who withholds."))],
        choices=options(AGENTS),
        description=lazy_gettext(
            "In China this decides the tax: a production withholds from each payment on its own, "
            "a registered platform over all payments of the year."
        ),
    )
    rest = LengthField(
        lazy_gettext("Rest between wrap and next call, in hours"),
        [
            Optional(),
            Between(0, LONGEST_REST, lazy_gettext("Enter between 0 and 24 hours.")),
        ],
        description=lazy_gettext("Left empty, it is what the agreement says, else 10 hours."),
    )

    cancellation = SelectField(
        lazy_gettext("When a day is called off"),
        choices=policy_choices,
        default=NONE,
        description=lazy_gettext("Copied into every offer from now on; the person reads it there."),
    )
    cancellation_rules = TextAreaField(
        lazy_gettext("Our own rules"),
        [Length(max=LONGEST_RULES)],
        description=lazy_gettext(
            "One on a line: production, weather or breach; hours before the call, or a time of "
            "the day before; the share of the day rate. sent_home is the least for people who "
            "came and were not used."
        ),
    )
    needs_payroll_approval = BooleanField(
        lazy_gettext("An accountant approves every time card before it is paid"),
    )

    def validate_cancellation_rules(self, field: TextAreaField) -> None:
        """Refuse rules of one's own that cannot be read, naming the line."""
        try:
            chosen_policy(self.cancellation.data, field.data or "")
        except PolicyError as refusal:
            raise ValidationError(refusal.message) from refusal

    def validate_budget(self, field: StringField) -> None:
        """Refuse what is no amount of the currency."""
        if read_money(field.data, self.currency.data).minor <= 0:
            raise ValidationError(lazy_gettext("Enter an amount above zero, or leave it empty."))

    def validate_agreement(self, field: SelectField) -> None:
        """Refuse an agreement whose figures are in another currency."""
        chosen = agreements().get(field.data)
        if chosen is not None and chosen.currency != self.currency.data:
            raise ValidationError(
                say(
                    "This agreement pays in %(one)s, the production in %(other)s.",
                    one=chosen.currency,
                    other=self.currency.data,
                ),
            )

    def validate_scheme(self, field: SelectField) -> None:
        """Refuse a scheme that does not fit the engagement, the country or who withholds."""
        found = schemes().get(field.data)
        if found is None or self.engagement.data not in set(Engagement):
            return
        choice = Choice(
            engagement=self.engagement.data,
            country=self.country.data,
            currency=self.currency.data,
            agent=self.withholding_agent.data or "",
        )
        problem = why_not(found[-1], choice)
        if problem is not None:
            raise ValidationError(problem)

    @property
    def fits(self) -> list[tuple[Sentence, list[str]]]:
        """The ways of being engaged in the country of the shoot, with what may be withheld."""
        latest = [versions[-1] for versions in schemes().values()]
        return [
            (word, [str(SCHEMES[one]) for one in fitting(latest, engagement, self.country.data)])
            for engagement, word in ENGAGEMENT_WORDS.items()
        ]

    def terms(self) -> Terms:
        """Return what the form says, as the domain wants it."""
        currency = self.currency.data
        budget = read_money(self.budget.data, currency).minor if self.budget.data else None
        rest = self.rest.data
        return Terms(
            title=self.title.data.strip(),
            second_title=(self.second_title.data or "").strip(),
            format=self.format.data,
            episodes=self.episodes.data,
            currency=currency,
            zone=self.zone.data,
            city=self.city.data.strip(),
            country=self.country.data,
            agreement=self.agreement.data,
            scheme=self.scheme.data,
            withholding_agent=self.withholding_agent.data,
            engagement=self.engagement.data,
            payroll_period=self.payroll_period.data,
            minimum_rest_minutes=usual_rest(self.agreement.data) if rest is None else rest,
            registration_number=(self.registration_number.data or "").strip(),
            budget_minor=budget,
            cancellation_policy=chosen_policy(
                self.cancellation.data,
                self.cancellation_rules.data or "",
            ),
            needs_payroll_approval=self.needs_payroll_approval.data,
        )


def usual_rest(agreement_id: str) -> int:
    """Return the rest an agreement asks for, in minutes; 10 hours when it does not say."""
    found: Agreement = agreements()[agreement_id]
    asked = int(found.rest.daily_h * 60) if found.rest else 0
    return asked or DEFAULT_REST


def new_form(country: str) -> ProductionForm:
    """Return the form of a new production, filled in for the company's country."""
    currency, zone, agreement, scheme = STARTS.get(country, STARTS["US"])
    start: dict[str, Any] = {
        "country": country,
        "currency": currency,
        "zone": zone,
        "agreement": agreement,
        "scheme": scheme,
        "withholding_agent": WithholdingAgent.PRODUCTION.value,
        "payroll_period": PayrollPeriod.DAILY.value,
        "rest": None,
        "cancellation": NONE,
        "cancellation_rules": EXAMPLE,
    }
    return ProductionForm(data=start)


def edit_form(facts: ProductionFacts) -> ProductionForm:
    """Return the form of a production as it is."""
    shown: dict[str, Any] = {name: getattr(facts, name) for name in ProductionFacts.__annotations__}
    budget = Money(facts.budget_minor or 0, facts.currency)
    shown |= {
        "budget": show_money(budget) if facts.budget_minor is not None else "",
        "rest": facts.minimum_rest_minutes,
        "cancellation": choice_of(facts.cancellation_policy),
        "cancellation_rules": rules_text(facts.cancellation_policy) or EXAMPLE,
    }
    return ProductionForm(data=shown)
