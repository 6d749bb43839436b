"""Time cards: the days, the grid of one day, and its approval."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from marketplace.blueprints.timecards import amounts, bp, people, questions, signing
from marketplace.blueprints.timecards.approval import Approval, Line, approval_of
from marketplace.blueprints.timecards.grid import Grid, grid_of, save, sums
from marketplace.domain.productions import queries
from marketplace.domain.productions.queries import DayRow
from marketplace.domain.timecards import services
from marketplace.domain.timecards.queries import (
    DayCounts,
    count_open_questions,
    counts_of,
    typed_total_limit,
)
from marketplace.domain.timecards.services import ApproveCards
from marketplace.kernel.errors import DomainError
from marketplace.kernel.sentences import Sentence
from marketplace.web.access import Permission, allow, the_company, the_production, viewer
from marketplace.web.extensions import clock, reading, transaction
from marketplace.web.presentation import exact
from marketplace.web.worked import WORDS, extra_text, extra_word

__all__ = ["amounts", "bp", "people", "questions", "signing"]


@bp.get("/time-cards")
@allow(Permission.RUN_DAYS)
def index() -> ResponseReturnValue:
    """List the shoot days with how far their time cards are."""
    counts = counts_of(reading(), the_production().id)
    days = [
        (day, counts.get(day.id, DayCounts()))
        for day in queries.days(reading(), the_production().id)
    ]
    asked = count_open_questions(reading(), the_production().id)
    return render_template("timecards/index.html", days=days, asked=asked, now=clock().now())


@bp.get("/days/<day>/time-cards")
@allow(Permission.RUN_DAYS)
def day(day: str) -> ResponseReturnValue:
    """Show the grid of a day."""
    return _grid_page(_grid(_day(day)))


@bp.post("/days/<day>/time-cards")
@allow(Permission.RUN_DAYS)
def enter(day: str) -> ResponseReturnValue:
    """Save every changed row, all or nothing; or only work the hours out again."""
    grid = _grid(_day(day), is_sent=True)
    if request.form.get("action") == "work_out":
        return _grid_page(grid)
    if not grid.errors:
        try:
            with transaction() as session:
                who = the_production().id, viewer().user_id
                count = save(session, grid, *who, clock=clock())
            _say_entered(count)
            return redirect(url_for("timecards.day", day=day), 303)
        except DomainError as refusal:
            if not grid.errors:
                grid.form_errors.append(refusal.message)
    return _grid_page(grid), 422


@bp.get("/days/<day>/approve")
@allow(Permission.APPROVE_HOURS)
def approve(day: str) -> ResponseReturnValue:
    """Show who would be approved and how much each earns."""
    chosen = request.args.getlist("card") if "choose" in request.args else None
    return _approval_page(_approval(day, chosen))


@bp.post("/days/<day>/approve")
@allow(Permission.APPROVE_HOURS)
def confirm(day: str) -> ResponseReturnValue:
    """Approve what the page showed; a second press changes nothing."""
    keys = request.form.getlist("card")
    page = _approval(day, [key.split(":")[0] for key in keys])
    try:
        lines = page.confirmed(request.form)
        with transaction() as session:
            services.approve(session, _command(page, lines), clock=clock())
    except DomainError as refusal:
        return _approval_page(_approval(day, None), refusal.message), refusal.http_status
    _say_approved(lines)
    return redirect(url_for("timecards.day", day=day), 303)


def _day(public_id: str) -> DayRow:
    return queries.day(reading(), the_production().id, public_id) or abort(404)


def _grid(day: DayRow, *, is_sent: bool = False) -> Grid:
    typed = request.form if is_sent else None
    return grid_of(reading(), the_production(), day, clock().now(), typed)


def _grid_page(grid: Grid) -> str:
    days = queries.days(reading(), the_production().id)
    words = {"words": WORDS, "extra_word": extra_word, "extra_text": extra_text}
    return render_template("timecards/day.html", grid=grid, days=days, form=grid, **words)


def _approval(public_id: str, chosen: list[str] | None) -> Approval:
    limit = typed_total_limit(reading(), the_company().id)
    reader = viewer().user_id, limit
    return approval_of(reading(), the_production(), _day(public_id), reader, chosen)


def _approval_page(page: Approval, refusal: Sentence | None = None) -> str:
    return render_template("timecards/approve.html", page=page, refusal=refusal)


def _command(page: Approval, lines: list[Line]) -> ApproveCards:
    versions = {line.card.card_id: line.card.version for line in lines if line.card.card_id}
    return ApproveCards(page.day.id, the_production().id, versions, viewer().user_id)


def _say_entered(count: int) -> None:
    if not count:
        flash(gettext("Nothing was changed."), "info")
        return
    flash(
        ngettext(
            "Hours of %(num)s person sent; they agree or query them on their phone.",
            "Hours of %(num)s people sent; they agree or query them on their phones.",
            count,
        ),
    )


def _say_approved(lines: list[Line]) -> None:
    total = " + ".join(exact(amount) for amount in sums(line.gross for line in lines))
    flash(
        ngettext(
            "%(num)s person approved, %(total)s.",
            "%(num)s people approved, %(total)s.",
            len(lines),
            total=total,
        ),
    )
