"""Sizes, skills and languages of a profile."""

from __future__ import annotations

import re
from dataclasses import asdict, fields
from typing import Any, Final

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import Length, ValidationError

from marketplace.blueprints.profile import bp
from marketplace.blueprints.profile.limits import line_field, maybe, note_field
from marketplace.domain.people.queries.whole import WholeProfile, whole
from marketplace.domain.people.queries.words import kept
from marketplace.domain.people.rules import LEVEL_WORDS, Level
from marketplace.domain.people.rules.profiles import LANGUAGES, MOST_LANGUAGES
from marketplace.domain.people.rules.sizes import AGES, LIMITS, Sizes
from marketplace.domain.people.services.looks import Looks, keep_looks
from marketplace.kernel.errors import DomainError
from marketplace.web.access import Permission, allow, person_id
from marketplace.web.extensions import clock, reading, transaction
from marketplace.web.fields import LONGEST_NAME, spoken, tidy
from marketplace.web.forms import Between, PageForm, WholeField, options
from marketplace.web.words import group_choices, language_name, word_choices

LONGEST_OWN: Final = 400
COMMAS: Final = re.compile(r"[,，、;；\n]")
SPARE: Final = 2
"""How many empty rows stand below the languages somebody has."""


def _length(label: str, name: str) -> WholeField:
    low, high = LIMITS[name]
    message = _("Enter centimetres: a whole number from %(low)s to %(high)s.", low=low, high=high)
    keywords = {"inputmode": "numeric", "autocomplete": "off"}
    return WholeField(label, [maybe(), Between(low, high, message)], render_kw=keywords)


def _age(label: str) -> WholeField:
    low, high = AGES
    message = _("Enter an age from %(low)s to %(high)s.", low=low, high=high)
    return WholeField(
        label, [maybe(), Between(low, high, message)], render_kw={"inputmode": "numeric"}
    )


def _languages() -> dict[str, str]:
    """Return the languages by name, those of our sets first."""
    return {"": "–", **{code: language_name(code) for code in LANGUAGES}}


class LanguageForm(PageForm):
    """One language and how well it is spoken; the form around it proves where it comes from."""

    class Meta:
        """No token of its own."""

        csrf = False

    code = SelectField(_("Language"), choices=lambda: options(_languages()))
    level = SelectField(
        _("How well"), choices=lambda: spoken(LEVEL_WORDS), default=Level.WORKING.value
    )


class LooksForm(PageForm):
    """What somebody looks like, can do and speaks."""

    age_from = _age(_("Plays ages from"))
    age_to = _age(_("to"))
    height = _length(_("Height, cm"), "height")
    chest = _length(_("Chest, cm"), "chest")
    waist = _length(_("Waist, cm"), "waist")
    hips = _length(_("Hips, cm"), "hips")
    shoe = line_field(_("Shoe size"), _("With its system, such as EU 39."))
    clothing = line_field(_("Clothing size"), _("Such as M or EU 38."))
    hair = SelectField(_("Hair"), choices=lambda: word_choices(kept().hair, "–"))
    eyes = SelectField(_("Eyes"), choices=lambda: word_choices(kept().eyes, "–"))
    marks = note_field(_("Tattoos and piercings"), _("What and where; casting plans for them."))
    wardrobe = note_field(_("Wardrobe"), _("What you can bring: a suit, a qipao, a uniform."))
    vehicles = note_field(_("Vehicles"), _("A car, a motorcycle or a bicycle you can bring."))
    has_driving_licence = BooleanField(_("I have a driving licence"))
    skills = SelectMultipleField(_("Skills"), choices=lambda: group_choices(kept().skills))
    own_skills = StringField(
        _("Other skills"),
        description=_("In your own words, with commas between them."),
        validators=[Length(max=LONGEST_OWN)],
    )
    languages = FieldList(FormField(LanguageForm), max_entries=MOST_LANGUAGES)

    def validate_age_from(self, _field: WholeField) -> None:
        """Refuse half a range."""
        if self.age_to.data is None:
            raise ValidationError(_("Enter both ages, or neither."))

    def validate_age_to(self, field: WholeField) -> None:
        """Refuse half a range, and one that runs backwards."""
        if self.age_from.data is None:
            raise ValidationError(_("Enter both ages, or neither."))
        if field.data < self.age_from.data:
            raise ValidationError(_("The second age is the higher one."))

    def validate_own_skills(self, _field: StringField) -> None:
        """Refuse words that are no words but texts."""
        if any(len(word) > LONGEST_NAME for word in self.own_words):
            raise ValidationError(_("Put commas between the skills."))

    @property
    def own_words(self) -> list[str]:
        """The skills in own words."""
        return list(filter(None, map(tidy, COMMAS.split(self.own_skills.data or ""))))

    def to_command(self) -> Looks:
        """Return what was entered; a language chosen twice counts once."""
        sizes = {one.name: self[one.name].data for one in fields(Sizes)}
        rows = [row for row in self.languages.data if row["code"]]
        return Looks(
            sizes=Sizes(**sizes),
            skills=self.skills.data or [],
            own_skills=self.own_words,
            languages={row["code"]: Level(row["level"]) for row in rows},
        )


@bp.get("/looks")
@allow(Permission.TALENT)
def looks() -> ResponseReturnValue:
    """Show sizes, skills and languages."""
    found = whole(reading(), person_id())
    return _page(LooksForm(formdata=None, data=_shown(found)), found)


@bp.post("/looks")
@allow(Permission.TALENT)
def save_looks() -> ResponseReturnValue:
    """Keep sizes, skills and languages."""
    form, mine, status = LooksForm(), person_id(), 422
    if form.validate():
        try:
            with transaction() as session:
                keep_looks(session, mine, form.to_command(), clock=clock())
            flash(gettext("Sizes, skills and languages are saved."))
            return redirect(url_for("profile.looks"), 303)
        except DomainError as refusal:
            form.refuse(refusal.message)
            status = refusal.http_status
    return _page(form, whole(reading(), mine)), status


def _shown(found: WholeProfile) -> dict[str, Any]:
    rows = [{"code": code, "level": level.value} for code, level in found.languages]
    room = min(SPARE, MOST_LANGUAGES - len(rows))
    return {
        **asdict(found.sizes),
        "skills": [word for word, is_own in found.skills if not is_own],
        "own_skills": ", ".join(word for word, is_own in found.skills if is_own),
        "languages": rows + [{"code": "", "level": Level.WORKING.value}] * room,
    }


def _page(form: LooksForm, found: WholeProfile) -> str:
    return render_template("profile/looks.html", form=form, found=found, kept=kept())
