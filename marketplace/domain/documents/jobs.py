"""Print papers: a pure function of what is stored, so that printing twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.db import UnitOfWork
from marketplace.domain.documents.ports import SlipPrinter
from marketplace.domain.documents.queries import open_file
from marketplace.domain.documents.rules import SlipDocument
from marketplace.domain.documents.services import NewFile, store
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


def slip_subject(public_id: str) -> str:
    """Return the subject under which the paper of a slip is stored."""
    return f"slip:{public_id}"
