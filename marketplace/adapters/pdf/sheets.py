"""Prints papers for accountants: registers, journals, year-ends, remittances."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from marketplace.adapters.pdf.papers import print_html, style, template
from marketplace.adapters.workbooks import write_workbook
from marketplace.domain.reports.ports import Words
from marketplace.domain.reports.rules import Kind, Paper, Sheet

SIZES: Final = ((10, "a4"), (18, "a4 close"), (26, "a3 close"))
WIDEST: Final = "a3 closest"
"""How wide tables are set, by their number of columns."""


class PaperWriter:
    """Writes papers as workbooks and as PDFs (port `SheetWriter`)."""

    def workbook(self, sheets: Sequence[Sheet], words: Words, *, made_at: datetime) -> bytes:
        """Return a workbook."""
        return write_workbook(sheets, words, made_at=made_at)

    def printed(self, paper: Paper, words: Words, *, made: str) -> bytes:
        """Return a tagged PDF."""
        html = template("sheet").render(
            paper=paper,
            sheets=[(sheet, _size(sheet)) for sheet in paper.sheets],
            words=words,
            made=made,
            right=(Kind.MONEY, Kind.NUMBER),
        )
        return print_html(html, style("sheet"))


def _size(sheet: Sheet) -> str:
    return next((size for most, size in SIZES if len(sheet.columns) <= most), WIDEST)
