"""Asks the pay engine the questions of `public.json`; no figure is worked out here."""

from __future__ import annotations

from typing import Final

from tests.vectors import taxes, work
from tests.vectors.reading import Inputs, Outputs

OPERATIONS: Final = {**work.OPERATIONS, **taxes.OPERATIONS}


def run(op: str, inputs: Inputs) -> Outputs:
    """Answer one question: an operation of README.md and its inputs, strings in, strings out."""
    return OPERATIONS[op](inputs)
