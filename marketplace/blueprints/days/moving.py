"""Move a shoot day, or call it off: first what it does to whom, then one button."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext, ngettext
from wtforms import DateField, DateTimeLocalField, RadioField, TextAreaField
from wtforms.validators import Length

from marketplace.blueprints.days import bp
from marketplace.domain.booking.rules.cancelling import Reason
from marketplace.domain.booking.rules.moving import usual_answer_by
from marketplace.domain.booking.services.moving import CallOffDay, MoveDay, target_of
from marketplace.domain.booking.services.previews import Preview, Target, preview
from marketplace.domain.productions import queries
from marketplace.domain.productions.models import ShootDay
from marketplace.domain.productions.queries import DayRow
from marketplace.domain.productions.services import DayTerms
from marketplace.domain.timecards.services.called_off import call_off_day, has_hours, move_day
from marketplace.kernel.errors import DomainError
from marketplace.kernel.zones import local
from marketplace.web.access import Permission, allow, the_production, viewer
from marketplace.web.extensions import clock, reading, transaction
from marketplace.web.forms import ClockField, PageForm, Required, options, wall_instant

KINDS: Final = (Reason.PRODUCTION, Reason.WEATHER)


class WhyForm(PageForm):
    """Why a day is moved or called off; everybody who is told reads the reason."""

    kind = RadioField(
        lazy_gettext("Why"),
        choices=options({kind.value: kind.value for kind in KINDS}),
        default=Reason.PRODUCTION.value,
    )
    reason = TextAreaField(
        lazy_gettext("Reason"),
        [Required(lazy_gettext("Say why.")), Length(max=500)],
        description=lazy_gettext("Everybody who is told reads this."),
    )


class MoveForm(WhyForm):
    """When the day will be, and until when people answer."""

    shoot_date = DateField(lazy_gettext("New date"), [Required(lazy_gettext("Enter the date."))])
    call = ClockField(
        lazy_gettext("Call"), [Required(lazy_gettext("Enter the call, for example 07:00."))]
    )
    wrap = ClockField(
        lazy_gettext("Estimated wrap"),
        [Required(lazy_gettext("Enter the wrap, for example 19:00 or 26:00."))],
    )
    answer_by = DateTimeLocalField(
        lazy_gettext("Answer by"),
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        validators=[Required(lazy_gettext("Say until when people answer."))],
    )

    def terms(self, day: DayRow) -> DayTerms:
        """Return the new day: date and times as typed, the place as it is."""
        times = self.shoot_date.data, self.call.data, self.wrap.data
        return DayTerms(*times, day.unit_base, day.address, day.is_holiday)


@bp.get("/<day>/another-date")
@allow(Permission.MANAGE_PRODUCTIONS)
def moving(day: str) -> ResponseReturnValue:
    """Show what another date or time does to everybody; nothing is changed."""
    found = _day(day)
    form = _move_form(found)
    if request.args and not all(
        field.validate(form) for field in (form.shoot_date, form.call, form.wrap)
    ):
        return _move_page(found, form, None), 422
    return _move_page(found, form, _look(found, form)), 200


@bp.post("/<day>/another-date")
@allow(Permission.MANAGE_PRODUCTIONS)
def move_day_to(day: str) -> ResponseReturnValue:
    """Move the day as it was shown, or show anew what it does."""
    found, form, status = _day(day), MoveForm(), 422
    if form.validate():
        try:
            with transaction() as session:
                done = move_day(session, _moving(found, form), clock=clock())
            _say_asked(done.asked)
            new = done.target.public_id if done.target else day
            return redirect(url_for("days.show", day=new), 303)
        except DomainError as refusal:
            form.refuse(refusal.message)
            status = refusal.http_status
    return _move_page(found, form, _look(found, form)), status


@bp.get("/<day>/call-off")
@allow(Permission.MANAGE_PRODUCTIONS)
def calling_off(day: str) -> ResponseReturnValue:
    """Show whom calling a day off touches, and what it costs."""
    return _call_off_page(_day(day), WhyForm()), 200


@bp.post("/<day>/call-off")
@allow(Permission.MANAGE_PRODUCTIONS)
def call_off(day: str) -> ResponseReturnValue:
    """Call the day off as it was shown."""
    found, form, status = _day(day), WhyForm(), 422
    if form.validate():
        try:
            with transaction() as session:
                call_off_day(session, _calling_off(found, form), clock=clock())
            flash(gettext("The day is cancelled. Everybody is told, with their fee."))
            return redirect(url_for("days.show", day=day), 303)
        except DomainError as refusal:
            form.refuse(refusal.message)
            status = refusal.http_status
    return _call_off_page(_day(day), form), status


def _day(public_id: str) -> DayRow:
    return queries.day(reading(), the_production().id, public_id) or abort(404)


def _move_form(day: DayRow) -> MoveForm:
    """Return the form as it was looked at last; at first the next date, with the same times."""
    zone = the_production().zone
    call, wrap = day.minutes(zone)
    first = {"shoot_date": day.shoot_date + timedelta(days=1), "call": call, "wrap": wrap}
    asked = request.args if "shoot_date" in request.args else None
    form = MoveForm(asked, data=first, meta={"csrf": True})
    if form.answer_by.data is None:
        form.answer_by.data = _usual(form, day)
    return form


def _usual(form: MoveForm, day: DayRow) -> datetime | None:
    """Return the usual deadline on the clock of the set; None when the times cannot be read."""
    zone, now = the_production().zone, clock().now()
    try:
        first = target_of(reading(), the_production().id, form.terms(day)).call_at
    except (DomainError, TypeError):
        return None
    return local(usual_answer_by(now, first, zone), zone).replace(tzinfo=None)


def _look(day: DayRow, form: MoveForm) -> tuple[Target, Preview] | None:
    """Return what the typed date would do; a refusal stands on the form."""
    if not (form.shoot_date.data and form.call.data is not None and form.wrap.data is not None):
        return None
    try:
        target = target_of(reading(), the_production().id, form.terms(day))
    except DomainError as refusal:
        form.refuse(refusal.message)
        return None
    return target, _preview(day, target, _kind(form))


def _preview(day: DayRow, target: Target | None, kind: Reason) -> Preview:
    row = reading().get_one(ShootDay, day.id)
    return preview(reading(), row, target, kind, clock().now())


def _kind(form: WhyForm) -> Reason:
    return Reason.WEATHER if form.kind.data == Reason.WEATHER else Reason.PRODUCTION


def _moving(day: DayRow, form: MoveForm) -> MoveDay:
    return MoveDay(
        shoot_day_id=day.id,
        production_id=the_production().id,
        terms=form.terms(day),
        kind=_kind(form),
        reason=str(form.reason.data or "").strip(),
        answer_by=wall_instant(form.answer_by.data, the_production().zone),
        seen=request.form.get("seen", ""),
        by_id=viewer().user_id,
    )


def _calling_off(day: DayRow, form: WhyForm) -> CallOffDay:
    kind = _kind(form)
    seen = dict(one.split(":", 1) for one in request.form.getlist("seen") if ":" in one)
    return CallOffDay(
        shoot_day_id=day.id,
        production_id=the_production().id,
        kind=kind,
        reason=str(form.reason.data or "").strip(),
        seen=seen.get(kind.value, ""),
        by_id=viewer().user_id,
    )


def _move_page(day: DayRow, form: MoveForm, looked: tuple[Target, Preview] | None) -> str:
    target, shown = looked or (None, None)
    others = queries.days(reading(), the_production().id)
    return render_template(
        "days/moving.html",
        shoot_day=day,
        form=form,
        target=target,
        shown=shown,
        second_unit=[
            one
            for one in others
            if target and one.shoot_date == target.shoot_date != day.shoot_date
        ],
        has_begun=day.call_at <= clock().now() or has_hours(reading(), day.id),
    )


def _call_off_page(day: DayRow, form: WhyForm) -> str:
    return render_template(
        "days/calling_off.html",
        shoot_day=day,
        form=form,
        shown={kind.value: _preview(day, None, kind) for kind in KINDS},
        has_begun=day.call_at <= clock().now() or has_hours(reading(), day.id),
    )


def _say_asked(count: int) -> None:
    flash(
        ngettext(
            "The day moved. %(num)s person is asked to answer.",
            "The day moved. %(num)s people are asked to answer.",
            count,
        ),
    )
