"""Work out issued slips again and say what is not the same, byte for byte; changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.documents.rules import SlipDocument, fingerprint
from marketplace.domain.payroll.models import PayLineRow, PaySlip
from marketplace.domain.payroll.ports import Write
from marketplace.domain.payroll.queries import agreements, schemes
from marketplace.domain.payroll.rules.again import (
    Books,
    Stored,
    document_again,
    first_difference,
    lines_again,
    totals_again,
)
from marketplace.domain.payroll.rules.frozen import from_json, text_of
from marketplace.domain.payroll.rules.paper import Pen
from marketplace.domain.payroll.rules.shapes import PayError, PayLine
from marketplace.domain.payroll.rules.slips import Totals, document_owner
from marketplace.domain.people.ports import Vault
from marketplace.kernel.errors import DomainError
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say

BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Again:
    """One slip worked out again. problem: what is not the same; None when nothing is.

    stored, found: the first line that differs, as it is kept and as it comes out now.
    """

    slip_id: int
    company_id: int
    number: str
    problem: Sentence | None = None
    stored: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class Tools:
    """What opens and writes papers."""

    vault: Vault
    write: Write


def count_slips(session: Session, number: str = "") -> int:
    """Return how many slips there are: all, or those of a number."""
    counted = sa.select(sa.func.count(PaySlip.id)).where(*_wanted(number))
    return int(session.scalars(counted).one())


def recompute(session: Session, tools: Tools, number: str = "") -> Iterator[Again]:
    """Work out every slip again, or those of a number, oldest first; a few in memory at a time.

    Every agreement and scheme is taken in the version that is named on the slip: a newer table
    changes nothing.
    """
    books = Books(agreements(), schemes())
    last = 0
    while True:
        following = (PaySlip.id > last, *_wanted(number))
        wanted = sa.select(PaySlip).where(*following).order_by(PaySlip.id).limit(BATCH)
        slips = session.scalars(wanted).all()
        if not slips:
            return
        last = slips[-1].id
        yield from _batch(session, slips, books, tools)
        for slip in slips:
            session.expunge(slip)


def _wanted(number: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (PaySlip.number == number,) if number else ()


def _batch(
    session: Session,
    slips: Sequence[PaySlip],
    books: Books,
    tools: Tools,
) -> Iterator[Again]:
    ids = {one.id for one in slips}
    lines = _lines(session, ids | {one.corrects_id for one in slips if one.corrects_id})
    for slip in slips:
        reversed_lines = lines.get(slip.corrects_id or 0, ())
        stored = Stored(slip.kind, slip.inputs, lines.get(slip.id, ()), reversed_lines)
        yield _again(slip, stored, books, tools)


def _lines(session: Session, slip_ids: set[int]) -> dict[int, tuple[PayLine, ...]]:
    found: dict[int, list[PayLine]] = {}
    rows = session.execute(
        sa.select(PayLineRow.pay_slip_id, PayLineRow.line)
        .where(PayLineRow.pay_slip_id.in_(slip_ids))
        .order_by(PayLineRow.pay_slip_id, PayLineRow.position),
    )
    for slip_id, line in rows:
        found.setdefault(slip_id, []).append(from_json(PayLine, line))
    return {slip_id: tuple(of_slip) for slip_id, of_slip in found.items()}


def _again(slip: PaySlip, stored: Stored, books: Books, tools: Tools) -> Again:
    known = Again(slip.id, slip.company_id, slip.number)
    try:
        found = lines_again(stored, books)
    except PayError as problem:
        return _with(known, problem.message)
    differing = first_difference(stored.lines, found)
    if differing is not None:
        place, one, other = differing
        words = say("Line %(place)s comes out differently.", place=place)
        return _with(known, words, one, other)
    totals = totals_again(found, slip.currency)
    if totals != _totals(slip) or totals.net.minor != slip.net_minor:
        return _with(known, say("The lines add up to something else."))
    return _with(known, _paper(slip, found, totals, tools))


def _paper(
    slip: PaySlip,
    lines: Sequence[PayLine],
    totals: Totals,
    tools: Tools,
) -> Sentence | None:
    """Return what is wrong with the stored paper, or None."""
    try:
        text = tools.vault.open(slip.document_sealed, document_owner(slip.public_id))
        document = SlipDocument.from_json(text)
    except (ValueError, DomainError):
        return say("The stored paper cannot be opened.")
    if fingerprint(document) != slip.digest or document.data_digest != slip.digest:
        return say("The stored paper is not the one that was issued.")
    pen = Pen(tools.write, document.zone)
    if fingerprint(document_again(document, lines, totals, pen)) != slip.digest:
        return say("The paper comes out differently.")
    return None


def _totals(slip: PaySlip) -> Totals:
    minors = (slip.gross_minor, slip.withheld_minor, slip.deducted_minor)
    return Totals(*(Money(minor, slip.currency) for minor in minors))


def _with(
    known: Again,
    problem: Sentence | None,
    stored: PayLine | None = None,
    found: PayLine | None = None,
) -> Again:
    return Again(
        known.slip_id,
        known.company_id,
        known.number,
        problem,
        text_of(stored) if stored else "",
        text_of(found) if found else "",
    )
