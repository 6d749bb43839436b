"""My dates: the next call, what is coming, which dates I am free, and the calendar feed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.blueprints.dates import month
from marketplace.domain.accounts.services.calendar import renew_calendar
from marketplace.domain.booking.ports import CalendarDay
from marketplace.domain.booking.queries import agenda
from marketplace.domain.booking.queries.agenda import AgendaRow
from marketplace.domain.booking.rules import HAS_PLACE, BookingState
from marketplace.domain.payments.queries.funding import not_funded
from marketplace.domain.people import services as people
from marketplace.web.access import Permission, allow, person_id
from marketplace.web.extensions import clock, outside, reading, transaction
from marketplace.web.presentation import exact

bp = Blueprint("dates", __name__)

KEPT: Final = timedelta(days=60)
"""How long the feed keeps days that are over."""

MAPS: Final = "https://www.openstreetmap.org/search?"


@bp.get("/me/dates")
@allow(Permission.TALENT)
def index() -> ResponseReturnValue:
    """Show the next call on top, then what is coming, then the month."""
    rows = agenda.agenda(reading(), person_id(), clock().now())
    booked = [row for row in rows if row.state is BookingState.CONFIRMED]
    return render_template(
        "dates/index.html",
        next_call=booked[0] if booked else None,
        booked=booked,
        offers=_by_offer(row for row in rows if row.state is BookingState.OFFERED),
        moved=[row for row in rows if row.state is BookingState.RECONFIRM],
        standby=[row for row in rows if row.state is BookingState.STANDBY],
        **_warnings(rows, booked),
        map_of=_map,
        feed=_feed_url(),
        **_month(rows),
    )


@bp.post("/me/dates/mark")
@allow(Permission.TALENT)
def mark() -> ResponseReturnValue:
    """Keep that I am busy or free on a date; twice is the same as once."""
    try:
        on = date.fromisoformat(request.form.get("busy") or request.form.get("free") or "")
    except ValueError:
        abort(400)
    change = people.book_out if "busy" in request.form else people.clear_book_out
    with transaction() as session:
        change(session, person_id(), on)
    return redirect(url_for("dates.index", month=f"{on:%Y-%m}", _anchor="month"), 303)


@bp.post("/me/dates/feed")
@allow(Permission.TALENT)
def renew() -> ResponseReturnValue:
    """Make the secret address of my calendar, or a new one in place of the old."""
    with transaction() as session:
        renew_calendar(session, current_user.user_id, clock=clock())
    flash(_("Your calendar has a new address. An older one shows nothing any more."))
    return redirect(url_for("dates.index", _anchor="feed"), 303)


@bp.get("/calendar/<token>.ics")
@allow(Permission.PUBLIC)
def feed(token: str) -> ResponseReturnValue:
    """Answer calendar programs: whoever has the address sees call, wrap, role and place."""
    now = clock().now()
    rows = agenda.feed(reading(), token, now - KEPT)
    if rows is None:
        abort(404)
    text = outside().calendar("Dayrate", [_calendar_day(row) for row in rows], now)
    answer = Response(text, mimetype="text/calendar")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Content-Disposition"] = 'inline; filename="dayrate.ics"'
    return answer


def _calendar_day(row: AgendaRow) -> CalendarDay:
    return CalendarDay(
        uid=f"booking-{row.event}@{request.host.partition(':')[0]}",
        sequence=row.sequence,
        starts_at=row.call_at,
        ends_at=row.wrap_at,
        title=_title(row),
        place=row.place,
        notes=_("Call %(rate)s per day", rate=exact(row.day_rate)),
        url=url_for("dates.index", _external=True),
        is_cancelled=row.state not in HAS_PLACE,
    )


def _title(row: AgendaRow) -> str:
    words = {"role": row.role, "production": row.production}
    if row.state is BookingState.RECONFIRM:
        return str(_("To be confirmed: %(role)s, %(production)s", **words))
    return str(_("%(role)s, %(production)s", **words))


def _by_offer(rows: Any) -> dict[str, list[AgendaRow]]:  # noqa: ANN401 - any iterable of rows
    """Return the offered days of each offer that waits."""
    found: dict[str, list[AgendaRow]] = {}
    for row in rows:
        found.setdefault(row.offer, []).append(row)
    return found


def _map(row: AgendaRow) -> str:
    """Return a link to the place of a day on a map."""
    return MAPS + urlencode({"query": ", ".join(filter(None, (row.address, row.city)))})


def _feed_url() -> str | None:
    token = agenda.token_of(reading(), current_user.user_id)
    return url_for("dates.feed", token=token, _external=True) if token else None


def _warnings(rows: list[AgendaRow], booked: list[AgendaRow]) -> dict[str, Any]:
    """Return which days rest too little before, and which have no money yet."""
    unfunded = not_funded(reading(), [row.public_id for row in booked])
    return {"short": agenda.short_rests(rows), "unfunded": unfunded}


def _month(rows: list[AgendaRow]) -> dict[str, Any]:
    """Return what the month's grid shows."""
    today = clock().now().date()
    first = month.first_of(request.args.get("month", ""), today)
    away = agenda.away(reading(), person_id(), first, month.last_of(first))
    this, furthest = today.replace(day=1), month.later(today.replace(day=1), month.AHEAD)
    return {
        "first": first,
        "weeks": month.grid(first, month.states(rows, away), today),
        "before": month.later(first, -1) if first > this else None,
        "after": month.later(first, 1) if first < furthest else None,
    }
