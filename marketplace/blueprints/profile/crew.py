"""The crew side of a profile: positions, the rate asked, kit and certificates."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import SelectMultipleField, StringField

from marketplace.blueprints.profile import bp
from marketplace.blueprints.profile.limits import currency_field, maybe, rate_field, read_rate
from marketplace.domain.people.queries.whole import WholeProfile, whole
from marketplace.domain.people.queries.words import kept
from marketplace.domain.people.services.looks import CrewSide, keep_crew
from marketplace.kernel.errors import DomainError
from marketplace.kernel.zones import local_date
from marketplace.web.access import Permission, allow, person_id
from marketplace.web.extensions import clock, reading, transaction
from marketplace.web.forms import Between, LengthField, PageForm, show_money
from marketplace.web.words import group_choices

DAY = 24 * 60


class CrewForm(PageForm):
    """Positions and what a day costs."""

    positions = SelectMultipleField(
        _("Positions"), choices=lambda: group_choices(kept().departments)
    )
    rate = rate_field(_("Day rate you ask"), _("Productions read it; every offer says its own."))
    currency = currency_field()
    hours = LengthField(
        _("Hours that are in it"),
        [maybe(), Between(60, DAY, _("Enter 1 to 24 hours."))],
        render_kw={"inputmode": "decimal"},
    )

    def validate_rate(self, field: StringField) -> None:
        """Refuse what is no day rate."""
        read_rate(field.data, self.currency.data)

    def to_command(self) -> CrewSide:
        """Return what was entered."""
        words = {word: kept().department_of(word) or "" for word in self.positions.data or []}
        text = (self.rate.data or "").strip()
        rate = read_rate(text, self.currency.data) if text else None
        return CrewSide(words, rate, self.hours.data if rate else None)


@bp.get("/crew")
@allow(Permission.TALENT)
def crew() -> ResponseReturnValue:
    """Show positions, rate, kit and certificates."""
    found = whole(reading(), person_id())
    return _page(CrewForm(formdata=None, data=_shown(found)), found)


@bp.post("/crew")
@allow(Permission.TALENT)
def save_crew() -> ResponseReturnValue:
    """Keep positions and rate."""
    form, mine, status = CrewForm(), person_id(), 422
    if form.validate():
        try:
            with transaction() as session:
                keep_crew(session, mine, form.to_command(), clock=clock())
            flash(gettext("Positions and rate are saved."))
            return redirect(url_for("profile.crew"), 303)
        except DomainError as refusal:
            form.refuse(refusal.message)
            status = refusal.http_status
    return _page(form, whole(reading(), mine)), status


def _shown(found: WholeProfile) -> dict[str, Any]:
    shown: dict[str, Any] = {"positions": found.positions, "hours": found.minutes}
    if found.rate is None:
        return shown | {"currency": "CNY" if found.country == "CN" else "USD"}
    return shown | {"rate": show_money(found.rate), "currency": found.rate.currency}


def _page(form: CrewForm, found: WholeProfile) -> str:
    today = local_date(clock().now(), found.zone)
    return render_template("profile/crew.html", form=form, found=found, kept=kept(), today=today)
