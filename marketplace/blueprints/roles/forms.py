"""The form of a role, with one number for each shoot day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from flask_babel import lazy_gettext
from wtforms import (
    DateTimeLocalField,
    Field,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional, ValidationError

from marketplace.domain.casting.queries.roles import RoleRow
from marketplace.domain.casting.rules import OLDEST, Disclosure, RoleKind
from marketplace.domain.casting.services.roles import RoleTerms
from marketplace.domain.people.rules.profiles import LANGUAGES
from marketplace.domain.productions.queries import DayRow
from marketplace.kernel.zones import local
from marketplace.web.forms import (
    Between,
    LengthField,
    PageForm,
    Required,
    WholeField,
    options,
    read_money,
    show_money,
    wall_instant,
)
from marketplace.web.presentation import day as written
from marketplace.web.words import language_name

MOST_PEOPLE: Final = 999
USUAL_HOURS: Final = 12 * 60
LONGEST_HOURS: Final = 24 * 60
LOCAL_TIME: Final = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]

KINDS: Final = {
    RoleKind.PRINCIPAL.value: lazy_gettext("Principal"),
    RoleKind.FEATURED.value: lazy_gettext("Featured"),
    RoleKind.BACKGROUND.value: lazy_gettext("Background"),
    RoleKind.CREW.value: lazy_gettext("Crew"),
}

DEPARTMENTS: Final = {
    "": lazy_gettext("None"),
    "Production": lazy_gettext("Production"),
    "Directing": lazy_gettext("Directing"),
    "Camera": lazy_gettext("Camera"),
    "Grip": lazy_gettext("Grip"),
    "Electric": lazy_gettext("Electric"),
    "Sound": lazy_gettext("Sound"),
    "Art": lazy_gettext("Art"),
    "Wardrobe": lazy_gettext("Wardrobe"),
    "Makeup and hair": lazy_gettext("Makeup and hair"),
    "Locations": lazy_gettext("Locations"),
    "Transport": lazy_gettext("Transport"),
    "Stunts": lazy_gettext("Stunts"),
    "Catering": lazy_gettext("Catering"),
    "Post-production": lazy_gettext("Post-production"),
}

DISCLOSURES: Final = {
    Disclosure.NIGHT.value: lazy_gettext("Night work"),
    Disclosure.SMOKE.value: lazy_gettext("Smoke"),
    Disclosure.WATER.value: lazy_gettext("Water"),
    Disclosure.STUNTS.value: lazy_gettext("Stunts"),
    Disclosure.INTIMACY.value: lazy_gettext("Intimacy"),
    Disclosure.NUDITY.value: lazy_gettext("Nudity"),
    Disclosure.ANIMALS.value: lazy_gettext("Animals"),
    Disclosure.OWN_WARDROBE.value: lazy_gettext("Own wardrobe"),
    Disclosure.MINORS.value: lazy_gettext("Children on set"),
}


SHOWN: Final = (
    *("name", "kind", "department", "who", "description", "currency", "disclosures"),
    *("plays_from", "plays_to", "languages"),
)
"""What the form of a role shows as it is stored."""


class RoleForm(PageForm):
    """One line of the breakdown; `role_form` adds a number for each shoot day."""

    name = StringField(
        lazy_gettext("Role or position"),
        [Required(lazy_gettext("Enter a name, for example Nurse Dana or Gaffer.")), Length(max=80)],
    )
    kind = SelectField(lazy_gettext("Kind"), choices=options(KINDS))
    department = SelectField(lazy_gettext("Department, for crew"), choices=options(DEPARTMENTS))
    plays_from = WholeField(
        lazy_gettext("Playing age from"),
        [Optional(), Between(0, OLDEST, lazy_gettext("Enter an age up to 120."))],
    )
    plays_to = WholeField(
        lazy_gettext("Playing age to"),
        [Optional(), Between(0, OLDEST, lazy_gettext("Enter an age up to 120."))],
    )
    languages = SelectMultipleField(
        lazy_gettext("Languages that must be spoken"),
        choices=lambda: options({code: language_name(code) for code in LANGUAGES}),
    )
    who = StringField(
        lazy_gettext("Who it is for"),
        [Length(max=160)],
        description=lazy_gettext("For example: woman, plays 24–34, Mandarin and English."),
    )
    description = TextAreaField(lazy_gettext("Description"), [Length(max=4000)])
    rate = StringField(
        lazy_gettext("Day rate"), [Required(lazy_gettext("Enter the day rate, for example 280."))]
    )
    currency = SelectField(lazy_gettext("Currency"), choices=["USD", "CNY", "GBP", "EUR", "JPY"])
    hours = LengthField(
        lazy_gettext("Hours the rate covers"),
        [
            Required(lazy_gettext("A day rate needs its hours: say how many it covers.")),
            Between(30, LONGEST_HOURS, lazy_gettext("Enter between half an hour and 24.")),
        ],
        default=USUAL_HOURS,
    )
    standby = WholeField(
        lazy_gettext("Standby fee, percent of the day rate"),
        [Optional(), Between(0, 100, lazy_gettext("Enter a number from 0 to 100."))],
        description=lazy_gettext(
            "For people who waited on standby until the line ended. Left empty, nothing is paid."
        ),
    )
    apply_by = DateTimeLocalField(
        lazy_gettext("Apply by"),
        [Required(lazy_gettext("Enter until when people can apply."))],
        format=LOCAL_TIME,
    )
    disclosures = SelectMultipleField(
        lazy_gettext("What people must know before they apply"),
        choices=options(DISCLOSURES),
    )

    zone: str
    days: Sequence[DayRow]

    def validate_department(self, field: SelectField) -> None:
        """Refuse crew without a department."""
        if self.kind.data == RoleKind.CREW and not field.data:
            raise ValidationError(lazy_gettext("Choose the department of a crew position."))

    def validate_rate(self, field: StringField) -> None:
        """Refuse what is no amount above zero."""
        if read_money(field.data, self.currency.data).minor <= 0:
            raise ValidationError(lazy_gettext("Enter a day rate above zero."))

    def need(self, day: DayRow) -> Field:
        """Return the field of a shoot day."""
        return self[_name(day)]

    def terms(self) -> RoleTerms:
        """Return what the form says, as the domain wants it."""
        return RoleTerms(
            name=self.name.data.strip(),
            kind=RoleKind(self.kind.data),
            department=self.department.data,
            who=(self.who.data or "").strip(),
            description=(self.description.data or "").strip(),
            day_rate=read_money(self.rate.data, self.currency.data),
            guaranteed_minutes=self.hours.data,
            apply_by_at=wall_instant(self.apply_by.data, self.zone),
            disclosures=list(self.disclosures.data or ()),
            headcounts={day.id: self.need(day).data or 0 for day in self.days},
            standby_percent=self.standby.data or 0,
            plays_from=self.plays_from.data,
            plays_to=self.plays_to.data,
            languages=list(self.languages.data or ()),
        )


def role_form(days: Sequence[DayRow], zone: str, shown: dict[str, Any] | None = None) -> RoleForm:
    """Return the form with a number of people for each day that is still to come."""
    planned = [day for day in days if day.is_planned]
    fields = {_name(day): _need_field(day) for day in planned}
    made: RoleForm = type("RoleFormOfDays", (RoleForm,), fields)(data=shown or {})
    made.zone, made.days = zone, planned
    return made


def edit_form(role: RoleRow, days: Sequence[DayRow], zone: str) -> RoleForm:
    """Return the form of a role as it is."""
    shown: dict[str, Any] = {name: getattr(role, name) for name in SHOWN}
    shown |= {
        "rate": show_money(role.day_rate),
        "hours": role.guaranteed_minutes,
        "standby": role.standby_percent or None,
        "apply_by": local(role.apply_by_at, zone).replace(tzinfo=None),
    }
    needs = {_name(day): role.needs[day.id].headcount for day in days if day.id in role.needs}
    return role_form(days, zone, shown | needs)


def _name(day: DayRow) -> str:
    return f"need_{day.public_id}"


def _need_field(day: DayRow) -> Field:
    return WholeField(
        lazy_gettext("Day %(number)s, %(date)s", number=day.number, date=written(day.shoot_date)),
        [Between(0, MOST_PEOPLE, lazy_gettext("Enter a number up to 999."))],
    )
