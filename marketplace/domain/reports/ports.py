"""What papers need from the world outside: somebody who writes them as files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from marketplace.domain.people.ports import Vault
from marketplace.domain.reports.rules import Paper, Sheet

Words = Callable[[object], str]
"""Writes any cell or sentence for people, in the language of whoever asked."""


class SheetWriter(Protocol):
    """Writes papers as workbooks and as PDFs; the same paper always gives the same bytes."""

    def workbook(self, sheets: Sequence[Sheet], words: Words, *, made_at: datetime) -> bytes:
        """Return a workbook: typed cells, a frozen head, ids as text, nothing that computes."""
        ...

    def printed(self, paper: Paper, words: Words, *, made: str) -> bytes:
        """Return a tagged PDF: the head repeats, every page says which it is of how many.

        made: a line that says for whom and when. Raises PrintingError.
        """
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What papers are written with. words_in: cells in a language; table: sheets as a CSV file."""

    vault: Vault
    writer: SheetWriter
    words_in: Callable[[str], Words]
    table: Callable[[tuple[Sheet, ...], str], Iterable[bytes]]
