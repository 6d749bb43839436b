"""Mileage, rentals and other amounts of one person's day, on their time card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.blueprints.timecards import bp
from marketplace.domain.payroll.rules.shapes import Earnings, PayError
from marketplace.domain.payroll.services import preview
from marketplace.domain.productions import queries
from marketplace.domain.productions.queries import DayRow
from marketplace.domain.timecards.queries import CardRow, cards_of_day
from marketplace.domain.timecards.rules import Hours, HoursError
from marketplace.domain.timecards.services import EnterHours
from marketplace.domain.timecards.services import enter as enter_hours
from marketplace.kernel.errors import DomainError
from marketplace.kernel.sentences import Sentence, say
from marketplace.web.access import Permission, allow, the_production, viewer
from marketplace.web.extensions import clock, reading, transaction
from marketplace.web.extras import Extra, extras_of, read_extras, take_extras

LONGEST_REASON: Final = 500


@dataclass(slots=True)
class Amounts:
    """The extras of one card as typed. earnings: what the day pays with them, or why not."""

    day: DayRow
    card: CardRow
    hours: Hours
    extras: list[Extra]
    seen: str
    reason: str = ""
    earnings: Earnings | None = None
    form_errors: list[Sentence] = field(default_factory=list)
    wrong: str = ""

    def refuse(self, refusal: DomainError) -> None:
        """Show why nothing was saved."""
        self.wrong = getattr(refusal, "field", "")
        self.form_errors.append(refusal.message)


@bp.get("/days/<day>/people/<booking>/amounts")
@allow(Permission.RUN_DAYS)
def amounts(day: str, booking: str) -> ResponseReturnValue:
    """Show the extras of a card, ready to be changed."""
    return _show(_page(day, booking))


@bp.post("/days/<day>/people/<booking>/amounts")
@allow(Permission.RUN_DAYS)
def save_amounts(day: str, booking: str) -> ResponseReturnValue:
    """Work out what the extras pay, or send them to the person as a version of the hours."""
    page = _page(day, booking, request.form)
    if page.form_errors or request.form.get("action") == "work_out":
        return _show(page), 422 if page.form_errors else 200
    try:
        with transaction() as session:
            is_new = enter_hours(session, _command(page), clock=clock()) is not None
    except DomainError as refusal:
        page.refuse(refusal)
        return _show(page), refusal.http_status
    sent = gettext("Sent. The person sees it with the hours and agrees or queries.")
    flash(sent if is_new else gettext("Nothing was changed."), "success" if is_new else "info")
    return redirect(url_for("timecards.day", day=day), 303)


def _page(public_id: str, booking: str, sent: Mapping[str, str] | None = None) -> Amounts:
    """Return the page of a card that has hours and no slip; 404 for any other."""
    day = queries.day(reading(), the_production().id, public_id) or abort(404)
    cards = cards_of_day(reading(), the_production().id, day.id)
    card = next((one for one in cards if one.booking_public_id == booking), None)
    if card is None or card.hours is None or card.is_locked:
        abort(404)
    recorded = card.hours.adjustments
    extras = extras_of(card.agreement, day.shoot_date, recorded)
    page = Amounts(day, card, card.hours, extras, str(card.version))
    try:
        if sent is not None:
            _take(page, sent)
        page.earnings = preview(reading(), card.booking_id, page.hours)
    except (HoursError, PayError) as refusal:
        page.refuse(refusal)
    return page


def _take(page: Amounts, sent: Mapping[str, str]) -> None:
    page.seen = sent.get("version", "")
    page.reason = sent.get("reason", "").strip()[:LONGEST_REASON]
    take_extras(page.extras, sent)
    recorded = page.hours.adjustments
    read = read_extras(page.extras, recorded, page.card.currency)
    page.hours = replace(page.hours, adjustments=read)
    if page.seen != str(page.card.version):
        raise HoursError(
            "version",
            say("Somebody else entered hours meanwhile; open the day again and compare."),
        )


def _command(page: Amounts) -> EnterHours:
    by_id = viewer().user_id
    return EnterHours(page.card.booking_id, the_production().id, page.hours, by_id, page.reason)


def _show(page: Amounts) -> str:
    return render_template("timecards/amounts.html", page=page)
