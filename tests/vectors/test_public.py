"""The worked examples, 33 of them published by others, through the engine itself."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.vectors.adapter import OPERATIONS, run

VECTORS = json.loads((Path(__file__).parent / "public.json").read_text(encoding="utf-8"))["vectors"]


def agrees(expected: object, actual: object, tolerance: Decimal) -> bool:
    """Say whether an answer is the printed one: figures within the tolerance, all else equal."""
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(
            agrees(value, actual.get(key), tolerance) for key, value in expected.items()
        )
    if isinstance(expected, list):
        return (
            isinstance(actual, list)
            and len(actual) == len(expected)
            and all(
                agrees(one, other, tolerance) for one, other in zip(expected, actual, strict=True)
            )
        )
    if isinstance(expected, str) and isinstance(actual, str):
        return expected == actual or abs(Decimal(expected) - Decimal(actual)) <= tolerance
    return expected == actual


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
def test_the_engine_prints_the_published_figure(vector: dict[str, Any]) -> None:
    answer = run(vector["op"], vector["inputs"])

    wrong = {
        key: (value, answer.get(key))
        for key, value in vector["expected"].items()
        if not agrees(value, answer.get(key), Decimal(vector["tolerance"]))
    }
    assert wrong == {}, vector["source"]


def test_every_operation_of_the_examples_is_answered() -> None:
    assert {vector["op"] for vector in VECTORS} <= OPERATIONS.keys()


def test_a_wrong_figure_is_noticed() -> None:
    assert not agrees("650.00", "650.02", Decimal("0.00"))
    assert not agrees({"tax": ["440.00"]}, {"tax": ["440.00", "440.00"]}, Decimal("0.00"))
    assert not agrees("exempt", None, Decimal("0.00"))
