"""Print papers: a pure function of what is stored, so that printing twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.db import UnitOfWork
from marketplace.domain.documents.ports import SlipPrinter
from marketplace.domain.documents.queries import open_file, stored
from marketplace.domain.documents.rules import SlipDocument
from marketplace.domain.documents.services import NewFile, store, store_all
from marketplace.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class IssuedSlip:
    """A slip ready for the printer; `document` is what was sealed when it was issued."""

    public_id: str
    number: str
    document: SlipDocument


ReadSlip = Callable[[Session, int], IssuedSlip]
"""Opens an issued slip by its id: given by whoever keeps slips and may open them."""


def print_slip(
    unit: UnitOfWork,
    slip_id: int,
    *,
    read: ReadSlip,
    printer: SlipPrinter,
    clock: Clock,
) -> None:
    """Print one pay slip and keep the paper; does nothing when it is kept already.

    Printing happens between two transactions, so nobody waits for the printer.
    """
    with unit() as session:
        slip = read(session, slip_id)
        if open_file(session, slip_subject(slip.public_id)):
            return
    paper = printer.print_slip(slip.document)
    new = NewFile(slip_subject(slip.public_id), f"{slip.number}.pdf", "application/pdf")
    with unit() as session:
        store(session, new, [paper], clock=clock)


ReadSlips = Callable[[Session, Sequence[int]], Sequence[IssuedSlip]]
"""Opens many issued slips at once."""


def print_slips(
    unit: UnitOfWork,
    slip_ids: Sequence[int],
    *,
    read: ReadSlips,
    printer: SlipPrinter,
    clock: Clock,
) -> None:
    """Print many pay slips and keep the papers; those that are kept already are left alone."""
    with unit() as session:
        slips = read(session, slip_ids)
        kept = stored(session, [slip_subject(slip.public_id) for slip in slips])
    wanting = [slip for slip in slips if slip_subject(slip.public_id) not in kept]
    papers = list(printer.print_many(slip.document for slip in wanting))
    new = [
        NewFile(slip_subject(slip.public_id), f"{slip.number}.pdf", "application/pdf")
        for slip in wanting
    ]
    with unit() as session:
        store_all(session, list(zip(new, papers, strict=True)), clock=clock)


def slip_subject(public_id: str) -> str:
    """Return the subject under which the paper of a slip is stored."""
    return f"slip:{public_id}"
