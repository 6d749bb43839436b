"""Tables as CSV files that every spreadsheet opens right, and that cannot make it compute."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final

from marketplace.kernel.money import Money, half_up

BOM: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
FORMULA: Final = "=+-@\t\r\n|%"
PLACES: Final = 4
ROWS: Final = 100

Cell = str | int | Money | Fraction | date | None


def csv_file(
    head: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    has_mark: bool = True,
) -> Iterator[bytes]:
    """Yield a CSV file in pieces: UTF-8 with a mark for Excel, one line per row."""
    buffer = io.StringIO()
    buffer.write(BOM if has_mark else "")
    writer = csv.writer(buffer)
    writer.writerow([text(title) for title in head])
    for count, row in enumerate(rows, 1):
        writer.writerow([text(cell) for cell in row])
        if count % ROWS == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def text(cell: Cell) -> str:
    """Write one cell: amounts in major units without a currency, dates as ISO, instants as UTC.

    A text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    written = ""
    match cell:
        case Money():
            written = f"{cell.decimal:f}"
        case Fraction():
            written = _ratio(cell)
        case datetime():
            written = f"{cell.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        case date():
            written = cell.isoformat()
        case int():
            written = str(cell)
        case str():
            written = _harmless(cell)
    return written


def _harmless(typed: str) -> str:
    first = unicodedata.normalize("NFKC", typed.lstrip(" \N{NO-BREAK SPACE}")[:1])
    return f"'{typed}" if first and first[0] in FORMULA else typed


def _ratio(value: Fraction) -> str:
    scaled = Decimal(half_up(value * 10**PLACES)).scaleb(-PLACES)
    return f"{scaled:f}".rstrip("0").rstrip(".")


def _taken(buffer: io.StringIO) -> bytes:
    content = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return content
