"""Workbooks for spreadsheets. Amounts are numbers with their currency's decimals, ids are text."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from marketplace.domain.reports.ports import Words
from marketplace.domain.reports.rules import Cell, Kind, Link, Row, Sheet
from marketplace.kernel.money import EXPONENTS, Money

WIDTHS: Final = {Kind.TEXT: 18, Kind.NUMBER: 10, Kind.MONEY: 14, Kind.DATE: 12}
LONGEST_TAB: Final = 31
OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}


def write_workbook(sheets: Sequence[Sheet], words: Words, *, made_at: datetime) -> bytes:
    """Return a workbook with one worksheet for each sheet, and what stands around them."""
    buffer = io.BytesIO()
    book = Workbook(buffer, OPTIONS)
    book.set_properties({"created": made_at.replace(tzinfo=None)})
    writer = _Writer(book, words)
    for number, sheet in enumerate(sheets, 1):
        writer.sheet(sheet, number)
    writer.about(sheets)
    book.close()
    return buffer.getvalue()


class _Writer:
    """Puts sheets into one workbook; formats are made once each."""

    def __init__(self, book: Workbook, words: Words) -> None:
        self._book = book
        self._words = words
        self._formats: dict[str, Any] = {}

    def sheet(self, sheet: Sheet, number: int) -> None:
        """Write a sheet with its head frozen."""
        page = self._page(sheet, number)
        for place, column in enumerate(sheet.columns):
            title = self._words(column.title)
            page.write_string(0, place, title, self._format("head"))
            page.set_column(place, place, max(WIDTHS[column.kind], min(len(title) + 2, 30)))
        last = self._rows(page, 1, sheet.rows, "")
        if last > 1:
            page.autofilter(0, 0, last - 1, len(sheet.columns) - 1)
        self._rows(page, last, sheet.totals, "total")
        page.freeze_panes(1, 0)

    def about(self, sheets: Iterable[Sheet]) -> None:
        """Write the facts and notes of all sheets onto a last page, when there are any."""
        lines = [
            line
            for sheet in sheets
            for line in (
                *((self._words(label), value) for label, value in sheet.facts),
                *((self._words(note), None) for note in sheet.notes),
            )
        ]
        if not lines:
            return
        page = self._book.add_worksheet("About")
        page.set_column(0, 1, 40)
        self._rows(page, 0, lines, "")

    def _page(self, sheet: Sheet, number: int) -> Worksheet:
        """Add a worksheet; its tab has no sign that spreadsheets refuse, and is never doubled."""
        title = re.sub(r"[\[\]:*?/\\']", " ", self._words(sheet.title)).strip()
        mark = f"{number} " if number > 1 else ""
        return self._book.add_worksheet(f"{mark}{title}"[:LONGEST_TAB].strip())

    def _rows(self, page: Worksheet, first: int, rows: Iterable[Row], style: str) -> int:
        """Write rows; returns the row after the last one."""
        for row in rows:
            for place, cell in enumerate(row):
                self._cell(page, first, place, cell, style)
            first += 1
        return first

    def _cell(self, page: Worksheet, row: int, place: int, cell: Cell, style: str) -> None:
        match cell:
            case None:
                page.write_blank(row, place, None, self._format(style))
            case Money():
                shape = self._format(style, _figures(cell.currency))
                page.write_number(row, place, cell.decimal, shape)
            case bool() | int():
                page.write_number(row, place, cell, self._format(style, "#,##0"))
            case Fraction():
                hours = cell.numerator / cell.denominator
                page.write_number(row, place, hours, self._format(style, "0.00##"))
            case date():
                page.write_datetime(row, place, cell, self._format(style, "yyyy-mm-dd"))
            case Link():
                page.write_string(row, place, cell.text, self._format(style))
            case _:
                page.write_string(row, place, self._words(cell), self._format(style))

    def _format(self, style: str, figures: str = "") -> Any:  # noqa: ANN401 - the library's own
        key = f"{style}|{figures}"
        if key not in self._formats:
            looks: dict[str, object] = {"num_format": figures} if figures else {}
            if style:
                looks |= {"bold": True, "bottom" if style == "head" else "top": 1}
            if style == "head":
                looks |= {"text_wrap": True, "valign": "top", "bg_color": "#F0EBE0"}
            self._formats[key] = self._book.add_format(looks)
        return self._formats[key]


def _figures(currency: str) -> str:
    places = EXPONENTS[currency]
    return f"#,##0.{'0' * places}" if places else "#,##0"
