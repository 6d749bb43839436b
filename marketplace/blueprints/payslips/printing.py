"""Slips on paper: one file to print, one slip as a table, one slip mailed again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from marketplace.blueprints.payslips import bp
from marketplace.blueprints.payslips.filters import Asked
from marketplace.blueprints.payslips.reader import note
from marketplace.domain.documents.jobs import slip_subject
from marketplace.domain.documents.queries import StoredFile, open_file, pieces
from marketplace.domain.documents.rules import SlipDocument
from marketplace.domain.payroll.services.telling import EmailAgain, email_again
from marketplace.domain.reports import queries
from marketplace.domain.reports.queries import SlipDetail
from marketplace.domain.reports.rules import file_name
from marketplace.kernel.ids import public_id
from marketplace.web.access import Permission, allow, the_company, viewer
from marketplace.web.downloads import streamed
from marketplace.web.extensions import clock, outside, reading, transaction
from marketplace.web.tables import Cell, csv_file

bp.add_app_template_global(public_id, "press_id")

MOST_PRINTED: Final = 500
"""Slips in one file to print: a ream of paper. More go into an archive."""


@bp.get("/slips.pdf")
@allow(Permission.SEE_PAY, by_production=True)
def together() -> ResponseReturnValue:
    """Give every slip that matches as one file to print."""
    asked = Asked.read(request.args)
    slips = _slips(asked)
    refusal = _refusal(slips)
    if refusal:
        flash(refusal, "warn")
        return redirect(url_for("payslips.index", **asked.args), 303)
    note(f"company:{the_company().public_id}", "print", [number for number, _paper in slips])
    titles = queries.production_choices(reading(), the_company().id, viewer().within)
    name = file_name(_("Pay slips"), asked.words(titles), ending="pdf")
    whole = outside().printer.merge(_contents(slips), _("Pay slips"))
    return streamed([whole], name, "application/pdf")


@bp.get("/slips/<slip>.csv")
@allow(Permission.SEE_PAY, by_production=True)
def lines_of_slip(slip: str) -> ResponseReturnValue:
    """Give the lines of one slip as a table, explained in the words of the paper."""
    detail = _slip(slip)
    document = queries.document_of(detail, outside().vault)
    note(slip_subject(slip), "download_table", [detail.row.number])
    name = file_name(detail.row.number, document.payee.legal_name, ending="csv")
    return streamed(csv_file(_head(), _lines(document)), name, "text/csv; charset=utf-8")


@bp.post("/slips/<slip>/email")
@allow(Permission.SEE_PAY, by_production=True)
def email(slip: str) -> ResponseReturnValue:
    """Mail a slip to its person again, once per press."""
    _slip(slip)
    press = request.form.get("press", "")
    command = EmailAgain(slip, the_company().id, viewer().user_id, press)
    with transaction() as session:
        is_sent = email_again(session, command, clock=clock())
    flash(_("The slip is mailed to its person again.") if is_sent else _("It was mailed already."))
    return redirect(url_for("payslips.show", slip=slip), 303)


def _slip(public_id: str) -> SlipDetail:
    mine = (the_company().id, public_id, viewer().within)
    return queries.slip_of_company(reading(), *mine) or abort(404)


def _slips(asked: Asked) -> list[tuple[str, StoredFile | None]]:
    """Return number and paper of the slips that match, oldest first; one more than fit."""
    session, company_id = reading(), the_company().id
    filters = asked.filters(outside().vault, within=viewer().within)
    found = islice(queries.slips_of(session, company_id, filters), MOST_PRINTED + 1)
    rows = sorted(found, key=lambda row: row.id)
    return [(row.number, open_file(session, slip_subject(row.public_id))) for row in rows]


def _refusal(slips: list[tuple[str, StoredFile | None]]) -> str:
    """Say why these slips cannot be printed as one file; empty when they can."""
    waiting = sum(paper is None for _number, paper in slips)
    if not slips:
        return str(_("No slip matches, so there is nothing to print."))
    if len(slips) > MOST_PRINTED:
        most = _("One file holds %(most)s slips at most. Choose a period, or take the ZIP.")
        return str(most % {"most": MOST_PRINTED})
    if waiting:
        return str(
            ngettext(
                "%(num)s slip is still being made ready. Try again in a minute.",
                "%(num)s slips are still being made ready. Try again in a minute.",
                waiting,
            ),
        )
    return ""


def _contents(slips: list[tuple[str, StoredFile | None]]) -> Iterator[bytes]:
    for _number, paper in slips:
        if paper is not None:
            yield b"".join(pieces(reading(), paper.id))


def _head() -> list[str]:
    return [
        _("What"),
        _("In Chinese"),
        _("Worked out as"),
        _("Why"),
        _("Taxed or not"),
        _("Rule"),
        _("Amount"),
        _("This year"),
    ]


def _lines(document: SlipDocument) -> Iterator[list[Cell]]:
    for line in document.lines:
        said = dict(line.explained)
        explained = [said.get(name, "") for name in ("detail", "cause", "mark", "rule")]
        yield [line.label, line.label_second, *explained, line.amount, line.ytd]
