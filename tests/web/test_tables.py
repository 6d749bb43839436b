from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from marketplace.kernel.money import Money
from marketplace.web.tables import Cell, csv_file, text


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        (None, ""),
        ("Lin Yuting", "Lin Yuting"),
        (42, "42"),
        (Money(41_273, "USD"), "412.73"),
        (Money(0, "CNY"), "0.00"),
        (Money(-500, "USD"), "-5.00"),
        (Money(1200, "JPY"), "1200"),
        (Fraction(5, 2), "2.5"),
        (Fraction(10), "10"),
        (Fraction(1, 3), "0.3333"),
        (date(2026, 11, 22), "2026-11-22"),
        (datetime(2026, 11, 22, 20, 5, tzinfo=UTC), "2026-11-22T20:05:00Z"),
    ],
)
def test_a_cell_is_written_for_programs(cell: Cell, written: str) -> None:
    assert text(cell) == written


@pytest.mark.parametrize(
    "typed",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        " =1",
        "\uff1d1+1",
        "|x",
        "%0A",
        "\N{NO-BREAK SPACE}=1",
    ],
)
def test_a_text_never_becomes_a_formula(typed: str) -> None:
    assert text(typed) == f"'{typed}"


def test_a_table_starts_with_the_mark_and_reads_back_whole() -> None:
    rows: list[list[Cell]] = [[f'"{n}", 强', Money(n, "USD")] for n in range(250)]

    pieces = list(csv_file(["Name", "Net"], rows))

    assert pieces[0].startswith(b"\xef\xbb\xbf")
    assert len(pieces) == 3
    read = list(csv.reader(io.StringIO(b"".join(pieces).decode("utf-8-sig"))))
    assert read[0] == ["Name", "Net"]
    assert read[250] == ['"249", 强', "2.49"]
    assert len(read) == 251
