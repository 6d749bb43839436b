"""Numbers of rows as they come back from a page."""

from __future__ import annotations

from typing import Final

LAST: Final = 2**63 - 1
"""The largest number a row can have."""


def row_number(text: str) -> int:
    """Read the number of a row; raises ValueError for what no row can have."""
    number = int(text)
    if not 0 <= number <= LAST:
        raise ValueError(text)
    return number
