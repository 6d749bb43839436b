"""A deal memo: what both sides signed, its older versions, and the paper."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.domain.documents.queries import open_file
from marketplace.domain.reports.queries.memos import (
    Memo,
    memo_of_person,
    memo_of_production,
    memo_subject,
)
from marketplace.domain.reports.rules import file_name
from marketplace.web.access import Permission, allow, person_id, the_production
from marketplace.web.downloads import stored_file
from marketplace.web.extensions import reading
from marketplace.web.sheets import shown

bp = Blueprint("memos", __name__)


@bp.get("/me/memos/<memo>")
@allow(Permission.TALENT)
def mine(memo: str) -> ResponseReturnValue:
    """Show what I agreed to."""
    found = memo_of_person(reading(), person_id(), memo) or abort(404)
    return render_template("memos/mine.html", memo=found, shown=shown)


@bp.get("/me/memos/<memo>.pdf")
@allow(Permission.TALENT)
def mine_pdf(memo: str) -> ResponseReturnValue:
    """Give the paper of my memo; a page that waits while it is being printed."""
    found = memo_of_person(reading(), person_id(), memo) or abort(404)
    return _paper(found, "memos/mine_pdf.html")


@bp.get("/p/<production>/memos/<memo>")
@allow(Permission.CAST)
def show(memo: str) -> ResponseReturnValue:
    """Show what was agreed with a person."""
    found = memo_of_production(reading(), the_production().id, memo) or abort(404)
    return render_template("memos/show.html", memo=found, shown=shown)


@bp.get("/p/<production>/memos/<memo>.pdf")
@allow(Permission.CAST)
def pdf(memo: str) -> ResponseReturnValue:
    """Give the paper of a memo; a page that waits while it is being printed."""
    found = memo_of_production(reading(), the_production().id, memo) or abort(404)
    return _paper(found, "memos/pdf.html")


def _paper(memo: Memo, waiting: str) -> ResponseReturnValue:
    stored = open_file(reading(), memo_subject(memo.public_id))
    if stored is None:
        return render_template(waiting, memo=memo), 202
    return stored_file(stored, file_name(_("Deal memo"), memo.number, ending="pdf"))
