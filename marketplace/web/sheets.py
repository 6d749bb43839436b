"""How papers look: each cell for people, each sheet as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from babel.numbers import format_decimal

from marketplace.domain.reports.rules import Link, Row, Sheet
from marketplace.kernel.money import EXPONENTS, Money
from marketplace.kernel.sentences import Sentence
from marketplace.web.language import html_lang, locale_of
from marketplace.web.presentation import MINUS, day, exact, number, sentence
from marketplace.web.tables import Cell as Plain
from marketplace.web.tables import csv_file


@dataclass(frozen=True, slots=True)
class Words:
    """Writes cells in one language (the port `Words`); without a name in the reader's own."""

    locale: str | None = None

    @property
    def lang(self) -> str:
        """The value of the attribute `lang`."""
        return html_lang(self.locale)

    def __call__(self, cell: object) -> str:
        """Write a cell of a paper: amounts as figures, for their currency has its own column."""
        written = ""
        match cell:
            case None:
                pass
            case Money():
                written = figures(cell, locale=self.locale)
            case Link():
                written = cell.text
            case int() | Fraction():
                written = number(cell, locale=self.locale)
            case date():
                written = day(cell, "dated", locale=self.locale)
            case _:
                written = sentence(cell, locale=self.locale)
        return written


def figures(amount: Money, *, locale: str | None = None) -> str:
    """Write an amount with all its decimals and without a currency: "1,187.50"."""
    places = EXPONENTS[amount.currency]
    pattern = "#,##0." + "0" * places if places else "#,##0"
    return format_decimal(amount.decimal, pattern, locale_of(locale)).replace("-", MINUS)


def shown(cell: object) -> str:
    """Write a cell on a page: amounts with their currency, a dash for nothing."""
    if isinstance(cell, Money):
        return exact(cell)
    return Words()(cell) or "–"


def sheets_csv(sheets: tuple[Sheet, ...], locale: str | None = None) -> Iterator[bytes]:
    """Yield sheets as one CSV file; with more than one, each under its title, one line apart."""
    for place, sheet in enumerate(sheets):
        if place:
            yield b"\r\n"
        if len(sheets) > 1:
            yield from csv_file([sentence(sheet.title, locale=locale)], (), has_mark=not place)
        head = [sentence(column.title, locale=locale) for column in sheet.columns]
        rows = (_plain(row, locale) for row in sheet.rows)
        yield from csv_file(head, rows, has_mark=len(sheets) == 1)


def _plain(row: Row, locale: str | None) -> list[Plain]:
    return [_value(cell, locale) for cell in row]


def _value(cell: object, locale: str | None) -> Plain:
    match cell:
        case Link():
            return cell.text
        case Sentence():
            return sentence(cell, locale=locale)
        case Money() | Fraction() | date() | int() | str() | None:
            return cell
        case _:
            raise TypeError(type(cell).__name__)
